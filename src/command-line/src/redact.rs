//! A request as it may be shown.

use cfn_signal_core::http::Request;
use serde::Serialize;

const HIDDEN: &str = "<redacted>";

/// A request without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Shown {
    method: String,
    uri: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// Which parts of a request are secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Query {
    /// A signal's parameters: to be shown.
    Parameters,
    /// A presigned URL's: a secret.
    Presigned,
}

impl Shown {
    /// What may be shown of `request`.
    pub(super) fn new(request: &Request, query: Query) -> Self {
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), header(name, value)))
            .collect::<Vec<_>>();
        Self {
            method: request.method.clone(),
            uri: uri(&request.uri, query),
            headers,
            body: String::from_utf8_lossy(&request.body).into_owned(),
        }
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} {}", self.method, self.uri)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        if self.body.is_empty() { Ok(()) } else { writeln!(f, "\n{}", self.body) }
    }
}

/// The URI without user name, and without its query where that is a signature.
pub(super) fn uri(uri: &str, query: Query) -> String {
    let (front, parameters) = uri.split_once('?').map_or((uri, None), |(front, rest)| (front, Some(rest)));
    let (scheme, rest) = front.split_once("://").unwrap_or(("", front));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let parameters = match (parameters, query) {
        (None, _) => String::new(),
        (Some(parameters), Query::Parameters) => format!("?{parameters}"),
        (Some(_), Query::Presigned) => format!("?{HIDDEN}"),
    };
    format!("{scheme}://{host}{path}{parameters}")
}

fn header(name: &str, value: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "authorization" => authorization(value),
        "x-amz-security-token" | "cookie" | "proxy-authorization" => HIDDEN.to_owned(),
        _ => value.to_owned(),
    }
}

/// What is signed and as whom, without the signature.
fn authorization(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once(' ') else { return HIDDEN.to_owned() };
    match rest.rsplit_once("Signature=") {
        Some((front, _)) if scheme.starts_with("AWS4-") => format!("{scheme} {front}Signature={HIDDEN}"),
        _ => format!("{scheme} {HIDDEN}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Query, authorization, header, uri};

    #[test]
    fn nothing_secret_is_left() {
        assert_eq!(uri("https://u:p@h:1/a?X-Amz-Signature=s", Query::Presigned), "https://h:1/a?<redacted>");
        assert_eq!(
            uri("https://h/?Action=SignalResource", Query::Parameters),
            "https://h/?Action=SignalResource"
        );
        assert_eq!(uri("https://h", Query::Presigned), "https://h");
        assert_eq!(
            authorization(
                "AWS4-HMAC-SHA256 Credential=AK/d/r/cloudformation/aws4_request,SignedHeaders=host, Signature=ab12"
            ),
            "AWS4-HMAC-SHA256 Credential=AK/d/r/cloudformation/aws4_request,SignedHeaders=host, Signature=<redacted>"
        );
        assert_eq!(authorization("CFN_V1 ZG9j:c2ln"), "CFN_V1 <redacted>");
        assert_eq!(authorization("bare"), "<redacted>");
        assert_eq!(header("X-Amz-Security-Token", "t"), "<redacted>");
        assert_eq!(header("accept", "*/*"), "*/*");
    }
}
