//! `DescribeStackEvents`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html>

use super::super::answer::{ApiError, Node, push_text};
use super::super::validation::Validation;
use super::Call;
use super::paging::page;
use crate::account::Deployed;
use crate::stack::{Event, STACK_TYPE};

/// Newest first.
pub(super) fn stack_events(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let given = validation.stack_name(call.get("StackName"));
    validation.finish()?;
    let stack =
        call.find(given).ok_or_else(|| ApiError::validation(format!("Stack [{given}] does not exist")))?;
    let mut fields = Vec::new();
    let events = stack.engine.look(|_, history| {
        let numbers = (0..history.len()).rev().collect();
        let numbers: Vec<usize> =
            page("DescribeStackEvents", numbers, call.get("NextToken"), ToString::to_string, &mut fields)?;
        let event = |at: usize| Some(event_node(&stack, at, history.get(at)?));
        Ok(numbers.into_iter().filter_map(event).collect())
    })?;
    fields.insert(0, ("StackEvents", Node::List(events)));
    Ok(Node::Map(fields))
}

fn event_node(stack: &Deployed, at: usize, event: &Event) -> Node {
    let mut fields = vec![("StackId", Node::text(&stack.id)), ("EventId", Node::Text(event_id(at, event)))];
    fields.push(("StackName", Node::text(&stack.name)));
    fields.push(("LogicalResourceId", Node::text(&event.logical_id)));
    push_text(&mut fields, "PhysicalResourceId", event.physical_id.as_deref());
    fields.push(("ResourceType", Node::text(&event.resource_type)));
    fields.push(("Timestamp", Node::Time(event.at)));
    fields.push(("ResourceStatus", Node::text(event.status.as_str())));
    push_text(&mut fields, "ResourceStatusReason", event.reason.as_deref());
    push_text(&mut fields, "ClientRequestToken", event.token.as_deref());
    Node::Map(fields)
}

/// The same for the same event each time it is shown. A stack's own event has a UUID, as with the service.
fn event_id(at: usize, event: &Event) -> String {
    if event.resource_type == STACK_TYPE {
        format!("{:08x}-0000-4000-8000-{at:012x}", event.at.as_seconds() & 0xffff_ffff)
    } else {
        // The place tells apart two events of one moment.
        format!("{}-{}-{}-{at}", event.logical_id, event.status.as_str(), event.at.iso_8601())
    }
}
