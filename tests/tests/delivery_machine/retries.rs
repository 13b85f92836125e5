//! What is tried again, when, and until when.

use cfn_signal_core::delivery::{Event, OutcomeKind, Policy, Step, TransportError};
use cfn_signal_core::http::Response;

use super::simulator::*;

fn run(replies: impl IntoIterator<Item = Reply>, policy: Policy) -> Run {
    World::new(replies).run(to_resource(policy))
}

fn refused() -> Reply {
    Reply::Fail(TransportError::Refused("connection refused".to_owned()))
}

#[test]
fn what_may_be_lasting_ends_after_so_many_tries() {
    for (reply, kind) in [
        (refused(), OutcomeKind::Unreachable),
        (Reply::Fail(TransportError::Dns("no such host".to_owned())), OutcomeKind::Unreachable),
        (Reply::Fail(TransportError::Timeout), OutcomeKind::Unreachable),
        (Reply::Fail(TransportError::Tls("unknown issuer".to_owned())), OutcomeKind::Unreachable),
        (Reply::Fail(TransportError::Proxy("407".to_owned())), OutcomeKind::Unreachable),
        (Reply::Fail(TransportError::Other(None)), OutcomeKind::Unreachable),
        (error(500, "InternalFailure", "boom"), OutcomeKind::Unreachable),
        (answer(504, ""), OutcomeKind::Unreachable),
        (answer(404, "nf"), OutcomeKind::Rejected),
        (answer(403, "blocked by the proxy"), OutcomeKind::Rejected),
    ] {
        for max_attempts in [0, 1, 5] {
            let run = run([reply.clone()], Policy::default().with_max_attempts(max_attempts));
            assert_eq!(run.outcome.kind, kind, "{reply:?}");
            assert_eq!(run.sent.len(), max_attempts.max(1) as usize);
            assert_eq!(run.outcome.attempts, max_attempts.max(1));
            assert_eq!(run.waits.len() + 1, run.sent.len(), "nothing is waited for after the last");
        }
    }
}

#[test]
fn patience_ends_at_the_deadline_only() {
    for (reply, kind) in [
        (error(400, "Throttling", "Rate exceeded"), OutcomeKind::Throttled),
        (error(400, "RequestLimitExceeded", "x"), OutcomeKind::Throttled),
        (answer(429, "slow down"), OutcomeKind::Throttled),
        (answer(503, "<html>"), OutcomeKind::Deadline),
        (error(400, "ValidationError", "Instance i-0 in not a member of stack s"), OutcomeKind::NotMember),
    ] {
        let run = run([reply.clone()], Policy::default().with_max_attempts(2));
        assert_eq!(run.outcome.kind, kind, "{reply:?}");
        assert!(run.sent.len() > 15, "{}", run.sent.len());
        assert!((280_000..=300_000).contains(&run.elapsed), "{}", run.elapsed);
        assert!(run.outcome.message.contains("the deadline of 300 s"), "{}", run.outcome.message);
    }
}

#[test]
fn patience_is_rewarded() {
    let unavailable = std::iter::repeat_n(answer(503, "s"), 12);
    let run1 = run(unavailable.chain([answer(200, "")]), Policy::default());
    assert_eq!((run1.outcome.kind, run1.outcome.attempts), (OutcomeKind::Delivered, 13));
    let not_yet = error(400, "ValidationError", "Instance i-0 in not a member of stack s");
    let run2 = run([not_yet.clone(), not_yet, answer(200, "{}")], Policy::default());
    assert_eq!((run2.outcome.kind, run2.outcome.attempts), (OutcomeKind::Delivered, 3));
}

#[test]
fn patient_tries_are_not_counted_with_the_others() {
    let mut replies = vec![answer(503, ""); 6];
    replies.extend([refused(), answer(200, "")]);
    let run = run(replies, Policy::default().with_max_attempts(2));
    assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 8));
}

/// Beyond a second between two tries: a fleet that began at once does not go on at once.
#[test]
fn waits_are_jittered_below_a_limit_that_doubles() {
    let run = run([answer(503, "")], Policy::default().with_deadline(3_600_000));
    let limits = [1_000, 2_000, 4_000, 8_000, 16_000].into_iter().chain(std::iter::repeat(20_000));
    let beyond = |wait: &u32| wait + u32::try_from(LATENCY).unwrap() - 1_000;
    let (_, waits) = run.waits.split_last().unwrap();
    assert!(waits.iter().zip(limits).all(|(wait, limit)| beyond(wait) <= limit), "{:?}", run.waits);
    assert!(waits.iter().any(|wait| *wait > 16_000));
}

#[test]
fn other_seeds_wait_otherwise_and_the_same_seed_the_same() {
    let waits = |seed| {
        let target = cfn_signal_core::delivery::Target::WaitHandle(HANDLE.to_owned().into());
        let signal = signal(cfn_signal_core::delivery::Status::Success);
        let delivery =
            cfn_signal_core::delivery::Delivery::prepare(signal, target, Policy::default(), seed).unwrap();
        World::new([answer(500, "")]).run(delivery).waits
    };
    assert_eq!(waits(1), waits(1));
    assert_ne!(waits(1), waits(2));
}

#[test]
fn a_server_that_asks_to_be_left_alone_is() {
    for (headers, at_least, at_most) in [
        ([("Retry-After", "30")], 30_000, 30_000),
        ([("Retry-After", "Thu, 01 Jan 2026 00:00:40 GMT")], 39_900, 40_000),
        ([("x-amz-retry-after", "4500")], 4_500, 4_500),
        ([("x-amz-retry-after", "60000")], 5_000, 6_000),
    ] {
        let run = run([answer_with(503, &headers, ""), answer(200, "")], Policy::default());
        assert!((at_least..=at_most).contains(&run.waits[0]), "{headers:?}: {:?}", run.waits);
        assert_eq!(run.outcome.kind, OutcomeKind::Delivered);
    }
}

#[test]
fn a_date_to_wait_for_is_the_servers() {
    // The server's clock is an hour ahead; it asks for ten seconds.
    let headers = [
        ("x-amzn-requestid", "rid-1"),
        ("Date", "Thu, 01 Jan 2026 01:00:00 GMT"),
        ("Retry-After", "Thu, 01 Jan 2026 01:00:10 GMT"),
    ];
    let run = run([answer_with(503, &headers, ""), answer(200, "")], Policy::default());
    assert!((9_900..=10_000).contains(&run.waits[0]), "{:?}", run.waits);
}

#[test]
fn a_wait_past_the_deadline_is_cut_for_a_last_try() {
    let asked = answer_with(429, &[("Retry-After", "3600")], "");
    let never = run([asked.clone()], Policy::default());
    assert_eq!(never.outcome.kind, OutcomeKind::Throttled);
    assert!((298_000..=300_000).contains(&never.elapsed), "{}", never.elapsed);
    let once = run([asked, answer(200, "{}")], Policy::default());
    assert_eq!((once.outcome.kind, once.sent.len()), (OutcomeKind::Delivered, 2));
}

#[test]
fn the_deadline_says_what_the_last_failure_was() {
    let run = run([refused()], Policy::default().with_deadline(5_000).with_max_attempts(1_000));
    assert_eq!(run.outcome.kind, OutcomeKind::Deadline);
    assert!(run.elapsed < 5_000);
    let message = run.outcome.message;
    assert!(message.contains("the deadline of 5 s: no connection: connection refused"), "{message}");
}

#[test]
fn a_request_may_take_a_part_of_what_is_left() {
    let policy = Policy::default().with_deadline(70_000).with_attempt_timeout(30_000);
    let run = run([Reply::Fail(TransportError::Timeout)], policy);
    assert!((23_000..=23_333).contains(&run.timeouts[0]), "{:?}", run.timeouts);
    assert!(run.timeouts.len() >= 5, "{:?}", run.timeouts);
    assert!(*run.timeouts.last().unwrap() < 2_000);
    assert_eq!(run.outcome.kind, OutcomeKind::Deadline);
    assert!(run.elapsed <= 70_000);
}

/// A connection has less time than its request: that it took less is not the deadline's doing.
#[test]
fn where_connections_are_swallowed_the_time_is_used_and_told() {
    let policy = Policy::default().with_deadline(60_000).with_max_attempts(1_000);
    let run = run([Reply::Fail(TransportError::ConnectTimeout)], policy);
    assert_eq!(run.outcome.kind, OutcomeKind::Deadline);
    assert!(run.sent.len() >= 5, "{} tries in {} ms", run.sent.len(), run.elapsed);
    assert_eq!(run.pauses[0].reason, "no connection within 5 s");
}

/// A host may give a request up before its time is over, and says so.
#[test]
fn a_silence_is_as_long_as_it_lasted() {
    let early = Reply::FailAfter(4_200, TransportError::Timeout);
    let run = run([early, answer(200, "")], Policy::default());
    assert_eq!(run.outcome.kind, OutcomeKind::Delivered);
    assert_eq!(run.pauses[0].reason, "no answer within 4.2 s");
}

#[test]
fn without_time_nothing_is_sent() {
    let run = run([answer(200, "")], Policy::default().with_deadline(0));
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Deadline, 0));
    // Finding the identity takes 5 ms here.
    let run2 = World::new([answer(200, "")]).run(to_resource(Policy::default().with_deadline(5)));
    assert_eq!((run2.outcome.kind, run2.asked.len(), run2.sent.len()), (OutcomeKind::Deadline, 1, 0));
}

#[test]
fn each_try_is_signed_anew() {
    let run = run([answer_with(503, &[("Retry-After", "10")], ""), answer(200, "")], Policy::default());
    let dates: Vec<_> = run.sent.iter().map(|request| header(request, "x-amz-date").unwrap()).collect();
    assert_eq!(dates, ["20260101T000000Z", "20260101T000010Z"]);
    assert_eq!(run.asked.len(), 1, "the identity is reused");
}

#[test]
fn waking_up_late_does_not_change_how_it_ends() {
    for (status, body, kind) in [
        (400, r#"{"Error":{"Code":"Throttling","Message":"Rate exceeded"}}"#, OutcomeKind::Throttled),
        (502, "", OutcomeKind::Deadline),
    ] {
        let mut delivery = to_handle(Policy::default().with_deadline(5_000));
        assert!(matches!(delivery.next(Event::Start, 0, 0), Step::Send(_)));
        let response = Response { status, body: body.to_owned().into(), ..Response::default() };
        assert!(matches!(delivery.next(Event::Response(response), 0, 10), Step::Wait(_)));
        // The machine was suspended meanwhile.
        let Step::Done(outcome) = delivery.next(Event::Waited, 0, 60_000) else { panic!("no end") };
        assert_eq!((outcome.kind, outcome.status_code), (kind, Some(status)));
    }
}

#[test]
fn a_try_that_the_deadline_cuts_short_hides_nothing() {
    let throttled = error(400, "Throttling", "Rate exceeded");
    let silent = Reply::Fail(TransportError::Timeout);
    let policy = Policy::default().with_deadline(2_000).with_base_delay(1).with_max_delay(1);
    let run = World::new([throttled.clone(), throttled, silent.clone()]).run(to_resource(policy));
    assert_eq!(run.outcome.kind, OutcomeKind::Throttled);
    assert!(run.outcome.message.contains("Throttling: Rate exceeded"), "{}", run.outcome.message);
    // Where nothing was in the way before, the silence was.
    let run = World::new([silent]).run(to_resource(policy));
    assert_eq!(run.outcome.kind, OutcomeKind::Deadline);
    assert!(run.outcome.message.contains("no answer within"), "{}", run.outcome.message);
}

#[test]
fn waits_as_short_as_can_be_end_at_the_deadline_too() {
    let policy = Policy::default().with_base_delay(0).with_max_delay(0).with_deadline(300_000);
    let run =
        World::new([answer(200, "")]).with_identities([Has::NothingYet("not yet")]).run(to_resource(policy));
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Credentials, 0));
    assert!(run.elapsed <= 300_000, "{}", run.elapsed);
}
