//! Why metadata could not be had.

use cfn_signal_core::deliver::SendError;

/// Why metadata could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImdsError {
    /// By the environment.
    #[error("instance metadata is disabled (AWS_EC2_METADATA_DISABLED)")]
    Disabled,
    /// Not on an instance, or no way to the service.
    #[error("instance metadata cannot be reached: {0}")]
    Unreachable(SendError),
    /// The service answers, but not with a token, whose answer alone may travel so many hops and no further.
    #[error(
        "instance metadata answers, and its token does not arrive (in a container the instance's metadata hop limit \
         has to be 2)"
    )]
    HopLimited,
    /// The service gives no tokens, and is not to be asked without one.
    #[error("instance metadata gives no token, and version 1 is disabled (AWS_EC2_METADATA_V1_DISABLED)")]
    VersionOneDisabled,
    /// The service gives no tokens, and wants one.
    #[error("instance metadata wants a token and gives none")]
    Unauthorized,
    /// The service takes no token that it has only just given.
    #[error("instance metadata refuses the token that it gave")]
    TokenRefused,
    /// Whoever asks has no more time for it.
    #[error("no time is left to ask instance metadata")]
    OutOfTime,
    /// The service has the role, and AWS gives it no credentials of it.
    #[error("instance metadata has no credentials of it: {code}{}", if message.is_empty() { String::new() } else { format!(": {message}") })]
    NoCredentials {
        /// AWS's error code, such as `AssumeRoleUnauthorizedAccess`.
        code: String,
        /// What AWS says of it; possibly empty.
        message: String,
    },
    /// The instance has no such metadata.
    #[error("instance metadata has no {0}")]
    NotFound(String),
    /// Any other answer.
    #[error("instance metadata answers {status} for {path}{}", hint(*status))]
    Status {
        /// The HTTP status.
        status: u16,
        /// What was asked for.
        path: String,
    },
    /// An answer that makes no sense.
    #[error("instance metadata's {0} cannot be read")]
    Malformed(String),
}

/// What an answer is likely to mean that the service does not give when it works.
fn hint(status: u16) -> &'static str {
    match status {
        // Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>
        403 => " (it is switched off for this instance, or something else answers at its address)",
        429 | 500.. => "",
        _ => " (something else answers at its address)",
    }
}

impl ImdsError {
    /// Whether it may pass by itself, however long it lasts: silence, throttling, a service that fails or is cut off.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_)
                | Self::Status { status: 429 | 500.., .. }
                | Self::Malformed(_)
                | Self::OutOfTime
        )
    }

    /// Whether it is what an instance's first minute looks like, and lasting after that: what is not there yet, a service that has
    /// not begun to work, another that answers in its place.
    #[must_use]
    pub fn is_early(&self) -> bool {
        !matches!(self, Self::Disabled) && !self.is_temporary()
    }
}
