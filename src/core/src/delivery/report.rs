//! The words of an outcome: what failed, what was tried, what to do next.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use super::error_response::ErrorResponse;
use super::origin;
use super::scrub::Scrub;
use super::types::TransportError;
use crate::http::Response;

/// The longest message, in bytes.
pub(super) const LONGEST: usize = 1_024;

/// The longest text of somebody else's in a message, in bytes.
const QUOTED: usize = 500;

/// The longest code or request id, in bytes.
const TOKEN: usize = 128;

/// Why a try did not succeed, scrubbed.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub summary: String,
    pub advice: &'static str,
    pub status_code: Option<u16>,
    pub code: Option<String>,
    pub request_id: Option<String>,
}

/// What a delivery has done so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    pub attempts: u32,
    /// Milliseconds since the start.
    pub elapsed: u64,
}

impl Failure {
    /// One that no answer and no request caused.
    // Not inlined: every copy of it is larger than a call.
    #[inline(never)]
    pub(super) fn new(summary: String, advice: &'static str) -> Self {
        // Not from the default, which would have to be dropped again.
        Self { summary, advice, status_code: None, code: None, request_id: None }
    }

    /// An answer.
    pub(super) fn answer(
        response: &Response,
        error: Option<&ErrorResponse>,
        advice: &'static str,
        scrub: &Scrub,
    ) -> Self {
        let status = response.status;
        let code = error.map(|error| scrub.line(&error.code, TOKEN));
        let mut summary = match (error, &code) {
            (Some(error), Some(code)) => {
                format!("AWS answered {status} {code}: {}", scrub.line(&error.message, QUOTED))
            }
            _ => format!("the server answered {status}{}", excerpt(&response.body, scrub)),
        };
        while matches!(summary.as_bytes(), [.., b':' | b' ']) {
            summary.pop();
        }
        let request_id = origin::request_id(response).or_else(|| error?.request_id.as_deref());
        Self {
            summary,
            advice,
            status_code: Some(response.status),
            code,
            request_id: request_id.map(|id| scrub.line(id, TOKEN)).filter(|id| !id.is_empty()),
        }
    }

    /// Whether it is AWS's word: see [`origin`].
    pub(super) fn is_aws(&self) -> bool {
        self.code.is_some() || self.request_id.is_some()
    }

    /// No answer, after `took` milliseconds.
    pub(super) fn transport(error: &TransportError, took: u64, scrub: &Scrub) -> Self {
        let (what, detail, advice) = match error {
            TransportError::Dns(detail) => (
                "the host's name was not resolved",
                detail.as_str(),
                "check the region, the endpoint and the name servers",
            ),
            TransportError::Refused(detail) => (
                "no connection",
                detail.as_str(),
                "check the security group, the routes and the VPC endpoint",
            ),
            TransportError::ConnectTimeout => {
                let advice =
                    "check that there is a way out: a NAT or internet gateway, a VPC endpoint, or a proxy";
                return Self::new(format!("no connection within {}", duration(took)), advice);
            }
            TransportError::Timeout => {
                let advice = "check the proxy or the VPC endpoint: it takes requests and passes on no answer";
                return Self::new(format!("no answer within {}", duration(took)), advice);
            }
            TransportError::Tls(detail) => (
                "no secure connection",
                detail.as_str(),
                "check the CA certificates and this machine's clock",
            ),
            TransportError::Certificate(detail) => (
                "the server's certificate is not trusted",
                detail.as_str(),
                "check the endpoint, the CA certificates and the proxy",
            ),
            TransportError::Proxy(detail) => {
                ("the proxy failed", detail.as_str(), "check the proxy's address and password")
            }
            TransportError::Reset(detail) => {
                ("the connection broke", detail.as_str(), "check the network to the endpoint")
            }
            TransportError::Other(detail) => (
                "the connection failed",
                detail.as_deref().unwrap_or_default(),
                "check the network to the endpoint",
            ),
        };
        Self::new(with_detail(what, &scrub.line(detail, QUOTED)), advice)
    }

    /// The message of an outcome that this failure decided.
    pub(super) fn message(&self, before: &str, effort: Effort, scrub: &Scrub) -> String {
        let separator = if self.advice.is_empty() { "" } else { "; " };
        let Self { summary, advice, .. } = self;
        scrub.line(&format!("{before}{summary} ({}){separator}{advice}", tried(effort)), LONGEST)
    }
}

/// Such as `2 tries, 1.3 s`.
pub(super) fn tried(effort: Effort) -> String {
    let tries = match effort.attempts {
        0 => "nothing sent".to_owned(),
        1 => "1 try".to_owned(),
        several => format!("{several} tries"),
    };
    format!("{tries}, {}", duration(effort.elapsed))
}

/// Milliseconds for people.
pub(super) fn duration(milliseconds: u64) -> String {
    let (seconds, tenths) = (milliseconds / 1_000, milliseconds % 1_000 / 100);
    match (seconds, tenths) {
        (0, _) => format!("{milliseconds} ms"),
        (_, 0) => format!("{seconds} s"),
        _ => format!("{seconds}.{tenths} s"),
    }
}

/// `what: detail`, or `what` where there is no detail.
pub(super) fn with_detail(what: &str, detail: &str) -> String {
    if detail.is_empty() { what.to_owned() } else { format!("{what}: {detail}") }
}

/// The beginning of a body that is not AWS's, unless it is a page.
fn excerpt(body: &[u8], scrub: &Scrub) -> String {
    const EXCERPT: usize = 200;
    match scrub.line(&String::from_utf8_lossy(body), EXCERPT) {
        line if line.is_empty() => String::new(),
        line if line.starts_with("<") => " with a page that is not AWS's".to_owned(),
        line => format!(": {line}"),
    }
}

#[cfg(test)]
mod tests;
