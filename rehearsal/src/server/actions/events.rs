//! `DescribeStackEvents` and `DescribeEvents`.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html>

use std::sync::Arc;
use std::time::Duration;

use super::super::answer::{ApiError, Fields, Node, push_text};
use super::super::validation::Validation;
use super::paging::page;
use super::{Call, change_sets};
use crate::account::Deployed;
use crate::engine::{Operation, Standing, operation_of, standing};
use crate::moment::Moment;
use crate::stack::{Event, STACK_TYPE, Status};

/// Newest first.
pub(super) fn stack_events(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let given = validation.stack_name(call.get("StackName"));
    validation.finish()?;
    let stack =
        call.find(given).ok_or_else(|| ApiError::validation(format!("Stack [{given}] does not exist")))?;
    let mut fields = Vec::new();
    let operations = stack.engine.operations();
    let events = stack.engine.look(|_, history| {
        let all = told(&operations, history);
        let shown = page("DescribeStackEvents", all, call.get("NextToken"), Told::key, &mut fields)?;
        Ok(shown.iter().map(|it| event_node(&stack, it)).collect())
    })?;
    fields.insert(0, ("StackEvents", Node::List(events)));
    Ok(Node::Map(fields))
}

/// Of a stack, of one of its operations, or of what a change set did: newest first.
pub(super) fn operation_events(call: &Call<'_>) -> Result<Node, ApiError> {
    let (stack, only) = concerned(call)?;
    let failed_only = call.parameters.flag("Filters.FailedEvents");
    let mut fields = Vec::new();
    let operations = stack.engine.operations();
    let events = stack.engine.look(|_, history| {
        let wanted = |it: &Told<'_>| {
            only.as_deref().is_none_or(|only| it.operation.is_some_and(|operation| operation.id == only))
                && (!failed_only || is_failed(it.event.status))
        };
        let all = told(&operations, history).into_iter().filter(wanted).collect();
        let shown = page("DescribeEvents", all, call.get("NextToken"), Told::key, &mut fields)?;
        Ok(shown.iter().map(|it| operation_event_node(&stack, it, &operations, history)).collect())
    })?;
    fields.insert(0, ("OperationEvents", Node::List(events)));
    Ok(Node::Map(fields))
}

/// The stack that is asked for, and the operation.
fn concerned(call: &Call<'_>) -> Result<(Arc<Deployed>, Option<String>), ApiError> {
    let operation = call.get("OperationId").filter(|it| !it.is_empty());
    if call.get("ChangeSetName").is_some() {
        let (stack, operation) = change_sets::operation(call)?;
        return Ok((stack, Some(operation)));
    }
    match (call.get("StackName"), operation) {
        (Some(given), operation) => {
            let mut validation = Validation::default();
            validation.stack_name(Some(given));
            validation.finish()?;
            let missing = || ApiError::validation(format!("Stack [{given}] does not exist"));
            Ok((call.find(given).ok_or_else(missing)?, operation.map(str::to_owned)))
        }
        (None, Some(operation)) => {
            let does = |stack: &Arc<Deployed>| stack.engine.operations().iter().any(|it| it.id == operation);
            let missing = || ApiError::validation(format!("Operation [{operation}] does not exist"));
            let stack = call.account.all().into_iter().find(does).ok_or_else(missing)?;
            Ok((stack, Some(operation.to_owned())))
        }
        (None, None) => {
            let message = "At least one of StackName, ChangeSetName or OperationId must be specified.";
            Err(ApiError::validation(message))
        }
    }
}

const fn is_failed(status: Status) -> bool {
    matches!(status, Status::CreateFailed | Status::UpdateFailed | Status::UpdateRollbackFailed)
}

/// An event, and what is known of it by its place in the history.
struct Told<'h> {
    at: usize,
    event: &'h Event,
    /// When, for clients that sort by it: no two events of a stack are of one moment.
    time: Moment,
    operation: Option<&'h Operation>,
}

impl Told<'_> {
    fn key(&self) -> String {
        self.at.to_string()
    }
}

/// Newest first.
fn told<'h>(operations: &'h [Operation], history: &'h [Event]) -> Vec<Told<'h>> {
    let mut last: Option<Moment> = None;
    let told = history.iter().enumerate().map(|(at, event)| {
        let after = last.map(|last| last.plus(Duration::from_millis(1)));
        let time = after.map_or(event.at, |after| event.at.max(after));
        last = Some(time);
        Told { at, event, time, operation: operation_of(operations, at) }
    });
    let mut all: Vec<_> = told.collect();
    all.reverse();
    all
}

fn event_node(stack: &Deployed, told: &Told<'_>) -> Node {
    let mut fields = vec![("StackId", Node::text(&stack.id)), ("EventId", Node::Text(event_id(told)))];
    fields.push(("StackName", Node::text(&stack.name)));
    push_text(&mut fields, "OperationId", told.operation.map(|it| it.id.as_str()));
    push_what(&mut fields, told);
    Node::Map(fields)
}

fn operation_event_node(
    stack: &Deployed,
    told: &Told<'_>,
    operations: &[Operation],
    history: &[Event],
) -> Node {
    let event = told.event;
    let mut fields = vec![("EventId", Node::Text(event_id(told))), ("StackId", Node::text(&stack.id))];
    if let Some(operation) = told.operation {
        fields.push(("OperationId", Node::text(&operation.id)));
        fields.push(("OperationType", Node::text(operation.kind.as_str())));
        if event.is_of_stack(&stack.name) {
            // As it was with this event.
            let until = operation.events(operations, history.get(..=told.at).unwrap_or(history));
            let status = match standing(until, &stack.name) {
                Standing::UnderWay => "IN_PROGRESS",
                Standing::Succeeded => "SUCCEEDED",
                Standing::Failed => "FAILED",
            };
            fields.push(("OperationStatus", Node::text(status)));
        }
    }
    let kind = match () {
        () if event.is_of_stack(&stack.name) => "STACK_EVENT",
        () if is_failed(event.status) => "PROVISIONING_ERROR",
        () => "PROGRESS_EVENT",
    };
    fields.push(("EventType", Node::text(kind)));
    push_what(&mut fields, told);
    Node::Map(fields)
}

fn push_what(fields: &mut Fields, told: &Told<'_>) {
    let event = told.event;
    fields.push(("LogicalResourceId", Node::text(&event.logical_id)));
    push_text(fields, "PhysicalResourceId", event.physical_id.as_deref());
    fields.push(("ResourceType", Node::text(&event.resource_type)));
    fields.push(("Timestamp", Node::Time(told.time)));
    fields.push(("ResourceStatus", Node::text(event.status.as_str())));
    push_text(fields, "ResourceStatusReason", event.reason.as_deref());
    push_text(fields, "ClientRequestToken", event.token.as_deref());
}

/// The same for the same event each time it is shown. A stack's own event has a UUID, as with the service.
fn event_id(told: &Told<'_>) -> String {
    let Told { at, event, .. } = told;
    if event.resource_type == STACK_TYPE {
        format!("{:08x}-0000-4000-8000-{at:012x}", event.at.as_seconds() & 0xffff_ffff)
    } else {
        // The place tells apart two events of one moment.
        format!("{}-{}-{}-{at}", event.logical_id, event.status.as_str(), event.at.iso_8601())
    }
}
