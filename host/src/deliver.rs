//! The loop around a delivery: sends, sleeps and finds the identity that the machine asks for.

mod asynchronous;
mod blocking;
mod setback;

use std::time::Duration;

use cfn_signal_component::delivery::{Delivery, Event, Freshness, Outcome, Step, TransportError};
use cfn_signal_component::http::{Request, Response};
use cfn_signal_component::identity::Identity;

use crate::engine::{self, EngineError};

pub use asynchronous::{AsyncClock, AsyncIdentities, AsyncParties, AsyncTransport, deliver_async};
pub use setback::Setback;

use blocking::Blocking;

/// What decides: the component, or anything that behaves like it.
pub trait Machine {
    /// What to do after `event`; `now` in Unix milliseconds, `elapsed` in milliseconds since the start.
    ///
    /// # Errors
    ///
    /// When the machine itself fails, such as a component that traps.
    fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, Fault>;
}

/// The machine that ships: inside the component.
impl Machine for engine::Delivery<'_> {
    fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, Fault> {
        Ok(Self::next(self, event, now, elapsed)?)
    }
}

/// The same machine without a component around it.
impl Machine for Delivery {
    fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, Fault> {
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The machine failed.
    #[error(transparent)]
    Machine(#[from] EngineError),
    /// Nothing can be sent with these settings.
    #[error("{0}")]
    Misconfigured(String),
    /// The transport withheld a request.
    #[error("nothing was sent")]
    Withheld,
}

/// The parties to a delivery.
pub struct Parties<'a> {
    /// Decides.
    pub machine: &'a mut dyn Machine,
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
pub fn deliver(parties: &mut Parties<'_>, deadline: u32) -> Result<Outcome, Fault> {
    let Parties { machine, transport, identities, clock, observer } = parties;
    let parties = AsyncParties {
        machine: &mut **machine,
        transport: &mut Blocking(&mut **transport),
        identities: &mut Blocking(&mut **identities),
        clock: &mut Blocking(&mut **clock),
        observer: &mut **observer,
    };
    pollster::block_on(deliver_async(parties, deadline))
}

#[cfg(test)]
mod tests;
