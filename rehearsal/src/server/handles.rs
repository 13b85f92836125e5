//! The bucket behind the wait condition handles: presigned URLs, and what may be put there.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html> (query string authentication).

use std::net::SocketAddr;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use hyper::header::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::{Received, Reply, plain};
use crate::account::Account;
use crate::clock;
use crate::ids::{self, NoRandomness};
use crate::stack::{Document, Outcome};

/// Bytes of a document that CloudFormation reads.
const MAX_DOCUMENT: usize = 4096;

/// How long a handle's URL is valid: about a day.
const VALID_FOR: Duration = Duration::from_secs(86_399);

/// What a path keeps as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// Makes the URLs of an account's handles and takes what is put to them.
pub struct Handles {
    origin: String,
    /// `/cloudformation-waitcondition-<region>/`
    bucket: String,
    access_key_id: String,
    key: hmac::Key,
}

impl Handles {
    /// The handles of an account, answered at `address`.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] for their key.
    pub fn new(address: SocketAddr, region: &str) -> Result<Self, NoRandomness> {
        let secret = ids::random::<30>()?;
        Ok(Self {
            origin: format!("http://{address}"),
            bucket: format!("/cloudformation-waitcondition-{region}/"),
            access_key_id: ids::access_key_id("AKIA")?,
            // S3's older query authentication is SHA-1; only this module makes and checks these.
            key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret),
        })
    }

    /// The presigned URL of a handle: what `Ref` gives. It is a secret.
    #[must_use]
    pub fn url(&self, stack_id: &str, logical_id: &str) -> String {
        let path = format!(
            "{}{}/{}",
            self.bucket,
            utf8_percent_encode(stack_id, PATH),
            utf8_percent_encode(logical_id, PATH)
        );
        let expires = clock::wall().plus(VALID_FOR).as_seconds().to_string();
        let signature =
            STANDARD.encode(hmac::sign(&self.key, string_to_sign("PUT", "", &expires, &path).as_bytes()));
        let signature = utf8_percent_encode(&signature, NON_ALPHANUMERIC);
        format!(
            "{}{path}?AWSAccessKeyId={}&Expires={expires}&Signature={signature}",
            self.origin, self.access_key_id
        )
    }

    /// Whether `path` lies in a handles' bucket.
    pub(super) fn is_bucket(path: &str) -> bool {
        path.starts_with("/cloudformation-waitcondition-")
    }

    /// Takes a document for a stack of `account`, if it is put as S3 takes it.
    pub(super) fn answer(&self, account: &Account, request: &Received) -> Reply {
        if let Err(refusal) = self.check(request) {
            return refusal.reply();
        }
        if request.header("transfer-encoding").is_some() {
            return Refusal::chunked().reply();
        }
        // What is signed is a handle of ours; its stack may be forgotten by now, and S3 would not know.
        if let Some((stack_id, handle)) = self.owner(&request.path)
            && let Some(stack) = account.find(&stack_id)
        {
            stack.engine.document(&handle, parse(&request.body));
        }
        with_ids(plain(StatusCode::OK, "application/xml", ""))
    }

    /// The stack's ARN and the logical id in a path.
    fn owner(&self, path: &str) -> Option<(String, String)> {
        // The ARN's own slashes are kept as they are.
        let (stack_id, handle) = path.strip_prefix(self.bucket.as_str())?.rsplit_once('/')?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Some((decoded(stack_id), decoded(handle)))
    }

    fn check(&self, request: &Received) -> Result<(), Refusal> {
        let query: Vec<_> =
            form_urlencoded::parse(request.query.as_deref().unwrap_or_default().as_bytes()).collect();
        let parameter = |name: &str| {
            query.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_ref())
        };
        let (Some(key_id), Some(expires), Some(signature)) =
            (parameter("AWSAccessKeyId"), parameter("Expires"), parameter("Signature"))
        else {
            return Err(Refusal::denied("Access Denied"));
        };
        let until: u64 =
            expires.parse().map_err(|_| Refusal::denied("Invalid date (should be seconds since epoch)"))?;
        if request.now().as_seconds() > until {
            return Err(Refusal::denied("Request has expired"));
        }
        if key_id != self.access_key_id {
            return Err(Refusal::unknown_key());
        }
        let content_type = request.header("content-type").unwrap_or_default();
        let signed = string_to_sign(&request.method, content_type, expires, &request.path);
        let given = STANDARD.decode(signature).unwrap_or_default();
        hmac::verify(&self.key, signed.as_bytes(), &given).map_err(|_| Refusal::mismatch())
    }
}

/// No MD5, and no headers of Amazon's.
fn string_to_sign(method: &str, content_type: &str, expires: &str, path: &str) -> String {
    format!("{method}\n\n{content_type}\n{expires}\n{path}")
}

/// What CloudFormation reads from a document: an object whose status is one of the two and that says whom it is from.
fn parse(body: &[u8]) -> Document {
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

/// An error of the bucket's.
pub(super) fn refusal(status: StatusCode, code: &'static str, message: &'static str) -> Reply {
    Refusal { status, code, message }.reply()
}

/// An error as S3 writes it.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

impl Refusal {
    const fn denied(message: &'static str) -> Self {
        Self { status: StatusCode::FORBIDDEN, code: "AccessDenied", message }
    }

    const fn mismatch() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: "SignatureDoesNotMatch",
            message: "The request signature we calculated does not match the signature you provided. Check your key \
                      and signing method.",
        }
    }

    const fn unknown_key() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: "InvalidAccessKeyId",
            message: "The AWS Access Key Id you provided does not exist in our records.",
        }
    }

    /// S3 wants to know the length beforehand.
    const fn chunked() -> Self {
        Self {
            status: StatusCode::NOT_IMPLEMENTED,
            code: "NotImplemented",
            message: "A header you provided implies functionality that is not implemented",
        }
    }

    fn reply(&self) -> Reply {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>\
             <RequestId>{}</RequestId></Error>",
            self.code,
            self.message,
            ids::suffix()
        );
        with_ids(plain(self.status, "application/xml", body))
    }
}

fn with_ids(mut reply: Reply) -> Reply {
    let headers = reply.headers_mut();
    headers.insert("server", HeaderValue::from_static("AmazonS3"));
    if let Ok(value) = HeaderValue::from_str(&ids::suffix()) {
        headers.insert("x-amz-request-id", value);
    }
    reply
}
