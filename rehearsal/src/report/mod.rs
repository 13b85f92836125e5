//! What people and their machines see of a rehearsal.

mod advice;
mod bounded;
mod console;
mod discreet;
mod entry;
mod html;
pub mod json;
pub mod junit;
mod notes;
mod phase;
mod record;
mod recorder;
mod redact;
mod reporter;
mod seen;
mod service;
mod state;
mod summary;

pub use advice::{Facts, ScriptFacts, advise, empty_group};
pub use console::{Console, Kind};
use html::{Page, render as html};
pub use notes::{Made, Notes};
use recorder::Recorder;
pub use reporter::Reporter;
pub(crate) use seen::SIGNS;
pub use seen::Seen;
pub use state::state;
pub use summary::{Summary, summarise};

#[cfg(test)]
mod tests;
