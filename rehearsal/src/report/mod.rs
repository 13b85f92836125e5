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
pub use bounded::Bounded;
pub use console::Console;
pub use entry::{Entry, What};
pub use html::{Page, render as html};
pub use notes::Notes;
pub use phase::{Phase, Progress, Tone, Verb};
pub use record::{
    InstanceRecord, Line, Mark, MarkKind, Operation, Planned, ResourceRecord, Signals, Span, StackRecord,
    Verdict, Wait, WaitEnd,
};
pub use recorder::Recorder;
pub use redact::redact;
pub use state::state;
pub use summary::{Summary, summarise};

#[cfg(test)]
mod tests;
