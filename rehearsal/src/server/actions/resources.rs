//! `DescribeStackResource`, `DescribeStackResources` and `ListStackResources`.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html>

use std::sync::Arc;

use super::super::answer::{ApiError, Fields, Node, push_text};
use super::super::validation::Validation;
use super::Call;
use super::paging::page;
use crate::account::Deployed;
use crate::stack::ResourceView;

/// `DescribeStackResource`, which a stack's own instance may call too.
pub(super) fn one(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let given = validation.stack_name(call.get("StackName"));
    let logical_id = validation.required("logicalResourceId", call.get("LogicalResourceId"));
    validation.finish()?;
    let stack = call.find(given);
    call.check_membership("DescribeStackResource", given, stack.as_deref())?;
    let stack = stack.ok_or_else(|| ApiError::validation(format!("Stack '{given}' does not exist")))?;
    let template = stack.version().template;
    let metadata = stack.metadata_of(logical_id).map(|it| it.to_string());
    stack.engine.look(|machine, _| {
        let resource =
            machine.resources().find(|resource| resource.logical_id == logical_id).ok_or_else(|| {
                ApiError::validation(format!("Resource {logical_id} does not exist for stack {}", stack.name))
            })?;
        let mut detail = stack_fields(&stack);
        detail.extend(resource_fields(&resource, "LastUpdatedTimestamp"));
        push_text(&mut detail, "Description", template.resource_description(resource.logical_id));
        push_text(&mut detail, "Metadata", metadata.as_deref());
        Ok(Node::Map(vec![("StackResourceDetail", Node::Map(detail))]))
    })
}

/// `DescribeStackResources`, of a whole stack or of one resource; by the stack or by a physical id of its.
pub(super) fn described(call: &Call<'_>) -> Result<Node, ApiError> {
    let wanted = call.get("LogicalResourceId");
    let stack = match call.get("PhysicalResourceId").filter(|_| call.get("StackName").is_none()) {
        Some(physical_id) => owner(call, physical_id)
            .ok_or_else(|| ApiError::validation(format!("Stack for {physical_id} does not exist")))?,
        None => named(call)?,
    };
    let template = stack.version().template;
    let resources = stack.engine.look(|machine, _| {
        machine
            .resources()
            .filter(|resource| wanted.is_none_or(|wanted| wanted == resource.logical_id))
            .map(|resource| {
                let mut fields = stack_fields(&stack);
                fields.extend(resource_fields(&resource, "Timestamp"));
                push_text(&mut fields, "Description", template.resource_description(resource.logical_id));
                Node::Map(fields)
            })
            .collect()
    });
    Ok(Node::Map(vec![("StackResources", Node::List(resources))]))
}

/// `ListStackResources`.
pub(super) fn listed(call: &Call<'_>) -> Result<Node, ApiError> {
    let stack = named(call)?;
    let mut fields = Vec::new();
    let summaries = stack.engine.look(|machine, _| {
        let all: Vec<_> = machine.resources().collect();
        let shown = page(
            "ListStackResources",
            all,
            call.get("NextToken"),
            |it| it.logical_id.to_owned(),
            &mut fields,
        )?;
        let summary = |it: &ResourceView<'_>| Node::Map(resource_fields(it, "LastUpdatedTimestamp"));
        Ok(shown.iter().map(summary).collect())
    })?;
    fields.insert(0, ("StackResourceSummaries", Node::List(summaries)));
    Ok(Node::Map(fields))
}

fn named(call: &Call<'_>) -> Result<Arc<Deployed>, ApiError> {
    let mut validation = Validation::default();
    let given = validation.stack_name(call.get("StackName"));
    validation.finish()?;
    call.find(given).ok_or_else(|| ApiError::validation(format!("Stack with id {given} does not exist")))
}

fn owner(call: &Call<'_>, physical_id: &str) -> Option<Arc<Deployed>> {
    call.account.all().into_iter().find(|stack| {
        stack.engine.look(|machine, _| machine.resources().any(|it| it.physical_id == Some(physical_id)))
    })
}

fn stack_fields(stack: &Deployed) -> Fields {
    vec![("StackName", Node::text(&stack.name)), ("StackId", Node::text(&stack.id))]
}

fn resource_fields(resource: &ResourceView<'_>, time_name: &'static str) -> Fields {
    let mut fields = vec![("LogicalResourceId", Node::text(resource.logical_id))];
    push_text(&mut fields, "PhysicalResourceId", resource.physical_id);
    fields.push(("ResourceType", Node::text(resource.resource_type)));
    fields.push((time_name, Node::Time(resource.since)));
    fields.push(("ResourceStatus", Node::text(resource.status.as_str())));
    push_text(&mut fields, "ResourceStatusReason", resource.reason);
    let drift = Node::Map(vec![("StackResourceDriftStatus", Node::text("NOT_CHECKED"))]);
    fields.push(("DriftInformation", drift));
    fields
}
