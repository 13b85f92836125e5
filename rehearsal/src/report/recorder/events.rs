//! What events tell of the stack's operations, and of what is done to each resource.

use super::super::entry::What;
use super::super::phase::{Phase, Progress, Verb};
use super::super::record::{Operation, ResourceRecord, Span, StackRecord};
use super::super::redact::redact;
use super::{CANCELLED, own_mut, resource_mut, waits};
use crate::moment::Moment;
use crate::stack::Event;

/// What an event means for the stack and for its resource.
pub(super) fn told(stack: &mut StackRecord, event: &Event) -> Vec<(Moment, What)> {
    let phase = Phase::of(event.status);
    let mut event = event.clone();
    event.reason = event.reason.map(|it| redact(&it).into_owned());
    let of_stack = event.is_of_stack(&stack.name);
    if of_stack {
        stack.status = Some(event.status);
        operate(stack, &event, phase);
    } else if phase.progress == Progress::Failed
        && let Some(operation) = stack.operations.last_mut()
        && operation.failure.is_none()
        && !event.reason.as_deref().is_some_and(|it| it.starts_with(CANCELLED))
    {
        let reason = event.reason.clone().unwrap_or_default();
        operation.failure = Some((event.logical_id.clone(), reason, event.at));
    }
    let resource =
        if of_stack { own_mut(stack) } else { resource_mut(stack, &event.logical_id, &event.resource_type) };
    resource.status = Some(event.status);
    resource.reason.clone_from(&event.reason);
    let begun = span(resource, &event, phase);
    let news = waits::told(resource, &event, phase, begun);
    stack.events.push(event);
    news
}

/// What the stack says of itself begins, decides or ends an operation.
fn operate(stack: &mut StackRecord, event: &Event, phase: Phase) {
    let under_way = phase.progress == Progress::UnderWay;
    let failed = phase.verb == Verb::Rollback || phase.progress == Progress::Failed;
    let begins = under_way && phase.verb != Verb::Rollback;
    let same = |it: &&mut Operation| !begins || it.decided.is_none() && it.verb == phase.verb;
    if let Some(operation) = stack.operations.last_mut().filter(same) {
        operation.status = event.status;
        operation.failed |= failed;
        if !under_way {
            operation.decided.get_or_insert(event.at);
        }
        return;
    }
    stack.operations.push(Operation {
        verb: phase.verb,
        since: event.at,
        decided: (!under_way).then_some(event.at),
        status: event.status,
        failure: None,
        failed,
    });
}

/// Begins or ends what is done to the resource; says whether it was begun.
fn span(resource: &mut ResourceRecord, event: &Event, phase: Phase) -> bool {
    let done = resource.spans.last().map(|it| it.verb);
    let open = resource.spans.last_mut().filter(|it| it.until.is_none());
    let under_way = phase.progress == Progress::UnderWay;
    match open {
        Some(span) if under_way && span.verb == phase.verb => return false,
        // A group that is being created says in the words of an update that signals are missing.
        Some(span) if under_way && span.verb == Verb::Create && phase.verb == Verb::Update => return false,
        Some(span) => {
            span.until = Some(event.at);
            span.progress = if under_way { Progress::Failed } else { phase.progress };
            if !under_way {
                return false;
            }
        }
        // The end of the clearing up.
        None if !under_way && done == Some(phase.verb) => return false,
        None => {}
    }
    resource.spans.push(Span {
        verb: phase.verb,
        since: event.at,
        until: (!under_way).then_some(event.at),
        progress: phase.progress,
    });
    under_way
}
