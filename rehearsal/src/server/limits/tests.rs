#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::Full;
use hyper::body::Frame;

use super::*;

/// So many bytes, and then nothing, not even an end.
struct Unfinished(usize);

impl Body for Unfinished {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match std::mem::take(&mut self.0) {
            0 => Poll::Pending,
            size => Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![b'x'; size]))))),
        }
    }
}

fn on_a_runtime(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(test);
}

const SOON: Duration = Duration::from_millis(20);

#[test]
fn a_body_that_never_ends_is_not_waited_for() {
    on_a_runtime(async {
        let limits = Limits::new(1);
        for size in [0, 1, MAX_BODY] {
            let refusal = limits.read(Unfinished(size), SOON, MAX_BODY).await.unwrap_err();
            assert_eq!(refusal.status(), StatusCode::REQUEST_TIMEOUT, "{size}");
        }
        let refusal = limits.read(Unfinished(MAX_BODY + 1), BODY_TIME, MAX_BODY).await.unwrap_err();
        assert_eq!(refusal.status(), StatusCode::PAYLOAD_TOO_LARGE);
    });
}

#[test]
fn long_bodies_wait_for_each_other_and_short_ones_for_nobody() {
    on_a_runtime(async {
        let limits = Arc::new(Limits::new(1));
        let held: Vec<_> = (0..LARGE_BODIES)
            .map(|_| {
                let limits = Arc::clone(&limits);
                tokio::spawn(
                    async move { limits.read(Unfinished(MAX_BODY), BODY_TIME, MAX_BODY).await.map(drop) },
                )
            })
            .collect();
        tokio::task::yield_now().await;
        let full = |size: usize| Full::new(Bytes::from(vec![b'x'; size]));
        assert_eq!(limits.read(full(SMALL_BODY), BODY_TIME, MAX_BODY).await.unwrap().len(), SMALL_BODY);
        let refusal = limits.read(full(MAX_BODY), SOON, MAX_BODY).await.unwrap_err();
        assert_eq!(refusal.status(), StatusCode::REQUEST_TIMEOUT);
        held.iter().for_each(tokio::task::JoinHandle::abort);
        for it in held {
            assert!(it.await.unwrap_err().is_cancelled());
        }
        assert_eq!(limits.read(full(MAX_BODY), BODY_TIME, MAX_BODY).await.unwrap().len(), MAX_BODY);
    });
}

#[test]
fn a_connection_waits_until_another_has_gone() {
    on_a_runtime(async {
        let limits = Limits::new(1);
        let first = limits.connection().await.unwrap();
        assert!(tokio::time::timeout(SOON, limits.connection()).await.is_err());
        drop(first);
        assert!(limits.connection().await.is_some());
    });
}
