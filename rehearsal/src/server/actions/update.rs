//! `UpdateStack`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html>

use super::super::answer::{ApiError, Node};
use super::super::validation::Validation;
use super::create::{owned, stack_id};
use super::{Call, given};
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
    let keeps = call.parameters.flag("UsePreviousTemplate");
    let template = match given::template(call)? {
        Some(_) if keeps => {
            return Err(ApiError::validation(
                "You cannot specify both usePreviousTemplate and Template Body.",
            ));
        }
        None if !keeps => {
            return Err(ApiError::validation("Either Template URL or Template Body must be specified."));
        }
        template => template,
    };
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
    Ok(stack_id(&stack.id))
}
