//! `SignalResource`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html>

use super::super::answer::ApiError;
use super::super::validation::Validation;
use super::Call;
use crate::stack::{Outcome, Signal};

pub(super) fn signal_resource(call: &Call<'_>) -> Result<(), ApiError> {
    let mut validation = Validation::default();
    let given = validation.stack_name(call.get("StackName"));
    let logical_id = validation.required("logicalResourceId", call.get("LogicalResourceId"));
    let unique_id = validation.length("uniqueId", call.get("UniqueId"), 1, 64);
    let status = validation.one_of("status", call.get("Status"), &["SUCCESS", "FAILURE"]);
    validation.finish()?;

    let stack = call.find(given);
    call.check_membership("SignalResource", given, stack.as_deref())?;
    let stack = stack.ok_or_else(|| ApiError::validation(format!("Stack {given} does not exist")))?;
    let signal = Signal {
        logical_id: logical_id.to_owned(),
        unique_id: unique_id.to_owned(),
        outcome: Outcome::parse(status).unwrap_or(Outcome::Failure),
    };
    stack.engine.signal(&signal).map_err(|refusal| ApiError::validation(refusal.to_string()))
}
