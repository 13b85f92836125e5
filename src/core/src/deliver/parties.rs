//! Who takes part in a delivery, and what each owes it.
//!
//! The traits are async and ask for no `Send`: a browser's `fetch` can be a transport. What blocks implements them too, in an
//! `async fn` that never awaits.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::convert::Infallible;
use core::error::Error;
use core::fmt;
use core::future::{Future, ready};

use crate::delivery::{
    Attempt, CredentialsError, Delivery, Event, IdentityRequest, Pause, Step, TransportError,
};
use crate::http::Response;
use crate::identity::Identity;

/// What decides: a [`Delivery`], here or inside a component.
pub trait Machine {
    /// How the machine itself fails.
    type Error;

    /// What to do after `event`; `now` in Unix milliseconds, `elapsed` in milliseconds since the start, or since any moment
    /// before it.
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

impl<M: Machine + ?Sized> Machine for &mut M {
    type Error = M::Error;

    fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Result<Step, Self::Error> {
        (**self).next(event, now, elapsed)
    }
}

/// Why a request was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// It could not be; the machine decides whether to try again.
    Failed(TransportError),
    /// It never will be: the delivery stops here. Why, with all that is behind it ([`crate::causes::line`]), as text: it may come
    /// from the other side of a component's contract (`deliver-error.misconfigured`), as all that a transport says.
    Misconfigured(String),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => error.fmt(f),
            Self::Misconfigured(why) => f.write_str(why),
        }
    }
}

impl Error for SendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Failed(error) => error.source(),
            Self::Misconfigured(_) => None,
        }
    }
}

impl From<TransportError> for SendError {
    fn from(error: TransportError) -> Self {
        Self::Failed(error)
    }
}

/// Who sends.
pub trait Transport {
    /// Sends the request and waits for its answer, for as long as `attempt` says.
    ///
    /// # Errors
    ///
    /// When no answer came.
    fn send(&mut self, attempt: &Attempt) -> impl Future<Output = Result<Response, SendError>>;
}

impl<T: Transport + ?Sized> Transport for &mut T {
    fn send(&mut self, attempt: &Attempt) -> impl Future<Output = Result<Response, SendError>> {
        (**self).send(attempt)
    }
}

/// Who knows whom to sign as.
pub trait Identities {
    /// An identity, as fresh and as soon as `request` says.
    ///
    /// # Errors
    ///
    /// When there is none, and whether there may be one later.
    fn identity(
        &mut self,
        request: IdentityRequest,
    ) -> impl Future<Output = Result<Identity, CredentialsError>>;
}

impl<I: Identities + ?Sized> Identities for &mut I {
    fn identity(
        &mut self,
        request: IdentityRequest,
    ) -> impl Future<Output = Result<Identity, CredentialsError>> {
        (**self).identity(request)
    }
}

/// Knows nobody: a wait condition's handle needs no identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoIdentities;

impl Identities for NoIdentities {
    fn identity(&mut self, _: IdentityRequest) -> impl Future<Output = Result<Identity, CredentialsError>> {
        ready(Err(CredentialsError::Permanent("none were given to this program".to_owned())))
    }
}

/// Time.
pub trait Clock {
    /// Unix milliseconds, by a clock that may be wrong.
    fn now(&self) -> u64;
    /// Milliseconds since any moment before the delivery, on a clock that is never set.
    fn elapsed(&self) -> u64;
    /// Lets so many milliseconds pass.
    fn sleep(&mut self, milliseconds: u32) -> impl Future<Output = ()>;
}

impl<C: Clock + ?Sized> Clock for &mut C {
    fn now(&self) -> u64 {
        (**self).now()
    }

    fn elapsed(&self) -> u64 {
        (**self).elapsed()
    }

    fn sleep(&mut self, milliseconds: u32) -> impl Future<Output = ()> {
        (**self).sleep(milliseconds)
    }
}

/// Who is told of progress. Nobody has to listen.
pub trait Observer {
    /// A request goes out. It may hold secrets.
    fn sending(&mut self, attempt: &Attempt) {
        let _ = attempt;
    }

    /// The next try comes after `pause`.
    fn waiting(&mut self, pause: &Pause) {
        let _ = pause;
    }
}

/// Nobody is told.
impl Observer for () {}

impl<O: Observer + ?Sized> Observer for &mut O {
    fn sending(&mut self, attempt: &Attempt) {
        (**self).sending(attempt);
    }

    fn waiting(&mut self, pause: &Pause) {
        (**self).waiting(pause);
    }
}
