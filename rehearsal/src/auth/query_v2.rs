//! URLs of Amazon S3 that are presigned in the older way, Signature Version 2: boto3 makes no others unless it is told to.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html>

use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{AuthError, Caller, Presented, Verifier};
use crate::encoding::pairs;
use crate::moment::Moment;
use crate::shelf::store::bucket_of;

/// Parameters of the query that are signed.
const SIGNED: [&str; 21] = [
    "acl",
    "cors",
    "delete",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "tagging",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
];

/// A signature in a query.
pub(super) struct Older {
    query: Vec<(String, String)>,
}

/// The signature in a query, if it is of this kind.
pub(super) fn read(query: &str) -> Option<Older> {
    let query = query.contains("AWSAccessKeyId=").then(|| pairs(query.as_bytes()))?;
    let older = Older { query };
    (older.get("AWSAccessKeyId").is_some() && older.get("Signature").is_some()).then_some(older)
}

impl Older {
    fn get(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// What was signed.
    fn text(&self, request: &Presented<'_>) -> String {
        let path = request.target.split('?').next().unwrap_or_default();
        let header = |name: &str| self.get(name).or(request.header(name)).unwrap_or_default();
        let named = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let queried = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut amazons: Vec<_> =
            named.chain(queried).filter(|(name, _)| name.starts_with("x-amz-")).collect();
        amazons.sort_unstable();
        let amazons: String =
            amazons.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let bucket =
            request.header("host").and_then(bucket_of).map_or_else(String::new, |it| format!("/{it}"));
        let mut signed: Vec<_> =
            self.query.iter().filter(|(name, _)| SIGNED.contains(&name.as_str())).collect();
        signed.sort_unstable();
        let one = |(name, value): &&(String, String)| {
            if value.is_empty() { name.clone() } else { format!("{name}={value}") }
        };
        let signed = signed.iter().map(one).collect::<Vec<_>>().join("&");
        let signed = if signed.is_empty() { signed } else { format!("?{signed}") };
        format!(
            "{}\n{}\n{}\n{}\n{amazons}{bucket}{path}{signed}",
            request.method,
            header("content-md5"),
            header("content-type"),
            self.get("Expires").unwrap_or_default(),
        )
    }
}

impl Verifier {
    pub(super) fn verify_older(
        &self,
        request: &Presented<'_>,
        older: &Older,
        now: Moment,
    ) -> Result<Caller, AuthError> {
        let known =
            self.keys.find(older.get("AWSAccessKeyId").unwrap_or_default()).ok_or(AuthError::UnknownKey)?;
        let token = older.get("x-amz-security-token").or(request.header("x-amz-security-token"));
        if token != known.key.session_token.as_ref().map(|it| it.expose()) {
            return Err(AuthError::UnknownKey);
        }
        let expires = older.get("Expires").and_then(|it| it.parse::<u64>().ok());
        let expires =
            expires.ok_or_else(|| AuthError::Incomplete("Expires is no number of seconds".to_owned()))?;
        if expires <= now.as_seconds() || known.key.expires_at.is_some_and(|it| it <= now.as_seconds()) {
            return Err(AuthError::ExpiredToken);
        }
        let key = hmac::Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, known.key.secret.expose().as_bytes());
        let given = STANDARD.decode(older.get("Signature").unwrap_or_default()).unwrap_or_default();
        hmac::verify(&key, older.text(request).as_bytes(), &given).map_err(|_| AuthError::Mismatch)?;
        Ok(Caller::AccessKey { principal: known.principal.clone() })
    }
}
