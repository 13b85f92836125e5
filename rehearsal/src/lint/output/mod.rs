//! Findings as text, JSON and SARIF; the rules as a table.

mod json;
mod sarif;
mod table;
mod text;

pub use json::json;
pub use sarif::sarif;
pub use table::{explain, list, markdown};
pub use text::text;
