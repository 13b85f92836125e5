//! A request as it may be shown.

use std::borrow::Cow;

use cfn_signal_core::http::Request;
pub(super) use cfn_signal_core::redact::Query;
use cfn_signal_core::{redact, uri as uris};
use serde::Serialize;

use super::conceal::{conceal, conceal_secrets};

const HIDDEN: &str = "<redacted>";

/// A request without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Shown {
    method: String,
    uri: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Shown {
    /// What may be shown of `request`.
    pub(super) fn new(request: &Request, query: Query) -> Self {
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), redact::header(name, value, HIDDEN).into_owned()))
            .collect::<Vec<_>>();
        Self {
            method: request.method.clone(),
            uri: uri(&request.uri, query),
            headers,
            body: conceal_secrets(&String::from_utf8_lossy(&request.body)),
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

/// The URI without what is secret in it, and without a URL that was typed where a name should be.
pub(super) fn uri(uri: &str, query: Query) -> String {
    let shown = redact::url(uri, query, HIDDEN);
    // Where its question mark is escaped, a query is part of the path.
    let Some((address, query)) = shown.split_once('?') else { return conceal_secrets(&shown) };
    let parameters: Vec<_> = query.split('&').map(parameter).collect();
    format!("{}?{}", conceal_secrets(address), parameters.join("&"))
}

fn parameter(parameter: &str) -> Cow<'_, str> {
    let Some((name, value)) = parameter.split_once('=') else { return parameter.into() };
    let typed = String::from_utf8_lossy(&uris::percent_decode(value)).into_owned();
    if conceal(&typed) == typed { parameter.into() } else { format!("{name}={HIDDEN}").into() }
}

#[cfg(test)]
mod tests {
    use cfn_signal_core::http::Request;

    use super::{Query, Shown};

    #[test]
    fn nothing_secret_is_left() {
        let text = |text: &str| text.to_owned();
        let request = Request {
            method: text("PUT"),
            uri: text("https://u:p@h:1/a?X-Amz-Signature=s"),
            headers: vec![
                (text("authorization"), text("CFN_V1 ZG9j:c2ln")),
                (text("X-Amz-Security-Token"), text("t")),
                (text("accept"), text("*/*")),
            ],
            body: Vec::new(),
        };
        assert_eq!(
            Shown::new(&request, Query::Presigned).to_string(),
            "PUT https://h:1/a?<redacted>\nauthorization: CFN_V1 <redacted>\nX-Amz-Security-Token: <redacted>\naccept: */*\n"
        );
    }
}
