#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::model::{Resource, Role, Wait};
use crate::moment::Moment;
use crate::stack::machine::Machine;
use crate::stack::played::*;
use crate::stack::types::Failing;
use crate::stack::{Fate, OnFailure, Outcome, UpdateError};

const KEEPS: Failing = Failing { keeps: true, drops_new: false };

fn named(id: &str, value: &str, needs: &[&str]) -> Resource {
    with(topic(id, needs), "DisplayName", value)
}

fn update(played: &mut Played, resources: Vec<Resource>, seconds: u64) -> Result<(), UpdateError> {
    let now: Moment = at(seconds);
    let reaction = played.machine.update_failing(stack(resources), None, KEEPS, now)?;
    played.carry_out(reaction, now);
    Ok(())
}

fn roll_back(played: &mut Played, seconds: u64) {
    let reaction = played.machine.roll_back(None, false, at(seconds)).unwrap();
    played.carry_out(reaction, at(seconds));
}

/// A server that waits five minutes, what needs it, and what needs nothing and takes longer.
fn creating() -> Played {
    let resources =
        vec![server(Some(policy(1, 300))), topic("Needs", &["Server"]), awaited(), topic("Free", &["Ready"])];
    let mut played = Played::of(Machine::new(stack(resources), None, OnFailure::DoNothing).going_on());
    let reaction = played.machine.start(at(0));
    played.carry_out(reaction, at(0));
    played.signal("Server", INSTANCE, Outcome::Failure, 1).unwrap();
    played.hush();
    played
}

fn awaited() -> Resource {
    condition(Wait::Signals(policy(1, 600)), &[])
}

fn topic(name: &str, on: &[&str]) -> Resource {
    resource(name, "AWS::SNS::Topic", Role::Other, on)
}

#[test]
fn a_creation_goes_on_beside_what_fails_and_the_next_update_makes_what_is_missing() {
    let mut played = creating();
    assert_eq!(played.machine.fate(), None);
    played.signal("Ready", "anybody", Outcome::Success, 2).unwrap();
    assert_eq!(
        played.lines(),
        [
            "CREATE_IN_PROGRESS Ready: Received SUCCESS signal with UniqueId anybody",
            "CREATE_COMPLETE Ready",
            "CREATE_IN_PROGRESS Free",
            "CREATE_IN_PROGRESS Free: Resource creation Initiated",
            "CREATE_COMPLETE Free",
            "CREATE_FAILED web: The following resource(s) failed to create: [Server]. ",
        ]
    );
    let same = || vec![server(None), topic("Needs", &["Server"]), awaited(), topic("Free", &["Ready"])];
    let refused = played.machine.update(stack(same()), None, at(3)).unwrap_err();
    assert!(refused.to_string().contains("disable-rollback"), "{refused}");
    played.hush();
    update(&mut played, same(), 4).unwrap();
    let lines = played.lines();
    assert!(played.tells("CREATE_COMPLETE Server") && played.tells("CREATE_COMPLETE Needs"), "{lines:?}");
    assert!(!lines.iter().any(|it| it.contains("Free")), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "UPDATE_COMPLETE web");
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
}

#[test]
fn a_creation_that_an_update_did_not_mend_goes_back_to_nothing() {
    let mut played = creating();
    played.signal("Ready", "anybody", Outcome::Success, 2).unwrap();
    update(&mut played, vec![server(Some(policy(1, 300))), awaited()], 3).unwrap();
    played.pass(400);
    assert_eq!(played.machine.fate(), Some(Fate::UpdateFailed));
    played.hush();
    roll_back(&mut played, 401);
    assert_eq!(played.lines().first().unwrap(), "ROLLBACK_IN_PROGRESS web: User Initiated");
    assert_eq!(played.machine.fate(), Some(Fate::RolledBack));
    assert_eq!(played.instances("Server"), [""; 0]);
}

/// What needs a replacement cannot be had; what is beside it can.
fn half_updated() -> Played {
    let before =
        vec![with(server(None), "ImageId", "ami-1"), named("A", "1", &[]), named("B", "1", &["Server"])];
    let mut played = Played::start(before);
    played.hush();
    let after =
        vec![with(server(None), "ImageId", "ami-2"), named("A", "2", &[]), named("B", "2", &["Server"])];
    update(&mut played, after, 1).unwrap();
    played
}

#[test]
fn an_update_stops_where_it_fails_and_stays_so() {
    let played = half_updated();
    let lines = played.lines();
    assert!(
        played.tells(
            "UPDATE_FAILED Server: Replacement type updates not supported on stack with disable-rollback."
        ),
        "{lines:?}"
    );
    assert!(played.tells("UPDATE_COMPLETE A") && !lines.iter().any(|it| it.ends_with(" B")), "{lines:?}");
    let last = "UPDATE_FAILED web: The following resource(s) failed to update: [Server]. ";
    assert_eq!(lines.last().unwrap(), last);
    assert_eq!(played.instances("Server"), [INSTANCE]);
}

#[test]
fn two_updates_that_failed_go_back_to_what_was_before_both() {
    let mut played = half_updated();
    let third =
        vec![with(server(None), "ImageId", "ami-3"), named("A", "3", &[]), named("B", "1", &["Server"])];
    update(&mut played, third, 2).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::UpdateFailed));
    played.hush();
    roll_back(&mut played, 3);
    let lines = played.lines();
    assert_eq!(lines.first().unwrap(), "UPDATE_ROLLBACK_IN_PROGRESS web: User Initiated");
    assert_eq!(lines.last().unwrap(), "UPDATE_ROLLBACK_COMPLETE web");
    let before =
        vec![with(server(None), "ImageId", "ami-1"), named("A", "1", &[]), named("B", "1", &["Server"])];
    assert_eq!(played.update(before, 4), Err(UpdateError::NoUpdates));
}

#[test]
fn an_update_that_failed_is_mended_by_the_next() {
    let mut played = half_updated();
    played.hush();
    let mended =
        || vec![with(server(None), "ImageId", "ami-1"), named("A", "2", &[]), named("B", "2", &["Server"])];
    update(&mut played, mended(), 2).unwrap();
    assert!(
        played.tells("UPDATE_COMPLETE Server") && played.tells("UPDATE_COMPLETE B"),
        "{:?}",
        played.lines()
    );
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    assert_eq!(played.update(mended(), 3), Err(UpdateError::NoUpdates));
}
