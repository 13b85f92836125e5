//! `CreateChangeSet`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html>

use super::super::super::answer::{ApiError, Node};
use super::super::super::validation::Validation;
use super::super::{Call, given, terms};
use super::refusal;
use crate::account::change_sets::Asked;
use crate::account::{Change, Creation, Deployed, UserDataFrom};
use crate::stack::OnFailure;
use crate::template::Template;

pub(in super::super) fn create(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let kind = validation.one_of(
        "changeSetType",
        Some(call.get("ChangeSetType").unwrap_or("UPDATE")),
        &["CREATE", "UPDATE", "IMPORT"],
    );
    let given = call.get("StackName");
    let stack = if kind == "CREATE" && !given.is_some_and(|it| it.starts_with("arn:")) {
        validation.new_stack_name(given)
    } else {
        validation.stack_name(given)
    };
    let name = validation.new_change_set(call.get("ChangeSetName"));
    let on_failure = call
        .get("OnStackFailure")
        .map(|given| validation.one_of("onStackFailure", Some(given), &["DO_NOTHING", "ROLLBACK", "DELETE"]));
    call.get("Description").map(|it| validation.length("description", Some(it), 0, 1024));
    validation.finish()?;
    terms::check_mode(call)?;
    refuse_what_is_not_rehearsed(call, kind)?;
    if kind == "UPDATE" && on_failure == Some("DELETE") {
        return Err(ApiError::validation(
            "OnStackFailure DELETE is for a change set of ChangeSetType CREATE: an update that fails deletes no stack",
        ));
    }
    let asked = Asked {
        name: name.to_owned(),
        description: call.get("Description").filter(|it| !it.is_empty()).map(str::to_owned),
        token: call.get("ClientToken").map(str::to_owned),
        creates: kind == "CREATE",
        nested: call.parameters.flag("IncludeNestedStacks"),
        imports: call.parameters.flag("ImportExistingResources"),
        on_failure: on_failure.map(|it| match it {
            "DO_NOTHING" => OnFailure::DoNothing,
            "DELETE" => OnFailure::Delete,
            _ => OnFailure::Rollback,
        }),
    };
    if asked.creates { of_creation(call, stack, asked) } else { of_update(call, stack, asked) }
}

fn refuse_what_is_not_rehearsed(call: &Call<'_>, kind: &str) -> Result<(), ApiError> {
    // ImportExistingResources asks for what is outside of stacks already, and that is nothing.
    let imports = call.parameters.structures("ResourcesToImport").is_some_and(|it| !it.is_empty());
    if kind == "IMPORT" || imports {
        return Err(ApiError::validation(
            "Importing resources (ChangeSetType IMPORT) is not rehearsed: there are none outside of stacks here",
        ));
    }
    if call.get("DeploymentMode") == Some("REVERT_DRIFT") {
        return Err(ApiError::validation(
            "DeploymentMode REVERT_DRIFT is not rehearsed: nothing drifts here",
        ));
    }
    Ok(())
}

fn of_creation(call: &Call<'_>, stack: &str, asked: Asked) -> Result<Node, ApiError> {
    if call.parameters.flag("UsePreviousTemplate") {
        return Err(ApiError::validation(
            "You cannot specify UsePreviousTemplate for a change set that creates its stack",
        ));
    }
    let template = given::required_template(call)?;
    terms::check_types(call, &template)?;
    let terms = terms::terms(call)?;
    let text = template.text().to_owned();
    let parameters = given::parameters(call, None)?;
    given::each_has_a_value(call, &template, &parameters)?;
    let change = Change {
        parameters,
        tags: Some(given::tags(call)?.unwrap_or_default()),
        notification_arns: Some(given::notification_arns(call)?.unwrap_or_default()),
        capabilities: given::capabilities(call, &template)?,
        template: Some(template.clone()),
        token: None,
        terms: terms.clone(),
        user_data: UserDataFrom::Template,
    };
    let creation = Creation {
        name: call.account.find(stack).map_or_else(|| stack.to_owned(), |it| it.name.clone()),
        template,
        parameters: change.parameters.clone(),
        tags: change.tags.clone().unwrap_or_default(),
        notification_arns: change.notification_arns.clone().unwrap_or_default(),
        capabilities: change.capabilities.clone(),
        termination_protection: false,
        on_failure: asked.on_failure.unwrap_or_default(),
        terms,
        timeout_minutes: None,
        token: None,
        user_data: UserDataFrom::Template,
        plays_nested: true,
        by_client: true,
    };
    let stack = call.account.reviewed(&asked, creation).map_err(|error| refusal(&error, &text))?;
    proposed(call, &stack, asked, change, &text)
}

fn of_update(call: &Call<'_>, stack: &str, asked: Asked) -> Result<Node, ApiError> {
    let missing = || ApiError::validation(format!("Stack [{stack}] does not exist"));
    let stack = call.find(stack).filter(|it| !it.is_deleted()).ok_or_else(missing)?;
    let (template, change) = change(call, &stack)?;
    proposed(call, &stack, asked, change, template.text())
}

/// What an update asks for, and the template that it is by.
fn change(call: &Call<'_>, stack: &Deployed) -> Result<(Template, Change), ApiError> {
    let previous = stack.version();
    let template = given::new_template(call)?;
    let whole = template.clone().unwrap_or_else(|| (*previous.template).clone());
    let parameters = given::parameters(call, Some(&previous))?;
    given::each_has_a_value(call, &whole, &parameters)?;
    terms::check_types(call, &whole)?;
    let change = Change {
        parameters,
        tags: given::tags(call)?,
        notification_arns: given::notification_arns(call)?,
        capabilities: given::capabilities(call, &whole)?,
        template,
        token: None,
        terms: terms::terms(call)?,
        user_data: UserDataFrom::Template,
    };
    Ok((whole, change))
}

fn proposed(
    call: &Call<'_>,
    stack: &Deployed,
    asked: Asked,
    change: Change,
    text: &str,
) -> Result<Node, ApiError> {
    let change_set = call.account.propose(stack, asked, change).map_err(|error| refusal(&error, text))?;
    Ok(Node::Map(vec![("Id", Node::text(&change_set.id)), ("StackId", Node::text(&stack.id))]))
}
