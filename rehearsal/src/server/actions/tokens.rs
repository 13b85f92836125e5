//! `ClientRequestToken`: what was asked already, with the same token, is answered as it was then and not done again.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html>

use super::super::answer::ApiError;
use crate::account::Deployed;
use crate::engine::Kind;
use crate::stack::Status;

/// Whether the last that the stack was asked for, of this kind, had this token; `began` is the status that it began with.
pub(super) fn is_repeated(stack: &Deployed, token: Option<&str>, kind: Kind, began: &[Status]) -> bool {
    let Some(token) = token else { return false };
    let all = stack.engine.operations();
    let Some(last) = all.last().filter(|it| it.kind == kind) else { return false };
    stack.engine.look(|_, history| {
        let mut own = last.events(&all, history).iter().filter(|it| it.is_of_stack(&stack.name));
        own.any(|it| it.token.as_deref() == Some(token) && began.contains(&it.status))
    })
}

/// The refusal of something else with the token of what was asked before.
pub(super) fn taken() -> ApiError {
    ApiError {
        status: 400,
        code: "TokenAlreadyExistsException",
        message: "A client request token already exists: another request for this stack had it".to_owned(),
    }
}
