//! Why a request is not believed, in the service's words.

/// What is wrong with a request's signature. Never holds a signature or a key.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html>; texts as the service's
/// answers show them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// No `Authorization` at all.
    #[error("Request is missing Authentication Token")]
    Unsigned,
    /// An `Authorization` that is not one, and what it lacks.
    #[error("{0}")]
    Incomplete(String),
    /// A key that the rehearsal does not know, or the wrong session token for it.
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    /// Temporary credentials whose time is over.
    #[error("The security token included in the request is expired")]
    ExpiredToken,
    /// Another secret, or another request than was signed.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details."
    )]
    Mismatch,
    /// Signed for another region.
    #[error("Credential should be scoped to a valid region, not '{given}'. ")]
    Region {
        /// Which.
        given: String,
    },
    /// Signed for another service or day.
    #[error("{0}")]
    Scope(String),
    /// Signed too long ago.
    #[error("Signature expired: {signed} is now earlier than {earliest} ({now} - {minutes} min.)")]
    Expired {
        /// When it was signed.
        signed: String,
        /// The earliest that would do.
        earliest: String,
        /// When it arrived.
        now: String,
        /// How old it may be.
        minutes: u64,
    },
    /// Signed in the future.
    #[error("Signature not yet current: {signed} is still later than {latest} ({now} + 5 min.)")]
    NotYetCurrent {
        /// When it was signed.
        signed: String,
        /// The latest that would do.
        latest: String,
        /// When it arrived.
        now: String,
    },
    /// Not `base64(document):base64(signature)` with an `instanceId`.
    #[error("The instance identity document or its signature cannot be read")]
    MalformedDocument,
    /// The document's signature is not that of this rehearsal's metadata service.
    #[error("The instance identity document's signature does not match")]
    ForgedDocument,
}

impl AuthError {
    /// The API's error code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unsigned => "MissingAuthenticationToken",
            Self::Incomplete(_) | Self::MalformedDocument => "IncompleteSignature",
            Self::UnknownKey => "InvalidClientTokenId",
            Self::ExpiredToken => "ExpiredToken",
            Self::Mismatch
            | Self::Region { .. }
            | Self::Scope(_)
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::ForgedDocument => "SignatureDoesNotMatch",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Incomplete(_) | Self::MalformedDocument => 400,
            _ => 403,
        }
    }
}
