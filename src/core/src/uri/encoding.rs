//! Percent-encoding.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::number;

/// Percent-encodes everything but `A-Z a-z 0-9 - . _ ~`, as Signature Version 4 does.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
#[must_use]
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    push_percent_encoded(&mut encoded, text);
    encoded
}

/// As [`percent_encode`], but a space becomes `+` (`application/x-www-form-urlencoded`, as Python's `urlencode`).
#[must_use]
pub fn form_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte == b' ' {
            encoded.push('+');
        } else {
            push_byte(&mut encoded, byte);
        }
    }
    encoded
}

/// Percent-encodes every segment of a path as it is, an existing `%` too.
pub(crate) fn encode_path(path: &str) -> Cow<'_, str> {
    if path.bytes().all(|byte| byte == b'/' || is_unreserved(byte)) {
        return Cow::Borrowed(path);
    }
    let mut encoded = String::with_capacity(path.len() + 16);
    for byte in path.bytes() {
        if byte == b'/' {
            encoded.push('/');
        } else {
            push_byte(&mut encoded, byte);
        }
    }
    Cow::Owned(encoded)
}

/// Percent-encodes `text` once: what is encoded in it is decoded first. A `%` that starts no escape stands for
/// itself; bytes equal to `kept` stay, unless they were escaped; with `plus_is_space`, `+` stands for a space.
pub(crate) fn decode_and_encode(text: &str, kept: Option<u8>, plus_is_space: bool) -> Cow<'_, str> {
    if text.bytes().all(|byte| is_unreserved(byte) || Some(byte) == kept) {
        return Cow::Borrowed(text);
    }
    let mut encoded = String::with_capacity(text.len() + 16);
    let mut bytes = text.as_bytes();
    while let [first, rest @ ..] = bytes {
        bytes = rest;
        match (first, escaped(rest)) {
            (b'%', Some((byte, after))) => {
                push_byte(&mut encoded, byte);
                bytes = after;
            }
            (b'+', _) if plus_is_space => encoded.push_str("%20"),
            (byte, _) if Some(*byte) == kept => encoded.push(char::from(*byte)),
            (byte, _) => push_byte(&mut encoded, *byte),
        }
    }
    Cow::Owned(encoded)
}

pub(crate) fn push_percent_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        push_byte(out, byte);
    }
}

/// RFC 3986 §2.3.
pub(super) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

pub(super) fn push_escape(out: &mut String, byte: u8) {
    out.push('%');
    out.push(number::digit(byte >> 4).to_ascii_uppercase());
    out.push(number::digit(byte & 15).to_ascii_uppercase());
}

/// The byte that an escape stands for, by the digits after its `%`, and what follows them.
pub(crate) fn escaped(after_percent: &[u8]) -> Option<(u8, &[u8])> {
    match after_percent {
        [high, low, after @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            Some((hex_digit(*high) << 4 | hex_digit(*low), after))
        }
        _ => None,
    }
}

/// The value of a hexadecimal digit.
fn hex_digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20).wrapping_sub(b'a').wrapping_add(10),
    }
}

pub(super) fn push_byte(out: &mut String, byte: u8) {
    if is_unreserved(byte) {
        out.push(char::from(byte));
    } else {
        push_escape(out, byte);
    }
}
