//! `SignalResource`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html>

use super::answer::ApiError;
use super::query::Call;
use super::validation::Validation;
use crate::stack::{Outcome, Signal};

const ACTION: &str = "SignalResource";

pub(super) fn signal_resource(call: &Call<'_>) -> Result<(), ApiError> {
    let mut validation = Validation::default();
    let stack = validation.stack_name(call.parameters.get("StackName"));
    let logical_id = validation.required("logicalResourceId", call.parameters.get("LogicalResourceId"));
    let unique_id = validation.length("uniqueId", call.parameters.get("UniqueId"), 1, 64);
    let status = validation.one_of("status", call.parameters.get("Status"), &["SUCCESS", "FAILURE"]);
    validation.finish()?;

    call.check_membership(ACTION, stack)?;
    if !call.names_the_stack(stack) {
        return Err(ApiError::validation(format!("Stack {stack} does not exist")));
    }
    let signal = Signal {
        logical_id: logical_id.to_owned(),
        unique_id: unique_id.to_owned(),
        outcome: Outcome::parse(status).unwrap_or(Outcome::Failure),
    };
    call.services.engine.signal(&signal).map_err(|refusal| ApiError::validation(refusal.to_string()))
}
