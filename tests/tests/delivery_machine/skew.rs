//! The clock-skew scenarios that AWS's SDKs share (`tests/data/clock-skew-test-cases.json`, from the crate `aws-runtime`,
//! Apache-2.0), played through whole deliveries: each of a scenario's operations is one.
//!
//! An SDK's client remembers the skew from operation to operation; a delivery is one operation, and a process sends one
//! signal. So an operation that begins with a skew gets it here from an answer 503 before it.

use cfn_signal_core::delivery::{Delivery, TransportError};
use cfn_signal_core::delivery::{Event, OutcomeKind, Policy, Status, Step, Target};
use cfn_signal_core::http::Response;
use serde_json::Value;

use super::simulator::*;

fn millis(time: &Value) -> u64 {
    // All of them are on one day in January 2026.
    let text = time.as_str().unwrap().strip_prefix("2026-01-01T").unwrap().strip_suffix('Z').unwrap();
    let parts: Vec<u64> = text.split(':').map(|part| part.parse().unwrap()).collect();
    NEW_YEAR + (parts[0] * 3_600 + parts[1] * 60 + parts[2]) * 1_000
}

fn compact(millis: u64) -> String {
    let seconds = (millis - NEW_YEAR) / 1_000;
    format!("20260101T{:02}{:02}{:02}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn http_date(millis: u64) -> String {
    let seconds = (millis - NEW_YEAR) / 1_000;
    format!("Thu, 01 Jan 2026 {:02}:{:02}:{:02} GMT", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn response(expected: &Value) -> Response {
    let headers = expected["headers"].as_object().unwrap();
    let code = expected["errorCode"].as_str().unwrap_or_default();
    Response {
        status: u16::try_from(expected["statusCode"].as_u64().unwrap()).unwrap(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .chain([("x-amzn-requestid".to_owned(), "rid-1".to_owned())])
            .collect(),
        body: if code.is_empty() {
            Vec::new()
        } else {
            format!("{{\"Error\":{{\"Code\":\"{code}\",\"Message\":\"\",\"Type\":\"Sender\"}}}}").into()
        },
    }
}

fn play(name: &str, operation: &Value) {
    let attempts = operation["maxAttempts"].as_u64().map_or(3, |most| u32::try_from(most).unwrap());
    let policy = Policy::default()
        .with_max_attempts(attempts)
        .with_deadline(3_600_000)
        .with_attempt_timeout(3_600_000);
    let target = Target::Resource(resource_target());
    let mut delivery = Delivery::prepare(signal(Status::Success), target, policy, 1).unwrap();
    let attempts = operation["attempts"].as_array().unwrap();
    let start = millis(&attempts[0]["clientTimeAtSend"]);
    assert!(matches!(delivery.next(Event::Start, start, 0), Step::NeedIdentity(_)), "{name}");
    let mut step = delivery.next(Event::Identity(key("AKIDEXAMPLE")), start, 0);

    let skew = operation["initialClientSkew"].as_i64().unwrap();
    if skew != 0 {
        let date = http_date(start.saturating_add_signed(skew * 1_000));
        let headers = vec![("Date".to_owned(), date)];
        let id = ("x-amzn-requestid".to_owned(), "rid-0".to_owned());
        let seed = Response { status: 503, headers: [headers, vec![id]].concat(), body: Vec::new() };
        assert!(matches!(delivery.next(Event::Response(seed), start, 0), Step::Wait(_)));
        step = delivery.next(Event::Waited, start, 0);
    }
    for attempt in attempts {
        let Step::Send(send) = &step else { panic!("{name}: {step:?}") };
        let expected = compact(millis(&attempt["expectedSigningTime"]));
        assert_eq!(header(&send.request, "x-amz-date"), Some(expected.as_str()), "{name}");
        let received = millis(&attempt["clientTimeAtReceive"]);
        step = delivery.next(Event::Response(response(&attempt["response"])), received, received - start);
        if let Step::Wait(_) = step {
            step = delivery.next(Event::Waited, received, received - start);
        }
    }
    let Step::Done(outcome) = step else { panic!("{name}: {step:?}") };
    let delivered = operation["expectedOutcome"] == "success";
    assert_eq!(outcome.kind == OutcomeKind::Delivered, delivered, "{name}: {}", outcome.message);
}

#[test]
fn the_scenarios() {
    let suite: Value = serde_json::from_str(include_str!("../../data/clock-skew-test-cases.json")).unwrap();
    let tests = suite["tests"].as_array().unwrap();
    assert_eq!(tests.len(), 10);
    for test in tests {
        for operation in test["operations"].as_array().unwrap() {
            play(test["description"].as_str().unwrap(), operation);
        }
    }
}

fn skewed(code: &str, minute: u32) -> Reply {
    error_with(403, code, "x", &[("Date", &format!("Thu, 01 Jan 2026 00:{minute:02}:00 GMT"))])
}

#[test]
fn a_wrong_clock_is_corrected_at_once() {
    for code in [
        "SignatureDoesNotMatch",
        "InvalidSignature",
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
        "RequestExpired",
        "AuthFailure",
        "AccessDeniedException",
    ] {
        let run = World::new([skewed(code, 30), answer(200, "")]).run(to_resource(Policy::default()));
        assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 2), "{code}");
        assert!(run.waits.is_empty(), "{code}");
        // The date has whole seconds, and the middle of the request was some milliseconds past one.
        assert_eq!(header(&run.sent[1], "x-amz-date"), Some("20260101T003000Z"), "{code}");
    }
}

#[test]
fn a_right_clock_is_not_to_blame() {
    for (code, kind) in [
        ("SignatureDoesNotMatch", OutcomeKind::Credentials),
        ("AuthFailure", OutcomeKind::Credentials),
        ("RequestTimeTooSkewed", OutcomeKind::Rejected),
    ] {
        for minute in [0, 3] {
            let run = World::new([skewed(code, minute)]).run(to_resource(Policy::default()));
            assert_eq!((run.outcome.kind, run.sent.len()), (kind, 1), "{code}");
        }
        // A wrong secret on a machine whose clock is wrong too.
        let run = World::new([skewed(code, 30)]).run(to_resource(Policy::default()));
        assert_eq!((run.outcome.kind, run.sent.len()), (kind, 2), "{code}");
    }
}

#[test]
fn a_server_whose_clock_runs_wild_is_not_followed_for_ever() {
    let replies: Vec<Reply> =
        (0..59).map(|n| skewed("RequestTimeTooSkewed", if n % 2 == 0 { 55 } else { 5 })).collect();
    let run = World::new(replies).run(to_resource(Policy::default().with_max_attempts(50)));
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Rejected, 4));
}

#[test]
fn a_clock_set_during_a_request_does_not_matter() {
    // The machine is half an hour behind and is put right while the first request is under way.
    let mut delivery = to_resource(Policy::default());
    let behind = NEW_YEAR;
    let right = NEW_YEAR + 1_800_000;
    delivery.next(Event::Start, behind, 0);
    delivery.next(Event::Identity(key("A")), behind, 0);
    let Reply::Answer(response) = skewed("RequestTimeTooSkewed", 30) else { unreachable!() };
    let step = delivery.next(Event::Response(response), right + 1_000, 1_000);
    let Step::Send(send) = step else { panic!("{step:?}") };
    assert_eq!(header(&send.request, "x-amz-date"), Some("20260101T003000Z"));
}

/// A proxy's clock is not the service's.
#[test]
fn only_the_services_clock_counts() {
    let headers = [("Date", "Thu, 01 Jan 2026 02:00:00 GMT"), ("Via", "1.1 proxy")];
    let mut replies = vec![answer_with(502, &headers, "<html>"); 6];
    replies.push(answer(200, "{}"));
    let run = World::new(replies).run(to_resource(Policy::default()));
    assert_eq!(run.outcome.kind, OutcomeKind::Delivered);
    for request in &run.sent {
        assert!(header(request, "x-amz-date").unwrap().starts_with("20260101T000"), "{request:?}");
    }
}

/// A wrong clock may be told in words alone: without a `Date`, or with one of a cache's.
#[test]
fn what_aws_says_of_the_time_corrects_it_too() {
    for message in [
        "Signature expired: 20260101T000000Z is now earlier than 20260101T015500Z (20260101T020000Z - 5 min.)",
        "Signature not yet current: 20260101T000000Z is still later than 20260101T021500Z (20260101T020000Z + 15 min.)",
    ] {
        for code in ["SignatureDoesNotMatch", "InvalidSignatureException", "RequestExpired"] {
            let cached = [("Date", "Thu, 01 Jan 2026 00:00:00 GMT"), ("Age", "30")];
            for headers in [&[][..], &cached, &cached[..1]] {
                let reply = error_with(403, code, message, headers);
                let run = World::new([reply.clone(), answer(200, "{}")]).run(to_resource(Policy::default()));
                assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Delivered, 2), "{code}");
                let date = header(&run.sent[1], "x-amz-date").unwrap();
                assert!(date.starts_with("20260101T0200"), "{date}");
                // A clock that stays wrong ends the delivery, and is named.
                let run = World::new([reply]).run(to_resource(Policy::default()));
                assert!(run.sent.len() <= 4 && run.waits.len() <= 2, "{:?}", run.waits);
                assert!(run.outcome.message.contains("machine's clock"), "{}", run.outcome.message);
            }
        }
    }
}

#[test]
fn a_wait_handles_url_is_never_dated_anew() {
    let run = World::new([s3_error(403, "RequestTimeTooSkewed", "x")]).run(to_handle(Policy::default()));
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Rejected, 1));
}

#[test]
fn an_unanswered_request_measures_nothing() {
    let world = World::new([Reply::Fail(TransportError::Refused(String::new())), answer(200, "")]);
    let run = world.run(to_resource(Policy::default()));
    assert!(header(&run.sent[1], "x-amz-date").unwrap().starts_with("20260101T00000"));
}
