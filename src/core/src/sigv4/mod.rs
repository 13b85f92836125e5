//! AWS Signature Version 4.
//!
//! [`sign`] says what to add to a request; [`verify`] says what a received one should have been signed with.
//! Both are pure: the time is a parameter, and keys once derived are kept in a [`SigningKeys`] that the caller owns.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

mod canonical;
mod check;
mod headers;
mod key;
mod query;
mod request;
mod signed;
mod stamp;
#[cfg(test)]
mod tests;
pub mod verify;

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub use key::SigningKeys;
pub use request::{
    ContentSha256Header, PathEncoding, PathNormalization, Payload, Placement, Request, Scope, SessionToken,
    Settings,
};
pub use signed::{Authorization, SignError, Signed};

use crate::http::header;
use crate::identity::AccessKey;
use crate::uri;
use canonical::{CanonicalRequest, canonical_path, payload_hash, string_to_sign};
use headers::{CONTENT_SHA256, CanonicalHeaders, DATE, HOST, SECURITY_TOKEN};
use query::{CanonicalQuery, param};
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
    settings: &Settings,
    keys: &mut SigningKeys,
) -> Result<Signed, SignError> {
    if key.expires_at.is_some_and(|expires_at| expires_at <= scope.signed_at) {
        return Err(SignError::Expired);
    }
    sign_unexpired(request, key, scope, settings, keys)
}

/// As [`sign`], for a key that has not expired, whatever it says of itself.
pub(crate) fn sign_unexpired(
    request: &Request<'_>,
    key: &AccessKey,
    scope: &Scope<'_>,
    settings: &Settings,
    keys: &mut SigningKeys,
) -> Result<Signed, SignError> {
    check::key(key)?;
    check::scope(scope, settings.placement)?;
    check::method(request.method)?;
    check::headers(request.headers)?;
    let parts = uri::split(request.uri);
    let host = check::uri(request.uri, &parts)?;

    let stamp = Stamp::at(scope.signed_at)?;
    let payload_hash = payload_hash(request.payload)?;
    let credential_scope = credential_scope(&stamp, scope);
    let credential = format!("{}/{credential_scope}", key.id);
    let token = key.session_token.as_ref().map(|token| token.expose()).filter(|token| !token.is_empty());
    let signed_token = token.filter(|_| settings.session_token == SessionToken::Sign);

    let mut headers = CanonicalHeaders::new(request.headers, settings.placement);
    if !headers.contains(HOST) {
        headers.insert(Cow::Borrowed(HOST), host);
    }
    let mut query = CanonicalQuery::new(parts.query.unwrap_or_default());
    query.refuse_signature()?;

    let mut added = Vec::new();
    let signed_headers;
    let mut presigned = String::new();
    match settings.placement {
        Placement::Headers => {
            headers.insert(Cow::Borrowed(DATE), stamp.as_str());
            added.push(header(DATE, stamp.as_str()));
            if let Some(token) = token {
                added.push(header(SECURITY_TOKEN, token));
            }
            if let Some(token) = signed_token {
                headers.insert(Cow::Borrowed(SECURITY_TOKEN), token);
            }
            if settings.content_sha256_header == ContentSha256Header::Send {
                headers.insert(Cow::Borrowed(CONTENT_SHA256), &payload_hash);
                added.push(header(CONTENT_SHA256, &payload_hash));
            }
            signed_headers = headers.names();
        }
        Placement::Query(seconds) => {
            signed_headers = headers.names();
            let expires = seconds.to_string();
            let params = [
                (param::ALGORITHM, ALGORITHM),
                (param::CREDENTIAL, &credential),
                (param::DATE, stamp.as_str()),
                (param::SIGNED_HEADERS, &signed_headers),
                (param::EXPIRES, &expires),
            ];
            for (name, value) in &params {
                query.insert(name, value);
                query::push_param(&mut presigned, name, value);
            }
            if let Some(token) = signed_token {
                query.insert(param::SECURITY_TOKEN, token);
            }
            if let Some(token) = token {
                query::push_param(&mut presigned, param::SECURITY_TOKEN, token);
            }
        }
    }

    let canonical_request = CanonicalRequest {
        method: request.method,
        path: &canonical_path(parts.path, settings),
        query: &query,
        headers: &headers,
        signed_headers: &signed_headers,
        payload_hash: &payload_hash,
    }
    .to_text();
    let string_to_sign = string_to_sign(&stamp, &credential_scope, &canonical_request);
    let signature = keys.signature(&credential, key, stamp.day(), scope, &string_to_sign)?;

    let authorization = Authorization { credential, signed_headers, signature };
    let uri = match settings.placement {
        Placement::Headers => {
            added.push((headers::AUTHORIZATION.to_owned(), authorization.header_value()));
            request.uri.to_owned()
        }
        Placement::Query(_) => {
            query::push_param(&mut presigned, param::SIGNATURE, &authorization.signature);
            query::append(request.uri, &parts, &presigned)
        }
    };
    Ok(Signed { headers: added, uri, authorization, canonical_request, string_to_sign })
}

/// `date/region/service/aws4_request`.
fn credential_scope(stamp: &Stamp, scope: &Scope<'_>) -> String {
    format!("{}/{}/{}/aws4_request", stamp.day(), scope.region, scope.service)
}
