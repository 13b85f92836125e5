//! `CreateStack`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>

use super::super::answer::{ApiError, Node, push_text};
use super::super::validation::Validation;
use super::{Call, given, policy, terms, tokens};
use crate::account::{Creation, Deployed, UserDataFrom};
use crate::stack::OnFailure;

pub(super) fn create_stack(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let name = validation.new_stack_name(call.get("StackName")).to_owned();
    let on_failure = call
        .get("OnFailure")
        .map(|given| validation.one_of("onFailure", Some(given), &["DO_NOTHING", "ROLLBACK", "DELETE"]));
    let timeout_minutes = validation.at_least("timeoutInMinutes", call.get("TimeoutInMinutes"), 1);
    let token = validation.token(call.get("ClientRequestToken")).map(str::to_owned);
    validation.finish()?;
    let on_failure = match (on_failure, call.get("DisableRollback")) {
        (Some(_), Some(_)) => {
            return Err(ApiError::validation(
                "You can specify either DisableRollback or OnFailure, but not both.",
            ));
        }
        (Some("DO_NOTHING"), None) => OnFailure::DoNothing,
        (Some("DELETE"), None) => OnFailure::Delete,
        _ if terms::keeps(call) => OnFailure::DoNothing,
        _ => OnFailure::Rollback,
    };
    // Told again what it was told before, the service answers again what it answered.
    if let Some(existing) = call.find(&name)
        && let Some(token) = token.as_deref()
        && tokens::is_same(call, &existing, token)?
    {
        return Ok(begun(&existing));
    }
    terms::check_mode(call)?;
    let template = given::required_template(call)?;
    let policy = policy::given(call, &[&template])?;
    terms::check_types(call, &template)?;
    let capabilities = given::capabilities(call, &template)?;
    let parameters = given::parameters(call, None)?;
    given::each_has_a_value(call, &template, &parameters)?;
    let creation = Creation {
        name,
        parameters,
        tags: given::tags(call)?.unwrap_or_default(),
        notification_arns: given::notification_arns(call)?.unwrap_or_default(),
        capabilities,
        termination_protection: call.parameters.flag("EnableTerminationProtection"),
        template,
        on_failure,
        terms: terms::terms(call)?,
        timeout_minutes,
        token: token.clone(),
        user_data: UserDataFrom::Template,
        plays_nested: true,
        by_client: true,
    };
    let body = call.get("TemplateBody").unwrap_or_default();
    let stack = call
        .account
        .draft(creation)
        .and_then(|draft| call.account.deploy(draft))
        .map_err(|error| given::refused(&error, body))?;
    tokens::remember(call, &stack, token.as_deref());
    policy.into_iter().for_each(|it| stack.set_policy(it));
    stack.engine.start();
    Ok(begun(&stack))
}

pub(super) fn stack_id(id: &str) -> Node {
    Node::Map(vec![("StackId", Node::text(id))])
}

/// The stack, and the operation that was begun with it.
pub(super) fn begun(stack: &Deployed) -> Node {
    let mut fields = vec![("StackId", Node::text(&stack.id))];
    push_text(&mut fields, "OperationId", stack.engine.operation_id().as_deref());
    Node::Map(fields)
}

pub(super) fn owned(list: Vec<&str>) -> Vec<String> {
    list.into_iter().map(str::to_owned).collect()
}
