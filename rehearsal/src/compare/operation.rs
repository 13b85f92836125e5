//! Which creation or update a log tells of, where it tells of several.

use std::collections::BTreeSet;
use std::fmt;

use super::error::CompareError;
use super::log::LogEvent;

/// What was done to a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Creation,
    Update,
    Deletion,
    /// An import, a rollback that somebody asked for.
    Other,
}

/// An operation of a stack, from its first event to its last.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// From 1, the oldest first.
    pub(super) number: usize,
    pub(super) kind: Kind,
    /// Oldest first.
    pub(super) events: Vec<LogEvent>,
    /// The stack's last status, where it has come to an end.
    pub(super) ended: Option<String>,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            Kind::Creation => "a creation",
            Kind::Update => "an update",
            Kind::Deletion => "a deletion",
            Kind::Other => "something else",
        };
        let began = self.events.first().map(|it| it.at.iso_8601()).unwrap_or_default();
        let end = self.ended.as_deref().unwrap_or("not at its end");
        write!(f, "{}: {what}, {began}, {end}", self.number)
    }
}

/// The operation that is meant: the `wanted`th, or the last creation or update.
///
/// # Errors
///
/// [`CompareError`]: there is no such operation, or none that waits for signals.
pub(super) fn choose(events: Vec<LogEvent>, wanted: Option<usize>) -> Result<Operation, CompareError> {
    let stack = one_stack(&events)?;
    let all = operations(events);
    let there: Vec<_> = all.iter().map(Operation::to_string).collect();
    let wants = |it: &Operation| matches!(it.kind, Kind::Creation | Kind::Update);
    let found = match wanted {
        Some(number) => all.into_iter().find(|it| it.number == number),
        None => all.into_iter().rfind(wants),
    };
    match (found, wanted) {
        (Some(operation), _) if wants(&operation) => Ok(operation),
        (Some(operation), _) => Err(CompareError::NothingWaits { what: operation.to_string(), there }),
        (None, Some(wanted)) => Err(CompareError::NoSuchOperation { wanted, there }),
        (None, None) => Err(CompareError::NoBegin { stack }),
    }
}

/// The name of the only stack.
fn one_stack(events: &[LogEvent]) -> Result<String, CompareError> {
    let ids: BTreeSet<_> = events.iter().map(|it| (&it.stack_name, &it.stack_id)).collect();
    if ids.len() > 1 {
        let names = ids.into_iter().map(|(name, _)| name.clone()).collect();
        return Err(CompareError::SeveralStacks { names });
    }
    Ok(events.first().map(|it| it.stack_name.clone()).unwrap_or_default())
}

/// Every operation whose begin is in the log.
fn operations(events: Vec<LogEvent>) -> Vec<Operation> {
    let mut all: Vec<Operation> = Vec::new();
    for event in events {
        let begins = event.is_of_stack() && event.detailed.is_none() && !event.of_hook;
        let open = all.last().is_some_and(|it| it.ended.is_none());
        if begins && let Some(kind) = begun(&event, open) {
            all.push(Operation { number: all.len() + 1, kind, events: Vec::new(), ended: None });
        }
        let Some(operation) = all.last_mut() else { continue };
        if begins && is_end(&event.status) {
            operation.ended = Some(event.status.clone());
        }
        operation.events.push(event);
    }
    all
}

/// What an event of the stack begins, while another operation is `open` or not.
fn begun(event: &LogEvent, open: bool) -> Option<Kind> {
    let by_somebody = event.reason.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("User Initiated"));
    let kind = match event.status.as_str() {
        // A change set that nobody has executed.
        "REVIEW_IN_PROGRESS" => return None,
        "CREATE_IN_PROGRESS" => Kind::Creation,
        "UPDATE_IN_PROGRESS" => Kind::Update,
        "DELETE_IN_PROGRESS" => Kind::Deletion,
        other if other.ends_with("_IN_PROGRESS") && !open => Kind::Other,
        _ => return None,
    };
    (!open || by_somebody).then_some(kind)
}

/// Whether nothing of the operation comes after a stack of this status.
fn is_end(status: &str) -> bool {
    status.ends_with("_COMPLETE") || status.ends_with("_FAILED")
}
