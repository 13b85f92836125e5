//! Percent-encoding: what is encoded are Signature Version 4's rules, how is `percent-encoding`'s.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but `A-Z a-z 0-9 - . _ ~` (RFC 3986 §2.3).
pub(super) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');
const RESERVED_IN_FORM: &AsciiSet = &RESERVED.remove(b' ');

/// Percent-encodes everything but `A-Z a-z 0-9 - . _ ~`, as Signature Version 4 does.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
#[must_use]
pub fn percent_encode(text: &str) -> String {
    // With room for all of it: a text that grows leaves its beginning, which may be secret, behind in memory.
    let mut encoded = String::with_capacity(text.len() * 3);
    push_percent_encoded(&mut encoded, text);
    encoded
}

/// As [`percent_encode`], but a space becomes `+` (`application/x-www-form-urlencoded`, as Python's `urlencode`).
#[must_use]
pub fn form_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED_IN_FORM).to_string().replace(' ', "+")
}

/// The bytes that `text` stands for. A `%` that starts no escape stands for itself.
#[must_use]
pub fn percent_decode(text: &str) -> Cow<'_, [u8]> {
    percent_decode_str(text).into()
}

/// Percent-encodes every segment of a path as it is, an existing `%` too.
pub(crate) fn encode_path(path: &str) -> Cow<'_, str> {
    if path.bytes().all(|byte| byte == b'/' || is_unreserved(byte)) {
        return Cow::Borrowed(path);
    }
    utf8_percent_encode(path, RESERVED_IN_PATH).into()
}

/// Percent-encodes every segment of a path once: what is encoded in it is decoded first.
pub(crate) fn encode_path_once(path: &str) -> Cow<'_, str> {
    if path.contains('%') {
        // Segment by segment: a slash that is encoded separates none.
        Cow::Owned(path.split('/').map(encode_once).collect::<Vec<_>>().join("/"))
    } else {
        encode_path(path)
    }
}

/// Percent-encodes a name or a value of a query once. A `+` stands for a space.
pub(crate) fn encode_parameter_once(text: &str) -> Cow<'_, str> {
    if text.contains('+') {
        Cow::Owned(encode_once(&text.replace('+', " ")).into_owned())
    } else {
        encode_once(text)
    }
}

pub(crate) fn push_percent_encoded(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, RESERVED));
}

/// Whether `byte` is never encoded, nor stands for another: none of [`RESERVED`].
pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn encode_once(text: &str) -> Cow<'_, str> {
    match percent_decode(text) {
        Cow::Borrowed(_) => utf8_percent_encode(text, RESERVED).into(),
        Cow::Owned(bytes) => Cow::Owned(percent_encoding::percent_encode(&bytes, RESERVED).to_string()),
    }
}
