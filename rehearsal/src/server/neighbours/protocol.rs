//! How services write their errors: each in the protocol that its clients read.
//!
//! Sources: <https://smithy.io/2.0/aws/protocols/index.html>,
//! <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>

use hyper::StatusCode;
use serde_json::json;

use super::super::{Received, Reply, plain};
use super::escaped;
use super::s3;
use crate::auth::AuthError;
use crate::ids;

#[cfg(test)]
mod tests;

/// What a request is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// A form, answered in XML.
    Query,
    /// The same, with errors of its own.
    Ec2,
    /// JSON, its operation in a header.
    Json10,
    Json11,
    /// Paths, with JSON.
    RestJson,
    /// Paths, with XML.
    RestXml,
    /// Smithy's own, in CBOR.
    Cbor,
}

/// Services whose paths go with XML.
const REST_XML: [&str; 4] = ["cloudfront", "route53", "s3express", "s3-outposts"];

impl Protocol {
    /// The protocol of a request that is signed for `service`.
    pub(super) fn of(request: &Received, service: &str) -> Self {
        let content_type = request.header("content-type").unwrap_or_default();
        let is_form = content_type.starts_with("application/x-www-form-urlencoded");
        let is_rest = request.path != "/";
        match service {
            _ if request.header("smithy-protocol") == Some("rpc-v2-cbor") => Self::Cbor,
            _ if request.header("x-amz-target").is_some() => {
                if content_type.contains("json-1.0") {
                    Self::Json10
                } else {
                    Self::Json11
                }
            }
            "ec2" => Self::Ec2,
            "ssm" => Self::Json11,
            service if REST_XML.contains(&service) => Self::RestXml,
            _ if is_form => Self::Query,
            _ if content_type.contains("json") || is_rest => Self::RestJson,
            _ => Self::Query,
        }
    }

    pub(super) fn is_json(self) -> bool {
        matches!(self, Self::Json10 | Self::Json11)
    }

    /// Whether its answers are XML.
    pub(super) fn is_xml(self) -> bool {
        matches!(self, Self::Query | Self::Ec2 | Self::RestXml)
    }

    /// A request that is not believed, as the protocol's services say it.
    pub(super) fn auth_failure(self, error: &AuthError) -> Reply {
        let message = error.to_string();
        match self {
            Self::Ec2 => match error {
                AuthError::Mismatch | AuthError::UnknownKey => {
                    let message = "AWS was not able to validate the provided access credentials";
                    self.failure(401, "AuthFailure", message)
                }
                _ => self.failure(error.status(), error.code(), &message),
            },
            Self::Query | Self::RestXml => self.failure(error.status(), error.code(), &message),
            Self::Json10 | Self::Json11 | Self::RestJson | Self::Cbor => {
                let code = match error.code() {
                    "SignatureDoesNotMatch" => "InvalidSignatureException",
                    "InvalidClientTokenId" => "UnrecognizedClientException",
                    "MissingAuthenticationToken" => "MissingAuthenticationTokenException",
                    "IncompleteSignature" => "IncompleteSignatureException",
                    "ExpiredToken" => "ExpiredTokenException",
                    other => other,
                };
                // These services count it among what the client did wrong.
                let status = if self == Self::RestJson { 403 } else { 400 };
                self.failure(status, code, &message)
            }
        }
    }

    pub(super) fn failure(self, status: u16, code: &str, message: &str) -> Reply {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        match self {
            Self::Query | Self::RestXml => plain(
                status,
                "text/xml",
                format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>\
                     <RequestId>{}</RequestId></ErrorResponse>",
                    escaped(code),
                    escaped(message),
                    ids::uuid()
                ),
            ),
            Self::Ec2 => plain(
                status,
                "text/xml;charset=UTF-8",
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{}</Code><Message>{}</Message>\
                     </Error></Errors><RequestID>{}</RequestID></Response>",
                    escaped(code),
                    escaped(message),
                    ids::uuid()
                ),
            ),
            Self::Json10 | Self::Json11 => {
                let content_type = if self == Self::Json10 {
                    "application/x-amz-json-1.0"
                } else {
                    "application/x-amz-json-1.1"
                };
                plain(status, content_type, json!({ "__type": code, "message": message }).to_string())
            }
            Self::RestJson => {
                let mut reply = plain(status, "application/json", json!({ "message": message }).to_string());
                s3::with_header(&mut reply, "x-amzn-errortype", code);
                reply
            }
            Self::Cbor => {
                // A map of two.
                let mut body = vec![0xa2];
                for text in ["__type", code, "message", message] {
                    body.extend(cbor_text(text));
                }
                let mut reply = plain(status, "application/cbor", body);
                s3::with_header(&mut reply, "smithy-protocol", "rpc-v2-cbor");
                reply
            }
        }
    }
}

/// Text in CBOR: its length, and itself.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc8949.html#section-3.1>
fn cbor_text(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let text = text.as_bytes().get(..usize::try_from(length).unwrap_or(usize::MAX)).unwrap_or_default();
    let mut encoded = vec![0x7a];
    encoded.extend(length.to_be_bytes());
    encoded.extend_from_slice(text);
    encoded
}
