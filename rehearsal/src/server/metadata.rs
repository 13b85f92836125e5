//! An instance's metadata, version 2; version 1 too, where the instance needs no tokens.
//!
//! Sources: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html>; headers, the redirection and the errors'
//! pages as the service's answers show them.

mod documents;
mod tree;
mod versions;

use std::time::{Duration, UNIX_EPOCH};

use hyper::StatusCode;
use hyper::header::{ALLOW, HeaderValue, LAST_MODIFIED, LOCATION};

use super::{Received, Reply, plain};
use crate::account::Metadata;
use crate::clock;
use tree::Found;
use versions::Version;

/// Where a session token is asked for.
pub(super) const TOKEN_PATH: &str = "/latest/api/token";
const TTL_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER: &str = "x-aws-ec2-metadata-token";
/// The longest a token may be valid, in seconds.
const MAX_TTL: u64 = 21_600;

/// Whether a path is of metadata: it begins with a version.
pub(super) fn is_path(path: &str) -> bool {
    let first = path.strip_prefix('/').and_then(|it| it.split('/').next());
    first.is_some_and(|it| Version::read(it).is_some())
}

pub(super) fn answer(metadata: &Metadata, request: &Received) -> Reply {
    let mut reply = of(metadata, request);
    let headers = reply.headers_mut();
    headers.insert("server", HeaderValue::from_static("EC2ws"));
    headers.insert("accept-ranges", HeaderValue::from_static("none"));
    reply
}

fn of(metadata: &Metadata, request: &Received) -> Reply {
    let now = clock::wall();
    if !metadata.options.answers {
        return page(StatusCode::FORBIDDEN, "403 - Forbidden");
    }
    let is_token = request.path == TOKEN_PATH;
    match request.method.as_str() {
        "PUT" if is_token => token(metadata, request, now.as_seconds()),
        "GET" | "HEAD" if !is_token => {
            let left = request.header(TOKEN_HEADER).map(|it| metadata.tokens.left(it, now.as_seconds()));
            let accepted = match left {
                _ if request.met.needs_no_token() => true,
                Some(left) => left.is_some(),
                None => !metadata.options.needs_token,
            };
            if !accepted {
                return page(StatusCode::UNAUTHORIZED, "401 - Unauthorized");
            }
            let mut reply = get(metadata, request);
            if let Some(Some(left)) = left {
                reply.headers_mut().insert(TTL_HEADER, HeaderValue::from(left));
            }
            reply
        }
        _ => {
            let mut reply = page(StatusCode::METHOD_NOT_ALLOWED, "405 - Method Not Allowed");
            let allowed = if is_token { "OPTIONS, PUT" } else { "GET, HEAD, OPTIONS" };
            reply.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
            reply
        }
    }
}

fn token(metadata: &Metadata, request: &Received, now: u64) -> Reply {
    if request.header("x-forwarded-for").is_some() {
        return page(StatusCode::FORBIDDEN, "403 - Forbidden");
    }
    let ttl = request.header(TTL_HEADER).and_then(|ttl| ttl.trim().parse::<u64>().ok());
    let Some(ttl) = ttl.filter(|ttl| (1..=MAX_TTL).contains(ttl)) else {
        return page(StatusCode::BAD_REQUEST, "400 - Bad Request");
    };
    let mut reply = plain(StatusCode::OK, "text/plain", metadata.tokens.issue(now.saturating_add(ttl)));
    reply.headers_mut().insert(TTL_HEADER, HeaderValue::from(ttl));
    reply
}

fn get(metadata: &Metadata, request: &Received) -> Reply {
    let not_found = || page(StatusCode::NOT_FOUND, "404 - Not Found");
    let path = request.path.trim_start_matches('/');
    let mut reply = match tree::find(metadata, path, clock::wall()) {
        Some(Found::Text(text)) => plain(StatusCode::OK, "text/plain", text),
        Some(Found::Bytes(bytes)) => plain(StatusCode::OK, "application/octet-stream", bytes.to_vec()),
        Some(Found::Moved) => {
            let mut reply = plain(StatusCode::MOVED_PERMANENTLY, "text/plain", "");
            let location = format!("http://{}/{path}/", request.header("host").unwrap_or("169.254.169.254"));
            if let Ok(location) = HeaderValue::from_str(&location) {
                reply.headers_mut().insert(LOCATION, location);
            }
            return reply;
        }
        None => return not_found(),
    };
    let launched = UNIX_EPOCH + Duration::from_secs(metadata.launched.as_seconds());
    if let Ok(launched) = HeaderValue::from_str(&httpdate::fmt_http_date(launched)) {
        reply.headers_mut().insert(LAST_MODIFIED, launched);
    }
    reply
}

pub(super) fn page(status: StatusCode, title: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n\t\
         \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n <head>\n  <title>{title}</title>\n \
         </head>\n <body>\n  <h1>{title}</h1>\n </body>\n</html>\n"
    );
    plain(status, "text/html", body)
}

#[cfg(test)]
mod tests;
