//! The services at their listeners.

use std::future::poll_fn;
use std::sync::Arc;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::faults::{closed, cut, end};
use super::{Reply, Services, answer};
use crate::account::Metadata;
use crate::listen::Bound;

/// Answers at `bound` until the task is dropped, or `closed`. `metadata` is what this listener's `/latest/` shows.
pub(crate) async fn serve(
    bound: Bound,
    services: Arc<Services>,
    metadata: Arc<Metadata>,
    closed: Option<oneshot::Receiver<()>>,
) {
    match closed {
        None => accept(bound, services, metadata).await,
        Some(closed) => tokio::select! {
            () = accept(bound, services, metadata) => {}
            _ = closed => {}
        },
    }
}

async fn accept(bound: Bound, services: Arc<Services>, metadata: Arc<Metadata>) {
    let Bound { mut listener, address } = bound;
    loop {
        listener = closed(&services, &metadata, address, listener).await;
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = services.faults.changed() => continue,
        };
        // A connection that was gone before it was accepted, or no descriptors left: the next may fare better.
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            continue;
        };
        let turn = services.limits.connection().await;
        let _ = stream.set_nodelay(true);
        let (services, metadata) = (Arc::clone(&services), Arc::clone(&metadata));
        tokio::spawn(async move {
            let one = |request| {
                let (services, metadata) = (Arc::clone(&services), Arc::clone(&metadata));
                async move { answer(&services, &metadata, request).await }
            };
            converse(stream, |it| it, one).await;
            drop(turn);
        });
    }
}

/// Answers the requests of a connection, to its end; `socket` is what is under it.
pub(crate) async fn converse<S, A, F>(stream: S, socket: fn(&S) -> &TcpStream, answer: A)
where
    S: AsyncRead + AsyncWrite + Unpin,
    A: Fn(Request<Incoming>) -> F,
    F: Future<Output = Reply>,
{
    let service = service_fn(|request| {
        let answered = answer(request);
        Box::pin(async move { cut(answered.await) })
    });
    let mut connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // A client that leaves in the middle is the client's business.
    let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    end(connection.into_parts().io.into_inner(), ended, socket).await;
}
