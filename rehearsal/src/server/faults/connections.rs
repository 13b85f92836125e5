//! Connections that are reset, and ports that are closed.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::Faults;
use crate::account::Metadata;
use crate::happening::FaultInjected;
use crate::server::{Reply, Services};

/// Connections that wait to be accepted, as tokio has it.
const BACKLOG: u32 = 1024;

/// How often a port is tried that somebody else took in between.
const AGAIN: Duration = Duration::from_millis(10);

/// Marks an answer that is none, and ends its connection.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection is reset on demand")]
pub(crate) struct Cut;

/// An answer, unless there is to be none.
pub(crate) fn cut(reply: Reply) -> Result<Reply, Cut> {
    match reply.extensions().get::<Cut>() {
        Some(cut) => Err(*cut),
        None => Ok(reply),
    }
}

/// Ends a connection: with a reset where its answer was [`Cut`], else politely.
pub(crate) async fn end<S>(mut stream: S, ended: hyper::Result<()>, socket: fn(&S) -> &TcpStream)
where
    S: AsyncWrite + Unpin,
{
    let error = ended.err();
    if error.as_ref().and_then(Error::source).is_some_and(<dyn Error>::is::<Cut>) {
        let _ = socket(&stream).set_zero_linger();
    } else {
        let _ = stream.shutdown().await;
    }
}

/// Waits until a connection may be accepted: where a rule says so, the port is closed first.
pub(crate) async fn closed(
    services: &Services,
    metadata: &Metadata,
    address: SocketAddr,
    mut listener: TcpListener,
) -> TcpListener {
    let now = services.account.clock.now();
    let span = services.faults.plan().refuses(&metadata.instance_id, now);
    let Some(span) = span else { return listener };
    let fault = crate::faults::Fault::Refused(span).told();
    let injected = FaultInjected { at: now, request: "connections".to_owned(), fault };
    services.account.fault(&metadata.stack_name, injected);
    // A virtual clock does not run ahead of clients that try again.
    let _guard = services.account.activity.in_flight();
    drop(listener);
    let reserved = reserve(address);
    tokio::time::sleep(span).await;
    if let Some(reopened) = reserved.and_then(|socket| socket.listen(BACKLOG).ok()) {
        return reopened;
    }
    loop {
        match TcpListener::bind(address).await {
            Ok(reopened) => {
                listener = reopened;
                return listener;
            }
            Err(_) => tokio::time::sleep(AGAIN).await,
        }
    }
}

/// The same at a listener that cannot be bound anew, as it is of another network: nothing listens there for a while, and
/// its port stays taken.
pub(crate) async fn refuse_for_a_while(
    services: &Services,
    metadata: &Metadata,
    listener: TcpListener,
) -> io::Result<TcpListener> {
    let now = services.account.clock.now();
    // Beside the instance's port on loopback it is another.
    let port = format!("{} in its box", metadata.instance_id);
    let span = services.faults.plan().refuses(&port, now);
    let Some(span) = span else { return Ok(listener) };
    let fault = crate::faults::Fault::Refused(span).told();
    let injected = FaultInjected { at: now, request: "connections".to_owned(), fault };
    services.account.fault(&metadata.stack_name, injected);
    let _guard = services.account.activity.in_flight();
    // On Linux this ends the listening, and it can begin again; tokio is told nothing of the end, which it takes for final.
    let listener = listener.into_std()?;
    rustix::net::shutdown(&listener, rustix::net::Shutdown::Read)?;
    tokio::time::sleep(span).await;
    rustix::net::listen(&listener, i32::try_from(BACKLOG).unwrap_or(i32::MAX))?;
    TcpListener::from_std(listener)
}

impl Faults {
    /// Waits for other rules.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// A socket that nobody can connect to and that keeps the port from being given away.
fn reserve(address: SocketAddr) -> Option<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.ok()?;
    socket.set_reuseaddr(true).ok()?;
    socket.bind(address).ok()?;
    Some(socket)
}
