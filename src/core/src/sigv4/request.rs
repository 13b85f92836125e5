//! What is signed, and how.

use crate::http::Header;

/// A request's body, as far as its signature is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload<'a> {
    /// The whole body, hashed here.
    Bytes(&'a [u8]),
    /// The lower-case hex SHA-256 of a body hashed elsewhere.
    Sha256(&'a str),
    /// `UNSIGNED-PAYLOAD`: the signature does not cover the body.
    Unsigned,
}

/// A request to sign. It is not changed: [`super::SigningInstructions`] say what to add.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method, such as `GET`.
    pub method: &'a str,
    /// The absolute URI.
    pub uri: &'a str,
    /// The headers; without a `Host` the URI's authority is signed as one.
    pub headers: &'a [Header],
    /// The body.
    pub payload: Payload<'a>,
}

/// What a signature is valid for, and from when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The region, such as `eu-west-1`.
    pub region: &'a str,
    /// The service's signing name, such as `cloudformation`.
    pub service: &'a str,
    /// The moment of signing in Unix seconds.
    pub signed_at: u64,
}

/// Where the signature goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Into the `Authorization` header.
    Headers,
    /// Into the query (a presigned URL), valid for so many seconds: 1 to 604,800.
    Query(u32),
}

/// How often the path is percent-encoded in the canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathEncoding {
    /// Once: Amazon S3.
    Once,
    /// Twice: every other service.
    Twice,
}

/// Whether `.`, `..` and empty segments are removed from the path in the canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathNormalization {
    /// Removed: every service but Amazon S3.
    On,
    /// Kept: Amazon S3, where they are part of an object's key.
    Off,
}

/// Whether the payload's hash is also sent as `x-amz-content-sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentSha256Header {
    /// Not sent.
    Omit,
    /// Sent and signed: Amazon S3 requires it.
    Send,
}

/// What becomes of a session token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionToken {
    /// Signed with the rest: almost every service.
    Sign,
    /// Added after signing, for services that are documented to expect that.
    AppendUnsigned,
}

/// The choices in which services differ. It starts from what most services expect, or from [`s3`](Self::s3):
///
/// ```
/// use cfn_signal_core::sigv4::{Placement, SigningSettings};
///
/// let presigned = SigningSettings::s3().placement(Placement::Query(3_600));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningSettings {
    /// Where the signature goes.
    pub placement: Placement,
    /// How often the path is encoded.
    pub path_encoding: PathEncoding,
    /// Whether the path is normalised.
    pub path_normalization: PathNormalization,
    /// Whether the payload's hash is sent.
    pub content_sha256_header: ContentSha256Header,
    /// What becomes of a session token.
    pub session_token: SessionToken,
}

impl Default for SigningSettings {
    /// What every service but Amazon S3 expects.
    fn default() -> Self {
        Self {
            placement: Placement::Headers,
            path_encoding: PathEncoding::Twice,
            path_normalization: PathNormalization::On,
            content_sha256_header: ContentSha256Header::Omit,
            session_token: SessionToken::Sign,
        }
    }
}

impl SigningSettings {
    /// What Amazon S3 expects.
    #[must_use]
    pub fn s3() -> Self {
        Self {
            path_encoding: PathEncoding::Once,
            path_normalization: PathNormalization::Off,
            content_sha256_header: ContentSha256Header::Send,
            ..Self::default()
        }
    }

    /// With another [`placement`](field@Self::placement).
    #[must_use]
    pub fn placement(self, placement: Placement) -> Self {
        Self { placement, ..self }
    }

    /// With another [`path_encoding`](field@Self::path_encoding).
    #[must_use]
    pub fn path_encoding(self, path_encoding: PathEncoding) -> Self {
        Self { path_encoding, ..self }
    }

    /// With another [`path_normalization`](field@Self::path_normalization).
    #[must_use]
    pub fn path_normalization(self, path_normalization: PathNormalization) -> Self {
        Self { path_normalization, ..self }
    }

    /// With another [`content_sha256_header`](field@Self::content_sha256_header).
    #[must_use]
    pub fn content_sha256_header(self, content_sha256_header: ContentSha256Header) -> Self {
        Self { content_sha256_header, ..self }
    }

    /// With another [`session_token`](field@Self::session_token).
    #[must_use]
    pub fn session_token(self, session_token: SessionToken) -> Self {
        Self { session_token, ..self }
    }
}

/// Neither the URI nor the headers nor the payload are shown: the caller may hold secrets in them.
impl core::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("headers", &self.headers.len())
            .finish_non_exhaustive()
    }
}
