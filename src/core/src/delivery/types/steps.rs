//! What is asked of the caller, and what it answers.

use alloc::string::String;

use super::errors::{CredentialsError, TransportError};
use super::outcome::Outcome;
use crate::http::{Request, Response};
use crate::identity::Identity;

/// What happened since the last step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The first event, once.
    Start,
    /// Answers [`Step::NeedIdentity`].
    Identity(Identity),
    /// Answers [`Step::NeedIdentity`]: there is none, and why.
    NoIdentity(CredentialsError),
    /// Answers [`Step::Send`].
    Response(Response),
    /// Answers [`Step::Send`]: no answer came.
    Failed(TransportError),
    /// Answers [`Step::Wait`].
    Waited,
}

/// How fresh an identity has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// One that is at hand will do.
    Cached,
    /// The last one was refused or has expired: fetch another.
    Renewed,
}

/// What is asked of whoever knows the identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdentityRequest {
    /// How fresh it has to be.
    pub freshness: Freshness,
    /// Milliseconds that it may take: a part of what is left before the deadline. What comes later is used, too.
    pub timeout: u32,
}

impl IdentityRequest {
    /// One that may take `timeout` milliseconds.
    #[must_use]
    pub const fn new(freshness: Freshness, timeout: u32) -> Self {
        Self { freshness, timeout }
    }
}

/// A request to send now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The request.
    pub request: Request,
    /// Milliseconds that its connection may take to open.
    pub connect_timeout: u32,
    /// Milliseconds that it may take, connection included.
    pub timeout: u32,
}

impl Attempt {
    /// One that may take `timeout` milliseconds, of which `connect_timeout` for its connection.
    #[must_use]
    pub const fn new(request: Request, connect_timeout: u32, timeout: u32) -> Self {
        Self { request, connect_timeout, timeout }
    }
}

/// A wait for another try.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pause {
    /// Milliseconds that it lasts.
    pub duration: u32,
    /// Milliseconds to the deadline, this pause included.
    pub remaining: u32,
    /// What is in the way. For people: one line, free of secrets.
    pub reason: String,
}

impl Pause {
    /// A pause of `duration` milliseconds, `remaining` before the deadline, because of `reason`.
    #[must_use]
    pub const fn new(duration: u32, remaining: u32, reason: String) -> Self {
        Self { duration, remaining, reason }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Find whom to sign as; answer with [`Event::Identity`] or [`Event::NoIdentity`].
    NeedIdentity(IdentityRequest),
    /// Send this; answer with [`Event::Response`] or [`Event::Failed`].
    Send(Attempt),
    /// Let this time pass; answer with [`Event::Waited`].
    Wait(Pause),
    /// The end; any further event gives the same outcome again.
    Done(Outcome),
}
