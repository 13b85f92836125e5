//! What a rehearsal tells of itself while it goes on: what the console shows and the reports are made of.

use std::sync::Arc;

use crate::moment::Moment;
use crate::stack::{Capacity, Document, Event, Outcome, Scaled, SignalError};

/// Something that happened, and to which stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The stack's name.
    pub stack: Arc<str>,
    /// What happened.
    pub happening: Happening,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The stack says something.
    Event(Event),
    /// An instance exists now: it boots.
    Launched(Launch),
    /// An instance exists no more.
    Terminated(Launch),
    /// A scaling policy acted, or could not.
    Scaled(Scaled),
    /// A group is another size.
    Capacity(Capacity),
    /// A signal arrived, whatever came of it.
    Signal(SignalReceived),
    /// Something was put to a wait condition handle's URL, whatever came of it.
    Document(DocumentReceived),
    /// Somebody was answered with a fault on demand.
    Fault(FaultInjected),
    /// Something about the rehearsal itself that whoever reads it should know.
    Note(Note),
}

impl Happening {
    /// When, by the stack's clock, where it says so itself.
    #[must_use]
    pub fn at(&self) -> Option<Moment> {
        match self {
            Self::Event(event) => Some(event.at),
            Self::Signal(signal) => Some(signal.at),
            Self::Document(document) => Some(document.at),
            Self::Fault(fault) => Some(fault.at),
            Self::Scaled(it) => Some(it.at),
            Self::Capacity(it) => Some(it.at),
            Self::Note(note) => Some(note.at),
            Self::Launched(_) | Self::Terminated(_) => None,
        }
    }
}

/// An instance of the stack, alone or in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The instance's logical id, or its group's.
    pub logical_id: String,
    /// Such as `i-0123456789abcdef0`.
    pub instance_id: String,
}

/// A signal through the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalReceived {
    /// When, by the stack's clock.
    pub at: Moment,
    /// The resource it named.
    pub logical_id: String,
    /// Whom it was from.
    pub unique_id: String,
    /// What it said.
    pub outcome: Outcome,
    /// What came of it.
    pub effect: Effect,
}

/// What was put to a wait condition handle's URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentReceived {
    /// When, by the stack's clock.
    pub at: Moment,
    /// The handle's logical id.
    pub handle: String,
    /// Whom it was from; empty where that cannot be read.
    pub unique_id: String,
    /// What it said; `None` where that cannot be read.
    pub outcome: Option<Outcome>,
}

impl DocumentReceived {
    /// What is told of a document: neither its reason nor its data.
    #[must_use]
    pub fn new(at: Moment, handle: &str, document: &Document) -> Self {
        let (unique_id, outcome) = match document {
            Document::Signal { unique_id, outcome, .. } => (unique_id.clone(), Some(*outcome)),
            Document::Unparsable => (String::new(), None),
        };
        Self { at, handle: handle.to_owned(), unique_id, outcome }
    }
}

/// What comes of a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It counts.
    Counted,
    /// The API accepted it, and its unique id is none that counts.
    Uncounted,
    /// The API refused it.
    Refused(SignalError),
}

/// A fault on demand that came true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultInjected {
    /// When, by the stack's clock.
    pub at: Moment,
    /// Whom it met: an action such as `SignalResource`, `PUT handle`, or a metadata path.
    pub request: String,
    /// What it was, in words: `Throttling`, `reset after 100 ms`.
    pub fault: String,
}

/// Something to be known about the rehearsal itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// When, by the stack's clock.
    pub at: Moment,
    /// What.
    pub text: String,
}
