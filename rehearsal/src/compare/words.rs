//! What the service's words mean, as far as signals go.

use super::log::LogEvent;
use crate::stack::Outcome;

/// An event that says nothing about what becomes of its stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Noise {
    /// A resource has its physical id.
    Initiated,
    /// `CONFIGURATION_COMPLETE`: it exists, and is looked at until every part of the service sees it.
    Consistency,
    /// A hook's.
    Hook,
    /// A change set or a macro.
    Preparation,
}

impl Noise {
    /// What is left out, in the plural.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Initiated => "that a resource's creation is initiated",
            Self::Consistency => "of eventual consistency checks (CONFIGURATION_COMPLETE)",
            Self::Hook => "of hooks",
            Self::Preparation => "of change sets and macros",
        }
    }
}

/// What an event is that is left out, where it is.
pub(super) fn noise(event: &LogEvent) -> Option<Noise> {
    let reason = event.reason.as_deref().unwrap_or_default();
    if event.of_hook {
        Some(Noise::Hook)
    } else if is_consistency(event) {
        Some(Noise::Consistency)
    } else if reason == INITIATED {
        Some(Noise::Initiated)
    } else if event.status == "REVIEW_IN_PROGRESS" || reason == "Transformation succeeded" {
        Some(Noise::Preparation)
    } else {
        None
    }
}

/// The service behind a resource has begun to make it.
pub(super) const INITIATED: &str = "Resource creation Initiated";

/// Whether it exists, although it is not complete yet.
pub(super) fn is_consistency(event: &LogEvent) -> bool {
    event.detailed.as_deref() == Some("CONFIGURATION_COMPLETE")
        || event.reason.as_deref().is_some_and(|it| it.starts_with("Eventual consistency check initiated"))
}

/// Whose signal that counted a reason tells of.
pub(super) fn signal(reason: &str) -> Option<(Outcome, &str)> {
    let (outcome, unique_id) = reason.strip_prefix("Received ")?.split_once(" signal with UniqueId ")?;
    Some((Outcome::parse(outcome)?, unique_id.trim_end()))
}

/// The message and the unique id of the document that failed a wait condition.
pub(super) fn message(reason: &str) -> Option<(&str, &str)> {
    let rest = reason.strip_prefix("WaitCondition received failed message: '")?;
    rest.rsplit_once("' for uniqueId: ")
}

/// How many documents a wait condition had received when its time was up.
pub(super) fn timed_out(reason: &str) -> Option<u32> {
    reason.strip_prefix("WaitCondition timed out. Received ")?.split(' ').next()?.parse().ok()
}

/// Whether a document could not be read.
pub(super) fn is_unparsable(reason: &str) -> bool {
    reason.starts_with("Unparsable WaitCondition data")
}

/// Whether somebody else's failure is the reason.
pub(super) fn is_cancelled(reason: &str) -> bool {
    ["Resource creation cancelled", "Resource update cancelled"].iter().any(|it| reason.starts_with(it))
}

/// Whether a resource can fail for this reason in a rehearsal too.
pub(super) fn is_known_failure(reason: &str) -> bool {
    let counted = reason.starts_with("Received ") && reason.contains(" signal(s) out of ");
    let begins = [
        "Failed to receive ",
        "WaitCondition received failed message: ",
        "WaitCondition timed out. ",
        "Unparsable WaitCondition data",
        "MinInstancesInService must be less than",
        "Desired capacity:",
        "Max bound, ",
        "Update to resource type ",
    ];
    counted
        || signal(reason).is_some()
        || is_cancelled(reason)
        || begins.iter().any(|it| reason.starts_with(it))
}

/// The names in the list of what failed, its beginning with the verb, and what is after it.
pub(super) fn failed_list(reason: &str) -> Option<(&str, Vec<&str>, &str)> {
    let (before, rest) = reason.split_once("The following resource(s) failed to ")?;
    let (verb, rest) = rest.split_once(": [")?;
    let (names, after) = rest.split_once(']')?;
    let names = names.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    (before.is_empty()).then_some((verb, names, after))
}

#[cfg(test)]
mod tests;
