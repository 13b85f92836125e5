//! `CancelUpdateStack`, `ContinueUpdateRollback` and `RollbackStack`.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html>

use std::sync::Arc;

use super::super::answer::{ApiError, Node};
use super::super::validation::Validation;
use super::create::{begun, owned};
use super::{Call, terms, tokens};
use crate::account::Deployed;
use crate::engine::Kind;
use crate::stack::Status;

/// What a stack is in that goes back.
const BACK: &[Status] = &[Status::RollbackInProgress, Status::UpdateRollbackInProgress];

pub(super) fn cancel_update(call: &Call<'_>) -> Result<(), ApiError> {
    let (stack, token) = named(call)?;
    if tokens::is_repeated(call, &stack, token.as_deref(), &[Kind::Update], BACK)? {
        return Ok(());
    }
    stack.engine.cancel(token.clone()).map_err(|error| ApiError::validation(error.to_string()))?;
    tokens::remember(call, &stack, token.as_deref());
    Ok(())
}

pub(super) fn continue_rollback(call: &Call<'_>) -> Result<(), ApiError> {
    let (stack, token) = named(call)?;
    if tokens::is_repeated(call, &stack, token.as_deref(), &[Kind::Continue], BACK)? {
        return Ok(());
    }
    if call.parameters.flag("ForceRollback") {
        return Err(ApiError::validation(
            "ForceRollback is not rehearsed: name the resources in ResourcesToSkip",
        ));
    }
    let role = terms::role_arn(call)?;
    let skipped = owned(call.parameters.list("ResourcesToSkip").unwrap_or_default());
    let result = stack.engine.continue_rollback(&skipped, token.clone());
    result.map_err(|error| ApiError::validation(error.to_string()))?;
    tokens::remember(call, &stack, token.as_deref());
    stack.assume(role);
    Ok(())
}

pub(super) fn roll_back(call: &Call<'_>) -> Result<Node, ApiError> {
    let (stack, token) = named(call)?;
    terms::check_mode(call)?;
    if tokens::is_repeated(call, &stack, token.as_deref(), &[Kind::Rollback], BACK)? {
        return Ok(begun(&stack));
    }
    let role = terms::role_arn(call)?;
    let drops_new = call.parameters.flag("RetainExceptOnCreate");
    let result = stack.engine.roll_back(token.clone(), drops_new);
    result.map_err(|error| ApiError::validation(error.to_string()))?;
    tokens::remember(call, &stack, token.as_deref());
    stack.assume(role);
    Ok(begun(&stack))
}

fn named(call: &Call<'_>) -> Result<(Arc<Deployed>, Option<String>), ApiError> {
    let mut validation = Validation::default();
    let name = validation.stack_name(call.get("StackName"));
    let token = validation.token(call.get("ClientRequestToken")).map(str::to_owned);
    validation.finish()?;
    let missing = || ApiError::validation(format!("Stack [{name}] does not exist"));
    Ok((call.find(name).filter(|stack| !stack.is_deleted()).ok_or_else(missing)?, token))
}
