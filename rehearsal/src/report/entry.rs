//! What is recorded, one by one: a line of `--output json` each.

use std::time::Duration;

use super::record::Wait;
use crate::happening::{Happening, Launch};
use crate::moment::Moment;
use crate::run::Ended;

/// Something that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The stack's name.
    pub stack: String,
    /// When, by the stack's clock.
    pub at: Moment,
    /// When, by this machine's, since the rehearsal began.
    pub real: Duration,
    /// What.
    pub what: What,
}

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// What the rehearsal told of itself.
    Happened(Happening),
    /// A resource waits for signals.
    WaitBegun(String, Wait),
    /// It does not wait any more.
    WaitEnded(String, Wait),
    /// A line of an instance's user data, secrets hidden; of a stub that it called, where that is so.
    Output {
        /// The instance.
        instance: Launch,
        /// Without its line break.
        text: String,
        /// Whether a stub said it.
        stub: bool,
    },
    /// An instance's user data ended.
    Exited(Launch, Ended),
    /// An instance's user data is nothing that can be run.
    NotRun(Launch, String),
}
