//! Faults on demand: which requests meet which fault, decided so that a failing run can be replayed.
//!
//! Nothing here reads a clock, a socket or a random source. A [`Rule`] says which fault meets whom and how often, a
//! [`Plan`] counts the requests of each client and decides; the services in [`crate::server`] do what was decided.
//!
//! A decision depends on the seed, the rule, the client and how many requests this client has sent that the rule selects,
//! and on nothing that another client does. So the same seed and the same requests give the same faults, also where
//! clients come at once; only which of them comes first, and so is the first client, is theirs to decide.

mod definitions;
mod document;
mod error;
mod fault;
mod limits;
mod overlap;
mod plan;
mod rule;
mod span;
mod table;
mod target;

pub use document::{Document, DocumentError, DocumentProblem, Place, read};
pub use error::RuleError;
pub use fault::{Fault, ImdsMode};
pub use overlap::{Overlap, overlap};
pub use plan::{Met, Plan, Standing};
pub use rule::Rule;
pub use table::table;
pub use target::{Caller, Encounter, Service};
