//! `SetStackPolicy` and `GetStackPolicy`, and the policies that stacks are created and updated with.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetStackPolicy.html>

use super::super::answer::{ApiError, Fields, Node, push_text};
use super::super::validation::Validation;
use super::{Call, by_url};
use crate::account::Protection;
use crate::stack::StackPolicy;
use crate::template::Template;

/// Bytes of a stack policy.
const MOST: usize = 16_384;

pub(super) fn set(call: &Call<'_>) -> Result<(), ApiError> {
    let mut validation = Validation::default();
    let name = validation.stack_name(call.get("StackName"));
    validation.finish()?;
    let missing = || ApiError::validation(format!("Stack [{name}] does not exist"));
    let stack = call.find(name).filter(|stack| !stack.is_deleted()).ok_or_else(missing)?;
    match given(call, &[&stack.version().template])? {
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
    push_text(&mut fields, "StackPolicyBody", stack.policy().map(|it| it.text).as_deref());
    Ok(Node::Map(fields))
}

/// The policy in the request, if there is one, for a stack of one of these templates.
pub(super) fn given(call: &Call<'_>, templates: &[&Template]) -> Result<Option<Protection>, ApiError> {
    of(call, "StackPolicyBody", "StackPolicyURL", templates)
}

/// One for the time of an update only.
pub(super) fn during_update(
    call: &Call<'_>,
    templates: &[&Template],
) -> Result<Option<Protection>, ApiError> {
    of(call, "StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL", templates)
}

fn of(
    call: &Call<'_>,
    body: &str,
    url: &str,
    templates: &[&Template],
) -> Result<Option<Protection>, ApiError> {
    let text = match (call.get(body), call.get(url)) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(ApiError::validation(format!("You cannot specify both {url} and {body}")));
        }
        (Some(body), None) => body.to_owned(),
        (None, Some(given)) => by_url::find(call, url, given)?.text,
    };
    let mut validation = Validation::default();
    validation.size("stackPolicyBody", &text, 1, MOST);
    validation.finish()?;
    let invalid = |why: String| ApiError::validation(format!("Error validating stack policy: {why}"));
    let rules = StackPolicy::parse(&text).map_err(invalid)?;
    if let Some(unknown) = rules.unknown(|id| templates.iter().any(|it| it.may_have(id))) {
        return Err(invalid(format!(
            "Unknown logical id '{unknown}' in statement {{}} - stack policies can only be applied to logical ids referenced in \
             the template"
        )));
    }
    Ok(Some(Protection { text, rules }))
}
