//! Listening.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::faults::{closed, cut, end};
use super::{Metadata, Services, answer};

/// Why there is nowhere to listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The rehearsal accepts whatever its own keys sign and runs no TLS: it stays on this machine.
    #[error("cannot listen on {0}: only loopback addresses are served, such as 127.0.0.1:0")]
    NotLoopback(SocketAddr),
    /// Somebody else is there.
    #[error("cannot listen on {0}: the port is in use; choose another, or 0 for any")]
    InUse(SocketAddr),
    /// The system says no.
    #[error("cannot listen on {0}: {1}")]
    Refused(SocketAddr, io::Error),
}

/// A listener and its address.
pub struct Bound {
    listener: TcpListener,
    /// Where it is.
    pub address: SocketAddr,
}

/// Listens on a loopback address. To be called inside a tokio runtime.
///
/// # Errors
///
/// [`ListenError`].
pub fn bind(address: SocketAddr) -> Result<Bound, ListenError> {
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

impl Bound {
    /// Answers until the task is dropped, or `closed`. `metadata` is what this listener's `/latest/` shows.
    pub(crate) async fn serve(
        self,
        services: Arc<Services>,
        metadata: Arc<Metadata>,
        closed: Option<oneshot::Receiver<()>>,
    ) {
        match closed {
            None => self.accept(services, metadata).await,
            Some(closed) => tokio::select! {
                () = self.accept(services, metadata) => {}
                _ = closed => {}
            },
        }
    }

    async fn accept(self, services: Arc<Services>, metadata: Arc<Metadata>) {
        let mut listener = self.listener;
        loop {
            listener = closed(&services, &metadata, self.address, listener).await;
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = services.faults.changed() => continue,
            };
            // A connection that was gone before it was accepted, or no descriptors left: the next may fare better.
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                continue;
            };
            let _ = stream.set_nodelay(true);
            let (services, metadata) = (Arc::clone(&services), Arc::clone(&metadata));
            tokio::spawn(async move {
                let service = service_fn(|request| {
                    let (services, metadata) = (Arc::clone(&services), Arc::clone(&metadata));
                    Box::pin(async move { cut(answer(&services, &metadata, request).await) })
                });
                let mut connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service);
                // A client that leaves in the middle is the client's business.
                let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
                end(connection.into_parts().io.into_inner(), ended).await;
            });
        }
    }
}
