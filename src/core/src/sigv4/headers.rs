//! Headers in their canonical form.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use super::Placement;
use crate::http::Header;

pub(super) const AUTHORIZATION: &str = "authorization";
pub(super) const CONTENT_SHA256: &str = "x-amz-content-sha256";
pub(super) const DATE: &str = "x-amz-date";
pub(super) const HOST: &str = "host";
pub(super) const SECURITY_TOKEN: &str = "x-amz-security-token";

/// Lists, which take less room in the component than a `match`.
const UNSIGNED: &[&str] = &[
    "connection",
    "expect",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];
const UNSIGNED_IN_QUERY: &[&str] = &["x-amz-checksum-mode", "x-amz-user-agent"];

/// Lower-case names with values as given, sorted by name; values of one name keep their order.
///
/// Of the same type as a query's, so that the component has the list's functions once.
pub(super) struct CanonicalHeaders<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> CanonicalHeaders<'a> {
    /// Those of `headers` that are signed.
    pub(super) fn new(headers: &'a [Header], placement: Placement) -> Self {
        let mut canonical = Self(Vec::with_capacity(headers.len() + 4));
        for (name, value) in headers {
            let name = lower_case(name);
            if !is_unsigned(&name, placement) {
                canonical.insert(name, value);
            }
        }
        canonical
    }

    /// Those of `headers` that `signed_names` names, or the first name that is missing.
    pub(super) fn select(headers: &'a [Header], signed_names: &str) -> Result<Self, String> {
        let mut canonical = Self(Vec::with_capacity(headers.len()));
        for (name, value) in headers {
            let name = lower_case(name);
            if signed_names.split(';').any(|signed| signed == name) {
                canonical.insert(name, value);
            }
        }
        match signed_names.split(';').find(|name| !canonical.contains(name)) {
            Some(missing) => Err(missing.to_owned()),
            None => Ok(canonical),
        }
    }

    pub(super) fn insert(&mut self, name: Cow<'a, str>, value: &'a str) {
        let place = self.0.partition_point(|(before, _)| *before <= name);
        self.0.insert(place, (name, Cow::Borrowed(value)));
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(candidate, _)| candidate == name)
    }

    /// Every name once, joined by `;`.
    pub(super) fn names(&self) -> String {
        let mut names = String::with_capacity(self.0.iter().map(|(name, _)| name.len() + 1).sum());
        let mut last = "";
        for (name, _) in &self.0 {
            if name != last {
                if !last.is_empty() {
                    names.push(';');
                }
                names.push_str(name);
                last = name;
            }
        }
        names
    }

    /// At most so many bytes are written.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.len() + 2).sum()
    }

    /// A line for each name: its values joined by `,`, trimmed, white space in them reduced to one space. A value
    /// that is folded over several lines (RFC 9112 §5.2) is thereby unfolded.
    pub(super) fn write_to(&self, out: &mut String) {
        let mut last = "";
        for (name, value) in &self.0 {
            if name == last {
                out.push(',');
            } else {
                if !last.is_empty() {
                    out.push('\n');
                }
                out.push_str(name);
                out.push(':');
                last = name;
            }
            // Most have no space at all.
            if value.bytes().all(|byte| byte > b' ') {
                out.push_str(value);
                continue;
            }
            for (index, word) in value.split_ascii_whitespace().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                out.push_str(word);
            }
        }
        out.push('\n');
    }
}

/// Hop-by-hop headers (RFC 9110 §7.6.1) and what the AWS SDKs leave unsigned, because something on the way may
/// change it.
fn is_unsigned(name: &str, placement: Placement) -> bool {
    UNSIGNED.contains(&name)
        || name.starts_with("proxy-")
        || (matches!(placement, Placement::Query(_)) && UNSIGNED_IN_QUERY.contains(&name))
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}
