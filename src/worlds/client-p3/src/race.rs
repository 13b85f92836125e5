//! Two futures at once.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

/// Which of two was done first.
pub(crate) enum Winner<A, B> {
    First(A),
    Second(B),
}

/// What the first to be done gives; the other is dropped, which gives it up. Of two that are done at once, `first` wins.
pub(crate) async fn race<A, B>(
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> Winner<A, B> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| {
        if let Poll::Ready(done) = first.as_mut().poll(context) {
            return Poll::Ready(Winner::First(done));
        }
        second.as_mut().poll(context).map(Winner::Second)
    })
    .await
}

/// What `main` gives, `beside` going on as long as it takes.
pub(crate) async fn beside<T>(main: impl Future<Output = T>, beside: impl Future<Output = ()>) -> T {
    let (mut main, mut beside) = (pin!(main), pin!(beside));
    let mut over = false;
    poll_fn(|context| {
        if !over {
            over = beside.as_mut().poll(context).is_ready();
        }
        main.as_mut().poll(context)
    })
    .await
}
