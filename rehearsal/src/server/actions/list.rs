//! `ListStacks`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html>

use super::super::answer::{ApiError, Node, push_text};
use super::super::validation::Validation;
use super::Call;
use super::describe::{drift, lineage, times_and_status};
use super::paging::page;
use crate::account::Deployed;

/// Every status a stack can be filtered by.
const STATUSES: [&str; 23] = [
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "CREATE_COMPLETE",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
    "DELETE_COMPLETE",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_COMPLETE",
];

/// Every stack of the wanted statuses, newest first, deleted ones too.
pub(super) fn stacks(call: &Call<'_>) -> Result<Node, ApiError> {
    let wanted = call.parameters.list("StackStatusFilter").unwrap_or_default();
    let mut validation = Validation::default();
    for status in &wanted {
        validation.one_of("stackStatusFilter", Some(status), &STATUSES);
    }
    validation.finish()?;
    let matches = |stack: &Deployed| {
        stack.status().is_some_and(|status| wanted.is_empty() || wanted.contains(&status.as_str()))
    };
    let all = call.account.all().into_iter().filter(|stack| matches(stack)).collect();
    let mut fields = Vec::new();
    let shown = page("ListStacks", all, call.get("NextToken"), |it| it.id.clone(), &mut fields)?;
    let shown = shown.iter().map(|stack| summary(stack)).collect();
    fields.insert(0, ("StackSummaries", Node::List(shown)));
    Ok(Node::Map(fields))
}

fn summary(stack: &Deployed) -> Node {
    let mut fields = vec![("StackId", Node::text(&stack.id)), ("StackName", Node::text(&stack.name))];
    push_text(&mut fields, "TemplateDescription", stack.version().template.description());
    times_and_status(stack, &mut fields);
    fields.push(("DriftInformation", drift()));
    fields.extend(lineage(stack));
    Node::Map(fields)
}
