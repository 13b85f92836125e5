//! What can be wrong with a rule.

use super::definitions::DEFINITIONS;

/// Why a text is no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
#[non_exhaustive]
pub struct RuleError {
    /// The characters of the text before what is wrong.
    pub at: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a rule, and what would be right. Displays as one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is nothing, or nothing after the target.
    #[error(
        "a fault is missing: a rule is [TARGET:]FAULT[=VALUE][,LIMIT=VALUE]…, such as SignalResource:throttling,first=3"
    )]
    NoFault,
    /// The target is unknown.
    #[error(
        "there is no target {word}{}; a target is *, api, handle, imds, or an action such as SignalResource",
        meant(nearest)
    )]
    UnknownTarget {
        /// As given.
        word: String,
        /// What could be meant.
        nearest: Option<&'static str>,
    },
    /// The fault is unknown.
    #[error("there is no fault {word}{}; the faults are {}", meant(nearest), names())]
    UnknownFault {
        /// As given.
        word: String,
        /// What could be meant.
        nearest: Option<&'static str>,
    },
    /// The limit is unknown.
    #[error(
        "there is no limit {word}{}; the limits are after=N, first=N, every=N, p=P and for=DURATION",
        meant(nearest)
    )]
    UnknownLimit {
        /// As given.
        word: String,
        /// What could be meant.
        nearest: Option<&'static str>,
    },
    /// A limit that is there already.
    #[error("{0} is given twice")]
    Twice(&'static str),
    /// A value is missing or wrong.
    #[error("{name} {wants}{}", found(given))]
    BadValue {
        /// The fault's or the limit's name.
        name: &'static str,
        /// What it takes.
        wants: &'static str,
        /// As given.
        given: Option<String>,
    },
    /// The fault does not happen there.
    #[error("{fault} cannot meet {target}: it meets {meets}")]
    Unsuited {
        /// The fault.
        fault: &'static str,
        /// The target.
        target: String,
        /// What it can meet.
        meets: String,
    },
    /// No request could meet it.
    #[error("it never comes true: every={every} is more than first={first}")]
    Impossible {
        /// The limit `first`.
        first: u64,
        /// The limit `every`.
        every: u64,
    },
}

fn meant(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |word| format!(" (did you mean {word}?)"))
}

fn found(given: &Option<String>) -> String {
    given.as_ref().map_or_else(String::new, |given| format!(", not {given}"))
}

fn names() -> String {
    DEFINITIONS.iter().map(|it| it.name).collect::<Vec<_>>().join(", ")
}
