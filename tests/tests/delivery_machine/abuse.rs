//! Answers that would make a delivery loop, tire or tell an untruth.

use cfn_signal_core::delivery::{OutcomeKind, Policy};

use super::simulator::*;

fn keys(count: usize) -> Vec<Has> {
    (0..count).map(|index| Has::This(key(&format!("AKIA{index}")))).collect()
}

#[test]
fn an_expiry_after_each_renewal_does_not_renew_for_ever() {
    let replies = (0..200).map(|_| error(403, "ExpiredToken", "expired"));
    let run = World::new(replies).with_identities(keys(200)).run(to_resource(Policy::default()));
    assert_eq!(run.outcome.kind, OutcomeKind::Credentials);
    assert!(run.sent.len() < 12, "{}", run.sent.len());
}

#[test]
fn identities_that_take_turns_end() {
    let replies =
        (0..200).flat_map(|_| [error(403, "AccessDenied", "no"), error(403, "ExpiredToken", "expired")]);
    let turns = (0..200).flat_map(|index| [Has::This(instance()), Has::This(key(&format!("AKIA{index}")))]);
    let run = World::new(replies).with_identities(turns).run(to_resource(Policy::default()));
    assert!(run.sent.len() < 12, "{}", run.sent.len());
}

#[test]
fn a_key_that_iam_does_not_know_yet_is_waited_for() {
    let unknown = "The AWS Access Key Id you provided does not exist in our records.";
    let replies = [error(403, "InvalidAccessKeyId", unknown), answer(200, "")];
    let run = World::new(replies).run(to_resource(Policy::default()));
    assert_eq!(run.outcome.kind, OutcomeKind::Delivered, "{}", run.outcome.message);
}

#[test]
fn a_missing_page_is_tried_again_also_where_s3_says_so() {
    let body =
        "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>";
    let run = World::new([answer(404, body)]).run(to_handle(Policy::default().with_max_attempts(3)));
    assert_eq!(run.sent.len(), 3, "{}", run.outcome.message);
}

#[test]
fn a_stack_that_our_own_lost_signal_completed_is_said_to_be() {
    let complete = "Stack arn:aws:… is in CREATE_COMPLETE state and cannot be signaled";
    let replies = [answer(502, ""), error(400, "ValidationError", complete)];
    let run = World::new(replies).run(to_resource(Policy::default()));
    assert_eq!(run.outcome.kind, OutcomeKind::AlreadyComplete);
    assert!(run.outcome.message.contains("perhaps by an earlier try"), "{}", run.outcome.message);
}

#[test]
fn the_authority_that_is_sent_is_the_one_that_is_signed() {
    let mut target = resource_target();
    target.endpoint_url = Some("https://vpce.example:443/path".to_owned());
    let delivery = cfn_signal_core::delivery::Delivery::prepare(
        signal(cfn_signal_core::delivery::Status::Success),
        cfn_signal_core::delivery::Target::Resource(target),
        Policy::default(),
        1,
    );
    let run = World::new([answer(200, "")]).run(delivery.unwrap());
    assert!(run.sent[0].uri.starts_with("https://vpce.example/path/?"), "{}", run.sent[0].uri);
}

#[test]
fn a_clock_out_of_range_is_the_clocks_fault() {
    let mut world = World::new([answer(200, "")]);
    world.now = 400_000_000_000_000;
    let run = world.run(to_resource(Policy::default()));
    assert_eq!(run.outcome.kind, OutcomeKind::Rejected);
    assert!(run.outcome.message.contains("clock"), "{}", run.outcome.message);
}
