//! Change sets: `CreateChangeSet`, `DescribeChangeSet`, `ListChangeSets`, `ExecuteChangeSet` and `DeleteChangeSet`.
//!
//! What they would do is known at once, so that none is ever seen being made.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html>

mod changes;
mod create;
mod describe;

pub(super) use create::create;
pub(super) use describe::{describe, list};

use std::sync::Arc;

use super::super::answer::ApiError;
use super::super::validation::Validation;
use super::update::check_alone;
use super::{Call, given, tokens};
use crate::account::Deployed;
use crate::account::change_sets::{ChangeSet, ChangeSetError, State};
use crate::engine::Kind;
use crate::stack::{OnFailure, Status};

/// What a stack is in for which one begins to be executed.
const BEGAN: &[Status] = &[Status::CreateInProgress, Status::UpdateInProgress];

/// `ExecuteChangeSet`.
pub(super) fn execute(call: &Call<'_>) -> Result<(), ApiError> {
    let mut validation = Validation::default();
    let token = validation.token(call.get("ClientRequestToken")).map(str::to_owned);
    let name = named(call, validation)?;
    let (stack, change_set) = found(call, name)?;
    if let State::Executed { operation } = change_set.state()
        && stack.engine.operation_id() == Some(operation)
        && tokens::is_repeated(call, &stack, token.as_deref(), &[Kind::Create, Kind::Update], BEGAN)?
    {
        return Ok(());
    }
    let keeps = call.parameters.flag("DisableRollback");
    let on_failure = match (change_set.asked.on_failure, call.get("DisableRollback")) {
        (Some(_), Some(_)) => {
            return Err(ApiError::validation(
                "DisableRollback cannot be specified for a change set that was created with OnStackFailure",
            ));
        }
        (Some(on_failure), None) => on_failure,
        (None, _) if keeps || change_set.terms.failing.keeps => OnFailure::DoNothing,
        (None, _) => OnFailure::Rollback,
    };
    if !change_set.asked.creates && on_failure == OnFailure::DoNothing {
        check_alone(&stack, &change_set.version.template)?;
    }
    let drops_new = call.parameters.flag("RetainExceptOnCreate");
    let begun = call.account.execute(&stack, &change_set, token.clone(), on_failure, drops_new);
    begun.map_err(|error| refused(&error, &change_set))?;
    tokens::remember(call, &stack, token.as_deref());
    Ok(())
}

/// `DeleteChangeSet`. What is not there is as good as deleted.
pub(super) fn delete(call: &Call<'_>) -> Result<(), ApiError> {
    let name = named(call, Validation::default())?;
    if let Some(stack) = stack_of(call, name)? {
        call.account.withdraw(&stack, name).map_err(|error| refusal(&error, ""))?;
    }
    Ok(())
}

/// The change set's name or ARN; a name needs its stack's.
fn named<'a>(call: &'a Call<'_>, mut validation: Validation) -> Result<&'a str, ApiError> {
    let name = validation.change_set(call.get("ChangeSetName"));
    if let Some(stack) = call.get("StackName") {
        validation.stack_name(Some(stack));
    }
    validation.finish()?;
    if call.get("StackName").is_none() && !name.starts_with("arn:") {
        return Err(ApiError::validation(
            "StackName must be specified if ChangeSetName is not specified as an ARN.",
        ));
    }
    Ok(name)
}

/// The stack that has this change set, or is said to; none where only an ARN is given that no stack has.
fn stack_of(call: &Call<'_>, name: &str) -> Result<Option<Arc<Deployed>>, ApiError> {
    match call.get("StackName") {
        Some(stack) => {
            let missing = || ApiError::validation(format!("Stack [{stack}] does not exist"));
            call.find(stack).filter(|it| !it.is_deleted()).ok_or_else(missing).map(Some)
        }
        None => Ok(call
            .account
            .all()
            .into_iter()
            .find(|it| !it.is_deleted() && it.change_sets.find(name).is_some())),
    }
}

pub(super) fn found(call: &Call<'_>, name: &str) -> Result<(Arc<Deployed>, Arc<ChangeSet>), ApiError> {
    let missing = || ApiError {
        status: 404,
        code: "ChangeSetNotFound",
        message: format!("ChangeSet [{name}] does not exist"),
    };
    let stack = stack_of(call, name)?.ok_or_else(missing)?;
    let change_set = stack.change_sets.find(name).ok_or_else(missing)?;
    Ok((stack, change_set))
}

/// The stack of a change set, and the operation that its execution was; none yet is none that there is.
pub(super) fn operation(call: &Call<'_>) -> Result<(Arc<Deployed>, String), ApiError> {
    let name = named(call, Validation::default())?;
    let (stack, change_set) = found(call, name)?;
    let operation = match change_set.state() {
        State::Executed { operation } => operation,
        State::ExecutedBelow => stack.engine.operation_id().unwrap_or_default(),
        State::Available | State::Unavailable | State::Below | State::Obsolete => {
            change_set.operation.clone()
        }
    };
    Ok((stack, operation))
}

fn refused(error: &ChangeSetError, change_set: &ChangeSet) -> ApiError {
    refusal(error, change_set.version.template.text())
}

fn refusal(error: &ChangeSetError, body: &str) -> ApiError {
    let code = match error {
        ChangeSetError::Account(error) => return given::refused(error, body),
        ChangeSetError::Exists { .. } => "ValidationError",
        ChangeSetError::Mismatch { .. } => "AlreadyExistsException",
        ChangeSetError::Full => "LimitExceededException",
        ChangeSetError::NotAvailable { .. } | ChangeSetError::Nested { .. } => "InvalidChangeSetStatus",
    };
    ApiError { status: 400, code, message: error.to_string() }
}
