//! What cannot be signed.

use alloc::borrow::ToOwned;

use super::headers::{AUTHORIZATION, CONTENT_SHA256, DATE, SECURITY_TOKEN};
use super::{Placement, Scope, SignError};
use crate::http::Header;
use crate::identity::AccessKey;
use crate::uri::Parts;

/// A week, the longest that a presigned URL may be valid.
const MAX_EXPIRES: u32 = 604_800;

/// Of one request.
const MOST_HEADERS: usize = 1_000;

pub(super) fn key(key: &AccessKey) -> Result<(), SignError> {
    if !is_scope_part(&key.id) {
        return Err(SignError::InvalidScope("the access key id is empty or malformed".to_owned()));
    }
    if key.secret.is_empty() {
        return Err(SignError::InvalidScope("the secret access key is empty".to_owned()));
    }
    match &key.session_token {
        Some(token) if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(SignError::InvalidHeader(SECURITY_TOKEN.to_owned()))
        }
        _ => Ok(()),
    }
}

pub(super) fn scope(scope: &Scope<'_>, placement: Placement) -> Result<(), SignError> {
    if !is_scope_part(scope.region) {
        return Err(SignError::InvalidScope("the region is empty or malformed".to_owned()));
    }
    if !is_scope_part(scope.service) {
        return Err(SignError::InvalidScope("the service is empty or malformed".to_owned()));
    }
    match placement {
        Placement::Query(seconds) if !(1..=MAX_EXPIRES).contains(&seconds) => {
            Err(SignError::InvalidScope("a presigned URL is valid for 1 to 604800 seconds".to_owned()))
        }
        _ => Ok(()),
    }
}

pub(super) fn method(method: &str) -> Result<(), SignError> {
    if is_token(method) {
        Ok(())
    } else {
        Err(SignError::Other(Some("the method is not an HTTP token".to_owned())))
    }
}

pub(super) fn headers(headers: &[Header]) -> Result<(), SignError> {
    // Servers take about a hundred, and each is put into its place among all of them.
    if headers.len() > MOST_HEADERS {
        return Err(SignError::InvalidHeader("over 1000".to_owned()));
    }
    for (name, value) in headers {
        if !is_token(name) {
            return Err(SignError::InvalidHeader("a name that is not an HTTP token".to_owned()));
        }
        if let Some(ours) = [AUTHORIZATION, CONTENT_SHA256, DATE, SECURITY_TOKEN]
            .iter()
            .find(|ours| name.eq_ignore_ascii_case(ours))
        {
            return Err(SignError::AlreadySigned((*ours).to_owned()));
        }
        if !is_header_value(value) {
            return Err(SignError::InvalidHeader(name.to_ascii_lowercase()));
        }
    }
    Ok(())
}

/// The host of `uri`, whose parts are `parts`, if it can be requested.
pub(super) fn uri<'a>(uri: &str, parts: &Parts<'a>) -> Result<&'a str, SignError> {
    let invalid = |why: &str| Err(SignError::InvalidUri(why.to_owned()));
    if uri.bytes().any(|byte| byte.is_ascii_control()) {
        return invalid("the URI holds a control character");
    }
    match (parts.scheme, parts.host()) {
        (None, _) => invalid("the URI has no scheme"),
        (_, None) => invalid("the URI has no host"),
        (Some(_), Some(host)) if host.contains(' ') => invalid("the URI's host holds a space"),
        (Some(_), Some(host)) => Ok(host),
    }
}

/// Whether `text` can stand between the slashes of a credential scope, in a header.
fn is_scope_part(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'/' | b','))
}

/// RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'!' | b'#'
                        | b'$'
                        | b'%'
                        | b'&'
                        | b'\''
                        | b'*'
                        | b'+'
                        | b'-'
                        | b'.'
                        | b'^'
                        | b'_'
                        | b'`'
                        | b'|'
                        | b'~'
                )
        })
}

/// RFC 9110 §5.5, and line breaks where white space follows (RFC 9112 §5.2): any other could end the header.
fn is_header_value(value: &str) -> bool {
    let mut rest = value.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = match (byte, after) {
            (b'\r', [b'\n', folded @ ..]) | (b'\n', folded) => match folded {
                [b' ' | b'\t', after @ ..] => after,
                _ => return false,
            },
            (b'\t', after) => after,
            (byte, _) if byte.is_ascii_control() => return false,
            (_, after) => after,
        };
    }
    true
}
