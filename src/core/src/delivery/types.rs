//! The vocabulary of a delivery.

use alloc::string::String;
use core::fmt;

use crate::endpoint::EndpointVariant;
use crate::http::{Request, Response};
use crate::identity::Identity;
use crate::secret::Secret;

/// What is said of the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is configured.
    Success,
    /// It could not be configured: the stack's operation fails at once.
    Failure,
}

/// A signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Success or failure.
    pub status: Status,
    /// 1 to 64 characters; for an instance or a group it has to be the instance's id.
    pub unique_id: String,
    /// Delivered to a wait handle only: `SignalResource` has no such field.
    pub reason: Option<String>,
    /// Delivered to a wait handle only, as the `Data` attribute of its wait condition.
    pub data: Option<String>,
}

/// A resource with a `CreationPolicy` or an `UpdatePolicy`, signalled through the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceTarget {
    /// The stack's name or ARN.
    pub stack: String,
    /// The resource's logical id in the template.
    pub logical_id: String,
    /// The region, which chooses the endpoint and is signed.
    pub region: String,
    /// Which of the region's endpoints.
    pub endpoint_variant: EndpointVariant,
    /// Replaces the region's endpoint.
    pub endpoint_url: Option<String>,
}

/// Whom to signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A resource of a stack, by `SignalResource`.
    Resource(ResourceTarget),
    /// A `WaitConditionHandle`'s presigned URL, as such or in base64.
    WaitHandle(Secret),
}

/// How long to try, and how often. All times in milliseconds.
///
/// A value out of range counts as the nearest in range; so a policy is never refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// So many failures that may be lasting are final: no connection, 404, 408, 5xx but 503, an answer that is
    /// not AWS's. Throttling, 503, and waiting for IAM or for the stack to know the instance are not counted:
    /// they end at the deadline only. Redirects are not counted either. At least 1.
    pub max_attempts: u32,
    /// From the first step to the last, waits included. With 0 nothing is sent.
    pub deadline: u32,
    /// For one request; never more than what is left before the deadline. At least 1.
    pub attempt_timeout: u32,
    /// The longest first wait; it doubles with each try (full jitter). At least 1, at most `max_delay`.
    pub base_delay: u32,
    /// The longest wait, unless the server asks for a longer one. At least 1.
    pub max_delay: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_attempts: 10,
            deadline: 300_000,
            attempt_timeout: 30_000,
            base_delay: 1_000,
            max_delay: 20_000,
        }
    }
}

/// Why a signal cannot be sent as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// Not an `http` or `https` URL, nor one in base64. Never holds the URL itself, which may be a secret.
    WaitHandle(String),
    /// The stack's name is empty.
    Stack(String),
    /// The logical id is empty.
    LogicalId(String),
    /// Empty, or over 64 characters.
    UniqueId(String),
    /// Not a region's name.
    Region(String),
    /// Not an `http` or `https` URL.
    EndpointUrl(String),
    /// The body would be so many bytes, reason not counted, where CloudFormation takes 4096.
    TooLarge(u32),
    /// Diagnostic only.
    Other(Option<String>),
}

/// Why a request brought no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// The host's name could not be resolved.
    Dns(String),
    /// Nothing listens there, or a firewall says no.
    Refused(String),
    /// No answer within the request's time.
    Timeout,
    /// The TLS handshake or the certificate.
    Tls(String),
    /// The proxy could not be reached or refused.
    Proxy(String),
    /// Diagnostic only, such as a connection reset.
    Other(Option<String>),
}

/// What happened since the last step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The first event, once.
    Start,
    /// Answers [`Step::NeedIdentity`].
    Identity(Identity),
    /// Answers [`Step::NeedIdentity`]: there is none, and why.
    NoIdentity(String),
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

/// A request to send now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    /// The request.
    pub request: Request,
    /// Milliseconds it may take.
    pub timeout: u32,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Find whom to sign as; answer with [`Event::Identity`] or [`Event::NoIdentity`].
    NeedIdentity(Freshness),
    /// Send this; answer with [`Event::Response`] or [`Event::Failed`].
    Send(Send),
    /// Let so many milliseconds pass; answer with [`Event::Waited`].
    Wait(u32),
    /// The end; any further event gives the same outcome again.
    Done(Outcome),
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// A delivery's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub kind: OutcomeKind,
    /// Of the answer that decided; `None` where there was no answer.
    pub http_status: Option<u16>,
    /// AWS's error code, where it gave one.
    pub code: Option<String>,
    /// AWS's request id, where it gave one.
    pub request_id: Option<String>,
    /// For people: one line of at most 1,024 bytes, free of secrets.
    pub message: String,
    /// Requests sent, redirects not counted.
    pub attempts: u32,
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
        }
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Status {
    /// As CloudFormation spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WaitHandle(why)
            | Self::Stack(why)
            | Self::LogicalId(why)
            | Self::UniqueId(why)
            | Self::Region(why)
            | Self::EndpointUrl(why)
            | Self::Other(Some(why)) => f.write_str(why),
            Self::TooLarge(size) => {
                write!(
                    f,
                    "the signal takes {size} bytes without its reason, and a wait handle takes 4096: shorten the data"
                )
            }
            Self::Other(None) => f.write_str("the signal cannot be sent"),
        }
    }
}

impl core::error::Error for Invalid {}

/// In a few words.
impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("no answer in time"),
            Self::Dns(host) => write!(f, "{host}: the name cannot be resolved"),
            Self::Proxy(text) => write!(f, "proxy {text}"),
            Self::Refused(text) | Self::Tls(text) | Self::Other(Some(text)) => f.write_str(text),
            Self::Other(None) => f.write_str("no answer"),
        }
    }
}

impl core::error::Error for TransportError {}
