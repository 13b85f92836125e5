//! `SetStackPolicy` and `GetStackPolicy`. A policy is kept and shown; updates are not held to it.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetStackPolicy.html>

use super::super::answer::{ApiError, Fields, Node, push_text};
use super::super::validation::Validation;
use super::super::wording::for_client;
use super::Call;
use crate::shelf::Origin;

/// Bytes of a stack policy.
const MOST: usize = 16_384;

pub(super) fn set(call: &Call<'_>) -> Result<(), ApiError> {
    let mut validation = Validation::default();
    let name = validation.stack_name(call.get("StackName"));
    validation.finish()?;
    let missing = || ApiError::validation(format!("Stack [{name}] does not exist"));
    let stack = call.find(name).filter(|stack| !stack.is_deleted()).ok_or_else(missing)?;
    match given(call)? {
        Some(policy) => stack.set_policy(policy),
        None => {
            return Err(ApiError::validation("You must specify either StackPolicyURL or StackPolicyBody"));
        }
    }
    Ok(())
}

pub(super) fn get(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let name = validation.stack_name(call.get("StackName"));
    validation.finish()?;
    let missing = || ApiError::validation(format!("Stack with id {name} does not exist"));
    let stack = call.find(name).ok_or_else(missing)?;
    let mut fields = Fields::new();
    push_text(&mut fields, "StackPolicyBody", stack.policy().as_deref());
    Ok(Node::Map(fields))
}

/// The policy in the request, if there is one.
pub(super) fn given(call: &Call<'_>) -> Result<Option<String>, ApiError> {
    of(call, "StackPolicyBody", "StackPolicyURL")
}

/// One for the time of an update only: no update is held to any, so it has to be one, and that is all.
pub(super) fn during_update(call: &Call<'_>) -> Result<(), ApiError> {
    of(call, "StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL").map(|_| ())
}

fn of(call: &Call<'_>, body: &str, url: &str) -> Result<Option<String>, ApiError> {
    let text = match (call.get(body), call.get(url)) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(ApiError::validation(format!("You cannot specify both {url} and {body}")));
        }
        (Some(body), None) => body.to_owned(),
        (None, Some(url)) => {
            let found = call.account.shelf.find(url, &Origin::Nowhere);
            found.map_err(|error| ApiError::validation(for_client(&error.to_string())))?.text
        }
    };
    let mut validation = Validation::default();
    validation.size("stackPolicyBody", &text, 1, MOST);
    validation.finish()?;
    let policy: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let statements = policy.as_ref().and_then(|it| it.get("Statement"));
    if !statements.is_some_and(|it| it.is_array() || it.is_object()) {
        return Err(ApiError::validation("Error validating stack policy: Invalid stack policy"));
    }
    Ok(Some(text))
}
