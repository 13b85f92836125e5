//! Parties that block, as the loop takes them: their futures are done before they are asked.

use std::future::{Future, ready};
use std::time::Duration;

use cfn_signal_component::delivery::Freshness;
use cfn_signal_component::http::{Request, Response};
use cfn_signal_component::identity::Identity;

use super::{AsyncClock, AsyncIdentities, AsyncTransport, Clock, Identities, SendError, Transport};

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
