//! Findings as text, JSON, SARIF and GitHub's annotations; the rules as a table, and each on a page.

mod github;
mod json;
mod pages;
mod sarif;
mod table;
mod text;

pub use github::github;
pub use json::json;
pub use pages::{Page, page};
pub use sarif::sarif;
pub use table::{explain, list, markdown};
pub use text::text;
