//! Where redirects lead.

use cfn_signal_core::delivery::{Delivery, OutcomeKind, Policy, Status, Target};

use super::simulator::*;

/// Of whoever is on the way.
fn moved(status: u16, location: &str) -> Reply {
    answer_with(status, &[("Location", location)], "")
}

/// Of AWS's.
fn moved_by_aws(status: u16, location: &str) -> Reply {
    let ids = ["x-amzn-requestid", "x-amz-request-id"].map(|name| (name, "rid-1"));
    answer_with(status, &[("Location", location), ids[0], ids[1]], "")
}

#[test]
fn method_and_body_are_kept_and_redirects_are_not_counted() {
    for status in [301, 302, 307, 308] {
        let world = World::new([moved(status, "https://other.s3.example/moved?Y=2"), answer(200, "")]);
        let run = world.run(to_handle(Policy::default().with_max_attempts(1)));
        assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 1), "{status}");
        assert_eq!(run.sent[1].uri, "https://other.s3.example/moved?Y=2");
        assert_eq!((&run.sent[0].method, &run.sent[0].body), (&run.sent[1].method, &run.sent[1].body));
        assert_eq!(run.sent[0].headers, run.sent[1].headers);
        assert!(run.waits.is_empty());
    }
}

/// A server that may choose the host and the query of a signed request may have any request signed.
#[test]
fn a_signed_request_follows_none_wherever_it_leads() {
    let here = "https://cloudformation.us-west-2.amazonaws.com/";
    for status in [301, 302, 307, 308] {
        for location in
            ["/moved", here, "https://cloudformation.eu-west-1.amazonaws.com/?Action=DeleteStack", ""]
        {
            for identity in [key("AKIDEXAMPLE"), instance()] {
                let world = World::new([moved_by_aws(status, location), answer(200, "")]);
                let run = world.with_identities([Has::This(identity)]).run(to_resource(Policy::default()));
                assert_eq!(
                    (run.outcome.kind, run.sent.len()),
                    (OutcomeKind::Rejected, 1),
                    "{status} {location}"
                );
                assert_eq!(
                    run.outcome.message,
                    format!(
                        "the server answered {status}: a signed request follows no redirect (1 try, 25 ms); check the \
                         URL, and the proxy"
                    )
                );
            }
        }
    }
}

/// A network's portal, where one logs in first: it sends everybody elsewhere, and goes away.
#[test]
fn a_redirect_that_is_not_awss_is_waited_out() {
    let nowhere = [
        moved(302, ""),
        moved(302, "http://portal.example/login?from=x"),
        moved(307, "mailto:x@y"),
        answer(301, ""),
    ];
    for reply in &nowhere {
        let world = World::new([reply.clone(), reply.clone(), answer(200, "")]);
        let run = world.run(to_handle(Policy::default()));
        assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 3), "{reply:?}");
    }
    for reply in nowhere.iter().chain(&[moved(302, "/elsewhere")]) {
        let world = World::new([reply.clone(), reply.clone(), answer(200, "")]);
        let run = world.run(to_resource(Policy::default()));
        assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 3), "{reply:?}");
        // It may also stay, or be a wrong `--url`.
        let run = World::new([reply.clone()]).run(to_resource(Policy::default()));
        assert_eq!(run.outcome.kind, OutcomeKind::Rejected, "{reply:?}");
        assert!(run.outcome.message.contains("a signed request follows no redirect"), "{run:?}");
        assert!(run.outcome.message.starts_with("no more time before the deadline of 300 s: "), "{run:?}");
        let run = World::new([reply.clone()]).run(to_resource(Policy::default().with_max_attempts(2)));
        assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Rejected, 2), "{reply:?}");
    }
}

/// AWS's words about a redirect, such as S3's of another region, stay in the message.
#[test]
fn what_the_server_says_of_it_is_told() {
    let why = r#"{"Error":{"Code":"Moved","Message":"Try the other region"}}"#;
    let run = World::new([answer(301, why)]).run(to_resource(Policy::default()));
    assert!(run.outcome.message.contains("301 Moved: Try the other region"), "{}", run.outcome.message);
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
    let run = World::new([moved_by_aws(307, "/again")]).run(to_handle(Policy::default()));
    assert_eq!((run.outcome.kind, run.sent.len(), run.outcome.attempts), (OutcomeKind::Rejected, 6, 1));
    assert!(run.outcome.message.contains("more than 5 times"), "{}", run.outcome.message);
}

#[test]
fn some_lead_nowhere() {
    for (reply, why) in [
        (moved_by_aws(307, "http://bucket.s3.example/h"), "from https to http"),
        (moved_by_aws(307, "mailto:x@y"), "not an http URL"),
        (moved_by_aws(301, ""), "without saying where to"),
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
fn a_handle_over_http_may_redirect_to_https() {
    let handle = Target::WaitHandle("http://bucket.s3.example/h?Signature=x".to_owned().into());
    let delivery = Delivery::prepare(signal(Status::Success), handle, Policy::default(), 1);
    let world = World::new([moved(308, "https://bucket.s3.example/h?Signature=x"), answer(200, "")]);
    assert_eq!(world.run(delivery.unwrap()).outcome.kind, OutcomeKind::Delivered);
}

#[test]
fn redirects_end_at_the_deadline_too() {
    let mut world = World::new([moved(307, "/a")]);
    world.latency = 2_000;
    let run = world.run(to_handle(Policy::default().with_deadline(5_000)));
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Deadline, 3));
    // Each leaves room for another, until it is the last.
    assert_eq!(run.timeouts, [3_500, 1_500, 1_500]);
}
