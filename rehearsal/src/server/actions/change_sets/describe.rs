//! `DescribeChangeSet` and `ListChangeSets`.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html>

use super::super::super::answer::{ApiError, Fields, Node, push_text};
use super::super::super::validation::Validation;
use super::super::Call;
use super::super::describe::{parameters, tags, texts};
use super::super::paging::page;
use super::super::terms::rollback_node;
use super::changes::change;
use super::{found, named};
use crate::account::Deployed;
use crate::account::change_sets::{ChangeSet, State};
use crate::engine::{Standing, standing};
use crate::stack::OnFailure;

pub(in super::super) fn describe(call: &Call<'_>) -> Result<Node, ApiError> {
    let name = named(call, Validation::default())?;
    let (stack, change_set) = found(call, name)?;
    let mut fields = common(&stack, &change_set);
    let values = parameters(&stack, &change_set.version.template, &change_set.version.parameters);
    if !values.is_empty() {
        fields.push(("Parameters", Node::List(values)));
    }
    fields.push(("NotificationARNs", texts(&change_set.version.notification_arns)));
    let rollback = change_set.terms.rollback.clone().unwrap_or_else(|| stack.settings().rollback);
    fields.push(("RollbackConfiguration", rollback_node(&rollback)));
    if !change_set.version.capabilities.is_empty() {
        fields.push(("Capabilities", texts(&change_set.version.capabilities)));
    }
    fields.push(("Tags", tags(&change_set.version.tags)));
    let on_failure = change_set.asked.on_failure.map(|it| match it {
        OnFailure::DoNothing => "DO_NOTHING",
        OnFailure::Rollback => "ROLLBACK",
        OnFailure::Delete => "DELETE",
    });
    push_text(&mut fields, "OnStackFailure", on_failure);
    let all = change_set.proposed.iter().collect();
    let token = call.get("NextToken");
    let shown = page("DescribeChangeSet", all, token, |it| it.preview.logical_id.clone(), &mut fields)?;
    let values = call.parameters.flag("IncludePropertyValues");
    fields.push(("Changes", Node::List(shown.into_iter().map(|it| change(it, values)).collect())));
    Ok(Node::Map(fields))
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let given = validation.stack_name(call.get("StackName"));
    validation.finish()?;
    let missing = || ApiError::validation(format!("Stack [{given}] does not exist"));
    let stack = call.find(given).filter(|it| !it.is_deleted()).ok_or_else(missing)?;
    let mut fields = Vec::new();
    let all = stack.change_sets.list();
    let shown = page("ListChangeSets", all, call.get("NextToken"), |it| it.id.clone(), &mut fields)?;
    let summaries = shown.iter().map(|it| Node::Map(common(&stack, it))).collect();
    fields.insert(0, ("Summaries", Node::List(summaries)));
    Ok(Node::Map(fields))
}

/// What both show.
fn common(stack: &Deployed, change_set: &ChangeSet) -> Fields {
    let mut fields = vec![
        ("ChangeSetName", Node::text(&change_set.asked.name)),
        ("ChangeSetId", Node::text(&change_set.id)),
        ("StackId", Node::text(&stack.id)),
        ("StackName", Node::text(&stack.name)),
    ];
    push_text(&mut fields, "Description", change_set.asked.description.as_deref());
    fields.push(("CreationTime", Node::Time(change_set.created)));
    fields.push(("ExecutionStatus", Node::text(execution_status(stack, change_set))));
    let status = if change_set.failure.is_none() { "CREATE_COMPLETE" } else { "FAILED" };
    fields.push(("Status", Node::text(status)));
    let reason = match (&change_set.failure, change_set.state()) {
        (Some(reason), _) => Some(reason.as_str()),
        (None, State::Below) => Some("Only executable from the root change set."),
        (None, _) => None,
    };
    push_text(&mut fields, "StatusReason", reason);
    fields.push(("IncludeNestedStacks", Node::Flag(change_set.asked.nested)));
    if let Some(above) = &change_set.above {
        fields.push(("ParentChangeSetId", Node::text(&above.parent)));
        fields.push(("RootChangeSetId", Node::text(&above.root)));
    }
    fields.push(("ImportExistingResources", Node::Flag(change_set.asked.imports)));
    fields
}

fn execution_status(stack: &Deployed, change_set: &ChangeSet) -> &'static str {
    let all = stack.engine.operations();
    let operation = match change_set.state() {
        State::Available => return "AVAILABLE",
        State::Unavailable | State::Below => return "UNAVAILABLE",
        State::Obsolete => return "OBSOLETE",
        State::Executed { operation } => operation,
        // The last, unless that is the one that it was made by.
        State::ExecutedBelow => {
            let last = all.last().filter(|it| it.id != change_set.operation);
            last.map(|it| it.id.clone()).unwrap_or_default()
        }
    };
    let executing = all.iter().find(|it| it.id == operation);
    let standing =
        executing.map(|it| stack.engine.look(|_, history| standing(it.events(&all, history), &stack.name)));
    match standing {
        None | Some(Standing::UnderWay) => "EXECUTE_IN_PROGRESS",
        Some(Standing::Succeeded) => "EXECUTE_COMPLETE",
        Some(Standing::Failed) => "EXECUTE_FAILED",
    }
}
