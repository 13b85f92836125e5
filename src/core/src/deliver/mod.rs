//! The loop around a delivery: sends, sleeps and finds the identity that the machine asks for.
//!
//! ```
//! use cfn_signal_core::deliver::{Clock, Driver, SendError, Transport};
//! use cfn_signal_core::delivery::{Attempt, Delivery, Policy, Signal, Status, Target};
//! use cfn_signal_core::http::Response;
//!
//! struct Client; // of any kind: `reqwest`, a browser's `fetch`, one that blocks
//!
//! impl Transport for Client {
//!     async fn send(&mut self, attempt: &Attempt) -> Result<Response, SendError> {
//!         assert_eq!(attempt.request.method, "PUT");
//!         Ok(Response { status: 200, ..Response::default() })
//!     }
//! }
//!
//! struct Stopped;
//!
//! impl Clock for Stopped {
//!     fn now(&self) -> u64 { 1_700_000_000_000 }
//!     fn elapsed(&self) -> u64 { 0 }
//!     async fn sleep(&mut self, _: u32) {}
//! }
//!
//! let signal =
//!     Signal { status: Status::Success, unique_id: "i-0123456789abcdef0".to_owned(), reason: None, data: None };
//! let handle = Target::WaitHandle("https://bucket.s3.example/handle?Signature=abc".to_owned().into());
//! let delivery = Delivery::prepare(signal, handle, Policy::default(), 7)?;
//! // `.run().await` in async code.
//! let outcome = Driver::new(delivery, Client, Stopped).run_blocking()?;
//! assert_eq!(outcome.kind.name(), "delivered");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod parties;

use alloc::string::String;
use core::error::Error;
use core::fmt;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

pub use parties::{Clock, Identities, Machine, NoIdentities, Observer, SendError, Transport};

use crate::delivery::{Event, Outcome, Step};

/// Why a delivery ended without an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault<E> {
    /// The machine failed.
    Machine(E),
    /// Nothing can be sent with these settings: [`SendError::Misconfigured`].
    Misconfigured(String),
    /// [`Driver::run_blocking`] was given somebody who does not block. Whether the signal has been sent is not known.
    Pending,
}

impl<E: fmt::Display> fmt::Display for Fault<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(error) => error.fmt(f),
            Self::Misconfigured(why) => f.write_str(why),
            Self::Pending => f.write_str(
                "the transport, the identities or the clock waits without blocking: \
                 `run` the delivery on what runs futures, in place of `run_blocking`",
            ),
        }
    }
}

impl<E: Error + 'static> Error for Fault<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // Displayed as itself, so that what is behind it comes next.
            Self::Machine(error) => error.source(),
            Self::Misconfigured(_) | Self::Pending => None,
        }
    }
}

/// Runs a machine to its outcome, with whoever takes part in it.
#[derive(Debug)]
#[must_use = "it does nothing before it is run"]
pub struct Driver<M, T, C, I = NoIdentities, O = ()> {
    machine: M,
    transport: T,
    clock: C,
    identities: I,
    observer: O,
}

impl<M: Machine, T: Transport, C: Clock> Driver<M, T, C> {
    /// Decided by `machine`, sent by `transport`, timed by `clock`; each by value or by `&mut`. Nobody is signed as and nobody
    /// is told, unless there are [`Self::identities`] and an [`Self::observer`].
    pub const fn new(machine: M, transport: T, clock: C) -> Self {
        Self { machine, transport, clock, identities: NoIdentities, observer: () }
    }
}

impl<M: Machine, T: Transport, C: Clock, I: Identities, O: Observer> Driver<M, T, C, I, O> {
    /// Signed as whom `identities` give.
    pub fn identities<J: Identities>(self, identities: J) -> Driver<M, T, C, J, O> {
        let Self { machine, transport, clock, observer, .. } = self;
        Driver { machine, transport, clock, identities, observer }
    }

    /// `observer` is told of progress.
    pub fn observer<P: Observer>(self, observer: P) -> Driver<M, T, C, I, P> {
        let Self { machine, transport, clock, identities, .. } = self;
        Driver { machine, transport, clock, identities, observer }
    }

    /// Delivers. The machine computes for microseconds at a time and never waits.
    ///
    /// # Errors
    ///
    /// When the machine fails or nothing can be sent at all.
    pub async fn run(mut self) -> Result<Outcome, Fault<M::Error>> {
        let mut event = Event::Start;
        loop {
            let (now, elapsed) = (self.clock.now(), self.clock.elapsed());
            event = match self.machine.next(event, now, elapsed).map_err(Fault::Machine)? {
                Step::NeedIdentity(request) => match self.identities.identity(request).await {
                    Ok(identity) => Event::Identity(identity),
                    Err(error) => Event::NoIdentity(error),
                },
                Step::Send(attempt) => {
                    self.observer.sending(&attempt);
                    match self.transport.send(&attempt).await {
                        Ok(response) => Event::Response(response),
                        Err(SendError::Failed(error)) => Event::Failed(error),
                        Err(SendError::Misconfigured(why)) => return Err(Fault::Misconfigured(why)),
                    }
                }
                Step::Wait(pause) => {
                    self.observer.waiting(&pause);
                    self.clock.sleep(pause.duration).await;
                    Event::Waited
                }
                Step::Done(outcome) => return Ok(outcome),
            };
        }
    }

    /// [`Self::run`] for parties that block: their futures are done when they are asked for the first time. Nobody could wait
    /// for others here, for this crate knows no threads.
    ///
    /// # Errors
    ///
    /// As [`Self::run`], and [`Fault::Pending`] when somebody does not block.
    pub fn run_blocking(self) -> Result<Outcome, Fault<M::Error>> {
        match pin!(self.run()).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(result) => result,
            Poll::Pending => Err(Fault::Pending),
        }
    }
}

#[cfg(test)]
mod tests;
