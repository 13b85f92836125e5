//! What a log tells a rehearsal: who signalled what and when, and how long each thing took that is no wait.

use std::collections::HashMap;

use super::log::LogEvent;
use super::words::{INITIATED, is_cancelled, is_consistency, is_unparsable, message, signal, timed_out};
use crate::model::{Resource, Role, Wait};
use crate::moment::Moment;
use crate::stack::{Document, Order, Outcome};

/// Something from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// Through the API, by the log's unique id.
    Signal { logical_id: String, unique_id: String, outcome: Outcome },
    /// Put to a handle.
    Document { handle: String, document: Document },
}

/// Everything that came from outside, in the order of the log.
pub(super) fn cues<'r>(
    events: &[LogEvent],
    resource: impl Fn(&str) -> Option<&'r Resource>,
) -> Vec<(Moment, Cue)> {
    let mut all = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let reason = event.reason.as_deref().unwrap_or_default();
        if let Some((outcome, unique_id)) = signal(reason) {
            let (logical_id, unique_id) = (event.logical_id.clone(), unique_id.to_owned());
            all.push((event.at, Cue::Signal { logical_id, unique_id, outcome }));
            continue;
        }
        let Some(Role::WaitCondition(Wait::Handle { handle, count, .. })) =
            resource(&event.logical_id).map(|it| &it.role)
        else {
            continue;
        };
        let documents: Vec<Document> = if let Some((reason, unique_id)) = message(reason) {
            vec![document(unique_id, Outcome::Failure, reason)]
        } else if is_unparsable(reason) {
            vec![Document::Unparsable]
        } else if let Some(received) = timed_out(reason) {
            successes(received.min(*count))
        } else if event.status.ends_with("_COMPLETE") && !event.status.starts_with("DELETE") {
            successes(*count)
        } else {
            continue;
        };
        // What came too few of came while it waited: when is not told.
        let begun = events.get(..index).unwrap_or_default().iter().rev();
        let begun = begun.filter(|it| it.logical_id == event.logical_id).map(|it| it.at).next();
        let at = if timed_out(reason).is_some() { begun.unwrap_or(event.at) } else { event.at };
        all.extend(
            documents.into_iter().map(|document| (at, Cue::Document { handle: handle.clone(), document })),
        );
    }
    all.sort_by_key(|(at, _)| *at);
    all
}

/// Documents of as many senders, whose names no event tells.
fn successes(count: u32) -> Vec<Document> {
    (1..=count).map(|number| document(&format!("not-told-{number}"), Outcome::Success, "")).collect()
}

fn document(unique_id: &str, outcome: Outcome, reason: &str) -> Document {
    Document::Signal {
        unique_id: unique_id.to_owned(),
        outcome,
        reason: reason.to_owned(),
        data: String::new(),
    }
}

/// When the services behind the resources did what they were told, by the log.
#[derive(Debug)]
pub(super) struct Pace<'l> {
    /// Each resource's events, and how many of them have been used.
    events: HashMap<&'l str, (Vec<&'l LogEvent>, usize)>,
    /// Whether the log goes to its operation's end.
    whole: bool,
    /// Whether that is a failure.
    failed: bool,
}

impl<'l> Pace<'l> {
    pub(super) fn new(events: &'l [LogEvent], whole: bool, failed: bool) -> Self {
        let mut by_id: HashMap<_, (Vec<_>, usize)> = HashMap::new();
        for event in events.iter().filter(|it| !it.is_of_stack() && !it.of_hook) {
            by_id.entry(event.logical_id.as_str()).or_default().0.push(event);
        }
        Self { events: by_id, whole, failed }
    }

    /// When an order is carried out that is given at `now`; `None` where the log knows of no end of it. `waits` says
    /// whether the resource's creation waits for signals, and `rolls` whether an update goes on with its instances.
    pub(super) fn due(&mut self, order: &Order, waits: bool, rolls: bool, now: Moment) -> Option<Moment> {
        let (logical_id, look): (&str, &[Look]) = match order {
            Order::Create { logical_id } if waits => (logical_id, &[Look::Initiated]),
            Order::Create { logical_id } => (logical_id, &[Look::Done]),
            Order::Replace { logical_id, .. } => (logical_id, &[Look::Initiated, Look::Done]),
            Order::Update { logical_id } if rolls => (logical_id, &[Look::Rolling, Look::Done]),
            Order::Update { logical_id } => (logical_id, &[Look::Done]),
            Order::Launch { logical_id, .. } => (logical_id, &[Look::Added]),
            // Somebody else asked for them, and that is as long ago as was said.
            Order::ScaleOut { .. } => return Some(now),
            Order::Terminate { logical_id, .. } => (logical_id, &[Look::Terminated]),
            Order::Delete { logical_id, .. } => (logical_id, &[Look::Deleted]),
        };
        let ends = match order {
            Order::Create { .. } => !waits,
            Order::Update { .. } => true,
            _ => false,
        };
        let Some((events, used)) = self.events.get_mut(logical_id) else {
            return (self.whole && !self.failed || !ends).then_some(now);
        };
        for look in look {
            let left = events.iter().enumerate().skip(*used);
            let Some((index, event)) = left.into_iter().find(|(_, event)| look.is(event)) else { continue };
            let reason = event.reason.as_deref().unwrap_or_default();
            if ends && is_cancelled(reason) {
                return None;
            }
            // What ends a resource's creation may also be what ends a wait of its update.
            if !matches!(look, Look::Done) {
                *used = index + 1;
            }
            return Some(now.max(event.at));
        }
        (self.whole || !ends).then_some(now)
    }
}

/// What an event can show.
#[derive(Clone, Copy, Debug)]
enum Look {
    Initiated,
    Done,
    Rolling,
    Added,
    Terminated,
    Deleted,
}

impl Look {
    fn is(self, event: &LogEvent) -> bool {
        let reason = event.reason.as_deref().unwrap_or_default();
        match self {
            Self::Initiated => reason == INITIATED,
            Self::Done => {
                let ended = ["_COMPLETE", "_FAILED"].iter().any(|it| event.status.ends_with(it));
                is_consistency(event) || ended && !event.status.starts_with("DELETE")
            }
            Self::Rolling => reason.starts_with("Rolling update initiated."),
            Self::Added => reason.starts_with("New instance(s) added to autoscaling group"),
            Self::Terminated => reason.starts_with("Successfully terminated instance(s)"),
            Self::Deleted => event.status == "DELETE_COMPLETE",
        }
    }
}
