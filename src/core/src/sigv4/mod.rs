//! AWS Signature Version 4.
//!
//! [`sign`] says what to add to a request, [`explain`] how its signature comes about; [`verify`] says what a received one
//! should have been signed with. All are pure: the time is a parameter, and keys once derived are kept in a [`SigningKeys`] that the caller owns.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

mod canonical;
mod check;
mod draft;
mod headers;
mod key;
mod query;
mod request;
mod signed;
mod stamp;
#[cfg(test)]
mod tests;
pub mod verify;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

pub use key::SigningKeys;
pub use request::{
    ContentSha256Header, PathEncoding, PathNormalization, Payload, Placement, Request, Scope, SessionToken,
    SigningSettings,
};
pub use signed::{Authorization, Explanation, SignError, SigningInstructions};

use crate::http::Header;
use crate::identity::AccessKey;
use crate::uri;
use draft::Draft;
use query::param;
use stamp::Stamp;

/// The algorithm's name in headers, queries and strings to sign.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Signs `request` as `key` for `scope`.
///
/// A session token that is empty counts as none. Not signed, because proxies and clients change them: `connection`,
/// `expect`, `keep-alive`, `proxy-*`, `te`, `trailer`, `transfer-encoding`, `upgrade`, `user-agent` and
/// `x-amzn-trace-id`; in a query also `x-amz-checksum-mode` and `x-amz-user-agent`. Every other header is signed.
///
/// A `+` in the query stands for a space, as it does for AWS; a plus sign is `%2B`. The fragment is not signed: it
/// is never sent. `ContentSha256Header::Send` adds nothing to a query.
///
/// # Errors
///
/// [`SignError`] where the request cannot be signed as it is.
pub fn sign(
    request: &Request<'_>,
    key: &AccessKey,
    scope: &Scope<'_>,
    settings: &SigningSettings,
    keys: &mut SigningKeys,
) -> Result<SigningInstructions, SignError> {
    if key.expires_at.is_some_and(|expires_at| expires_at <= scope.signed_at) {
        return Err(SignError::Expired);
    }
    let draft = Draft::new(request, key, scope, settings)?;
    let signature = draft.signature(key, scope, keys)?;
    let Draft { mut headers, mut presigned, credential, signed_headers, .. } = draft;
    let uri = match settings.placement {
        Placement::Headers => {
            let authorization = Authorization { credential, signed_headers, signature: signature.clone() };
            headers.push((headers::AUTHORIZATION.to_owned(), authorization.header_value()));
            request.uri.to_owned()
        }
        Placement::Query(_) => {
            query::push_param(&mut presigned, param::SIGNATURE, &signature);
            query::append(request.uri, &uri::split(request.uri), &presigned)
        }
    };
    Ok(SigningInstructions { headers, uri, signature })
}

/// How [`sign`] comes to its signature. No key is derived, and it may have expired.
///
/// # Errors
///
/// [`SignError`] where the request cannot be signed as it is.
pub fn explain(
    request: &Request<'_>,
    key: &AccessKey,
    scope: &Scope<'_>,
    settings: &SigningSettings,
) -> Result<Explanation, SignError> {
    Draft::new(request, key, scope, settings).map(|draft| draft.explanation)
}

/// As [`sign`] with its default settings, for callers with a spelling of their own: the headers to add but `Authorization`,
/// and its parts. Whether the key has expired is for the caller to say.
pub(crate) fn authorize(
    request: &Request<'_>,
    key: &AccessKey,
    scope: &Scope<'_>,
    keys: &mut SigningKeys,
) -> Result<(Vec<Header>, Authorization), SignError> {
    let draft = Draft::new(request, key, scope, &SigningSettings::default())?;
    let signature = draft.signature(key, scope, keys)?;
    let Draft { headers, credential, signed_headers, .. } = draft;
    Ok((headers, Authorization { credential, signed_headers, signature }))
}

/// `id/date/region/service/aws4_request`.
fn credential(key: &AccessKey, stamp: &Stamp, scope: &Scope<'_>) -> String {
    [&key.id, "/", stamp.day(), "/", scope.region, "/", scope.service, "/aws4_request"].concat()
}

/// `date/region/service/aws4_request`, of `key`'s `credential`.
fn credential_scope<'a>(key: &AccessKey, credential: &'a str) -> &'a str {
    credential.get(key.id.len() + 1..).unwrap_or_default()
}
