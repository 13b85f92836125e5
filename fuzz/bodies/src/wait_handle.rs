//! A wait condition's URL, as anybody may have written it, and what is signalled to it.
//!
//! Input: the URL, the unique id, and lines of which the first is the reason; the body is the data.

use cfn_signal_core::delivery::{Delivery, Event, Policy, Signal, Status, Step, Target};
use cfn_signal_core::uri;

use crate::checks;
use crate::message::Message;

/// Prepares a delivery to `input`'s URL, and looks at its first request.
pub fn run(input: &[u8]) {
    let Some(message) = Message::read(input) else { return };
    let given = message.first;
    let signal = Signal {
        status: if message.headers.len() > 1 { Status::Failure } else { Status::Success },
        unique_id: message.second,
        reason: message.headers.into_iter().next().map(|(name, value)| name + &value),
        data: (!message.body.is_empty()).then(|| String::from_utf8_lossy(message.body).into_owned()),
    };
    let handle = Target::WaitHandle(given.clone().into());
    let mut delivery = match Delivery::prepare(signal, handle, Policy::default(), 1) {
        Ok(delivery) => delivery,
        Err(error) => {
            let told = error.to_string();
            assert!(!told.is_empty() && !told.chars().any(char::is_control), "{told:?}");
            return;
        }
    };
    let Step::Send(attempt) = delivery.next(Event::Start, 1_767_225_600_000, 0) else {
        assert!(given.is_empty(), "a handle needs nobody's identity, and its first step is a request");
        return;
    };
    checks::sendable(&attempt);
    assert_eq!(attempt.request.method, "PUT");
    let (given, sent) = (given.trim(), attempt.request.uri.as_str());
    // The query is signed: what it stands for does not change. One broken escape makes all others text, as in the original.
    if given.starts_with("http") && uri::split(given).query.is_none_or(is_whole) {
        assert_eq!(query(given), query(sent), "{given:?} {sent:?}");
    }
    assert_eq!(uri::split(sent).fragment, None, "{sent:?}");
}

/// What a query stands for; an empty one is none.
fn query(uri: &str) -> Vec<u8> {
    uri::percent_decode(uri::split(uri).query.unwrap_or_default()).into_owned()
}

/// Whether every `%` begins an escape.
fn is_whole(query: &str) -> bool {
    query
        .split('%')
        .skip(1)
        .all(|after| after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}
