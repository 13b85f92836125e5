//! Name resolution whose failures say that they are.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::mpsc;
use std::thread;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// As many addresses as ureq takes.
const MOST: usize = 16;

/// A host that has no address: the origin, or a proxy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}: unresolved")]
pub(super) struct Unresolved(pub(super) String);

/// The system's resolver; an address needs none, nor the thread that bounds a lookup in time.
#[derive(Debug)]
pub(super) struct Names;

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        if let Some(address) = literal(uri) {
            addresses.push(address);
            return Ok(addresses);
        }
        let found = looked_up(uri, timeout)?;
        for address in config.ip_family().keep_wanted(found.into_iter()).take(MOST) {
            addresses.push(address);
        }
        if addresses.is_empty() { Err(unresolved(uri)) } else { Ok(addresses) }
    }
}

/// What the resolver says, as long as there is time. A lookup cannot be stopped: its thread is left behind when it takes too long,
/// and where there can be no more threads it takes as long as it does.
fn looked_up(uri: &Uri, timeout: NextTimeout) -> Result<Vec<SocketAddr>, Error> {
    let (scheme, authority) = uri.scheme().zip(uri.authority()).ok_or_else(|| unresolved(uri))?;
    let asked = DefaultResolver::host_and_port(scheme, authority).ok_or_else(|| unresolved(uri))?;
    let lookup = move || asked.to_socket_addrs().map(Vec::from_iter);
    let (sender, receiver) = mpsc::sync_channel(1);
    let in_time = lookup.clone();
    // Nobody waits for it any more, perhaps.
    let bounded =
        thread::Builder::new().name("lookup".to_owned()).spawn(move || sender.send(in_time()).is_ok());
    let found = match bounded {
        Ok(_left) => receiver.recv_timeout(*timeout.after).map_err(|_| Error::Timeout(timeout.reason))?,
        Err(_) => lookup(),
    };
    found.map_err(|_| unresolved(uri))
}

fn unresolved(uri: &Uri) -> Error {
    Error::Other(Box::new(Unresolved(uri.host().unwrap_or_default().to_owned())))
}

fn literal(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    let address: IpAddr = host.parse().ok()?;
    let default = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    Some(SocketAddr::new(address, uri.port_u16().unwrap_or(default)))
}
