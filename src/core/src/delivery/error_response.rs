//! AWS's error documents: CloudFormation's in JSON and XML, and Amazon S3's XML.
//!
//! Only the code, the message, the type and the request id are taken. S3 also echoes the access key and the
//! string that was signed: those never leave this module.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>

use alloc::string::String;

mod json;
mod xml;

/// Whose fault AWS says an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The request's.
    Sender,
    /// The service's.
    Receiver,
}

/// An error that AWS described.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ErrorResponse {
    /// Such as `ValidationError`; never empty.
    pub code: String,
    /// For people; possibly empty.
    pub message: String,
    /// S3 does not say.
    pub fault: Option<Fault>,
    /// In the body; it may be in a header instead.
    pub request_id: Option<String>,
}

/// The error that `body` describes; `None` where it is no document of AWS's, cut, or empty.
pub(crate) fn parse(body: &[u8]) -> Option<ErrorResponse> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let error = match text.chars().next()? {
        '{' => json::parse(text),
        '<' => Some(xml::parse(text)),
        _ => None,
    }?;
    (!error.code.is_empty()).then_some(error)
}

impl Fault {
    fn named(name: &str) -> Option<Self> {
        match name {
            "Sender" => Some(Self::Sender),
            "Receiver" => Some(Self::Receiver),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
