//! How much clients may take at a time, that none takes everything from the others.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes};
use hyper::header::{AUTHORIZATION, HeaderMap};
use hyper::{StatusCode, Uri};
use rustix::process::{Resource, getrlimit};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Reply, plain};
use crate::auth::{S3, signing_name};

/// Bytes of a request's body that are read. A template may be a megabyte; nothing else is nearly as long.
pub(super) const MAX_BODY: usize = 2 << 20;

/// Bytes of an object that comes at once, or of a part of one.
pub(super) const MAX_OBJECT: usize = 64 << 20;

/// The same, as it is sent: chunks and their signatures add a little.
pub(super) const MAX_SENT: u64 = 66 << 20;

/// Whether a request says that it is Amazon S3's.
pub(super) fn is_s3(headers: &HeaderMap, uri: &Uri) -> bool {
    let authorization = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    signing_name(authorization, uri.query()).as_deref() == Some(S3)
}

/// Reads a body for nobody.
pub(super) async fn discard<B>(mut body: B, within: Duration)
where
    B: Body<Data = Bytes> + Unpin,
{
    let _ = tokio::time::timeout(within, async { while let Some(Ok(_)) = body.frame().await {} }).await;
}

pub(super) fn too_long() -> Reply {
    plain(StatusCode::PAYLOAD_TOO_LARGE, "text/plain", "The body is too long\n")
}

/// Bytes of a body that are read at once; a signal is shorter.
const SMALL_BODY: usize = 16 << 10;

/// Longer bodies that are read at a time; others wait.
const LARGE_BODIES: usize = 32;

/// How long a request's body may take, as its head may.
pub(super) const BODY_TIME: Duration = Duration::from_secs(30);

/// Connections at a time, where there are descriptors for them: a fleet's, each of whose instances has one or two.
const CONNECTIONS: usize = 8192;

/// What is left of it.
pub(crate) struct Limits {
    connections: Arc<Semaphore>,
    large: Semaphore,
}

impl Default for Limits {
    fn default() -> Self {
        let descriptors = getrlimit(Resource::Nofile).current.and_then(|it| usize::try_from(it).ok());
        Self::new(descriptors.map_or(CONNECTIONS, |it| (it / 2).clamp(1, CONNECTIONS)))
    }
}

impl Limits {
    fn new(connections: usize) -> Self {
        Self { connections: Arc::new(Semaphore::new(connections)), large: Semaphore::new(LARGE_BODIES) }
    }

    /// Waits for its turn to be a connection. Those that say nothing are closed after a while.
    pub(crate) async fn connection(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.connections).acquire_owned().await.ok()
    }

    /// Reads a body to its end, or says why not.
    pub(super) async fn read<B>(&self, body: B, within: Duration, most: usize) -> Result<Bytes, Reply>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        match tokio::time::timeout(within, self.collect(body, most)).await {
            Ok(read) => read,
            Err(_) => Err(plain(StatusCode::REQUEST_TIMEOUT, "text/plain", "The body took too long\n")),
        }
    }

    async fn collect<B>(&self, mut body: B, most: usize) -> Result<Bytes, Reply>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let mut read = Vec::new();
        let mut turn = None;
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                return Err(plain(StatusCode::BAD_REQUEST, "text/plain", "The body ended early\n"));
            };
            let Ok(data) = frame.into_data() else { continue };
            if read.len() + data.len() > most {
                return Err(too_long());
            }
            if read.len() + data.len() > SMALL_BODY && turn.is_none() {
                turn = self.large.acquire().await.ok();
            }
            read.extend_from_slice(&data);
        }
        Ok(read.into())
    }
}

#[cfg(test)]
mod tests;
