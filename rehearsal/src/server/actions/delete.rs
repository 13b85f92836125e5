//! `DeleteStack`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html>

use super::super::answer::ApiError;
use super::super::validation::Validation;
use super::create::owned;
use super::{Call, terms};
use crate::account::Deployed;
use crate::stack::Status;

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
    let stack = call.find(name).filter(|it| !it.is_deleted());
    let forces = mode == Some("FORCE_DELETE_STACK");
    let retained = owned(call.parameters.list("RetainResources").unwrap_or_default());
    if let Some(stack) = &stack {
        check_failed(stack, forces, &retained)?;
    }
    let retained = (forces || !retained.is_empty()).then_some(retained);
    match stack {
        Some(stack) if call.account.is_protected(&stack) => Err(ApiError::validation(format!(
            "Stack [{}] cannot be deleted while TerminationProtection is enabled",
            stack.name
        ))),
        Some(stack) => {
            let deleted = call.account.delete(&stack, retained.as_deref(), token);
            deleted.map_err(|error| ApiError::validation(error.to_string()))?;
            stack.assume(role);
            Ok(())
        }
        None => Ok(()),
    }
}

/// Refuses what is for a stack in `DELETE_FAILED`, of any other, in the service's words.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-delete-stack.html>; the texts are of
/// public logs.
fn check_failed(stack: &Deployed, forces: bool, retained: &[String]) -> Result<(), ApiError> {
    let id = &stack.id;
    if stack.status() == Some(Status::DeleteFailed) {
        let failed = |it: &String| {
            stack.engine.look(|machine, _| {
                machine.resources().any(|own| own.logical_id == *it && own.status == Status::DeleteFailed)
            })
        };
        return match retained.iter().find(|it| !failed(it)) {
            Some(other) => Err(ApiError::validation(format!(
                "Invalid operation on stack [{id}]. {other} is not in the DELETE_FAILED state, so it cannot be retained."
            ))),
            None => Ok(()),
        };
    }
    if forces {
        return Err(ApiError::validation(format!(
            "Invalid operation on stack [{id}]. You can activate DeletionMode FORCE_DELETE_STACK in a delete stack operation \
             only when the stack is in the DELETE_FAILED state."
        )));
    }
    if !retained.is_empty() {
        return Err(ApiError::validation(format!(
            "Invalid operation on stack [{id}]. When you delete a stack, specify which resources to retain only when the \
             stack is in the DELETE_FAILED state."
        )));
    }
    Ok(())
}
