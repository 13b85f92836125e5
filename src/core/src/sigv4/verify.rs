//! The other side: what a received request's signature should be.
//!
//! 1. [`Authorization::parse`] the `Authorization` header, or take the parts from the query's `X-Amz-*` parameters.
//! 2. [`Credential::parse`] its credential, and find the secret that belongs to the access key id.
//! 3. [`parse_date`] `x-amz-date`, and compare it with the clock and with [`Credential::day`].
//! 4. Compute what is [`expected`], and whether it [matches](Expected::matches) the signature.

use alloc::borrow::ToOwned;

use ctutils::CtEq as _;

use super::canonical::{CanonicalRequest, canonical_path, string_to_sign};
use super::headers::CanonicalHeaders;
use super::query::{CanonicalQuery, param};
use super::stamp::{self, Stamp};
use super::{
    ALGORITHM, Authorization, Explanation, Scope, SessionToken, SignError, SigningKeys, SigningSettings,
    credential, credential_scope,
};
use crate::http::Header;
use crate::identity::AccessKey;
use crate::secret::Secret;
use crate::uri;

/// A request as it was received.
#[derive(Clone, Copy)]
pub struct Received<'a> {
    /// The method.
    pub method: &'a str,
    /// The request target: path and query, or the absolute URI.
    pub target: &'a str,
    /// Every header, `host` among them.
    pub headers: &'a [Header],
    /// The names that the signature says it covers, joined by `;`.
    pub signed_headers: &'a str,
    /// The body's SHA-256 in lower-case hex, or what the client says stands for it, such as `UNSIGNED-PAYLOAD`.
    pub payload_hash: &'a str,
}

/// The right signature, which it does not tell, and how it came about.
#[derive(Clone)]
pub struct Expected {
    pub(super) signature: Secret,
    explanation: Explanation,
}

/// The parts of a `Credential`, `id/day/region/service/aws4_request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credential<'a> {
    /// The access key id.
    pub id: &'a str,
    /// `YYYYMMDD`.
    pub day: &'a str,
    /// The region.
    pub region: &'a str,
    /// The service's signing name.
    pub service: &'a str,
}

/// The signature that `received` should carry. `scope.signed_at` is its `x-amz-date`. Of `settings` only the path's
/// and the token's matter: where the token is appended unsigned, it is not part of a canonical query. A signature
/// in the query never is.
///
/// # Errors
///
/// [`SignError::InvalidHeader`] names a signed header that is missing; [`SignError::InvalidScope`] is a time after
/// the year 9999.
pub fn expected(
    received: &Received<'_>,
    key: &AccessKey,
    scope: &Scope<'_>,
    settings: &SigningSettings,
    keys: &mut SigningKeys,
) -> Result<Expected, SignError> {
    let parts = uri::split_target(received.target);
    let stamp = Stamp::at(scope.signed_at)?;
    let mut query = CanonicalQuery::new(parts.query.unwrap_or_default());
    query.remove(param::SIGNATURE);
    if settings.session_token == SessionToken::AppendUnsigned {
        query.remove(param::SECURITY_TOKEN);
    }
    let headers = CanonicalHeaders::select(received.headers, received.signed_headers)
        .map_err(SignError::InvalidHeader)?;
    let canonical_request = CanonicalRequest {
        method: received.method,
        path: &canonical_path(parts.path, settings),
        query: &query,
        headers: &headers,
        signed_headers: received.signed_headers,
        payload_hash: received.payload_hash,
    }
    .to_text();
    let credential = credential(key, &stamp, scope);
    let string_to_sign = string_to_sign(&stamp, credential_scope(key, &credential), &canonical_request);
    // With a slash in one of its parts, another credential could look the same.
    let mut none = SigningKeys::new();
    let is_plain = Credential::parse(&credential).is_some();
    let keys = if is_plain { keys } else { &mut none };
    let signature = keys.signature(&credential, key, stamp.day(), scope, &string_to_sign)?;
    Ok(Expected {
        signature: signature.into(),
        explanation: Explanation { canonical_request, string_to_sign },
    })
}

/// Unix seconds of an `x-amz-date`, `YYYYMMDDTHHMMSSZ`.
#[must_use]
pub fn parse_date(text: &str) -> Option<u64> {
    stamp::parse(text)
}

impl Expected {
    /// Whether `given`, in lower-case hex, is the right signature. It takes the same time wherever they differ.
    #[must_use]
    pub fn matches(&self, given: &str) -> bool {
        self.signature.expose().as_bytes().ct_eq(given.as_bytes()).to_bool()
    }

    /// What was hashed.
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        &self.explanation.canonical_request
    }

    /// What was signed.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.explanation.string_to_sign
    }
}

impl Authorization {
    /// Reads an `Authorization` header of this algorithm, with or without spaces after its commas, its parts in any
    /// order. Of a part that comes twice the last one counts, and others are ignored.
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        let parts = header.trim().strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
        let part = |name: &str| {
            parts
                .rsplit(',')
                .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
                .map(str::to_owned)
        };
        Some(Self {
            credential: part("Credential")?,
            signed_headers: part("SignedHeaders")?,
            signature: part("Signature")?,
        })
    }
}

impl<'a> Credential<'a> {
    /// Reads `id/day/region/service/aws4_request`.
    #[must_use]
    pub fn parse(credential: &'a str) -> Option<Self> {
        let mut parts = credential.split('/');
        let parsed =
            Self { id: parts.next()?, day: parts.next()?, region: parts.next()?, service: parts.next()? };
        (parts.next() == Some("aws4_request") && parts.next().is_none()).then_some(parsed)
    }
}

/// Shows nothing: a session token can be part of what was hashed.
impl core::fmt::Debug for Expected {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Expected").finish_non_exhaustive()
    }
}
