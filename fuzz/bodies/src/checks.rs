//! What holds of every delivery, whatever happens to it.

use cfn_signal_core::delivery::{Attempt, Outcome, OutcomeKind, Pause};
use cfn_signal_core::http::Response;

pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub(crate) const TOKEN: &str = "FAKE/SESSION+TOKEN==";

/// Bytes that a wait handle takes.
const LARGEST_BODY: usize = 4_096;
/// Bytes of a message.
const LONGEST_MESSAGE: usize = 1_024;

/// Whether a request can be sent as it is: by a client that is not ours, too.
pub(crate) fn sendable(attempt: &Attempt) {
    let request = &attempt.request;
    assert!(0 < attempt.connect_timeout && attempt.connect_timeout <= attempt.timeout);
    let uri = request.uri.parse::<http::Uri>();
    assert!(uri.as_ref().is_ok_and(|uri| uri.host().is_some()), "{:?} is no URI: {uri:?}", request.uri);
    for (name, value) in &request.headers {
        assert!(http::HeaderName::from_bytes(name.as_bytes()).is_ok(), "{name:?} is no header's name");
        assert!(http::HeaderValue::from_str(value).is_ok(), "{value:?} is no header's value");
    }
    if request.method == "PUT" {
        assert!(request.body.len() <= LARGEST_BODY, "{} bytes", request.body.len());
        let body: Result<serde_json::Value, _> = serde_json::from_slice(&request.body);
        assert!(body.is_ok(), "{body:?}");
    }
}

/// Whether a pause is one.
pub(crate) fn pause(pause: &Pause, secrets: &[&str]) {
    assert!(pause.duration < pause.remaining, "{pause:?}");
    message(&pause.reason, secrets);
}

/// Whether an end may be told, and is none that nobody has confirmed: `last` answered the last try, and `arrived` says whether one
/// before it may have reached the service.
pub(crate) fn outcome(outcome: &Outcome, last: Option<&Response>, arrived: bool, secrets: &[&str]) {
    message(&outcome.message, secrets);
    let shown = format!("{outcome:?}");
    secrets.iter().for_each(|secret| assert!(!shown.contains(secret), "{shown}"));
    if outcome.kind == OutcomeKind::Delivered {
        let confirmed = last.is_some_and(|answer| answer.status / 100 == 2 || arrived && exists(answer));
        assert!(confirmed, "{outcome:?} after {last:?}");
    }
}

fn exists(answer: &Response) -> bool {
    String::from_utf8_lossy(&answer.body).contains("already exists")
}

/// Whether `answer` looks as AWS's do.
pub(crate) fn is_aws(answer: &Response) -> bool {
    let id = answer.header("x-amzn-requestid").or_else(|| answer.header("x-amz-request-id"));
    id.is_some() || String::from_utf8_lossy(&answer.body).contains("Code")
}

fn message(text: &str, secrets: &[&str]) {
    assert!(!text.is_empty() && text.len() <= LONGEST_MESSAGE, "{} bytes", text.len());
    assert!(!text.chars().any(char::is_control), "{text:?}");
    secrets.iter().for_each(|secret| assert!(!text.contains(secret), "{text}"));
}
