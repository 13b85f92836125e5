//! What signing gives, and why it can fail.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::http::Header;

/// The parts of an `Authorization` header, or of a presigned URL's signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    /// The access key id and the credential scope, `id/date/region/service/aws4_request`.
    pub credential: String,
    /// The names of the signed headers, lower case, sorted, joined by `;`.
    pub signed_headers: String,
    /// Lower-case hex.
    pub signature: String,
}

/// What to add to a request, to sign it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningInstructions {
    /// The headers to add, names in lower case; empty for a presigned URL. The request's own stay as they are.
    pub headers: Vec<Header>,
    /// The URI to request: the given one, with its signature in the query when presigned.
    pub uri: String,
    /// The signature in lower-case hex.
    pub signature: String,
}

/// How a signature comes about, for diagnosis: to compare with what AWS says that it has hashed and signed. Both texts
/// hold what the request holds, a session token among it.
#[derive(Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What is hashed.
    pub canonical_request: String,
    /// What is signed.
    pub string_to_sign: String,
}

/// Why a request cannot be signed. No variant holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// Not an absolute URI with a host, and why.
    InvalidUri(String),
    /// The header that HTTP does not allow: its name.
    InvalidHeader(String),
    /// A region, service, key, time or validity that cannot be signed, and why.
    InvalidScope(String),
    /// The request already carries this header or query parameter of a signature.
    AlreadySigned(String),
    /// The credentials have expired at the moment of signing.
    Expired,
    /// Diagnostic only.
    Other(Option<String>),
}

impl Authorization {
    /// The header's value as AWS documents it.
    #[must_use]
    pub fn header_value(&self) -> String {
        [
            super::ALGORITHM,
            " Credential=",
            &self.credential,
            ", SignedHeaders=",
            &self.signed_headers,
            ", Signature=",
            &self.signature,
        ]
        .concat()
    }
}

/// The signature is not shown.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("credential", &self.credential)
            .field("signed_headers", &self.signed_headers)
            .finish_non_exhaustive()
    }
}

/// Neither the headers nor the URI nor the signature are shown.
impl fmt::Debug for SigningInstructions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningInstructions").field("headers", &self.headers.len()).finish_non_exhaustive()
    }
}

/// Shows nothing: a session token can be part of what is hashed.
impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation").finish_non_exhaustive()
    }
}

impl SignError {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::InvalidUri(why) => ("invalid URI: ", why.as_str()),
            Self::InvalidHeader(name) => ("a header that cannot be signed: ", name.as_str()),
            Self::InvalidScope(why) => ("invalid scope: ", why.as_str()),
            Self::AlreadySigned(name) => ("the request is signed already, by its ", name.as_str()),
            Self::Expired => ("the credentials have expired", ""),
            Self::Other(why) => ("cannot sign: ", why.as_deref().unwrap_or("an unexpected failure")),
        }
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, why) = self.parts();
        f.write_str(what)?;
        f.write_str(why)
    }
}

impl core::error::Error for SignError {}
