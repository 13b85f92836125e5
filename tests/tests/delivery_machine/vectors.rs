//! AWS's SDKs and this delivery on what is worth another try (`tests/data/retry-vectors.json`, computed with botocore).
//!
//! Where they differ on purpose, the table below says why. Everything else has to agree.

use cfn_signal_core::delivery::{Event, OutcomeKind, Policy, Step, TransportError};
use cfn_signal_core::http::Response;
use serde_json::Value;

use super::simulator::*;

/// An SDK gives up; a delivery tries again.
const TRIED_AGAIN: [(Option<u64>, &str, &str); 12] = [
    (Some(301), "", "not AWS's: a portal's, which goes away"),
    (Some(307), "", "likewise"),
    (Some(400), "", "not AWS's words: Amazon's cfn-signal retries what it cannot read"),
    (Some(401), "", "likewise"),
    (Some(403), "", "likewise, a captive portal or a proxy that is not ready yet"),
    (Some(404), "", "likewise"),
    (Some(408), "", "likewise"),
    (Some(409), "", "likewise"),
    (Some(413), "", "likewise"),
    (Some(501), "", "every 5xx is retried by Amazon's cfn-signal"),
    (Some(505), "", "likewise"),
    (Some(509), "", "likewise"),
];

/// The same, by code and whatever the status.
const TRIED_AGAIN_BY_CODE: [(&str, &str); 8] = [
    ("InvalidClientTokenId", "IAM may not have propagated the key yet"),
    ("UnrecognizedClientException", "the same under another name"),
    ("AccessDenied", "nor the permission"),
    ("AccessDeniedException", "the same under another name"),
    ("ExpiredToken", "with renewed credentials"),
    ("ExpiredTokenException", "likewise"),
    ("attempt 3 of 3", "these two vectors are about the SDK's count of attempts"),
    ("attempt 4 of 3", "likewise"),
];

/// What the delivery did after one such answer.
#[derive(Debug, PartialEq)]
struct Seen {
    again: bool,
    throttled: bool,
    wait: u32,
}

fn seen(event: Event) -> Seen {
    // With a wait drawn from 0..=1 ms, what is waited for beyond that was asked for by the server.
    let policy = Policy::default().with_base_delay(1).with_max_delay(1);
    let mut delivery = to_resource(policy);
    delivery.next(Event::Start, NEW_YEAR, 0);
    delivery.next(Event::Identity(key("A")), NEW_YEAR, 0);
    let step = delivery.next(event.clone(), NEW_YEAR, 10);
    let (again, wait) = match step {
        Step::Done(_) => (false, 0),
        Step::Wait(pause) => (true, pause.duration),
        _ => (true, 0),
    };
    // Throttling shows at the deadline.
    let mut late = to_resource(policy);
    late.next(Event::Start, NEW_YEAR, 0);
    late.next(Event::Identity(key("A")), NEW_YEAR, 0);
    let last = late.next(event, NEW_YEAR, 300_000);
    let throttled = matches!(last, Step::Done(outcome) if outcome.kind == OutcomeKind::Throttled);
    Seen { again, throttled, wait }
}

fn event(input: &Value) -> Event {
    if let Some(exception) = input["exception"].as_str() {
        return Event::Failed(match exception {
            "connect" | "endpoint" => TransportError::Refused(String::new()),
            "connect_timeout" => TransportError::ConnectTimeout,
            "read_timeout" => TransportError::Timeout,
            "ssl" => TransportError::Tls(String::new()),
            "proxy" => TransportError::Proxy(String::new()),
            "closed" => TransportError::Reset(String::new()),
            unknown => panic!("{unknown}"),
        });
    }
    let mut headers = Vec::new();
    if let Some(value) = input["retry_after"].as_str() {
        headers.push(("x-amz-retry-after".to_owned(), value.to_owned()));
    }
    let body = input["code"].as_str().map_or_else(String::new, |code| {
        format!("{{\"Error\":{{\"Code\":\"{code}\",\"Message\":\"x\",\"Type\":\"Sender\"}}}}")
    });
    let status = u16::try_from(input["status"].as_u64().unwrap()).unwrap();
    Event::Response(Response { status, headers, body: body.into() })
}

/// Whether the table excuses that a delivery tries again where an SDK does not.
fn excused(input: &Value) -> bool {
    let code = input["code"].as_str().unwrap_or_default();
    let attempt = input["attempt"].as_u64().zip(input["max_attempts"].as_u64());
    let by_count = attempt.map(|(attempt, most)| format!("attempt {attempt} of {most}"));
    TRIED_AGAIN.iter().any(|(status, listed, _)| *status == input["status"].as_u64() && *listed == code)
        || TRIED_AGAIN_BY_CODE
            .iter()
            .any(|(listed, _)| *listed == code || by_count.as_deref() == Some(*listed))
}

#[test]
fn the_vectors() {
    let file: Value = serde_json::from_str(include_str!("../../data/retry-vectors.json")).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 185);
    let mut differences = 0;
    for case in cases {
        let (input, expect) = (&case["input"], &case["expect"]);
        let seen = seen(event(input));
        assert_eq!(seen.throttled, expect["throttling"] == true, "{case}");
        if seen.again != (expect["retryable"] == true) {
            assert!(seen.again, "an SDK tries again and a delivery does not: {case}");
            assert!(excused(input), "not in the table: {case}");
            differences += 1;
        }
        // The header is held between the drawn wait (0 or 1 ms here) and 5 s more.
        let asked =
            input["retry_after"].as_str().and_then(|value| value.trim().parse::<u32>().ok()).unwrap_or(0);
        if seen.again {
            assert!(seen.wait.abs_diff(asked.min(5_000)) <= 1, "{case}: {}", seen.wait);
        }
    }
    assert_eq!(differences, 12 + 6 * 2 + 2, "every line of the table is needed");
}
