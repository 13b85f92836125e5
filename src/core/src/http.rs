//! HTTP messages, as far as a signal needs them: what a host is asked to send and what it brings back.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// A header's name and its value.
pub type Header = (String, String);

/// A header.
pub(crate) fn header(name: &str, value: &str) -> Header {
    (name.to_owned(), value.to_owned())
}

/// A request for the host to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, in upper case.
    pub method: String,
    /// The absolute URI. Its authority is the `Host` that was signed.
    pub uri: String,
    /// Every header but `Host` and `Content-Length`, which follow from `uri` and `body`. Names are lower case.
    pub headers: Vec<Header>,
    /// The body, byte for byte; empty for none.
    pub body: Vec<u8>,
}

/// An answer that the host received.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, names in any case.
    pub headers: Vec<Header>,
    /// The body, or its beginning.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of the header called `name`, whatever its case.
    // Not inlined: every copy of it is larger than a call.
    #[must_use]
    #[inline(never)]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Neither the headers (a redirect may be presigned) nor the body (S3 echoes signatures) are shown.
impl core::fmt::Debug for Response {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body", &self.body.len())
            .finish()
    }
}

/// Neither the URI (it may be presigned) nor the headers (they may be signed) nor the body are shown.
impl core::fmt::Debug for Request {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("headers", &self.headers.len())
            .field("body", &self.body.len())
            .finish_non_exhaustive()
    }
}
