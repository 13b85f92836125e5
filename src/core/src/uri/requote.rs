//! A URL as Python's requests sends it.

use alloc::string::String;

use super::encoding::{escaped, is_unreserved, push_byte, push_escape};
use super::{remove_dot_segments, split};

/// An `http` or `https` URL as Python's requests puts it on the wire: what may not stand in a URL percent-encoded,
/// needless escapes undone, hexadecimal digits in upper case, `.` and `..` resolved, no fragment. All else is
/// kept: the order of the query, `+`, and escapes with a meaning such as `%2F`.
///
/// `None` where it is not an absolute `http` or `https` URL with a host in ASCII.
#[must_use]
pub fn requote(url: &str) -> Option<String> {
    let parts = split(url);
    let scheme = parts.scheme.unwrap_or_default().to_ascii_lowercase();
    let authority = parts.authority.unwrap_or_default();
    parts.host()?;
    if !matches!(scheme.as_str(), "http" | "https") || !authority.bytes().all(|byte| byte.is_ascii_graphic())
    {
        return None;
    }
    let (userinfo, host) = match authority.rfind('@') {
        Some(at) => authority.split_at_checked(at + 1).unwrap_or_default(),
        None => ("", authority),
    };
    let mut wire = String::with_capacity(url.len() + 16);
    wire.push_str(&scheme);
    wire.push_str("://");
    wire.push_str(userinfo);
    wire.push_str(&host.to_ascii_lowercase());
    if parts.path.is_empty() {
        wire.push('/');
    }
    push_requoted(&mut wire, &remove_dot_segments(parts.path), false);
    if let Some(query) = parts.query.filter(|query| !query.is_empty()) {
        wire.push('?');
        push_requoted(&mut wire, query, true);
    }
    Some(wire)
}

/// A `%` that starts no escape makes requests take none of the component's `%` for one.
fn push_requoted(out: &mut String, component: &str, is_query: bool) {
    let are_whole = escapes_are_whole(component.as_bytes());
    let mut bytes = component.as_bytes();
    while let [first, rest @ ..] = bytes {
        bytes = rest;
        match (first, escaped(rest)) {
            (b'%', Some((byte, after))) if are_whole => {
                bytes = after;
                push_byte(out, byte);
            }
            (byte, _) if is_allowed(*byte) || (is_query && *byte == b'?') => out.push(char::from(*byte)),
            (byte, _) => push_escape(out, *byte),
        }
    }
}

fn escapes_are_whole(mut bytes: &[u8]) -> bool {
    while let [first, rest @ ..] = bytes {
        bytes = rest;
        if *first == b'%' {
            let Some((_, after)) = escaped(rest) else { return false };
            bytes = after;
        }
    }
    true
}

/// A `pchar` that needs no escape, or a slash (RFC 3986 §3.3).
fn is_allowed(byte: u8) -> bool {
    is_unreserved(byte)
        || matches!(
            byte,
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@' | b'/'
        )
}
