//! The loop around a delivery: sends, sleeps and finds the identity that the machine asks for.

mod asynchronous;
mod blocking;
mod setback;

use alloc::string::String;
use core::convert::Infallible;
use core::fmt;
use core::time::Duration;

use crate::delivery::{Delivery, Event, Freshness, Outcome, Step, TransportError};
use crate::http::{Request, Response};
use crate::identity::Identity;

pub use asynchronous::{AsyncClock, AsyncIdentities, AsyncParties, AsyncTransport, deliver_async};
pub use setback::Setback;

use blocking::Blocking;

/// What decides: a [`Delivery`], here or inside a component.
pub trait Machine {
    /// How the machine itself fails.
    type Error;

    /// What to do after `event`; `now` in Unix milliseconds, `elapsed` in milliseconds since the start.
    ///
    /// # Errors
    ///
    /// When the machine itself fails, such as a component that traps.
    fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, Self::Error>;
}

impl Machine for Delivery {
    type Error = Infallible;

    fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, Infallible> {
        Ok(Self::next(self, event, now, elapsed))
    }
}

/// Why a request was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// It could not be; the machine decides whether to try again.
    Failed(TransportError),
    /// It never will be: the delivery stops here.
    Misconfigured(String),
    /// It was not to be sent: the delivery stops here.
    Withheld,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Misconfigured(why) => f.write_str(why),
            Self::Withheld => f.write_str("nothing was sent"),
        }
    }
}

impl core::error::Error for SendError {}

/// The longest that a connection should take, whatever the request may.
pub const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// Who sends.
pub trait Transport {
    /// Sends `request` and waits at most `timeout` for its answer.
    ///
    /// # Errors
    ///
    /// When no answer came.
    fn send(&mut self, request: &Request, timeout: Duration) -> Result<Response, SendError>;
}

/// Who knows whom to sign as.
pub trait Identities {
    /// An identity, found within `patience`.
    ///
    /// # Errors
    ///
    /// When there is none; one line that says why.
    fn identity(&mut self, freshness: Freshness, patience: Duration) -> Result<Identity, String>;
}

/// Time.
pub trait Clock {
    /// Unix milliseconds.
    fn now(&self) -> u64;
    /// Milliseconds since the delivery began, on a clock that is never set back.
    fn elapsed(&self) -> u64;
    /// Lets so many milliseconds pass.
    fn sleep(&mut self, milliseconds: u32);
}

/// Who is told of progress. Nobody has to listen.
pub trait Observer {
    /// A request goes out.
    fn sending(&mut self, request: &Request) {
        let _ = request;
    }
    /// The next try comes in `delay` milliseconds; the deadline, in `left`.
    fn waiting(&mut self, setback: Option<&Setback>, delay: u32, left: u64) {
        let _ = (setback, delay, left);
    }
}

/// Nobody is told.
impl Observer for () {}

/// Why a delivery ended without an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault<E> {
    /// The machine failed.
    Machine(E),
    /// Nothing can be sent with these settings.
    Misconfigured(String),
    /// The transport withheld a request.
    Withheld,
}

impl<E: fmt::Display> fmt::Display for Fault<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(error) => error.fmt(f),
            Self::Misconfigured(why) => f.write_str(why),
            Self::Withheld => f.write_str("nothing was sent"),
        }
    }
}

impl<E: core::error::Error> core::error::Error for Fault<E> {}

/// The parties to a delivery.
pub struct Parties<'a, E> {
    /// Decides.
    pub machine: &'a mut dyn Machine<Error = E>,
    /// Sends.
    pub transport: &'a mut dyn Transport,
    /// Knows whom to sign as.
    pub identities: &'a mut dyn Identities,
    /// Tells the time.
    pub clock: &'a mut dyn Clock,
    /// Is told.
    pub observer: &'a mut dyn Observer,
}

/// [`deliver_async`] for parties that block.
///
/// # Errors
///
/// When the machine fails or nothing can be sent at all.
pub fn deliver<E>(parties: &mut Parties<'_, E>, deadline: u32) -> Result<Outcome, Fault<E>> {
    let Parties { machine, transport, identities, clock, observer } = parties;
    let parties = AsyncParties {
        machine: &mut **machine,
        transport: &mut Blocking(&mut **transport),
        identities: &mut Blocking(&mut **identities),
        clock: &mut Blocking(&mut **clock),
        observer: &mut **observer,
    };
    blocking::run(deliver_async(parties, deadline))
}

#[cfg(test)]
mod tests;
