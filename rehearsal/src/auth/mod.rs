//! Who calls: every request's signature is verified, as the service verifies it.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html>; `CFN_V1` as Amazon's helper
//! scripts send it.

mod error;
mod identity_key;
mod keys;
mod presigned;
mod query_v2;
mod signed_document;
mod sigv4;
pub(crate) mod streaming;

pub use error::AuthError;
pub use identity_key::IdentityKey;
pub use keys::{Keys, Principal};
pub(crate) use signed_document::signed_document;

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cfn_signal_core::http::Header;
use cfn_signal_core::sigv4::SigningKeys;

use crate::moment::Moment;

/// The name under which CloudFormation's requests are signed.
pub const CLOUDFORMATION: &str = "cloudformation";

/// Amazon S3's: its requests are signed otherwise than all others.
pub const S3: &str = "s3";

/// The name under which a request says that it is signed: in its `Authorization`, or in its query.
#[must_use]
pub fn signing_name(authorization: Option<&str>, query: Option<&str>) -> Option<String> {
    if let Some(authorization) = authorization {
        let (_, credential) = authorization.split_once("Credential=")?;
        return credential.split([',', ' ']).next()?.split('/').nth(3).map(str::to_owned);
    }
    let query = query?;
    if query_v2::read(query).is_some() {
        return Some(S3.to_owned());
    }
    presigned::credential(query)?.split('/').nth(3).map(str::to_owned)
}

/// A request as it arrived.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// Such as `GET`.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Names in lower case.
    pub headers: &'a [Header],
    /// Byte for byte.
    pub body: &'a [u8],
    /// The name under which it has to be signed.
    pub service: &'a str,
    /// The region for which it has to be signed, where it is not the verifier's.
    pub region: Option<&'a str>,
}

impl Presented<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }
}

/// Who made a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The owner of an access key.
    AccessKey {
        /// Who that is.
        principal: Principal,
    },
    /// An instance that showed its identity document (`CFN_V1`).
    Instance {
        /// Such as `i-0123456789abcdef0`.
        instance_id: String,
    },
}

/// Verifies signatures.
pub struct Verifier {
    region: String,
    keys: Arc<Keys>,
    identity: Arc<IdentityKey>,
    /// Derived once per key, day and region.
    signing_keys: Mutex<SigningKeys>,
}

impl Verifier {
    /// Accepts `keys` for requests to `region`, and documents signed by `identity`.
    #[must_use]
    pub fn new(region: String, keys: Arc<Keys>, identity: Arc<IdentityKey>) -> Self {
        Self { region, keys, identity, signing_keys: Mutex::default() }
    }

    /// Whose key `id` is.
    #[must_use]
    pub fn principal(&self, id: &str) -> Option<Principal> {
        self.keys.find(id).map(|known| known.principal.clone())
    }

    /// Who made the request, at `now` by the wall's clock.
    ///
    /// # Errors
    ///
    /// [`AuthError`], in the service's words.
    pub fn verify(&self, request: &Presented<'_>, now: Moment) -> Result<Caller, AuthError> {
        // Of several the first counts, as the service does it.
        let authorization = request.header("authorization").unwrap_or_default().trim();
        if let Some(presented) = authorization.strip_prefix("CFN_V1 ") {
            return self.verify_document(presented);
        }
        if authorization.is_empty() {
            let query = request.target.split_once('?').map(|(_, query)| query);
            if request.service == S3
                && let Some(older) = query.and_then(query_v2::read)
            {
                return self.verify_older(request, &older, now);
            }
            return match presigned::read(request.target)? {
                Some(presigned) => self.verify_presigned(request, &presigned, now),
                None => Err(AuthError::Unsigned),
            };
        }
        // Signed twice, and it cannot be said which signature is meant.
        if presigned::is_signed(request.target) {
            return Err(AuthError::Scope(String::new()));
        }
        self.verify_signature(request, authorization, now)
    }

    /// `base64(document):signature`; the signature is RSA over the document's SHA-256.
    fn verify_document(&self, presented: &str) -> Result<Caller, AuthError> {
        let (document, signature) = presented.split_once(':').ok_or(AuthError::MalformedDocument)?;
        let document = STANDARD.decode(document).map_err(|_| AuthError::MalformedDocument)?;
        let signature = STANDARD.decode(signature).map_err(|_| AuthError::MalformedDocument)?;
        if !self.identity.verifies(&document, &signature) {
            return Err(AuthError::ForgedDocument);
        }
        let document: serde_json::Value =
            serde_json::from_slice(&document).map_err(|_| AuthError::MalformedDocument)?;
        let instance_id = document
            .get("instanceId")
            .and_then(serde_json::Value::as_str)
            .ok_or(AuthError::MalformedDocument)?;
        Ok(Caller::Instance { instance_id: instance_id.to_owned() })
    }
}

#[cfg(test)]
mod tests;
