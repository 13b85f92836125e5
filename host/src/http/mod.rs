//! HTTP, synchronously: proxies, trusted roots, timeouts; no redirects, no decompression, bounded bodies.

mod agent;
mod certificates;
mod failure;
mod forward;
mod no_proxy;
mod progress;
mod proxies;
mod resolver;
mod roots;
mod tls;
mod watch;

use ureq::http::Uri;

pub use agent::{Client, HttpSettings, USER_AGENT};
pub use cfn_signal_instance::http::{Http, RequestLimits, Route, Sender};
pub use proxies::{InvalidProxy, Proxies};
pub use roots::{MalformedPem, RootsError, RootsSource};

/// What keeps requests from being sent at all, however often one tries.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Misconfigured {
    /// The certificates to trust.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// The proxy to use.
    #[error(transparent)]
    Proxy(#[from] InvalidProxy),
    /// The address, which is not repeated: it may be a presigned one.
    #[error(
        "the address is not one to send to: check its host and port, and that it is not longer than 64 kB"
    )]
    Address,
}

/// Whether there is a port that is no port's number, which the parser lets pass and a default would stand in for.
fn has_unreadable_port(uri: &Uri) -> bool {
    let after_host = uri.authority().and_then(|authority| {
        let host = authority.host();
        authority.as_str().rsplit('@').next()?.strip_prefix(host)?.strip_prefix(':')
    });
    after_host.is_some_and(|port| !port.is_empty() && uri.port_u16().is_none())
}
