//! What people and their machines see of a rehearsal.

mod advice;
mod bounded;
mod console;
mod entry;
mod html;
pub mod json;
pub mod junit;
mod notes;
mod phase;
mod record;
mod recorder;
mod redact;
mod state;
mod summary;

pub use advice::{Facts, ScriptFacts, advise};
pub use console::Console;
pub use html::{Page, render as html};
pub use notes::Notes;
pub use recorder::Recorder;
pub use state::state;
pub use summary::summarise;

#[cfg(test)]
mod tests;
