//! Parties that block, as the loop takes them: their futures are done before they are asked.

use alloc::string::String;
use core::future::{Future, ready};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use crate::delivery::Freshness;
use crate::http::{Request, Response};
use crate::identity::Identity;

use super::{AsyncClock, AsyncIdentities, AsyncTransport, Clock, Identities, SendError, Transport};

/// What becomes of `future`, which waits for nothing but parties that block: it is done when it is asked for the first time.
pub(super) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
    }
}

/// One of the parties.
pub(super) struct Blocking<'a, P: ?Sized>(pub(super) &'a mut P);

impl<P: Transport + ?Sized> AsyncTransport for Blocking<'_, P> {
    fn send(
        &mut self,
        request: &Request,
        timeout: Duration,
    ) -> impl Future<Output = Result<Response, SendError>> + Send {
        ready(self.0.send(request, timeout))
    }
}

impl<P: Identities + ?Sized> AsyncIdentities for Blocking<'_, P> {
    fn identity(
        &mut self,
        freshness: Freshness,
        patience: Duration,
    ) -> impl Future<Output = Result<Identity, String>> + Send {
        ready(self.0.identity(freshness, patience))
    }
}

impl<P: Clock + ?Sized> AsyncClock for Blocking<'_, P> {
    fn now(&self) -> u64 {
        self.0.now()
    }

    fn elapsed(&self) -> u64 {
        self.0.elapsed()
    }

    fn sleep(&mut self, milliseconds: u32) -> impl Future<Output = ()> + Send {
        self.0.sleep(milliseconds);
        ready(())
    }
}
