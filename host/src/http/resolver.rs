//! Name resolution whose failures say that they are.

use std::net::{IpAddr, SocketAddr};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// A host that has no address: the origin, or a proxy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}: unresolved")]
pub(super) struct Unresolved(pub(super) String);

/// The system's resolver; an address needs none, nor the thread that bounds a lookup in time.
#[derive(Debug, Default)]
pub(super) struct Names(DefaultResolver);

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        if let Some(address) = literal(uri) {
            let mut addresses = self.empty();
            addresses.push(address);
            return Ok(addresses);
        }
        self.0.resolve(uri, config, timeout).map_err(|error| match error {
            Error::Io(_) | Error::HostNotFound => {
                Error::Other(Box::new(Unresolved(uri.host().unwrap_or_default().to_owned())))
            }
            other => other,
        })
    }
}

fn literal(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    let address: IpAddr = host.parse().ok()?;
    let default = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    Some(SocketAddr::new(address, uri.port_u16().unwrap_or(default)))
}
