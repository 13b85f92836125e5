//! Where a template comes from, and where what it names may be.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

/// Where a template comes from: paths in it are from there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It has no place of its own: a client sent it.
    #[default]
    Nowhere,
    /// A folder of this machine.
    Folder(PathBuf),
    /// A folder below the shelf's.
    Shelf(PathBuf),
}

impl Origin {
    /// The folder of a template's file.
    pub(crate) fn beside(path: &Path) -> Self {
        Self::Folder(path.parent().map(Path::to_owned).unwrap_or_default())
    }
}

/// What a URL, or what stands in its place, names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address<'u> {
    /// A file: `file:`.
    File(PathBuf),
    /// Something that this machine serves.
    Loopback,
    /// The path of any other URL.
    Elsewhere(&'u str),
    /// No URL but a path.
    Path(&'u str),
}

pub(super) fn address(url: &str) -> Address<'_> {
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest),
        _ => return Address::Path(url),
    };
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    match scheme.as_str() {
        "file" => Address::File(PathBuf::from(percent_decode_str(path).decode_utf8_lossy().into_owned())),
        "http" if is_loopback(host) => Address::Loopback,
        _ => Address::Elsewhere(path),
    }
}

/// One letter is a drive, not a scheme.
fn is_scheme(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

/// Whether a URL's authority is this machine alone.
fn is_loopback(authority: &str) -> bool {
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
