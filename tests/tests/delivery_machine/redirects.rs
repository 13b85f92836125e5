//! Where redirects lead.

use cfn_signal_core::delivery::{OutcomeKind, Policy, ResourceTarget};

use crate::simulator::*;

fn moved(status: u16, location: &str) -> Reply {
    answer_with(status, &[("Location", location)], "")
}

#[test]
fn method_and_body_are_kept_and_redirects_are_not_counted() {
    for status in [301, 302, 307, 308] {
        let world = World::new([moved(status, "https://other.s3.example/moved?Y=2"), answer(200, "")]);
        let run = world.run(to_handle(Policy { max_attempts: 1, ..Policy::default() }));
        assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 1), "{status}");
        assert_eq!(run.sent[1].uri, "https://other.s3.example/moved?Y=2");
        assert_eq!((&run.sent[0].method, &run.sent[0].body), (&run.sent[1].method, &run.sent[1].body));
        assert_eq!(run.sent[0].headers, run.sent[1].headers);
        assert!(run.waits.is_empty());
    }
}

#[test]
fn a_signed_request_is_signed_again() {
    let run = World::new([moved(301, "/moved?a=b+c"), answer(200, "{}")]).run(to_resource(Policy::default()));
    assert_eq!(run.outcome.kind, OutcomeKind::Delivered);
    assert_eq!(run.sent[1].uri, "https://cloudformation.us-west-2.amazonaws.com/moved?a=b+c");
    let signature = |index: usize| header(&run.sent[index], "authorization").unwrap();
    assert_ne!(signature(0), signature(1));
    assert!(signature(1).contains(",SignedHeaders=accept;host;x-amz-date;x-amz-security-token, Signature="));
}

#[test]
fn what_a_redirect_repeats_is_no_secret() {
    let location = "/moved?Action=SignalResource&LogicalResourceId=Server&Token=a-new-secret";
    let why = r#"{"Error":{"Code":"Odd","Message":"SignalResource of Server with a-new-secret"}}"#;
    let run = World::new([moved(307, location), answer(400, why)]).run(to_resource(Policy::default()));
    assert!(run.outcome.message.contains("SignalResource of Server with ***"), "{}", run.outcome.message);
}

#[test]
fn a_retry_starts_where_it_started() {
    let world = World::new([moved(307, "/moved"), answer(500, ""), answer(200, "")]);
    let run = world.run(to_handle(Policy::default()));
    assert_eq!(run.outcome.attempts, 2);
    assert_eq!(run.sent[0].uri, run.sent[2].uri);
}

#[test]
fn a_circle_ends_after_five() {
    let run = World::new([moved(307, "/again")]).run(to_handle(Policy::default()));
    assert_eq!((run.outcome.kind, run.sent.len(), run.outcome.attempts), (OutcomeKind::Rejected, 6, 1));
    assert!(run.outcome.message.contains("more than 5 times"), "{}", run.outcome.message);
}

#[test]
fn some_lead_nowhere() {
    for (reply, why) in [
        (moved(307, "http://bucket.s3.example/h"), "from https to http"),
        (moved(307, "mailto:x@y"), "not an http URL"),
        (answer(301, ""), "without saying where to"),
        (
            s3_error(301, "PermanentRedirect", "The bucket must be addressed otherwise"),
            "without saying where to",
        ),
    ] {
        let run = World::new([reply]).run(to_handle(Policy::default()));
        assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Rejected, 1));
        assert!(run.outcome.message.contains(why), "{}", run.outcome.message);
    }
}

#[test]
fn an_identity_document_is_never_sent_elsewhere() {
    let redirected = |location| {
        let world =
            World::new([moved(307, location), answer(200, "")]).with_identities([Has::This(instance())]);
        world.run(to_resource(Policy::default()))
    };
    let run = redirected("https://elsewhere.example/");
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Rejected, 1));
    assert!(run.outcome.message.contains("identity document is not sent"), "{}", run.outcome.message);
    let run = redirected("/moved");
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Delivered, 2));
    assert_eq!(header(&run.sent[0], "authorization"), header(&run.sent[1], "authorization"));
}

#[test]
fn an_endpoint_over_http_may_redirect_to_https() {
    let target = ResourceTarget { endpoint_url: Some("http://127.0.0.1:9".to_owned()), ..resource_target() };
    let delivery = cfn_signal_core::delivery::Delivery::prepare(
        signal(cfn_signal_core::delivery::Status::Success),
        cfn_signal_core::delivery::Target::Resource(target),
        Policy::default(),
        1,
    );
    let run = World::new([moved(308, "https://127.0.0.1:9/"), answer(200, "")]).run(delivery.unwrap());
    assert_eq!(run.outcome.kind, OutcomeKind::Delivered);
}

#[test]
fn redirects_end_at_the_deadline_too() {
    let mut world = World::new([moved(307, "/a")]);
    world.latency = 2_000;
    let run = world.run(to_handle(Policy { deadline: 5_000, ..Policy::default() }));
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Deadline, 3));
    assert_eq!(run.timeouts, [5_000, 3_000, 1_000]);
}
