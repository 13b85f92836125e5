//! The actions that show the stack.

use super::answer::{ApiError, Node};
use super::query::Call;
use super::validation::Validation;
use crate::moment::Moment;
use crate::stack::{Event, Machine, ResourceView, STACK_TYPE};

type Fields = Vec<(&'static str, Node)>;

/// `DescribeStacks`, of the stack named or of all there are.
pub(super) fn stacks(call: &Call<'_>) -> Result<Node, ApiError> {
    if let Some(given) = call.parameters.get("StackName").filter(|given| !call.names_the_stack(given)) {
        return Err(ApiError::validation(format!("Stack with id {given} does not exist")));
    }
    let stack = call.services.engine.look(|machine, history| {
        let mut stack = stack_fields(machine);
        if let Some((status, reason, since)) = machine.stack_status() {
            let created = history.first().map_or(since, |event| event.at);
            stack.push(("CreationTime", Node::Time(created)));
            stack.push(("StackStatus", Node::text(status.as_str())));
            push_text(&mut stack, "StackStatusReason", reason);
        }
        stack.push(("DisableRollback", Node::Flag(false)));
        stack.push(("NotificationARNs", Node::List(vec![])));
        stack.push(("RollbackConfiguration", Node::Map(vec![])));
        stack.push(("EnableTerminationProtection", Node::Flag(false)));
        stack
    });
    Ok(Node::Map(vec![("Stacks", Node::List(vec![Node::Map(stack)]))]))
}

/// `DescribeStackEvents`, newest first, on one page.
pub(super) fn stack_events(call: &Call<'_>) -> Result<Node, ApiError> {
    let given = required_stack(call)?;
    if !call.names_the_stack(given) {
        return Err(ApiError::validation(format!("Stack [{given}] does not exist")));
    }
    let events = call.services.engine.look(|machine, history| {
        history.iter().enumerate().rev().map(|(at, event)| event_node(machine, at, event)).collect()
    });
    Ok(Node::Map(vec![("StackEvents", Node::List(events))]))
}

/// `DescribeStackResources`, of the whole stack or of one resource.
pub(super) fn stack_resources(call: &Call<'_>) -> Result<Node, ApiError> {
    let given = required_stack(call)?;
    if !call.names_the_stack(given) {
        return Err(ApiError::validation(format!("Stack with id {given} does not exist")));
    }
    let wanted = call.parameters.get("LogicalResourceId");
    let resources = call.services.engine.look(|machine, _| {
        machine
            .resources()
            .filter(|resource| wanted.is_none_or(|wanted| wanted == resource.logical_id))
            .map(|resource| Node::Map(resource_fields(machine, &resource, "Timestamp")))
            .collect()
    });
    Ok(Node::Map(vec![("StackResources", Node::List(resources))]))
}

/// `DescribeStackResource`, which a stack's own instance may call too.
pub(super) fn stack_resource(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let given = validation.stack_name(call.parameters.get("StackName"));
    let logical_id = validation.required("logicalResourceId", call.parameters.get("LogicalResourceId"));
    validation.finish()?;
    call.check_membership("DescribeStackResource", given)?;
    if !call.names_the_stack(given) {
        return Err(ApiError::validation(format!("Stack '{given}' does not exist")));
    }
    call.services.engine.look(|machine, _| {
        let resource =
            machine.resources().find(|resource| resource.logical_id == logical_id).ok_or_else(|| {
                ApiError::validation(format!(
                    "Resource {logical_id} does not exist for stack {}",
                    machine.name()
                ))
            })?;
        let detail = resource_fields(machine, &resource, "LastUpdatedTimestamp");
        Ok(Node::Map(vec![("StackResourceDetail", Node::Map(detail))]))
    })
}

fn required_stack<'a>(call: &'a Call<'_>) -> Result<&'a str, ApiError> {
    let mut validation = Validation::default();
    let given = validation.stack_name(call.parameters.get("StackName"));
    validation.finish()?;
    Ok(given)
}

fn stack_fields(machine: &Machine) -> Fields {
    vec![("StackId", Node::text(machine.id())), ("StackName", Node::text(machine.name()))]
}

fn resource_fields(machine: &Machine, resource: &ResourceView<'_>, time_name: &'static str) -> Fields {
    let mut fields = stack_fields(machine);
    fields.push(("LogicalResourceId", Node::text(resource.logical_id)));
    push_text(&mut fields, "PhysicalResourceId", resource.physical_id);
    fields.push(("ResourceType", Node::text(resource.resource_type)));
    fields.push((time_name, Node::Time(resource.since)));
    fields.push(("ResourceStatus", Node::text(resource.status.as_str())));
    push_text(&mut fields, "ResourceStatusReason", resource.reason);
    fields
}

fn event_node(machine: &Machine, at: usize, event: &Event) -> Node {
    let mut fields = stack_fields(machine);
    fields.push(("EventId", Node::Text(event_id(at, event))));
    fields.push(("LogicalResourceId", Node::text(event.logical_id.as_str())));
    push_text(&mut fields, "PhysicalResourceId", event.physical_id.as_deref());
    fields.push(("ResourceType", Node::text(event.resource_type.as_str())));
    fields.push(("Timestamp", Node::Time(event.at)));
    fields.push(("ResourceStatus", Node::text(event.status.as_str())));
    push_text(&mut fields, "ResourceStatusReason", event.reason.as_deref());
    push_text(&mut fields, "ClientRequestToken", event.token.as_deref());
    Node::Map(fields)
}

/// The same for the same event each time it is shown. A stack's own event has a UUID, as with the service.
fn event_id(at: usize, event: &Event) -> String {
    if event.resource_type == STACK_TYPE {
        let seconds: Moment = event.at;
        format!("{:08x}-0000-4000-8000-{at:012x}", seconds.as_seconds() & 0xffff_ffff)
    } else {
        // The place tells apart two events of one moment.
        format!("{}-{}-{}-{at}", event.logical_id, event.status.as_str(), event.at.iso_8601())
    }
}

fn push_text(fields: &mut Fields, name: &'static str, text: Option<&str>) {
    fields.extend(text.map(|text| (name, Node::text(text))));
}
