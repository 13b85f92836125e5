//! Listening on this machine, and on nothing else.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpListener;

/// Why there is nowhere to listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// The rehearsal accepts whatever its own keys sign and runs no TLS: it stays on this machine.
    #[error("cannot listen on {0}: only loopback addresses are served, such as 127.0.0.1:0")]
    NotLoopback(SocketAddr),
    /// Somebody else is there.
    #[error("cannot listen on {0}: the port is in use; choose another, or 0 for any")]
    InUse(SocketAddr),
    /// The system says no.
    #[error("cannot listen on {0}")]
    Refused(SocketAddr, #[source] io::Error),
}

/// A listener and its address.
pub(crate) struct Bound {
    pub(crate) listener: TcpListener,
    /// Where it is.
    pub(crate) address: SocketAddr,
}

/// Listens on a loopback address. To be called inside a tokio runtime.
///
/// # Errors
///
/// [`ListenError`].
pub(crate) fn bind(address: SocketAddr) -> Result<Bound, ListenError> {
    let loopback = match address.ip() {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    };
    if !loopback {
        return Err(ListenError::NotLoopback(address));
    }
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(address),
        _ => ListenError::Refused(address, error),
    };
    let listener = std::net::TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let listener = TcpListener::from_std(listener).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok(Bound { listener, address })
}
