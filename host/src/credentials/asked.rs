//! What came of asking a service for credentials, and whether that may pass.

use cfn_signal_core::http::Response;

/// What AWS's security token service says where it is asked too often, or cannot ask further: another try helps.
const PASSING: [&str; 5] = [
    "<Code>Throttl",
    "<Code>RequestLimitExceeded",
    "<Code>TooManyRequests",
    "<Code>SlowDown",
    "<Code>IDPCommunicationError",
];

/// A request, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Who was asked.
    pub(super) host: String,
    pub(super) reply: Reply,
}

/// An answer, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// None came.
    None,
    /// One that asks to try again, with its status.
    Busy(u16),
    /// One with some other status.
    Status(u16),
}

impl Reply {
    pub(super) fn of(answer: &Response) -> Self {
        let passing = || {
            let body = String::from_utf8_lossy(&answer.body);
            PASSING.iter().any(|code| body.contains(code))
        };
        match answer.status {
            status @ (408 | 429 | 500..) => Self::Busy(status),
            status @ 400..=499 if passing() => Self::Busy(status),
            status => Self::Status(status),
        }
    }
}

impl Asked {
    /// Whether it may be otherwise soon: nobody answered, or a service that is late, busy or broken.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self.reply, Reply::None | Reply::Busy(_))
    }

    /// Whether it is not there, as an instance's role, which its metadata knows only after a while.
    pub(super) fn is_absent(&self) -> bool {
        self.reply == Reply::Status(404)
    }

    /// Whether the service took the request.
    pub(super) fn is_success(&self) -> bool {
        matches!(self.reply, Reply::Status(200..=299))
    }

    /// Who answered what, if anybody did.
    pub(super) fn answer(&self) -> Option<String> {
        match self.reply {
            Reply::None => None,
            Reply::Busy(status) | Reply::Status(status) => Some(format!("{} answered {status}", self.host)),
        }
    }
}
