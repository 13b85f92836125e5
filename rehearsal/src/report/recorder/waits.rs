//! When resources began to wait, and how that ended.

use super::super::entry::What;
use super::super::phase::{Phase, Progress, Verb};
use super::super::record::{ResourceRecord, StackRecord, Wait, WaitEnd};
use super::{CANCELLED, resource_mut};
use crate::moment::Moment;
use crate::stack::{Event, Waiting};

/// What an event means for a resource's waits; `begun` where it begins something.
pub(super) fn told(
    resource: &mut ResourceRecord,
    event: &Event,
    phase: Phase,
    begun: bool,
) -> Vec<(Moment, What)> {
    let at = event.at;
    if begun && phase.verb == Verb::Create {
        let Some(planned) = resource.planned.filter(|it| it.expected > 0) else { return Vec::new() };
        let wait = Wait {
            since: at,
            until: at.plus(planned.timeout),
            expected: planned.expected,
            received: 0,
            ended: None,
            missed: None,
            end: WaitEnd::Open,
        };
        resource.waits.push(wait.clone());
        return vec![(at, What::WaitBegun(resource.logical_id.clone(), wait))];
    }
    let by_handle = resource.handle.is_some();
    let logical_id = resource.logical_id.clone();
    let Some(wait) = open(resource) else { return Vec::new() };
    let reason = event.reason.clone().unwrap_or_default();
    wait.end = match phase.progress {
        Progress::UnderWay if phase.verb == Verb::Create || phase.verb == Verb::Update || !begun => {
            return Vec::new();
        }
        Progress::Complete if phase.verb == Verb::Create || phase.verb == Verb::Update => {
            if by_handle {
                wait.received = wait.received.max(wait.expected);
            }
            WaitEnd::Met
        }
        Progress::Failed if !reason.starts_with(CANCELLED) => WaitEnd::Failed(reason),
        _ => WaitEnd::Cancelled(reason),
    };
    wait.ended = Some(at);
    vec![(at, What::WaitEnded(logical_id, wait.clone()))]
}

/// What the stack says it waits for: also batches of an update, which no event tells clearly.
pub(super) fn seen(stack: &mut StackRecord, waiting: &[Waiting], now: Moment) -> Vec<(Moment, What)> {
    let mut news = Vec::new();
    let silent: Vec<String> = stack
        .own_resources()
        .filter(|it| it.waits.last().is_some_and(|wait| wait.ended.is_none()))
        .map(|it| it.logical_id.clone())
        .collect();
    for id in silent {
        let resource = resource_mut(stack, &id, "");
        let reason = resource.reason.clone().unwrap_or_default();
        let Some(wait) = open(resource) else { continue };
        let now_waiting = waiting.iter().find(|it| it.logical_id == id);
        if now_waiting.is_some_and(|it| it.since == wait.since) {
            wait.missed = None;
            continue;
        }
        // The event that ends it may be on its way: what it says counts, if it comes before the next look.
        let missed = *wait.missed.get_or_insert(now);
        if missed == now && now_waiting.is_none() {
            continue;
        }
        wait.ended = Some(missed);
        wait.end = if wait.received >= wait.expected { WaitEnd::Met } else { WaitEnd::Failed(reason) };
        news.push((now, What::WaitEnded(id, wait.clone())));
    }
    for it in waiting {
        let resource = resource_mut(stack, &it.logical_id, "");
        if let Some(wait) = open(resource) {
            wait.received = it.received;
            wait.expected = it.expected;
            wait.until = it.until;
            continue;
        }
        let wait = Wait {
            since: it.since,
            until: it.until,
            expected: it.expected,
            received: it.received,
            ended: None,
            missed: None,
            end: WaitEnd::Open,
        };
        resource.waits.push(wait.clone());
        news.push((it.since, What::WaitBegun(it.logical_id.clone(), wait)));
    }
    news
}

/// A success that counts.
pub(super) fn counted(resource: &mut ResourceRecord) {
    if let Some(wait) = open(resource) {
        wait.received = wait.received.saturating_add(1);
    }
}

fn open(resource: &mut ResourceRecord) -> Option<&mut Wait> {
    resource.waits.last_mut().filter(|it| it.ended.is_none())
}
