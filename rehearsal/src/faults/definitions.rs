//! Every fault there is: what the parser knows, the list shows and the errors name.

use super::target::Service;

/// What follows a fault's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Nothing.
    None,
    /// `=DURATION`.
    Duration,
    /// `=DURATION`, with a sign if it is to be negative.
    SignedDuration,
    /// `=MODE`, one of [`super::ImdsMode`]'s.
    Mode,
}

impl ValueKind {
    /// As the list shows it.
    #[must_use]
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Duration => "=DURATION",
            Self::SignedDuration => "=±DURATION",
            Self::Mode => "=MODE",
        }
    }
}

/// A fault, for people and for the parser.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// As rules name it.
    pub name: &'static str,
    /// What follows the name.
    pub value: ValueKind,
    /// What it can meet.
    pub meets: &'static [Service<'static>],
    /// What the client gets.
    pub gives: &'static str,
}

const API: Service<'static> = Service::Api { action: "" };
const IMDS: Service<'static> = Service::Imds { token: false };

/// Every fault.
///
/// Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html>,
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>
pub const DEFINITIONS: &[Definition] = &[
    Definition {
        name: "throttling",
        value: ValueKind::None,
        meets: &[API, Service::Handle],
        gives: "400 Throttling (Rate exceeded); at a handle S3's 503 SlowDown",
    },
    Definition {
        name: "500",
        value: ValueKind::None,
        meets: &[API, Service::Handle, IMDS],
        gives: "500 InternalFailure; at a handle S3's InternalError",
    },
    Definition {
        name: "503",
        value: ValueKind::None,
        meets: &[API, Service::Handle, IMDS],
        gives: "503 ServiceUnavailable; at a handle S3's SlowDown",
    },
    Definition {
        name: "slow",
        value: ValueKind::Duration,
        meets: &[API, Service::Handle, IMDS],
        gives: "its answer so much later, in real time; a virtual clock waits meanwhile",
    },
    Definition {
        name: "reset",
        value: ValueKind::None,
        meets: &[API, Service::Handle, IMDS],
        gives: "a connection reset in place of an answer; nothing was carried out",
    },
    Definition {
        name: "lost",
        value: ValueKind::None,
        meets: &[API, Service::Handle, IMDS],
        gives: "a connection reset in place of an answer, after the request was carried out",
    },
    Definition {
        name: "refused",
        value: ValueKind::Duration,
        meets: &[Service::Connection],
        gives: "before each would be accepted, the port is closed so long; counts each port's connections",
    },
    Definition {
        name: "unpropagated",
        value: ValueKind::None,
        meets: &[API],
        gives: "403 InvalidClientTokenId for a signature with an access key: IAM does not know the key yet",
    },
    Definition {
        name: "denied",
        value: ValueKind::None,
        meets: &[API],
        gives: "403 AccessDenied for a signature with an access key: the role's policy is missing, or not there yet",
    },
    Definition {
        name: "not-member",
        value: ValueKind::None,
        meets: &[API],
        gives: "400 ValidationError for CFN_V1: the instance is not in its stack yet",
    },
    Definition {
        name: "skew",
        value: ValueKind::SignedDuration,
        meets: &[API, Service::Handle],
        gives: "a service whose clock is so far ahead (or, with -, behind): Date, signatures and expiry go by it",
    },
    Definition {
        name: "expired-token",
        value: ValueKind::None,
        meets: &[API],
        gives: "403 ExpiredToken for temporary credentials; the metadata then has new ones. Counts a client's credentials, not its requests",
    },
    Definition {
        name: "imds",
        value: ValueKind::Mode,
        meets: &[IMDS],
        gives: "metadata that is off (403), v1 (no tokens, and none needed), hop-limited (a token's answer never comes), or \
                slow (5 s)",
    },
    Definition {
        name: "expired-handle",
        value: ValueKind::None,
        meets: &[Service::Handle],
        gives: "S3's 403 AccessDenied (Request has expired)",
    },
];
