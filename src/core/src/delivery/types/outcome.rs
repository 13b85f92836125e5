//! How a delivery ends.

use alloc::string::String;
use core::fmt;

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutcomeKind {
    /// CloudFormation has the signal.
    Delivered,
    /// The stack is not waiting any more.
    AlreadyComplete,
    /// This unique id has signalled this resource before.
    AlreadySignalled,
    /// No such stack or resource, or one that takes no signal.
    WrongResource,
    /// The stack does not know the instance.
    NotMember,
    /// IAM, or CFN_V1's scope, forbids it.
    Denied,
    /// No credentials, or ones that AWS does not accept.
    Credentials,
    /// Throttled to the end.
    Throttled,
    /// Any other answer that another try would not change.
    Rejected,
    /// No answer, or none but server errors.
    Unreachable,
    /// The wait handle's URL has expired.
    ExpiredUrl,
    /// The deadline came first.
    Deadline,
    /// The caller's mistake: an event that does not answer the last step.
    Misused,
}

/// A delivery's end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// How it ended.
    pub kind: OutcomeKind,
    /// Of the answer that decided; `None` such as when the last try brought no answer.
    pub status_code: Option<u16>,
    /// AWS's error code, where it gave one.
    pub code: Option<String>,
    /// AWS's request id, where it gave one.
    pub request_id: Option<String>,
    /// For people: one line of at most 1,024 bytes, free of secrets.
    pub message: String,
    /// Requests sent, redirects not counted.
    pub attempts: u32,
}

impl Outcome {
    /// An end without an answer, after no request.
    #[must_use]
    pub const fn new(kind: OutcomeKind, message: String) -> Self {
        Self { kind, status_code: None, code: None, request_id: None, message, attempts: 0 }
    }

    /// The same with the status code of the answer that decided.
    #[must_use]
    pub const fn with_status_code(mut self, status_code: Option<u16>) -> Self {
        self.status_code = status_code;
        self
    }

    /// The same with AWS's error code.
    #[must_use]
    pub fn with_code(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }

    /// The same with AWS's request id.
    #[must_use]
    pub fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id;
        self
    }

    /// The same after so many requests.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }
}

impl OutcomeKind {
    /// The outcome's name in the contract, such as `already-complete`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::AlreadyComplete => "already-complete",
            Self::AlreadySignalled => "already-signalled",
            Self::WrongResource => "wrong-resource",
            Self::NotMember => "not-member",
            Self::Denied => "denied",
            Self::Credentials => "credentials",
            Self::Throttled => "throttled",
            Self::Rejected => "rejected",
            Self::Unreachable => "unreachable",
            Self::ExpiredUrl => "expired-url",
            Self::Deadline => "deadline",
            Self::Misused => "misused",
        }
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
