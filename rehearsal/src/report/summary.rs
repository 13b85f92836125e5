//! How it ended, in numbers and in the service's words.

use std::time::Duration;

use crate::moment::Moment;
use crate::stack::{Event, Status};

/// A stack's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The stack's last status.
    pub status: Status,
    /// The resource that failed first, or the stack itself where none has, and why.
    pub failure: Option<(String, String)>,
    /// From the stack's start to its success or to its first failure.
    pub took: Duration,
    /// The longest that a resource was in creation, and which.
    pub longest: Option<(String, Duration)>,
}

/// Reads a stack's end from its events.
#[must_use]
pub fn summarise(events: &[Event]) -> Option<Summary> {
    // An operation's first event is the stack's own.
    let name = events.first()?.logical_id.as_str();
    let is_stack = |event: &&Event| event.is_of_stack(name);
    let status = events.iter().rev().find(is_stack)?.status;
    let started = events.first()?.at;
    let failed =
        events.iter().find(|event| matches!(event.status, Status::CreateFailed | Status::UpdateFailed));
    // A stack may fail with none of its resources.
    let turns = |event: &&Event| {
        matches!(event.status, Status::RollbackInProgress | Status::UpdateRollbackInProgress)
            && is_stack(event)
            && event.reason.is_some()
    };
    let failed = failed.or_else(|| events.iter().find(turns));
    let decided: Moment = failed.or(events.iter().rev().find(is_stack))?.at;
    let longest = events
        .iter()
        .filter(|event| {
            !is_stack(event) && matches!(event.status, Status::CreateComplete | Status::CreateFailed)
        })
        .filter_map(|event| {
            let begun = events.iter().find(|other| other.logical_id == event.logical_id)?;
            Some((event.logical_id.clone(), event.at.since(begun.at)))
        })
        .reduce(|longest, other| if other.1 > longest.1 { other } else { longest });
    Some(Summary {
        status,
        failure: failed.map(|event| (event.logical_id.clone(), event.reason.clone().unwrap_or_default())),
        took: decided.since(started),
        longest,
    })
}
