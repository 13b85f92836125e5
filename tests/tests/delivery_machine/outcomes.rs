//! What each answer comes to.

use cfn_signal_core::delivery::{
    CredentialsError, Delivery, Event, OutcomeKind, Policy, PrepareError, Signal, Status, Step, Target,
    TransportError,
};

use super::simulator::*;

fn resource_outcome(replies: impl IntoIterator<Item = Reply>) -> Run {
    World::new(replies).run(to_resource(Policy::default()))
}

fn handle_outcome(replies: impl IntoIterator<Item = Reply>) -> Run {
    World::new(replies).run(to_handle(Policy::default()))
}

#[test]
fn any_2xx_of_the_services_is_delivered_whatever_its_body() {
    for status in [200, 201, 204, 299] {
        let run = resource_outcome([answer(status, "whatever, not JSON")]);
        assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 1));
        assert_eq!(run.outcome.status_code, Some(status));
        assert_eq!(handle_outcome([answer(status, "")]).outcome.kind, OutcomeKind::Delivered);
        // Another service's handle: nobody knows what its answers have.
        assert_eq!(handle_outcome([answer_with(status, &[], "")]).outcome.kind, OutcomeKind::Delivered);
    }
}

#[test]
fn a_success_that_is_not_the_services_is_none() {
    let page = "<html>Please log in to the hotel network</html>";
    let portal = answer_with(200, &[("Content-Type", "text/html")], page);
    for run in [resource_outcome([portal.clone()]), handle_outcome([portal.clone()])] {
        assert_eq!(run.outcome.kind, OutcomeKind::Deadline);
        let message = &run.outcome.message;
        assert!(message.contains("answered 200 with a page that is not AWS's"), "{message}");
    }
    // On a host of AWS's every answer has a request id.
    let anonymous = answer_with(200, &[], "{}");
    let run = resource_outcome([anonymous.clone()]);
    assert_eq!(run.outcome.kind, OutcomeKind::Deadline);
    assert!(run.outcome.message.contains("AWS's answers have a request id"), "{}", run.outcome.message);
    for before in [portal, anonymous] {
        let run = resource_outcome([before, answer(200, "{}")]);
        assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 2));
    }
}

/// What is known of a key and of its permissions takes seconds to spread.
#[test]
fn iam_is_waited_for_a_while() {
    let unauthorized = "User: u is not authorized to perform: cloudformation:SignalResource";
    for (reply, kind) in [
        (error(403, "AccessDenied", unauthorized), OutcomeKind::Denied),
        (error(403, "UnauthorizedOperation", "x"), OutcomeKind::Denied),
        (error(403, "AccessDeniedException", "x"), OutcomeKind::Denied),
        (error(403, "InvalidClientTokenId", "x"), OutcomeKind::Credentials),
        (error(403, "UnrecognizedClientException", "x"), OutcomeKind::Credentials),
    ] {
        let run = resource_outcome([reply.clone()]);
        assert_eq!(run.outcome.kind, kind, "{reply:?}");
        assert!((30_000..=55_000).contains(&run.elapsed), "{reply:?}: {}", run.elapsed);
        assert!(run.sent.len() >= 4, "{reply:?}: {}", run.sent.len());
        let mut spread = vec![reply.clone(); 4];
        spread.push(answer(200, "{}"));
        assert_eq!(resource_outcome(spread).outcome.kind, OutcomeKind::Delivered, "{reply:?}");
        // With less time than that it ends as the same.
        let short = World::new([reply.clone()]).run(to_resource(Policy::default().with_deadline(10_000)));
        assert_eq!(short.outcome.kind, kind, "{reply:?}");
    }
}

/// Whoever answers without AWS's request id and without a document of AWS's is on the way to it, and may go.
#[test]
fn nobody_else_has_the_last_word() {
    let denied = "<html><head><title>403 Forbidden</title></head></html>";
    let cut = "<?xml version=\"1.0\"?>\n<Error><Co";
    for status in
        [0, 100, 204 + 100, 303, 400, 401, 403, 404, 405, 409, 411, 413, 421, 425, 451, 501, 505, 600, 999]
    {
        for body in [denied, cut, "", "\u{1f}\u{8b}\u{8}", "{\"message\":\"Forbidden\"}"] {
            let run = handle_outcome([answer(status, body), answer(200, "")]);
            assert_eq!(run.outcome.kind, OutcomeKind::Delivered, "{status} {body}");
            let run = resource_outcome([answer(status, body), answer(200, "")]);
            assert_eq!(run.outcome.kind, OutcomeKind::Delivered, "{status} {body}");
        }
    }
}

#[test]
fn a_certificate_that_is_wrong_stays_wrong() {
    let wrong = Reply::Fail(TransportError::Certificate("unknown issuer".to_owned()));
    for run in [resource_outcome([wrong.clone()]), handle_outcome([wrong])] {
        assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Unreachable, 1));
        let message = &run.outcome.message;
        assert!(
            message.starts_with("the server's certificate is not trusted: unknown issuer ("),
            "{message}"
        );
    }
}

#[test]
fn what_another_try_would_not_change_ends_at_once() {
    for (reply, kind) in [
        (
            error(400, "ValidationError", "Stack a is in UPDATE_COMPLETE state and cannot be signaled"),
            OutcomeKind::AlreadyComplete,
        ),
        (error(400, "ValidationError", "Resource R does not exist for stack S"), OutcomeKind::WrongResource),
        (error(400, "ValidationError", "Stack arn:aws:... does not exist"), OutcomeKind::WrongResource),
        (
            error(400, "ValidationError", "Signal with ID i for resource R already exists."),
            OutcomeKind::AlreadySignalled,
        ),
        (
            error(403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
            OutcomeKind::Credentials,
        ),
        (error(403, "SignatureDoesNotMatch", "x"), OutcomeKind::Credentials),
        (error(400, "InvalidParameterValue", "x"), OutcomeKind::Rejected),
    ] {
        let run = resource_outcome([reply.clone()]);
        assert_eq!((run.outcome.kind, run.sent.len()), (kind, 1), "{reply:?}");
    }
}

#[test]
fn xml_says_the_same_as_json() {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack x does not exist\
                </Message></Error><RequestId>rid-2</RequestId></ErrorResponse>";
    let run = resource_outcome([answer(400, body)]);
    assert_eq!(run.outcome.kind, OutcomeKind::WrongResource);
    assert_eq!(run.outcome.code.as_deref(), Some("ValidationError"));
    assert_eq!(run.outcome.request_id.as_deref(), Some("rid-2"));
}

#[test]
fn a_header_names_the_request_before_the_body_does() {
    let headers = [("X-Amzn-RequestId", "from-header")];
    let run = resource_outcome([error_with(400, "ValidationError", "Stack x does not exist", &headers)]);
    assert_eq!(run.outcome.request_id.as_deref(), Some("from-header"));
    let run = resource_outcome([answer_with(200, &headers, "{}")]);
    assert_eq!(run.outcome.request_id.as_deref(), Some("from-header"));
}

#[test]
fn a_wait_handles_answers() {
    for (reply, kind, requests) in [
        (s3_error(403, "AccessDenied", "Request has expired"), OutcomeKind::ExpiredUrl, 1),
        (s3_error(403, "AccessDenied", "Access Denied"), OutcomeKind::Denied, 1),
        (
            s3_error(403, "SignatureDoesNotMatch", "The request signature we calculated"),
            OutcomeKind::Rejected,
            1,
        ),
        (
            s3_error(
                403,
                "AccessDenied",
                "User: arn:aws:iam::111122223333:user/x is not authorized to perform: s3:PutObject on resource: \
                 \"arn:aws:s3:::cloudformation-waitcondition-eu-west-1/h\" with an explicit deny in a VPC endpoint policy",
            ),
            OutcomeKind::Rejected,
            1,
        ),
        (s3_error(400, "BadRequest", "Unparsable WaitCondition data"), OutcomeKind::Rejected, 1),
        (answer(400, "bad"), OutcomeKind::Rejected, 10),
        (answer(403, "no"), OutcomeKind::Rejected, 10),
        (answer(404, "nf"), OutcomeKind::Rejected, 10),
        (answer(408, "to"), OutcomeKind::Unreachable, 10),
        (answer(501, "ni"), OutcomeKind::Unreachable, 10),
    ] {
        let run = World::new([reply.clone()]).run(to_handle(Policy::default().with_max_attempts(10)));
        assert_eq!((run.outcome.kind, run.sent.len()), (kind, requests), "{reply:?}");
        assert!(run.asked.is_empty(), "the URL is signed already");
    }
}

#[test]
fn a_repeated_id_is_ours_if_an_earlier_try_may_have_arrived() {
    let exists = error(400, "ValidationError", "Signal with ID i for resource R already exists.");
    for (first, kind) in [
        (Reply::Fail(TransportError::Timeout), OutcomeKind::Delivered),
        (error(500, "InternalFailure", "x"), OutcomeKind::Delivered),
        (answer_with(502, &[("x-amzn-requestid", "r")], ""), OutcomeKind::Delivered),
        (Reply::Fail(TransportError::Reset("broke".to_owned())), OutcomeKind::Delivered),
        // Somebody on the way answered, or something that is no server of the kind.
        (answer(502, "bad gateway"), OutcomeKind::AlreadySignalled),
        (answer(503, ""), OutcomeKind::AlreadySignalled),
        (answer(504, "<html>"), OutcomeKind::AlreadySignalled),
        (answer_with(200, &[], "<html>"), OutcomeKind::AlreadySignalled),
        (Reply::Fail(TransportError::Other(Some("not HTTP".to_owned()))), OutcomeKind::AlreadySignalled),
        (answer(404, "<html>"), OutcomeKind::AlreadySignalled),
        (Reply::Fail(TransportError::ConnectTimeout), OutcomeKind::AlreadySignalled),
        (Reply::Fail(TransportError::Tls("no".to_owned())), OutcomeKind::AlreadySignalled),
        (Reply::Fail(TransportError::Proxy("no".to_owned())), OutcomeKind::AlreadySignalled),
        (Reply::Fail(TransportError::Refused("refused".to_owned())), OutcomeKind::AlreadySignalled),
        (Reply::Fail(TransportError::Dns("none".to_owned())), OutcomeKind::AlreadySignalled),
        (error(400, "Throttling", "Rate exceeded"), OutcomeKind::AlreadySignalled),
    ] {
        let run = resource_outcome([first.clone(), exists.clone()]);
        assert_eq!((run.outcome.kind, run.outcome.attempts), (kind, 2), "{first:?}");
        // Where it cannot be known, neither is claimed.
        let perhaps = matches!(&first, Reply::Answer(answer) if !matches!(answer.status, 400..=499))
            || matches!(first, Reply::Fail(TransportError::Other(_)));
        let doubted = run.outcome.message.starts_with("perhaps by an earlier try of this signal: ");
        assert_eq!(doubted, kind == OutcomeKind::AlreadySignalled && perhaps, "{}", run.outcome.message);
    }
}

#[test]
fn an_event_out_of_turn_is_the_callers_mistake_and_no_panic() {
    let events = || {
        [
            Event::Start,
            Event::Identity(key("A")),
            Event::NoIdentity(CredentialsError::Permanent("x".to_owned())),
            Event::Response(Default::default()),
            Event::Failed(TransportError::Timeout),
            Event::Waited,
        ]
    };
    let waiting = || {
        let mut delivery = to_handle(Policy::default());
        delivery.next(Event::Start, NEW_YEAR, 0);
        let step = delivery.next(Event::Failed(TransportError::Refused(String::new())), NEW_YEAR, 1);
        assert!(matches!(step, Step::Wait(_)));
        delivery
    };
    let sending = || {
        let mut delivery = to_handle(Policy::default());
        assert!(matches!(delivery.next(Event::Start, NEW_YEAR, 0), Step::Send(_)));
        delivery
    };
    let asking = || {
        let mut delivery = to_resource(Policy::default());
        assert!(matches!(delivery.next(Event::Start, NEW_YEAR, 0), Step::NeedIdentity(_)));
        delivery
    };
    let mut mistakes = 0;
    for event in events() {
        for (mut delivery, fitting) in [
            (to_handle(Policy::default()), matches!(event, Event::Start)),
            (waiting(), matches!(event, Event::Waited)),
            (sending(), matches!(event, Event::Response(_) | Event::Failed(_))),
            (asking(), matches!(event, Event::Identity(_) | Event::NoIdentity(_))),
        ] {
            let step = delivery.next(event.clone(), NEW_YEAR, 2);
            match step {
                Step::Done(outcome) if outcome.message.contains("the caller's mistake") => {
                    assert!(!fitting && outcome.kind == OutcomeKind::Misused, "{event:?}");
                    mistakes += 1;
                }
                step => assert!(fitting, "{event:?} -> {step:?}"),
            }
        }
    }
    assert_eq!(mistakes, 18);
}

#[test]
fn bad_input_is_refused_before_anything_is_sent() {
    let long = Signal { unique_id: "x".repeat(65), ..signal(Status::Success) };
    let refused = Delivery::prepare(long, Target::Resource(resource_target()), Policy::default(), 0);
    assert!(matches!(refused.unwrap_err(), PrepareError::UniqueId(_)));
    let handle = || Target::WaitHandle(HANDLE.to_owned().into());
    let large = Signal { data: Some("x".repeat(5_000)), ..signal(Status::Success) };
    let refused = Delivery::prepare(large.clone(), handle(), Policy::default(), 0);
    assert!(matches!(refused.unwrap_err(), PrepareError::TooLarge(size) if size > 5_000));
    assert!(
        Delivery::prepare(large, Target::Resource(resource_target()), Policy::default(), 0).is_ok(),
        "not sent there"
    );
}
