//! Connections to an instance's surroundings, and what they are answered.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use rustix::net::sockopt::{set_ip_ttl, set_ipv6_unicast_hops};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::server::{Door, Inside, converse, refuse_for_a_while};

/// How long a client may take to agree on keys.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How far anything else travels than session tokens.
const HOPS: u8 = 64;

/// A listener that was bound elsewhere.
pub(super) fn taken(listener: std::net::TcpListener) -> io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Answers without TLS, until the task is dropped.
pub(super) async fn plain(listener: TcpListener, inside: Arc<Inside>, door: Door) {
    accept(listener, inside, false, move |stream, inside| async move {
        let socket = (door == Door::Metadata).then(|| stream.as_fd().try_clone_to_owned().ok()).flatten();
        let is_ipv6 = stream.local_addr().is_ok_and(|it| it.is_ipv6());
        let one = |request: Request<Incoming>| {
            if let Some(socket) = &socket {
                let limit = inside.metadata.options.hop_limit;
                set_hops(socket, is_ipv6, if request.method() == "PUT" { limit } else { HOPS });
            }
            let inside = Arc::clone(&inside);
            async move { inside.answer(door, request).await }
        };
        converse(stream, |it| it, one).await;
    })
    .await;
}

/// How far the next answers travel.
fn set_hops(socket: &OwnedFd, is_ipv6: bool, hops: u8) {
    let _ = match is_ipv6 {
        true => set_ipv6_unicast_hops(socket, Some(hops)),
        false => set_ip_ttl(socket, hops.into()),
    };
}

/// Answers over TLS, until the task is dropped.
pub(super) async fn encrypted(listener: TcpListener, inside: Arc<Inside>, config: Arc<ServerConfig>) {
    let acceptor = TlsAcceptor::from(config);
    accept(listener, inside, true, move |stream, inside| {
        let handshake = acceptor.accept(stream);
        async move {
            // Who asks for an unknown name, or trusts somebody else, has been told by an alert.
            let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, handshake).await else { return };
            let one = |request: Request<Incoming>| {
                let inside = Arc::clone(&inside);
                async move { inside.answer(Door::Https, request).await }
            };
            converse(stream, |it: &TlsStream<TcpStream>| it.get_ref().0, one).await;
        }
    })
    .await;
}

/// Each connection is a task, and all of them end with this one. Where it `refuses`, it does as the faults on demand say: one
/// listener of an instance's, or a fault that comes once would come anywhere.
async fn accept<T, F>(mut listener: TcpListener, inside: Arc<Inside>, refuses: bool, talk: T)
where
    T: Fn(TcpStream, Arc<Inside>) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    let services = &inside.services;
    loop {
        if refuses {
            // A listener that does not come back cannot be helped: nobody is answered there then.
            let Ok(again) = refuse_for_a_while(services, &inside.metadata, listener).await else { return };
            listener = again;
        }
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = services.faults.changed() => continue,
            Some(_) = connections.join_next() => continue,
        };
        // A connection that was gone before it was accepted, or no descriptors left: the next may fare better.
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let turn = services.limits.connection().await;
        let _ = stream.set_nodelay(true);
        let talk = talk(stream, Arc::clone(&inside));
        connections.spawn(async move {
            talk.await;
            drop(turn);
        });
    }
}
