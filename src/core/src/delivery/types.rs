//! The vocabulary of a delivery.

mod errors;
mod outcome;
mod steps;

use alloc::string::String;

pub use errors::{CredentialsError, PrepareError, TransportError};
pub use outcome::{Outcome, OutcomeKind};
pub use steps::{Attempt, Event, Freshness, IdentityRequest, Pause, Step};

use crate::endpoint::EndpointVariant;
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
#[non_exhaustive]
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
#[non_exhaustive]
pub struct Policy {
    /// So many failures that may be lasting are final: no connection, 404, 408, 5xx but 503, an answer that is
    /// not AWS's, a signature dated anew. Throttling, 503, and waiting for an identity or for the stack to know
    /// the instance are not counted: they end at the deadline only. Redirects are not counted either. At least 1;
    /// [`u32::MAX`], which is the default, counts nothing: the deadline is the only limit.
    pub max_attempts: u32,
    /// From the first step to the last, waits included. With 0 nothing is sent.
    pub deadline: u32,
    /// Of the deadline, what had passed before the first step, such as while the region was looked up.
    pub spent: u32,
    /// For one request. Where little is left before the deadline it is a part of that, so that several fit in. At least 1.
    pub attempt_timeout: u32,
    /// For a connection to open; likewise, and never more than its request may take. At least 1.
    pub connect_timeout: u32,
    /// The least time from the beginning of one try to the next's, and the longest that is first waited beyond it; that
    /// doubles with each try (full jitter). At least 1, at most `max_delay`.
    pub base_delay: u32,
    /// The longest wait, unless the server asks for a longer one. At least 1.
    pub max_delay: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_attempts: u32::MAX,
            deadline: 300_000,
            spent: 0,
            attempt_timeout: 30_000,
            connect_timeout: 5_000,
            base_delay: 1_000,
            max_delay: 20_000,
        }
    }
}

impl Policy {
    /// With another [`Self::max_attempts`].
    #[must_use]
    pub const fn with_max_attempts(self, attempts: u32) -> Self {
        Self { max_attempts: attempts, ..self }
    }

    /// With another [`Self::deadline`], in milliseconds.
    #[must_use]
    pub const fn with_deadline(self, milliseconds: u32) -> Self {
        Self { deadline: milliseconds, ..self }
    }

    /// With another [`Self::spent`], in milliseconds.
    #[must_use]
    pub const fn with_spent(self, milliseconds: u32) -> Self {
        Self { spent: milliseconds, ..self }
    }

    /// With another [`Self::attempt_timeout`], in milliseconds.
    #[must_use]
    pub const fn with_attempt_timeout(self, milliseconds: u32) -> Self {
        Self { attempt_timeout: milliseconds, ..self }
    }

    /// With another [`Self::connect_timeout`], in milliseconds.
    #[must_use]
    pub const fn with_connect_timeout(self, milliseconds: u32) -> Self {
        Self { connect_timeout: milliseconds, ..self }
    }

    /// With another [`Self::base_delay`], in milliseconds.
    #[must_use]
    pub const fn with_base_delay(self, milliseconds: u32) -> Self {
        Self { base_delay: milliseconds, ..self }
    }

    /// With another [`Self::max_delay`], in milliseconds.
    #[must_use]
    pub const fn with_max_delay(self, milliseconds: u32) -> Self {
        Self { max_delay: milliseconds, ..self }
    }
}

impl ResourceTarget {
    /// The resource called `logical_id` in the template of `stack`, behind the ordinary endpoint of `region`.
    #[must_use]
    pub fn new(stack: impl Into<String>, logical_id: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            stack: stack.into(),
            logical_id: logical_id.into(),
            region: region.into(),
            endpoint_variant: EndpointVariant::default(),
            endpoint_url: None,
        }
    }

    /// Behind another of the region's endpoints.
    #[must_use]
    pub fn with_endpoint_variant(self, variant: EndpointVariant) -> Self {
        Self { endpoint_variant: variant, ..self }
    }

    /// Behind the endpoint at `url`, in place of the region's.
    #[must_use]
    pub fn with_endpoint_url(self, url: impl Into<String>) -> Self {
        Self { endpoint_url: Some(url.into()), ..self }
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
