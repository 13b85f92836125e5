//! The loop around a delivery, for callers whose parties wait without blocking a thread.

use alloc::string::String;
use core::future::Future;
use core::time::Duration;

use crate::delivery::{Event, Freshness, Outcome, Step};
use crate::http::{Request, Response};
use crate::identity::Identity;

use super::{Fault, Machine, Observer, SendError, Setback};

/// Who sends. [`super::Transport`] for async code.
pub trait AsyncTransport {
    /// Sends `request` and waits at most `timeout` for its answer.
    ///
    /// # Errors
    ///
    /// When no answer came.
    fn send(
        &mut self,
        request: &Request,
        timeout: Duration,
    ) -> impl Future<Output = Result<Response, SendError>> + Send;
}

/// Who knows whom to sign as. [`super::Identities`] for async code.
pub trait AsyncIdentities {
    /// An identity, found within `patience`.
    ///
    /// # Errors
    ///
    /// When there is none; one line that says why.
    fn identity(
        &mut self,
        freshness: Freshness,
        patience: Duration,
    ) -> impl Future<Output = Result<Identity, String>> + Send;
}

/// Time. [`super::Clock`] for async code.
pub trait AsyncClock {
    /// Unix milliseconds.
    fn now(&self) -> u64;
    /// Milliseconds since the delivery began, on a clock that is never set back.
    fn elapsed(&self) -> u64;
    /// Lets so many milliseconds pass.
    fn sleep(&mut self, milliseconds: u32) -> impl Future<Output = ()> + Send;
}

/// The parties to a delivery.
pub struct AsyncParties<'a, M: ?Sized, T: ?Sized, I: ?Sized, C: ?Sized, O: ?Sized> {
    /// Decides.
    pub machine: &'a mut M,
    /// Sends.
    pub transport: &'a mut T,
    /// Knows whom to sign as.
    pub identities: &'a mut I,
    /// Tells the time.
    pub clock: &'a mut C,
    /// Is told.
    pub observer: &'a mut O,
}

/// Delivers: runs the machine to its outcome, within `deadline` milliseconds by the machine's own count. The machine itself
/// computes for microseconds at a time and never waits.
///
/// # Errors
///
/// When the machine fails or nothing can be sent at all.
pub async fn deliver_async<M, T, I, C, O>(
    parties: AsyncParties<'_, M, T, I, C, O>,
    deadline: u32,
) -> Result<Outcome, Fault<M::Error>>
where
    M: Machine + ?Sized,
    T: AsyncTransport,
    I: AsyncIdentities,
    C: AsyncClock,
    O: Observer + ?Sized,
{
    let AsyncParties { machine, transport, identities, clock, observer } = parties;
    let mut event = Event::Start;
    let mut setback = None;
    loop {
        let elapsed = clock.elapsed();
        let left = u64::from(deadline).saturating_sub(elapsed);
        event = match machine.next(event, clock.now(), elapsed).map_err(Fault::Machine)? {
            Step::NeedIdentity(freshness) => {
                match identities.identity(freshness, Duration::from_millis(left)).await {
                    Ok(identity) => Event::Identity(identity),
                    Err(why) => Event::NoIdentity(why),
                }
            }
            Step::Send(send) => {
                observer.sending(&send.request);
                match transport.send(&send.request, Duration::from_millis(send.timeout.into())).await {
                    Ok(response) => {
                        setback = Some(Setback::answer(&response));
                        Event::Response(response)
                    }
                    Err(SendError::Failed(error)) => {
                        setback = Some(Setback::Failure(error.clone()));
                        Event::Failed(error)
                    }
                    Err(SendError::Misconfigured(why)) => return Err(Fault::Misconfigured(why)),
                    Err(SendError::Withheld) => return Err(Fault::Withheld),
                }
            }
            Step::Wait(delay) => {
                observer.waiting(setback.as_ref(), delay, left);
                clock.sleep(delay).await;
                Event::Waited
            }
            Step::Done(outcome) => return Ok(outcome),
        };
    }
}
