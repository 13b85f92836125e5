//! `DescribeStacks`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html>

use std::collections::BTreeMap;

use super::super::answer::{ApiError, Fields, Node, push_text};
use super::super::validation::Validation;
use super::Call;
use super::paging::page;
use super::terms::rollback_node;
use crate::account::Deployed;
use crate::engine::Operation;
use crate::moment::Moment;
use crate::stack::Status;
use crate::template::Template;

/// What a `NoEcho` parameter shows of itself.
const MASKED: &str = "****";

/// The stack named, or all that are not deleted.
pub(super) fn stacks(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut fields = Vec::new();
    let shown = match call.get("StackName") {
        Some(given) => {
            let mut validation = Validation::default();
            validation.stack_name(Some(given));
            validation.finish()?;
            let missing = || ApiError::validation(format!("Stack with id {given} does not exist"));
            vec![call.find(given).ok_or_else(missing)?]
        }
        None => {
            let all = call.account.all().into_iter();
            let living = all.filter(|it| it.status().is_some_and(|status| status != Status::DeleteComplete));
            page("DescribeStacks", living.collect(), call.get("NextToken"), |it| it.id.clone(), &mut fields)?
        }
    };
    let shown = shown.iter().map(|stack| Node::Map(description(call, stack))).collect();
    fields.insert(0, ("Stacks", Node::List(shown)));
    Ok(Node::Map(fields))
}

fn description(call: &Call<'_>, stack: &Deployed) -> Fields {
    let version = stack.version();
    let mut fields = vec![("StackId", Node::text(&stack.id)), ("StackName", Node::text(&stack.name))];
    push_text(&mut fields, "ChangeSetId", stack.change_sets.last_executed().as_deref());
    push_text(&mut fields, "Description", version.template.description());
    let parameters = parameters(stack, &version.template, &version.parameters);
    if !parameters.is_empty() {
        fields.push(("Parameters", Node::List(parameters)));
    }
    times_and_status(stack, &mut fields);
    let settings = stack.settings();
    fields.push(("RollbackConfiguration", rollback_node(&settings.rollback)));
    fields.push(("DisableRollback", Node::Flag(settings.disable_rollback)));
    fields.push(("NotificationARNs", texts(&version.notification_arns)));
    fields.extend(settings.timeout_minutes.map(|it| ("TimeoutInMinutes", Node::Number(it.into()))));
    if !version.capabilities.is_empty() {
        fields.push(("Capabilities", texts(&version.capabilities)));
    }
    push_text(&mut fields, "RoleARN", settings.role_arn.as_deref());
    if settings.drops_new {
        fields.push(("RetainExceptOnCreate", Node::Flag(true)));
    }
    let outputs = outputs(stack);
    if !outputs.is_empty() {
        fields.push(("Outputs", Node::List(outputs)));
    }
    fields.push(("Tags", tags(&version.tags)));
    fields.push(("EnableTerminationProtection", Node::Flag(call.account.is_protected(stack))));
    fields.push(("DriftInformation", drift()));
    fields.extend(lineage(stack));
    let operation = |it: &Operation| {
        Node::Map(vec![("OperationType", Node::text(it.kind.as_str())), ("OperationId", Node::text(&it.id))])
    };
    let last = stack.engine.operations();
    fields.push(("LastOperations", Node::List(last.iter().rev().take(1).map(operation).collect())));
    fields
}

/// Of a nested stack, those it belongs to.
pub(super) fn lineage(stack: &Deployed) -> Fields {
    let Some(lineage) = &stack.lineage else { return Vec::new() };
    vec![("ParentId", Node::text(&lineage.parent_id)), ("RootId", Node::text(&lineage.root_id))]
}

/// When it was created, updated and deleted, and where it is.
pub(super) fn times_and_status(stack: &Deployed, fields: &mut Fields) {
    let updated = stack.updated();
    stack.engine.look(|machine, history| {
        let Some((status, reason, since)) = machine.stack_status() else { return };
        let created: Moment = history.first().map_or(since, |event| event.at);
        fields.push(("CreationTime", Node::Time(created)));
        fields.extend(updated.map(|at| ("LastUpdatedTime", Node::Time(at))));
        if status == Status::DeleteComplete {
            fields.push(("DeletionTime", Node::Time(since)));
        }
        fields.push(("StackStatus", Node::text(status.as_str())));
        push_text(fields, "StackStatusReason", reason);
    });
}

pub(super) fn drift() -> Node {
    Node::Map(vec![("StackDriftStatus", Node::text("NOT_CHECKED"))])
}

pub(super) fn parameters(
    stack: &Deployed,
    template: &Template,
    values: &BTreeMap<String, String>,
) -> Vec<Node> {
    template
        .parameters()
        .iter()
        .filter_map(|parameter| {
            let value = values.get(&parameter.name).or(parameter.default.as_ref())?;
            let shown = if parameter.no_echo { MASKED } else { value };
            let mut fields =
                vec![("ParameterKey", Node::text(&parameter.name)), ("ParameterValue", Node::text(shown))];
            if parameter.is_stored()
                && let Some(value) = stack.stands_for(parameter)
            {
                let shown = if parameter.no_echo { MASKED } else { &value };
                fields.push(("ResolvedValue", Node::text(shown)));
            }
            Some(Node::Map(fields))
        })
        .collect()
}

/// A stack has outputs once it is complete.
fn outputs(stack: &Deployed) -> Vec<Node> {
    if !stack.has_outputs() {
        return Vec::new();
    }
    stack
        .outputs()
        .into_iter()
        .map(|output| {
            let mut fields =
                vec![("OutputKey", Node::Text(output.key)), ("OutputValue", Node::Text(output.value))];
            push_text(&mut fields, "Description", output.description.as_deref());
            push_text(&mut fields, "ExportName", output.export_name.as_deref());
            Node::Map(fields)
        })
        .collect()
}

pub(super) fn tags(tags: &[(String, String)]) -> Node {
    let tag = |(key, value): &(String, String)| {
        Node::Map(vec![("Key", Node::text(key)), ("Value", Node::text(value))])
    };
    Node::List(tags.iter().map(tag).collect())
}

pub(super) fn texts(list: &[String]) -> Node {
    Node::List(list.iter().map(Node::text).collect())
}
