//! `UpdateTerminationProtection`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html>

use super::super::answer::{ApiError, Node};
use super::super::validation::Validation;
use super::Call;
use super::create::stack_id;

pub(super) fn update(call: &Call<'_>) -> Result<Node, ApiError> {
    let mut validation = Validation::default();
    let name = validation.stack_name(call.get("StackName"));
    validation.required("enableTerminationProtection", call.get("EnableTerminationProtection"));
    validation.finish()?;
    let missing = || ApiError::validation(format!("Stack [{name}] does not exist"));
    let stack = call.find(name).filter(|stack| !stack.is_deleted()).ok_or_else(missing)?;
    if let Some(lineage) = &stack.lineage {
        return Err(ApiError::validation(format!(
            "Stack [{}] is a nested stack: termination protection is set on its root stack [{}]",
            stack.id, lineage.root_id
        )));
    }
    stack.protect(call.parameters.flag("EnableTerminationProtection"));
    Ok(stack_id(&stack.id))
}
