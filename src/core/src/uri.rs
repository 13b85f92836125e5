//! URIs, split and resolved (RFC 3986), lenient about characters that people leave unencoded.

mod encoding;
mod requote;

#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;
pub(crate) use encoding::{
    encode_parameter_once, encode_path, encode_path_once, is_unreserved, push_percent_encoded,
};

pub use encoding::{form_encode, percent_decode, percent_encode};
pub use requote::requote;

/// A URI reference's components, as written (RFC 3986, appendix B).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    /// Before the first `:`, in any case.
    pub scheme: Option<&'a str>,
    /// After `//`: host and port, and possibly userinfo.
    pub authority: Option<&'a str>,
    /// Possibly empty.
    pub path: &'a str,
    /// After `?`.
    pub query: Option<&'a str>,
    /// After `#`.
    pub fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// What goes into a `Host` header: the authority without userinfo and without the scheme's default port or an empty one.
    /// `None` where there is no host.
    #[must_use]
    pub fn host(&self) -> Option<&'a str> {
        let authority = self.authority?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let scheme = self.scheme.unwrap_or_default();
        let default_port = if scheme.eq_ignore_ascii_case("https") {
            "443"
        } else if scheme.eq_ignore_ascii_case("http") {
            "80"
        } else {
            ""
        };
        // A port that is empty is the default one, too (RFC 3986 §3.2.3).
        let host = match host.rsplit_once(':') {
            Some((name, port)) if port.is_empty() || port == default_port => name,
            _ => host,
        };
        (!host.is_empty() && !host.starts_with(":")).then_some(host)
    }
}

/// `uri` with what [`Parts::host`] says for its authority, unless it has userinfo: a host that takes `Host` from the
/// authority has to send the one that was signed.
pub(crate) fn without_default_port(uri: String) -> String {
    let parts = split(&uri);
    match (parts.authority, parts.host()) {
        (Some(written), Some(host)) if written.len() > host.len() && written.starts_with(host) => {
            compose(&Parts { authority: Some(host), ..parts }, None)
        }
        _ => uri,
    }
}

/// Whether there is a user name, or more, before the host.
pub(crate) fn has_userinfo(uri: &str) -> bool {
    split(uri).authority.is_some_and(|authority| authority.contains('@'))
}

/// Splits `uri`; every text splits somehow.
#[must_use]
pub fn split(uri: &str) -> Parts<'_> {
    let (rest, fragment) = cut(uri, '#');
    let (rest, query) = cut(rest, '?');
    let (scheme, rest) = match rest.split_once(':') {
        Some((scheme, after)) if is_scheme(scheme) => (Some(scheme), after),
        _ => (None, rest),
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(after) => {
            let end = after.find('/').unwrap_or(after.len());
            let (authority, path) = after.split_at_checked(end).unwrap_or_default();
            (Some(authority), path)
        }
        None => (None, rest),
    };
    Parts { scheme, authority, path, query, fragment }
}

/// Splits a request target: a path with a query, whatever it looks like, or an absolute URI (RFC 9112 §3.2).
pub(crate) fn split_target(target: &str) -> Parts<'_> {
    if target.starts_with("/") {
        let (path, query) = cut(target, '?');
        Parts { scheme: None, authority: None, path, query, fragment: None }
    } else {
        split(target)
    }
}

/// Resolves `reference` against the absolute URI `base` (RFC 3986 §5.2, strictly).
#[must_use]
pub fn resolve(base: &str, reference: &str) -> String {
    let base = split(base);
    let reference = split(reference);
    let merged;
    let mut target = reference;
    if reference.scheme.is_none() {
        target.scheme = base.scheme;
        if reference.authority.is_none() {
            target.authority = base.authority;
            if reference.path.is_empty() {
                target.path = base.path;
                target.query = reference.query.or(base.query);
                return compose(&target, None);
            }
            if !reference.path.starts_with("/") {
                merged = merge(&base, reference.path);
                target.path = &merged;
            }
        }
    }
    let path = remove_dot_segments(target.path);
    compose(&target, Some(&path))
}

/// Removes `.` and `..` (RFC 3986 §5.2.4); empty segments stay.
fn remove_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let (root, relative) = match path.strip_prefix("/") {
        Some(relative) => ("/", relative),
        None => ("", path),
    };
    // What a last `.` or `..` leaves: an empty segment.
    let mut folder = false;
    for segment in relative.split('/') {
        folder = matches!(segment, "." | "..");
        if segment == ".." {
            kept.pop();
        } else if !folder {
            kept.push(segment);
        }
    }
    if folder {
        kept.push("");
    }
    let mut clean = String::with_capacity(path.len());
    let mut separator = root;
    for segment in kept {
        clean.push_str(separator);
        clean.push_str(segment);
        separator = "/";
    }
    clean
}

/// RFC 3986 §5.2.3.
fn merge(base: &Parts<'_>, path: &str) -> String {
    let folder = match base.path.rfind('/') {
        Some(slash) => base.path.get(..=slash).unwrap_or_default(),
        None if base.authority.is_some() => "/",
        None => "",
    };
    [folder, path].concat()
}

/// RFC 3986 §5.3, with `path` instead of the parts' own.
fn compose(parts: &Parts<'_>, path: Option<&str>) -> String {
    let mut uri = String::new();
    if let Some(scheme) = parts.scheme {
        uri.push_str(scheme);
        uri.push(':');
    }
    if let Some(authority) = parts.authority {
        uri.push_str("//");
        uri.push_str(authority);
    }
    uri.push_str(path.unwrap_or(parts.path));
    if let Some(query) = parts.query {
        uri.push('?');
        uri.push_str(query);
    }
    if let Some(fragment) = parts.fragment {
        uri.push('#');
        uri.push_str(fragment);
    }
    uri
}

fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn is_scheme(text: &str) -> bool {
    text.bytes().next().is_some_and(|first| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}
