//! `DeleteStack`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html>

use super::super::answer::ApiError;
use super::super::validation::Validation;
use super::{Call, terms};

/// Deletes a stack. One that does not exist is as good as deleted.
pub(super) fn delete_stack(call: &Call<'_>) -> Result<(), ApiError> {
    let mut validation = Validation::default();
    let name = validation.stack_name(call.get("StackName"));
    let token = validation.token(call.get("ClientRequestToken")).map(str::to_owned);
    let mode = call.get("DeletionMode");
    mode.map(|it| validation.one_of("deletionMode", Some(it), &["STANDARD", "FORCE_DELETE_STACK"]));
    validation.finish()?;
    terms::check_mode(call)?;
    let role = terms::role_arn(call)?;
    if mode == Some("FORCE_DELETE_STACK") {
        return Err(ApiError::validation(
            "DeletionMode FORCE_DELETE_STACK is for a stack in DELETE_FAILED, where none comes to in a rehearsal",
        ));
    }
    if call.parameters.list("RetainResources").is_some_and(|list| !list.is_empty()) {
        return Err(ApiError::validation(
            "RetainResources is for a stack in DELETE_FAILED, where none comes to in a rehearsal",
        ));
    }
    match call.find(name) {
        Some(stack) if !stack.is_deleted() && stack.is_protected() => Err(ApiError::validation(format!(
            "Stack [{}] cannot be deleted while TerminationProtection is enabled",
            stack.name
        ))),
        Some(stack) if !stack.is_deleted() => {
            call.account.delete(&stack, token).map_err(|error| ApiError::validation(error.to_string()))?;
            stack.assume(role);
            Ok(())
        }
        _ => Ok(()),
    }
}
