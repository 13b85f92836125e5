//! A URL as Python's requests sends it.

use alloc::string::String;

use percent_encoding::{AsciiSet, percent_encode, utf8_percent_encode};

use super::encoding::RESERVED;
use super::{remove_dot_segments, split};

/// All but what a path may hold unencoded, slashes included (RFC 3986 §3.3).
const FORBIDDEN_IN_PATH: &AsciiSet = &RESERVED
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

const FORBIDDEN_IN_QUERY: &AsciiSet = &FORBIDDEN_IN_PATH.remove(b'?');

/// An `http` or `https` URL as Python's requests puts it on the wire: what may not stand in a URL percent-encoded,
/// needless escapes undone, hexadecimal digits in upper case, `.` and `..` resolved, no fragment. All else is
/// kept: the order of the query, `+`, and escapes with a meaning such as `%2F`.
///
/// `None` where it is not an absolute `http` or `https` URL with a host in ASCII that clients take for one.
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
    if !is_host(host) {
        return None;
    }
    // With room for the worst: a text that grows leaves its beginning, which may be secret, behind in memory.
    let mut wire = String::with_capacity(url.len() * 3 + 1);
    wire.push_str(&scheme);
    wire.push_str("://");
    wire.push_str(userinfo);
    wire.push_str(&host.to_ascii_lowercase());
    if parts.path.is_empty() {
        wire.push('/');
    }
    push_requoted(&mut wire, &remove_dot_segments(parts.path), FORBIDDEN_IN_PATH);
    if let Some(query) = parts.query.filter(|query| !query.is_empty()) {
        wire.push('?');
        push_requoted(&mut wire, query, FORBIDDEN_IN_QUERY);
    }
    Some(wire)
}

/// Whether `host`, perhaps with a port, is one (RFC 3986 §3.2.2). No name that is looked up has an escape in it.
fn is_host(host: &str) -> bool {
    // The colons of an address, between brackets, are no port's.
    let (mut bracketed, mut port) = (false, false);
    let (mut number, mut colons) = (0_u32, 0_u8);
    for (at, byte) in host.bytes().enumerate() {
        let fits = match byte {
            b'[' => at == 0,
            b']' => bracketed,
            // No IPv6 address has more, and clients refuse what has.
            b':' if bracketed => {
                colons = colons.saturating_add(1);
                colons <= 8
            }
            b':' => !port,
            _ if port => {
                number = number.wrapping_mul(10).wrapping_add(u32::from(byte.wrapping_sub(b'0')));
                byte.is_ascii_digit() && number <= 65_535
            }
            _ => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'),
        };
        let closed = at > 0 && !bracketed && host.as_bytes().get(at - 1) == Some(&b']');
        if !fits || closed && byte != b':' {
            return false;
        }
        bracketed = byte == b'[' || bracketed && byte != b']';
        port |= byte == b':' && !bracketed;
    }
    !bracketed
}

/// A `%` that starts no escape makes requests take none of the component's `%` for one.
fn push_requoted(out: &mut String, component: &str, forbidden: &'static AsciiSet) {
    let are_whole = component.split('%').skip(1).all(|after| escape(after).is_some());
    for (index, part) in component.split('%').enumerate() {
        let rest = match escape(part) {
            _ if index == 0 => part,
            Some((byte, rest)) if are_whole => {
                out.extend(percent_encode(&[byte], RESERVED));
                rest
            }
            _ => {
                out.push_str("%25");
                part
            }
        };
        out.extend(utf8_percent_encode(rest, forbidden));
    }
}

/// The byte that an escape stands for, by what follows its `%`, and what follows its digits.
fn escape(after_percent: &str) -> Option<(u8, &str)> {
    let (digits, rest) = after_percent.split_at_checked(2)?;
    let mut byte = [0];
    hex::decode_to_slice(digits, &mut byte).ok()?;
    let [byte] = byte;
    Some((byte, rest))
}
