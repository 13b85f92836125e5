//! Where a redirect leads, if it may be followed. A presigned URL's may: Amazon S3 redirects. A signed request's never is.

use alloc::string::String;

use crate::uri;

/// The most redirects of one try.
const LIMIT: u32 = 5;

/// The URI that `location` names, seen from `from` after `followed` redirects; or why it is not followed.
pub(super) fn target(from: &str, location: Option<&str>, followed: u32) -> Result<String, &'static str> {
    if followed >= LIMIT {
        return Err("the server redirects more than 5 times, perhaps in a circle");
    }
    let location = location.map(str::trim).filter(|location| !location.is_empty());
    let location = location.ok_or("the server redirects without saying where to")?;
    let to = uri::requote(&uri::resolve(from, location))
        .ok_or("the server redirects to what is not an http URL")?;
    if uri::has_userinfo(&to) {
        return Err("the server redirects to a URL that holds a user name");
    }
    if is_https(from) && !is_https(&to) {
        return Err("the server redirects from https to http, which is not followed");
    }
    Ok(uri::without_default_port(to))
}

/// The other scheme is `http`: nothing else is requested.
fn is_https(uri: &str) -> bool {
    uri::split(uri).scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests;
