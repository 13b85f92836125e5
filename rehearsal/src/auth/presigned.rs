//! A request signed in its query: a presigned URL.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::time::Duration;

use cfn_signal_core::sigv4::ALGORITHM;

use super::AuthError;
use crate::encoding::pairs;

/// The longest that a presigned URL may be valid: a week.
const LONGEST: u64 = 604_800;

/// What a presigned URL says of its signature.
pub(super) struct Presigned {
    pub(super) credential: String,
    pub(super) date: String,
    pub(super) valid_for: Duration,
    pub(super) signed_headers: String,
    pub(super) signature: String,
    pub(super) token: Option<String>,
}

/// The query's parameters, if some may be a signature's: most requests have none, and their query may be long.
fn parameters(target: &str) -> Option<Vec<(String, String)>> {
    let (_, query) = target.split_once('?')?;
    query.contains("X-Amz-").then(|| pairs(query.as_bytes()))
}

/// The credential of a signature in a query.
pub(super) fn credential(query: &str) -> Option<String> {
    let pairs = query.contains("X-Amz-Credential").then(|| pairs(query.as_bytes()))?;
    pairs.into_iter().find(|(name, _)| name == "X-Amz-Credential").map(|(_, value)| value)
}

/// Whether the query is meant to be signed, rightly or not.
pub(super) fn is_signed(target: &str) -> bool {
    parameters(target).is_some_and(|pairs| pairs.iter().any(|(name, _)| name == "X-Amz-Algorithm"))
}

/// Reads the query's `X-Amz-*` parameters; none where it is not signed at all.
pub(super) fn read(target: &str) -> Result<Option<Presigned>, AuthError> {
    let Some(pairs) = parameters(target) else { return Ok(None) };
    let parameter =
        |name: &str| pairs.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.clone());
    match parameter("X-Amz-Algorithm") {
        None => return Ok(None),
        Some(algorithm) if algorithm == ALGORITHM => {}
        Some(_) => return Err(incomplete("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")),
    }
    let required = |name: &'static str| {
        parameter(name)
            .ok_or_else(|| incomplete(&format!("AWS query-string parameters must include '{name}'.")))
    };
    let expires = required("X-Amz-Expires")?;
    let valid_for = expires
        .parse()
        .ok()
        .filter(|seconds| (1..=LONGEST).contains(seconds))
        .ok_or_else(|| incomplete("X-Amz-Expires must be a number of seconds from 1 to 604800"))?;
    Ok(Some(Presigned {
        credential: required("X-Amz-Credential")?,
        date: required("X-Amz-Date")?,
        valid_for: Duration::from_secs(valid_for),
        signed_headers: required("X-Amz-SignedHeaders")?,
        signature: required("X-Amz-Signature")?,
        token: parameter("X-Amz-Security-Token"),
    }))
}

fn incomplete(text: &str) -> AuthError {
    AuthError::Incomplete(text.to_owned())
}
