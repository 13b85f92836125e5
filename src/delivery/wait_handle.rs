//! A wait handle's URL: as such, or in base64 as Windows batch files need it.

use alloc::string::String;

use base64ct::{Base64, Encoding as _};

use super::types::Invalid;
use crate::secret::Secret;
use crate::uri;

/// The URL to send to. No error holds any part of `handle`: it is a secret.
pub(super) fn url(handle: &Secret) -> Result<Secret, Invalid> {
    let text = handle.expose().trim();
    if text.is_empty() {
        return Err(refuse("is empty"));
    }
    if is_http(text) {
        return normalised(text);
    }
    normalised(decoded(text)?.expose())
}

fn decoded(text: &str) -> Result<Secret, Invalid> {
    // The original drops these two, and the rest decodes to something else.
    if text.bytes().any(|byte| matches!(byte, b'-' | b'_')) {
        return Err(refuse("is neither an http or https URL nor base64 in the standard alphabet (+ and /)"));
    }
    let standard: Secret = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
        .collect::<String>()
        .into();
    let bytes = Base64::decode_vec(standard.expose()).map_err(|_| {
        refuse(
            "is neither an http or https URL nor whole base64: look for characters lost at the end of a line",
        )
    })?;
    match String::from_utf8(bytes) {
        Ok(url) if is_http(url.trim()) => Ok(Secret::new(url.trim())),
        _ => Err(refuse("is neither an http or https URL nor the base64 of one")),
    }
}

fn normalised(url: &str) -> Result<Secret, Invalid> {
    if uri::split(url).authority.is_some_and(|authority| authority.as_bytes().contains(&b'@')) {
        return Err(refuse("holds a user name, which a presigned URL does not have"));
    }
    uri::requote(url).map(Secret::from).ok_or_else(|| refuse("is not a whole http or https URL"))
}

/// In lower case only, as the original: anything else is taken for base64.
fn is_http(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn refuse(why: &str) -> Invalid {
    Invalid::WaitHandle(["the wait condition handle ", why].concat())
}

#[cfg(test)]
mod tests;
