//! What must not be shown of a request, and how it is masked: once, for all that prints one.
//!
//! The caller says what stands in a secret's place, for outcomes and reports have each their own.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding as _};

use crate::uri;

/// What the names of secret parameters, variables and headers end with, in lower case.
///
/// Sources: <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html>
const NAMES: [&str; 12] = [
    "signature",
    "credential",
    "accesskeyid",
    "access_key_id",
    "security-token",
    "security_token",
    "sessiontoken",
    "session_token",
    "secretaccesskey",
    "secret_access_key",
    "metadata-token",
    "authorization",
];

/// Headers that are secret and whose names do not say it.
const HEADERS: [&str; 2] = ["cookie", "set-cookie"];

/// What a URL's query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// Parameters, to be shown but for the secret ones.
    Parameters,
    /// A presigned URL's: a secret as a whole.
    Presigned,
}

/// Whether what is called `name` is secret: a parameter (percent-encoded or not), a variable, a header; in any case.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name = String::from_utf8_lossy(&uri::percent_decode(name)).to_ascii_lowercase();
    HEADERS.contains(&name.as_str()) || NAMES.iter().any(|secret| name.ends_with(secret))
}

/// Where in `text` the value of the first secret name begins, after its `=`, which may be percent-encoded.
#[must_use]
pub fn secret_value(text: &str) -> Option<usize> {
    // Of the same length byte by byte, so that places in one are places in the other.
    let lower = text.to_ascii_lowercase();
    // By its sign, which most texts have none of.
    lower.match_indices(['=', '%']).find_map(|(at, _)| {
        let (before, from) = lower.split_at_checked(at)?;
        let sign = ["=", "%3d"].into_iter().find(|sign| from.starts_with(sign))?;
        NAMES.iter().any(|name| before.ends_with(name)).then_some(at + sign.len())
    })
}

/// Where in `text` the first text in base64 begins, of 15 characters or more: what a server was sent may come back so. What stands
/// for bytes, a hash for one, is none.
#[must_use]
pub fn encoded_text(text: &str) -> Option<usize> {
    /// How much of an encoded text a word of any other kind could be.
    const SHORTEST: usize = 20;
    let is_digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    let mut at = 0;
    text.split_inclusive(|c| !is_digit(c)).find_map(|part| {
        let run = part.trim_end_matches(|c| !is_digit(c));
        // Before an option's name there are dashes.
        let inside = run.trim_start_matches('-');
        let begins = at + run.len() - inside.len();
        at += part.len();
        // It may be cut anywhere: each of four characters may be the first of a group.
        let holds_text =
            run.len() >= SHORTEST && (0..4).any(|first| is_text(run.get(first..).unwrap_or_default()));
        holds_text.then_some(begins)
    })
}

/// Whether whole groups of base64 stand for printable characters only.
fn is_text(groups: &str) -> bool {
    let whole = groups.get(..groups.len() / 4 * 4).unwrap_or_default();
    let standard = whole.replace('-', "+").replace('_', "/");
    let printable = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    Base64::decode_vec(&standard).is_ok_and(|bytes| bytes.iter().all(printable))
}

/// `id`, if it looks like an access key's: another may be the secret in its place.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html>; IAM gives capitals and digits only.
#[must_use]
pub fn access_key_id(id: &str) -> Option<&str> {
    let is_one = (16..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    is_one.then_some(id)
}

/// A header's value as it may be shown: of a signature what is signed and as whom, of another secret nothing.
#[must_use]
pub fn header<'a>(name: &str, value: &'a str, mask: &str) -> Cow<'a, str> {
    if name.eq_ignore_ascii_case("authorization") {
        authorization(value, mask).into()
    } else if is_secret(name) {
        mask.to_owned().into()
    } else {
        value.into()
    }
}

/// A URL without user name and fragment, and without what is secret in its query.
#[must_use]
pub fn url(url: &str, query: Query, mask: &str) -> String {
    let parts = uri::split(url);
    let scheme = parts.scheme.map(|scheme| format!("{scheme}://")).unwrap_or_default();
    let authority = parts.authority.unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let query = match (parts.query, query) {
        (None, _) => String::new(),
        (Some(_), Query::Presigned) => format!("?{mask}"),
        (Some(parameters), Query::Parameters) => {
            let shown: Vec<_> = parameters.split('&').map(|it| parameter(it, mask)).collect();
            format!("?{}", shown.join("&"))
        }
    };
    format!("{scheme}{host}{}{query}", parts.path)
}

fn parameter<'a>(parameter: &'a str, mask: &str) -> Cow<'a, str> {
    match parameter.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}={mask}").into(),
        _ => parameter.into(),
    }
}

fn authorization(value: &str, mask: &str) -> String {
    let Some((scheme, rest)) = value.split_once(' ') else { return mask.to_owned() };
    match rest.rsplit_once("Signature=") {
        Some((front, _)) if scheme.starts_with("AWS4-") => {
            format!("{scheme} {}Signature={mask}", credential(front, mask))
        }
        _ => format!("{scheme} {mask}"),
    }
}

/// `Credential=ID/DAY/REGION/SERVICE/aws4_request,…`, with an id that may be shown.
fn credential<'a>(text: &'a str, mask: &str) -> Cow<'a, str> {
    let Some((front, rest)) = text.split_once("Credential=") else { return text.into() };
    let end = rest.find(',').unwrap_or(rest.len());
    let (value, after) = rest.split_at(end);
    // From behind: what is in the id's place may have slashes of its own.
    let Some((scope, _)) = value.rmatch_indices('/').nth(3) else {
        return format!("{front}Credential={mask}{after}").into();
    };
    let (id, scope) = value.split_at(scope);
    if access_key_id(id).is_some() {
        text.into()
    } else {
        format!("{front}Credential={mask}{scope}{after}").into()
    }
}

#[cfg(test)]
mod tests;
