//! What people see.

mod advice;
mod console;
mod summary;

pub use advice::{Facts, ScriptFacts, advise};
pub use console::Console;
pub use summary::{Summary, summarise};

#[cfg(test)]
mod tests;
