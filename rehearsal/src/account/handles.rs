//! The wait condition handles of an account: their presigned URLs, and what may be put there.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html> (query string authentication).

use std::net::SocketAddr;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::clock;
use crate::encoding;
use crate::hosts::{handles_bucket, handles_host};
use crate::ids::{self, NoRandomness};
use crate::moment::Moment;
use crate::stack::{Document, Outcome};

/// Bytes of a document that CloudFormation reads.
const MAX_DOCUMENT: usize = 4096;

/// How long a handle's URL is valid: about a day.
const VALID_FOR: Duration = Duration::from_secs(86_399);

/// A request to the bucket, without its body.
pub(crate) struct Put<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// Empty where there is none.
    pub(crate) content_type: &'a str,
}

/// Why nothing may be put to a URL, in S3's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HandleError {
    #[error("Access Denied")]
    Unsigned,
    #[error("Invalid date (should be seconds since epoch)")]
    NoDate,
    #[error("Request has expired")]
    Expired,
    #[error("The AWS Access Key Id you provided does not exist in our records.")]
    UnknownKey,
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your key and signing \
         method."
    )]
    Mismatch,
}

/// Makes the URLs of an account's handles and takes what is put to them.
pub(crate) struct Handles {
    /// What comes before what is signed of a path.
    origin: String,
    /// What is signed of a path, and does not stand in it: the bucket, where the host names it.
    in_host: String,
    /// `/cloudformation-waitcondition-<region>/`
    bucket: String,
    access_key_id: String,
    key: hmac::Key,
}

impl Handles {
    /// The handles of an account, answered at `address`; none is as AWS names the place.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] for their key.
    pub(crate) fn new(address: Option<SocketAddr>, region: &str) -> Result<Self, NoRandomness> {
        let secret = ids::random::<30>()?;
        let bucket = handles_bucket(region);
        let (origin, in_host) = match address {
            Some(address) => (format!("http://{address}"), String::new()),
            None => (format!("https://{}", handles_host(region)), format!("/{bucket}")),
        };
        Ok(Self {
            origin,
            in_host,
            bucket: format!("/{bucket}/"),
            access_key_id: ids::access_key_id("AKIA")?,
            // S3's older query authentication is SHA-1; only this module makes and checks these.
            key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret),
        })
    }

    /// The presigned URL of a handle: what `Ref` gives. It is a secret.
    pub(crate) fn url(&self, stack_id: &str, logical_id: &str) -> String {
        let path =
            format!("{}{}/{}", self.bucket, encoding::in_path(stack_id), encoding::in_path(logical_id));
        let expires = clock::wall().plus(VALID_FOR).as_seconds().to_string();
        let signature =
            STANDARD.encode(hmac::sign(&self.key, string_to_sign("PUT", "", &expires, &path).as_bytes()));
        let signature = encoding::in_query(&signature);
        let path = path.strip_prefix(self.in_host.as_str()).unwrap_or(&path);
        format!(
            "{}{path}?AWSAccessKeyId={}&Expires={expires}&Signature={signature}",
            self.origin, self.access_key_id
        )
    }

    /// Whether `path` lies in a handles' bucket.
    pub(crate) fn is_bucket(path: &str) -> bool {
        path.starts_with("/cloudformation-waitcondition-")
    }

    /// The stack's ARN and the logical id in a path.
    pub(crate) fn owner(&self, path: &str) -> Option<(String, String)> {
        // The ARN's own slashes are kept as they are.
        let (stack_id, handle) = path.strip_prefix(self.bucket.as_str())?.rsplit_once('/')?;
        Some((encoding::decoded(stack_id), encoding::decoded(handle)))
    }

    /// Whether `put` is to one of these URLs, as it was presigned, at `now`.
    pub(crate) fn check(&self, put: &Put<'_>, now: Moment) -> Result<(), HandleError> {
        let query = encoding::pairs(put.query.as_bytes());
        let parameter = |name: &str| {
            query.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
        };
        let (Some(key_id), Some(expires), Some(signature)) =
            (parameter("AWSAccessKeyId"), parameter("Expires"), parameter("Signature"))
        else {
            return Err(HandleError::Unsigned);
        };
        let until: u64 = expires.parse().map_err(|_| HandleError::NoDate)?;
        if now.as_seconds() > until {
            return Err(HandleError::Expired);
        }
        if key_id != self.access_key_id {
            return Err(HandleError::UnknownKey);
        }
        let signed = string_to_sign(put.method, put.content_type, expires, put.path);
        let given = STANDARD.decode(signature).unwrap_or_default();
        hmac::verify(&self.key, signed.as_bytes(), &given).map_err(|_| HandleError::Mismatch)
    }
}

/// No MD5, and no headers of Amazon's.
fn string_to_sign(method: &str, content_type: &str, expires: &str, path: &str) -> String {
    format!("{method}\n\n{content_type}\n{expires}\n{path}")
}

/// What CloudFormation reads from a document: an object whose status is one of the two and that says whom it is from.
pub(crate) fn document(body: &[u8]) -> Document {
    if body.len() > MAX_DOCUMENT {
        return Document::Unparsable;
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return Document::Unparsable };
    let text = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Null) | None => None,
        Some(other) => Some(other.to_string()),
    };
    let status = text("Status").as_deref().and_then(Outcome::parse);
    match (status, text("UniqueId").filter(|id| !id.is_empty())) {
        (Some(outcome), Some(unique_id)) => Document::Signal {
            unique_id,
            outcome,
            reason: text("Reason").unwrap_or_default(),
            data: text("Data").unwrap_or_default(),
        },
        _ => Document::Unparsable,
    }
}
