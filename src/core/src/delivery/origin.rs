//! Who answered: AWS, or somebody on the way to it.
//!
//! A proxy, a captive portal or another machine at a wrong address answers too. What it says decides nothing: another try may get
//! through.

use alloc::string::String;

use crate::endpoint::Partition;
use crate::http::Response;
use crate::uri;

use super::error_response::ErrorResponse;

/// What a successful answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// The signal has arrived.
    Delivery,
    /// A page for people, such as a captive portal's.
    Page,
    /// It comes from one of AWS's hosts, and has no request id as all of AWS's have.
    Anonymous,
}

/// AWS's request id in a header: CloudFormation's or Amazon S3's.
pub(super) fn request_id(response: &Response) -> Option<&str> {
    let id = response.header("x-amzn-requestid").or_else(|| response.header("x-amz-request-id"));
    id.map(str::trim).filter(|id| !id.is_empty())
}

/// Whether AWS answered, or whoever stands for it in a test: by its request id, or by an `error` that is a document of AWS's.
pub(super) fn is_aws(response: &Response, error: Option<&ErrorResponse>) -> bool {
    error.is_some() || request_id(response).is_some()
}

/// What an answer of status 2xx to a request to `uri` is worth.
///
/// Other services' handles, OpenStack's for one, answer without a request id: it is asked of AWS's own hosts only.
pub(super) fn worth(response: &Response, uri: &str) -> Worth {
    let body = String::from_utf8_lossy(&response.body);
    if is_page(&body, response.header("content-type").unwrap_or_default()) {
        return Worth::Page;
    }
    let identified = request_id(response).is_some() || body.contains("RequestId\"");
    if identified || !is_aws_host(uri) { Worth::Delivery } else { Worth::Anonymous }
}

/// Whether the host of `uri` is in a domain of AWS's.
fn is_aws_host(uri: &str) -> bool {
    let host = uri::split(uri).host().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let name = name.strip_suffix('.').unwrap_or(name);
    let within =
        |domain: &str| match name.len().checked_sub(domain.len()).and_then(|at| name.split_at_checked(at)) {
            Some((front, end)) => front.ends_with('.') && end.eq_ignore_ascii_case(domain),
            None => false,
        };
    Partition::any(|partition| within(partition.dns_suffix()) || within(partition.dual_stack_dns_suffix()))
}

/// Whether `body` is HTML, whatever it begins with, compressed or in UTF-16 too.
///
/// XML is what CloudFormation may speak, and some text without markup, or none, is what frameworks call HTML by default.
fn is_page(body: &str, content_type: &str) -> bool {
    let body = body.trim_start_matches('\u{feff}').trim_start();
    match body.as_bytes().first() {
        Some(b'<') => !content_type.contains("/xml") && !body.contains("<SignalResourceResponse"),
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'{' | b'[' | b'"') | None => false,
        Some(_) => begins(content_type, "text/html"),
    }
}

/// Whether `text` begins with `start`, in any case.
fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests;
