//! Why tags could not be had of EC2.

use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::CredentialsError;
use cfn_signal_core::endpoint::EndpointError;
use cfn_signal_core::sigv4::SignError;

/// Why tags could not be had of EC2.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TagsError {
    /// Nobody to sign as.
    #[error("no credentials to ask EC2 with: {0}")]
    Credentials(CredentialsError),
    /// A region that cannot be one.
    #[error("EC2 has no endpoint there: {0}")]
    Region(EndpointError),
    /// An address that cannot be one.
    #[error("EC2's endpoint URL {0}")]
    Endpoint(&'static str),
    /// A key that cannot sign.
    #[error("the question to EC2 cannot be signed: {0}")]
    Unsigned(SignError),
    /// No answer.
    #[error("EC2 cannot be reached: {0}")]
    Unreachable(SendError),
    /// An answer without the tags.
    #[error("EC2 answered {status}{}", words(code, message))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// AWS's code, such as `UnauthorizedOperation`; possibly empty.
        code: String,
        /// What AWS says of it; possibly empty.
        message: String,
    },
    /// An answer that is not EC2's.
    #[error("EC2's answer cannot be read")]
    Unreadable,
    /// Such an instance has no such tag.
    #[error("EC2 has no tag {key} of {instance}")]
    Untagged {
        /// The tag's key.
        key: String,
        /// The instance's id.
        instance: String,
    },
}

fn words(code: &str, message: &str) -> String {
    match (code, message) {
        ("", "") => String::new(),
        (code, "") => format!(" {code}"),
        (code, message) => format!(" {code}: {}", message.trim_end_matches('.')),
    }
}

/// Whether another try may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prospect {
    /// However long it lasts.
    Passing,
    /// As long as the instance is new: what IAM allows, and EC2 has, is known everywhere only after some seconds.
    Early,
    /// No.
    Lasting,
}

impl TagsError {
    /// Whether EC2 knows who asks, and does not let it.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        const DENIED: [&str; 3] = ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"];
        matches!(self, Self::Refused { code, .. } if DENIED.contains(&code.as_str()))
    }

    pub(super) fn prospect(&self) -> Prospect {
        const BUSY: [&str; 4] = ["Throttl", "RequestLimitExceeded", "TooManyRequests", "SlowDown"];
        match self {
            Self::Credentials(CredentialsError::Temporary(_)) | Self::Unreachable(_) | Self::Unreadable => {
                Prospect::Passing
            }
            Self::Refused { status: 408 | 429 | 500.., .. } => Prospect::Passing,
            Self::Refused { code, .. } if BUSY.iter().any(|busy| code.starts_with(busy)) => Prospect::Passing,
            // A page is not EC2's word.
            Self::Refused { code, .. } if code.is_empty() => Prospect::Passing,
            Self::Refused { status: 401 | 403, .. } | Self::Untagged { .. } => Prospect::Early,
            Self::Refused { code, .. } if code == "RequestExpired" => Prospect::Early,
            Self::Credentials(_)
            | Self::Region(_)
            | Self::Endpoint(_)
            | Self::Unsigned(_)
            | Self::Refused { .. } => Prospect::Lasting,
        }
    }
}
