//! Whom a delivery signs as, and when it asks again.

use cfn_signal_core::delivery::{Freshness, OutcomeKind, Policy};

use super::simulator::*;

fn run(replies: impl IntoIterator<Item = Reply>, identities: impl IntoIterator<Item = Has>) -> Run {
    World::new(replies).with_identities(identities).run(to_resource(Policy::default()))
}

fn denied() -> Reply {
    error(403, "AccessDenied", "Instance i-0 is not allowed to call SignalResource for my-stack")
}

fn expired() -> Reply {
    error(403, "ExpiredToken", "The security token included in the request is expired")
}

#[test]
fn one_is_asked_for_once() {
    let run = run([answer(503, ""), answer(500, ""), answer(200, "")], [Has::This(key("A"))]);
    assert_eq!((run.outcome.kind, run.asked.as_slice()), (OutcomeKind::Delivered, &[Freshness::Cached][..]));
}

#[test]
fn without_one_nothing_is_sent() {
    let run = run([answer(200, "")], [Has::Nothing("no metadata service, no profile\nand no keys")]);
    assert_eq!((run.outcome.kind, run.sent.len(), run.outcome.attempts), (OutcomeKind::Credentials, 0, 0));
    assert!(run.outcome.message.contains("no credentials: no metadata service, no profile and no keys"));
}

#[test]
fn half_of_one_is_none() {
    let run = run([answer(200, "")], [Has::This(key(""))]);
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Credentials, 0));
    assert!(run.outcome.message.contains("the access key has no id"), "{}", run.outcome.message);
}

#[test]
fn an_expired_one_is_renewed_before_it_is_used() {
    let late = NEW_YEAR / 1_000;
    let run = run(
        [answer(200, "")],
        [Has::This(expiring_key("OLD", Some(late))), Has::This(expiring_key("NEW", Some(late + 60)))],
    );
    assert_eq!(run.asked, [Freshness::Cached, Freshness::Renewed]);
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Delivered, 1));
    assert!(header(&run.sent[0], "authorization").unwrap().contains("Credential=NEW/"));
}

#[test]
fn an_expired_one_that_cannot_be_renewed_is_no_use() {
    let run =
        run([answer(200, "")], [Has::This(expiring_key("OLD", Some(1))), Has::Nothing("the role is gone")]);
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Credentials, 0));
    assert!(run.outcome.message.contains("no newer ones: the role is gone"), "{}", run.outcome.message);
}

#[test]
fn where_even_a_new_one_looks_expired_the_clock_may_be_wrong_and_aws_decides() {
    // This machine is a day ahead: every temporary key looks expired, and none is.
    let ahead = || Has::This(expiring_key("TEMP", Some(NEW_YEAR / 1_000 - 80_000)));
    let skewed =
        error_with(403, "RequestTimeTooSkewed", "too skewed", &[("Date", "Wed, 31 Dec 2025 00:00:00 GMT")]);
    let corrected = run([skewed, answer(200, "")], [ahead()]);
    assert_eq!(corrected.outcome.kind, OutcomeKind::Delivered);
    assert_eq!(
        corrected.asked,
        [Freshness::Cached, Freshness::Renewed],
        "by the right clock it has not expired"
    );
    let really = run([expired()], [ahead()]);
    assert_eq!(really.outcome.kind, OutcomeKind::Credentials);
}

#[test]
fn one_that_aws_calls_expired_is_renewed_at_once() {
    for code in ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"] {
        let replies = [error(403, code, "expired"), answer(200, "")];
        let run = run(replies, [Has::This(key("OLD")), Has::This(key("NEW"))]);
        assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 2), "{code}");
        assert_eq!(run.asked, [Freshness::Cached, Freshness::Renewed]);
        assert!(run.waits.is_empty());
    }
}

#[test]
fn renewing_in_vain_ends() {
    let same = run([expired()], [Has::This(key("OLD"))]);
    assert_eq!((same.outcome.kind, same.sent.len()), (OutcomeKind::Credentials, 1));
    assert!(same.outcome.message.contains("only the same ones again"), "{}", same.outcome.message);

    let ever_new = ["A", "B", "C", "D", "E"].map(|id| Has::This(key(id)));
    let bounded = run([expired()], ever_new);
    assert_eq!((bounded.outcome.kind, bounded.sent.len()), (OutcomeKind::Credentials, 3));
    assert!(bounded.outcome.message.contains("renewed in vain: AWS answered 403 ExpiredToken"));

    let none = run([expired()], [Has::This(key("OLD")), Has::Nothing("the metadata service is gone")]);
    assert_eq!(none.outcome.kind, OutcomeKind::Credentials);
    assert!(none.outcome.message.contains("no newer ones: the metadata service is gone"));
}

#[test]
fn over_hours_credentials_may_be_renewed_often() {
    let mut replies = Vec::new();
    for _ in 0..10 {
        replies.extend([expired(), answer(503, "")]);
    }
    replies.push(answer(200, ""));
    let identities: Vec<Has> = (0..11).map(|n| Has::This(key(&format!("KEY{n}")))).collect();
    assert_eq!(run(replies, identities).outcome.kind, OutcomeKind::Delivered);
}

#[test]
fn a_refused_instance_document_falls_back_to_other_credentials() {
    let run = run([denied(), answer(200, "")], [Has::This(instance()), Has::This(key("CHAIN"))]);
    assert_eq!((run.outcome.kind, run.outcome.attempts), (OutcomeKind::Delivered, 2));
    assert_eq!(run.asked, [Freshness::Cached, Freshness::Renewed]);
    assert!(header(&run.sent[0], "authorization").unwrap().starts_with("CFN_V1 "));
    assert!(header(&run.sent[0], "x-amz-date").is_none());
    assert!(header(&run.sent[1], "authorization").unwrap().contains("Credential=CHAIN/"));
    assert!(run.waits.is_empty());
}

#[test]
fn without_other_credentials_awss_words_remain() {
    let alone = run([denied()], [Has::This(instance()), Has::Nothing("no role")]);
    assert_eq!((alone.outcome.kind, alone.sent.len()), (OutcomeKind::Denied, 1));
    let message = &alone.outcome.message;
    assert!(message.contains("Instance i-0 is not allowed to call SignalResource"), "{message}");
    assert!(message.contains("no other credentials: no role"), "{message}");
    assert_eq!(alone.outcome.code.as_deref(), Some("AccessDenied"));

    let again = run([denied()], [Has::This(instance())]);
    assert_eq!((again.outcome.kind, again.sent.len()), (OutcomeKind::Denied, 1), "no circle");

    let both = run([denied()], [Has::This(instance()), Has::This(key("CHAIN"))]);
    assert_eq!(both.outcome.kind, OutcomeKind::Denied);
    assert!(both.sent.len() > 2, "the key's permission may be new");
}

#[test]
fn an_endpoint_that_does_not_know_instance_documents_gets_other_credentials() {
    let unsigned = error(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    let run = run([unsigned, answer(200, "")], [Has::This(instance()), Has::This(key("CHAIN"))]);
    assert_eq!(run.outcome.kind, OutcomeKind::Delivered);
}

#[test]
fn a_denied_access_key_is_denied() {
    let run = run([denied()], [Has::This(key("A"))]);
    assert_eq!((run.outcome.kind, run.asked.len()), (OutcomeKind::Denied, 1));
}

/// The metadata service goes on with credentials that have expired where it cannot renew them yet.
#[test]
fn expired_ones_that_will_be_renewed_are_waited_for() {
    let old = Has::This(expiring_key("OLD", Some(NEW_YEAR / 1_000 - 60)));
    let new = Has::This(expiring_key("NEW", Some(NEW_YEAR / 1_000 + 3_600)));
    let late = std::iter::repeat_n(old.clone(), 12).chain([new]);
    let renewed = run([expired(), answer(200, "{}")], late);
    assert_eq!(renewed.outcome.kind, OutcomeKind::Delivered, "{}", renewed.outcome.message);
    assert!(renewed.waits.len() > 5);
    let never = run([expired()], [old]);
    assert_eq!(never.outcome.kind, OutcomeKind::Credentials);
    assert!(never.elapsed > 250_000, "{}", never.elapsed);
    // What has no end is not renewed by anybody.
    let fixed = run([expired()], [Has::This(key("FIXED"))]);
    assert_eq!((fixed.outcome.kind, fixed.waits.len()), (OutcomeKind::Credentials, 0));
}

/// At boot the metadata service may be late, or fail for a while.
#[test]
fn one_that_may_yet_come_is_waited_for_and_not_counted() {
    let late = std::iter::repeat_n(Has::NothingYet("the metadata service does not answer"), 30);
    let world = World::new([answer(200, "")]).with_identities(late.chain([Has::This(key("LATE"))]));
    let run = world.run(to_resource(Policy::default().with_deadline(3_600_000).with_max_attempts(1)));
    assert_eq!((run.outcome.kind, run.outcome.attempts, run.asked.len()), (OutcomeKind::Delivered, 1, 31));
    assert!(run.asked.iter().all(|asked| *asked == Freshness::Cached));
    assert_eq!(run.pauses[0].reason, "no credentials: the metadata service does not answer");
}

#[test]
fn one_that_never_comes_ends_at_the_deadline_and_says_why() {
    let run = run([answer(200, "")], [Has::NothingYet("the metadata service does not answer")]);
    assert_eq!((run.outcome.kind, run.sent.len()), (OutcomeKind::Credentials, 0));
    let message = &run.outcome.message;
    assert!(
        message.starts_with("no more time before the deadline of 300 s: no credentials: the metadata"),
        "{message}"
    );
    assert!(run.elapsed > 250_000, "{}", run.elapsed);
}

#[test]
fn a_renewal_and_a_fallback_are_waited_for_too() {
    let (old, late, new) = (Has::This(key("OLD")), Has::NothingYet("busy"), Has::This(key("NEW")));
    let renewed = run([expired(), answer(200, "")], [old, late.clone(), late.clone(), new.clone()]);
    assert_eq!((renewed.outcome.kind, renewed.sent.len()), (OutcomeKind::Delivered, 2));
    assert_eq!(
        renewed.asked,
        [Freshness::Cached, Freshness::Renewed, Freshness::Renewed, Freshness::Renewed]
    );
    assert!(renewed.pauses.iter().all(|pause| pause.reason.ends_with("; and no newer ones: busy")));
    let instead = run([denied(), answer(200, "")], [Has::This(instance()), late.clone(), new]);
    assert_eq!((instead.outcome.kind, instead.sent.len()), (OutcomeKind::Delivered, 2));
    let never = run([denied()], [Has::This(instance()), late]);
    assert_eq!(never.outcome.kind, OutcomeKind::Denied, "{}", never.outcome.message);
}

/// An answer that comes with the deadline leaves no time to ask anybody.
#[test]
fn nobody_is_asked_when_the_time_is_up() {
    for reply in [expired(), denied()] {
        let mut world = World::new([reply]).with_identities([Has::This(instance()), Has::This(key("LATE"))]);
        world.latency = 995;
        let run = world.run(to_resource(Policy::default().with_deadline(1_000)));
        assert_eq!(
            (run.outcome.kind, run.asked.len()),
            (OutcomeKind::Deadline, 1),
            "{}",
            run.outcome.message
        );
    }
}
