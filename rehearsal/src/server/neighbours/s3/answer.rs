//! How Amazon S3 answers, and its errors.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use super::super::super::limits::MAX_OBJECT;
use super::super::super::{Received, Reply, Services, handles, plain};
use super::super::escaped;
use crate::auth::AuthError;
use crate::shelf::store::{Full, MOST, UploadError};

/// An error of S3's.
pub(super) struct S3Error {
    status: u16,
    code: &'static str,
    message: String,
    /// What it is about: the name of an element and its text.
    about: Vec<(&'static str, String)>,
}

impl S3Error {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), about: Vec::new() }
    }

    fn about(mut self, name: &'static str, text: &str) -> Self {
        self.about.push((name, text.to_owned()));
        self
    }

    pub(super) fn no_bucket(bucket: &str) -> Self {
        Self::new(404, "NoSuchBucket", "The specified bucket does not exist").about("BucketName", bucket)
    }

    pub(super) fn no_key(key: &str) -> Self {
        Self::new(404, "NoSuchKey", "The specified key does not exist.").about("Key", key)
    }

    pub(super) fn argument(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidArgument", message)
    }

    pub(super) fn too_long(proposed: Option<u64>) -> Self {
        let message = "Your proposed upload exceeds the maximum allowed size";
        let error = Self::new(400, "EntityTooLarge", message);
        let error = match proposed {
            Some(proposed) => error.about("ProposedSize", &proposed.to_string()),
            None => error,
        };
        error.about("MaxSizeAllowed", &MAX_OBJECT.to_string())
    }

    pub(super) fn incomplete() -> Self {
        let message = "You did not provide the number of bytes specified by the Content-Length HTTP header.";
        Self::new(400, "IncompleteBody", message)
    }

    pub(super) fn malformed() -> Self {
        let message =
            "The XML you provided was not well-formed or did not validate against our published schema";
        Self::new(400, "MalformedXML", message)
    }

    pub(super) fn reply(&self) -> Reply {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let about = self.about.iter().map(|(name, text)| format!("<{name}>{}</{name}>", escaped(text)));
        let about: String = about.collect();
        handles::refusal_about(status, self.code, &escaped(&self.message), &about)
    }
}

impl From<Full> for S3Error {
    fn from(_: Full) -> Self {
        let most = MOST >> 20;
        let message =
            format!("The rehearsal's buckets are in memory and take {most} MiB in all: delete some objects");
        Self::new(400, "EntityTooLarge", message)
    }
}

impl From<UploadError> for S3Error {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::None => Self::new(
                404,
                "NoSuchUpload",
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted \
                 or completed.",
            ),
            UploadError::Part => Self::new(
                400,
                "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have been uploaded, or the \
                 specified entity tag may not match the part's entity tag.",
            ),
            UploadError::Order => Self::new(
                400,
                "InvalidPartOrder",
                "The list of parts was not in ascending order. Parts must be ordered by part number.",
            ),
            UploadError::Small => {
                let message = "Your proposed upload is smaller than the minimum allowed size";
                Self::new(400, "EntityTooSmall", message)
            }
            UploadError::Digest => {
                let message = "The checksum you specified did not match the calculated checksum.";
                Self::new(400, "BadDigest", message)
            }
            UploadError::Full => Full.into(),
        }
    }
}

/// What there is none of here.
pub(super) fn not_rehearsed(method: &str, target: &str) -> S3Error {
    let target = target.split("X-Amz-").next().unwrap_or_default();
    let why = "a rehearsal's buckets are for what deployments put there and take from there";
    S3Error::new(501, "NotImplemented", format!("{method} {target}: not rehearsed: {why}"))
}

/// A request whose body was not read.
pub(in super::super) fn unread(status: StatusCode, length: Option<u64>) -> Reply {
    let error = match status {
        StatusCode::PAYLOAD_TOO_LARGE => S3Error::too_long(length),
        StatusCode::REQUEST_TIMEOUT => {
            let message = "Your socket connection to the server was not read from or written to within the timeout period. \
                           Idle connections will be closed.";
            S3Error::new(400, "RequestTimeout", message)
        }
        _ => S3Error::incomplete(),
    };
    error.reply()
}

/// A request that is not believed.
pub(super) fn auth_failure(services: &Services, request: &Received, error: &AuthError) -> Reply {
    let is_presigned = request.header("authorization").is_none();
    let region = &services.account.region;
    let failure = match error {
        AuthError::Unsigned => S3Error::new(403, "AccessDenied", "Access Denied"),
        AuthError::UnknownKey => {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            S3Error::new(403, "InvalidAccessKeyId", message)
        }
        AuthError::ExpiredToken if is_presigned => S3Error::new(403, "AccessDenied", "Request has expired"),
        AuthError::ExpiredToken => S3Error::new(400, "ExpiredToken", "The provided token has expired."),
        AuthError::Expired { .. } | AuthError::NotYetCurrent { .. } if is_presigned => {
            S3Error::new(403, "AccessDenied", "Request has expired")
        }
        AuthError::Expired { .. } | AuthError::NotYetCurrent { .. } => {
            let message = "The difference between the request time and the current time is too large.";
            S3Error::new(403, "RequestTimeTooSkewed", message)
        }
        AuthError::Mismatch => {
            let message = "The request signature we calculated does not match the signature you provided. Check your key \
                           and signing method.";
            S3Error::new(403, "SignatureDoesNotMatch", message)
        }
        AuthError::Region { given } => {
            let message = format!(
                "The authorization header is malformed; the region '{given}' is wrong; expecting '{region}'"
            );
            S3Error::new(400, "AuthorizationHeaderMalformed", message).about("Region", region)
        }
        AuthError::Incomplete(_) => S3Error::new(400, "AuthorizationHeaderMalformed", error.to_string()),
        other => S3Error::new(other.status(), other.code(), other.to_string()),
    };
    failure.reply()
}

pub(super) fn done(status: StatusCode) -> Reply {
    let mut reply = plain(status, "", "");
    reply.headers_mut().remove(CONTENT_TYPE);
    reply
}

pub(super) fn xml(body: &str) -> Reply {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
    plain(StatusCode::OK, "application/xml", body)
}

/// The namespace of what is no error.
pub(super) const NAMESPACE: &str = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

/// Adds a header, if it can be one.
pub(in super::super) fn with_header(reply: &mut Reply, name: &str, value: &str) {
    let pair = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
    if let Some((name, value)) = pair {
        reply.headers_mut().insert(name, value);
    }
}
