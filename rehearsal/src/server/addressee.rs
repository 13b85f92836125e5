//! Whom a request is meant for. The services listen on loopback, and a browser reaches that too: a page whose own name is
//! made to lead here (DNS rebinding) must not be served, nor one of another site that asks on its own behalf.
//!
//! Source: <https://www.w3.org/TR/fetch-metadata/>

use std::net::IpAddr;

use hyper::header::{HOST, HeaderMap};
use hyper::http::uri::Authority;
use hyper::{Request, StatusCode, Version};

use super::limits::is_s3;
use super::{Reply, plain};
use crate::shelf::store;

/// Where instances have their metadata, for whoever has these addresses lead here: nobody owns them in DNS.
const METADATA: [&str; 2] = ["169.254.169.254", "fd00:ec2::254"];

/// Why a request is not answered, if it is not meant for this machine.
pub(super) fn refuse<B>(request: &Request<B>) -> Option<Reply> {
    if let Some(site) = request.headers().get("sec-fetch-site")
        && !["same-origin", "none"].iter().any(|it| site == it)
    {
        let why =
            "A web page of another site asks for this; a rehearsal answers commands and its own pages only\n";
        return Some(plain(StatusCode::FORBIDDEN, "text/plain", why));
    }
    // Through a proxy, which a browser does not take this for by itself, clients name whomever they like.
    let through_proxy = request.uri().authority().is_some();
    if through_proxy || is_here(request.headers(), request.version()) || is_bucket(request) {
        return None;
    }
    let why = "A rehearsal is asked by this machine's address, such as 127.0.0.1, [::1] or localhost; the request's Host \
               is another\n";
    Some(plain(StatusCode::MISDIRECTED_REQUEST, "text/plain", why))
}

/// Whether it is for a bucket that its host names, by a signature that no page can make: the keys are the rehearsal's own.
fn is_bucket<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let (host, others) = (hosts.next().and_then(|it| it.to_str().ok()), hosts.next());
    others.is_none() && host.is_some_and(store::is_s3) && is_s3(request.headers(), request.uri())
}

fn is_here(headers: &HeaderMap, version: Version) -> bool {
    let mut hosts = headers.get_all(HOST).iter().peekable();
    // Older than the header.
    let may_lack = version < Version::HTTP_11;
    (hosts.peek().is_some() || may_lack) && hosts.all(|host| host.to_str().is_ok_and(names_this_machine))
}

fn names_this_machine(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        _ if host.contains('@') => false,
        Ok(address) => {
            address.to_canonical().is_loopback() || METADATA.iter().any(|it| it.parse() == Ok(address))
        }
        Err(_) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests;
