//! Where a redirect leads, if it may be followed.

use alloc::string::String;

use crate::text::trim;
use crate::uri;

/// The most redirects of one try.
const LIMIT: u32 = 5;

/// Whether the request may be sent to an authority other than the one it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It is signed again for wherever it goes.
    Anywhere,
    /// It carries an identity document, which is good for whoever has it.
    SameAuthority,
}

/// The URI that `location` names, seen from `from` after `followed` redirects; or why it is not followed.
pub(super) fn target(
    from: &str,
    location: Option<&str>,
    followed: u32,
    reach: Reach,
) -> Result<String, &'static str> {
    if followed >= LIMIT {
        return Err("the server redirects more than 5 times, perhaps in a circle");
    }
    let location = location.map(trim).filter(|location| !location.is_empty());
    let location = location.ok_or("the server redirects without saying where to")?;
    let to = uri::requote(&uri::resolve(from, location))
        .ok_or("the server redirects to what is not an http URL")?;
    if uri::has_userinfo(&to) {
        return Err("the server redirects to a URL that holds a user name");
    }
    if is_https(from) && !is_https(&to) {
        return Err("the server redirects from https to http, which is not followed");
    }
    if reach == Reach::SameAuthority && !same_authority(from, &to) {
        return Err(
            "the server redirects to another host, where the instance's identity document is not sent",
        );
    }
    Ok(uri::without_default_port(to))
}

/// The other scheme is `http`: nothing else is requested.
fn is_https(uri: &str) -> bool {
    uri::split(uri).scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

fn same_authority(a: &str, b: &str) -> bool {
    match (uri::split(a).host(), uri::split(b).host()) {
        (Some(from), Some(to)) => is_https(a) == is_https(b) && from.eq_ignore_ascii_case(to),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
