//! `UpdateStack`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html>

use super::super::answer::{ApiError, Node};
use super::super::validation::Validation;
use super::create::{begun, owned};
use super::{Call, given, policy};
use crate::account::{AccountError, Change, UserDataFrom};

pub(super) fn update_stack(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let name = validation.stack_name(call.get("StackName"));
    let token = validation.token(call.get("ClientRequestToken")).map(str::to_owned);
    validation.finish()?;
    if call.parameters.flag("DisableRollback") {
        return Err(ApiError::validation(
            "DisableRollback is not rehearsed for an update: a failed update is always rolled back here",
        ));
    }
    let missing = || ApiError::validation(format!("Stack [{name}] does not exist"));
    let stack = call.find(name).filter(|stack| !stack.is_deleted()).ok_or_else(missing)?;
    let previous = stack.version();
    let policy = policy::given(call)?;
    let template = given::new_template(call)?;
    let parameters = given::parameters(call, Some(&previous))?;
    given::each_has_a_value(call, template.as_ref().unwrap_or(&previous.template), &parameters)?;
    let change = Change {
        parameters,
        tags: given::tags(call)?,
        notification_arns: call.parameters.list("NotificationARNs").map(owned),
        capabilities: given::capabilities(call, template.as_ref().unwrap_or(&previous.template))?,
        template,
        token,
        user_data: UserDataFrom::Template,
    };
    let body = call.get("TemplateBody").unwrap_or_default();
    call.account
        .revise(&stack, change)
        .map_err(AccountError::from)
        .and_then(|revision| call.account.update(&stack, revision))
        .map_err(|error| given::refused(&error, body))?;
    policy.into_iter().for_each(|it| stack.set_policy(it));
    Ok(begun(&stack))
}
