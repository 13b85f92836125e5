//! One signal's delivery, as a state machine without I/O.

mod types;

pub use types::{
    Event, Freshness, Invalid, Outcome, OutcomeKind, Policy, ResourceTarget, Send, Signal, Status, Step, Target,
    TransportError,
};
