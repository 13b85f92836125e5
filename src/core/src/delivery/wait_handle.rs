//! A wait handle's URL: as such, or in base64 as Windows batch files need it.

use alloc::format;
use alloc::string::String;

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::types::PrepareError;
use crate::secret::Secret;
use crate::uri;

/// The URL to send to. No error holds any part of `handle`: it is a secret.
pub(super) fn url(handle: &Secret) -> Result<Secret, PrepareError> {
    let text = handle.expose().trim();
    if text.is_empty() {
        return Err(refuse("is empty"));
    }
    if is_http(text) {
        return normalised(text);
    }
    normalised(decoded(text)?.expose())
}

fn decoded(text: &str) -> Result<Secret, PrepareError> {
    // The original drops these two, and the rest decodes to something else.
    if text.bytes().any(|byte| matches!(byte, b'-' | b'_')) {
        return Err(refuse("is neither an http or https URL nor base64 in the standard alphabet (+ and /)"));
    }
    // With room for all of it: a text that grows leaves its beginning behind in memory.
    let mut standard = String::with_capacity(text.len());
    for character in text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')) {
        standard.push(character);
    }
    let standard = Secret::new(standard);
    let bytes = Base64::decode_vec(standard.expose()).map(Zeroizing::new).map_err(|_| {
        refuse(
            "is neither an http or https URL nor whole base64: look for characters lost at the end of a line",
        )
    })?;
    match core::str::from_utf8(&bytes).map(str::trim) {
        Ok(url) if is_http(url) => Ok(Secret::new(url)),
        _ => Err(refuse("is neither an http or https URL nor the base64 of one")),
    }
}

fn normalised(url: &str) -> Result<Secret, PrepareError> {
    if uri::has_userinfo(url) {
        return Err(refuse("holds a user name, which a presigned URL does not have"));
    }
    uri::requote(url).map(Secret::from).ok_or_else(|| refuse("is not a whole http or https URL"))
}

/// In lower case only, as the original: anything else is taken for base64.
fn is_http(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn refuse(why: &str) -> PrepareError {
    PrepareError::WaitHandle(format!("the wait condition handle {why}"))
}

#[cfg(test)]
mod tests;
