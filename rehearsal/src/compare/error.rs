//! Why nothing can be compared.

use std::io;

use crate::stack::UpdateError;

/// Why a rehearsal cannot be held against a log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompareError {
    /// The file.
    #[error("{name}: cannot be read")]
    Unreadable {
        name: String,
        #[source]
        error: io::Error,
    },
    #[error("{name}: is no JSON, which `aws cloudformation describe-stack-events --output json` prints")]
    NotJson {
        name: String,
        #[source]
        error: serde_json::Error,
    },
    #[error("{name}: has no events; it is to be what `aws cloudformation describe-stack-events` prints")]
    NoEvents { name: String },
    #[error("{name}: its event {number} has no {field}, or none that can be read")]
    NoEvent { name: String, number: usize, field: &'static str },
    #[error("not comparable: these are the events of {} stacks ({}); give those of one", .names.len(), .names.join(", "))]
    SeveralStacks { names: Vec<String> },
    #[error(
        "not comparable: the log does not say how it began: no creation and no update of stack {stack} begins in it. \
         Give every page of it, the oldest too"
    )]
    NoBegin { stack: String },
    #[error("--operation {wanted}: the log has {}", operations(.there))]
    NoSuchOperation { wanted: usize, there: Vec<String> },
    #[error("not comparable: {what}, in which nothing waits for a signal; the log has {}", operations(.there))]
    NothingWaits { what: String, there: Vec<String> },
    #[error(
        "not comparable: the log's operation {number} is an update. Say with --update-from which template the stack had \
         before, or choose another with --operation; the log has {}", operations(.there)
    )]
    NoOldTemplate { number: usize, there: Vec<String> },
    #[error(
        "not comparable: the log's operation {number} is a creation: leave out --update-from, or choose another with \
         --operation; the log has {}", operations(.there)
    )]
    Creation { number: usize, there: Vec<String> },
    #[error(
        "not comparable: the log tells of {}, which the template does not have with these values. Is it the one \
         that the stack was made from, and are the values (--param) those that it had?", .ids.join(", ")
    )]
    Unknown { ids: Vec<String> },
    #[error("not comparable: {id} is {theirs} in the log and {ours} in the template")]
    OtherType { id: String, theirs: String, ours: String },
    #[error(
        "not comparable: the stack of the log was complete without {}, which the template has with these values. \
         Is it the one that the stack was made from, and are the values (--param) those that it had?", .ids.join(", ")
    )]
    NotMade { ids: Vec<String> },
    #[error(
        "not comparable: {id} is {status} in the log for a reason that has nothing to do with signals, and that a \
         rehearsal cannot have: {reason}"
    )]
    OwnFailure { id: String, status: String, reason: String },
    #[error(
        "not comparable: in the log stack {stack} is {status} ({reason}), which a rehearsal does not have"
    )]
    Foreign { stack: String, status: String, reason: String },
    #[error("not comparable: from the old template to the new one this is no update: {0}")]
    NoUpdate(#[from] UpdateError),
}

fn operations(there: &[String]) -> String {
    match there {
        [] => "no operation".to_owned(),
        there => there.join("; "),
    }
}
