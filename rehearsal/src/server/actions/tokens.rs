//! `ClientRequestToken`: the stack's last operation, asked for again with the same token, is answered as it was and not done again.
//! Another request of the same action with that token is refused. Requests are the same that say the same parameters, in
//! whatever order: a client's own retry.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html>

use aws_lc_rs::digest::{Context, SHA256};

use super::super::answer::ApiError;
use super::{Call, taken};
use crate::account::{Deployed, RequestDigest};
use crate::engine::Kind;
use crate::stack::Status;

/// Whether the last that the stack was asked for, of this kind, was the same request with the same token; `began` is the status
/// that it began with.
pub(super) fn is_repeated(
    call: &Call<'_>,
    stack: &Deployed,
    token: Option<&str>,
    kinds: &[Kind],
    began: &[Status],
) -> Result<bool, ApiError> {
    let Some(token) = token else { return Ok(false) };
    if is_of_last(stack, token, kinds, began) { is_same(call, stack, token) } else { Ok(false) }
}

fn is_of_last(stack: &Deployed, token: &str, kinds: &[Kind], began: &[Status]) -> bool {
    let all = stack.engine.operations();
    let Some(last) = all.last().filter(|it| kinds.contains(&it.kind)) else { return false };
    stack.engine.look(|_, history| {
        let mut own = last.events(&all, history).iter().filter(|it| it.is_of_stack(&stack.name));
        own.any(|it| it.token.as_deref() == Some(token) && began.contains(&it.status))
    })
}

/// Whether the stack was asked for the same with that token, by the same action; refuses what is another request of it.
pub(super) fn is_same(call: &Call<'_>, stack: &Deployed, token: &str) -> Result<bool, ApiError> {
    match stack.request(action(call), token) {
        Some(before) if before == digest(call) => Ok(true),
        Some(_) => Err(ApiError {
            status: 400,
            code: "TokenAlreadyExistsException",
            message: format!(
                "A client request token already exists: another request for the stack {} had {token}",
                stack.name
            ),
        }),
        None => Ok(false),
    }
}

/// Keeps what the stack was asked for with that token, which has begun.
pub(super) fn remember(call: &Call<'_>, stack: &Deployed, token: Option<&str>) {
    if let Some(token) = token {
        stack.remember(action(call), token, digest(call));
    }
}

fn action<'a>(call: &'a Call<'_>) -> &'a str {
    call.get("Action").unwrap_or_default()
}

/// All that a request says, in whatever order, except who signed it and when.
fn digest(call: &Call<'_>) -> RequestDigest {
    let mut asked: Vec<_> = call.parameters.pairs().filter(|(name, _)| !taken::is_common(name)).collect();
    asked.sort_unstable();
    let mut context = Context::new(&SHA256);
    for part in asked.into_iter().flat_map(|(name, value)| [name, value]) {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    let mut digest = RequestDigest::default();
    digest.copy_from_slice(context.finish().as_ref());
    digest
}
