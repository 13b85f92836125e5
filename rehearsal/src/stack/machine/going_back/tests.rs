#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;
use crate::model::{Group, Percent, Resource, Role, RollingUpdate, UpdatePolicy};
use crate::stack::Outcome::Success;
use crate::stack::played::*;
use crate::stack::{Fate, OnFailure};
use std::time::Duration;

/// A group of one whose instances signal within a minute.
fn group(launch: &str) -> Resource {
    let rolling = RollingUpdate {
        max_batch_size: 1,
        min_instances_in_service: 0,
        min_successful: Percent::ALL,
        pause: Duration::from_secs(60),
        wait_on_resource_signals: true,
        suspends_scaling: false,
    };
    let group = Group {
        min_size: 1,
        max_size: 1,
        desired_capacity: 1,
        sets_desired: true,
        keeps_unmodified_sizes: false,
        creation_policy: None,
        update_policy: UpdatePolicy::Rolling(rolling),
        launch: launch.to_owned(),
    };
    resource("Group", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &[])
}

fn topic(value: &str) -> Resource {
    with(resource("Topic", "AWS::SNS::Topic", Role::Other, &["Group"]), "DisplayName", value)
}

fn updating() -> Played {
    let mut played = Played::start(vec![group("v1"), topic("a")]);
    played.update(vec![group("v2"), topic("b")], 0).unwrap();
    played.hush();
    played
}

/// Neither the update nor its rollback was signalled.
fn stuck() -> Played {
    let mut played = updating();
    played.pass(60);
    played.pass(120);
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRollbackFailed));
    played.hush();
    played
}

fn cancel(played: &mut Played, seconds: u64) -> Result<(), RollbackError> {
    let reaction = played.machine.cancel(Some("token".to_owned()), at(seconds))?;
    played.carry_out(reaction, at(seconds));
    Ok(())
}

fn go_on(played: &mut Played, skipped: &[&str], seconds: u64) -> Result<(), RollbackError> {
    let skipped: Vec<_> = skipped.iter().map(|it| (*it).to_owned()).collect();
    let reaction = played.machine.continue_rollback(&skipped, None, at(seconds))?;
    played.carry_out(reaction, at(seconds));
    Ok(())
}

#[test]
fn an_update_that_is_cancelled_goes_back() {
    let mut played = updating();
    cancel(&mut played, 10).unwrap();
    assert_eq!(
        played.lines().get(..3).unwrap(),
        [
            "UPDATE_FAILED Group: Resource update cancelled",
            "UPDATE_ROLLBACK_IN_PROGRESS web: User Initiated",
            "UPDATE_IN_PROGRESS Group",
        ]
    );
    assert!(played.events.iter().all(|it| it.token.as_deref() == Some("token")));
    let newest = played.instances("Group").last().unwrap().clone();
    played.signal("Group", &newest, Success, 20).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
    assert_eq!(cancel(&mut played, 30), Err(RollbackError::NothingToCancel));
}

#[test]
fn a_rollback_that_failed_is_taken_up_again() {
    let mut played = stuck();
    go_on(&mut played, &[], 200).unwrap();
    assert_eq!(
        played.lines().get(..2).unwrap(),
        ["UPDATE_ROLLBACK_IN_PROGRESS web: User Initiated", "UPDATE_IN_PROGRESS Group"]
    );
    // It fails again where nothing is better.
    if played.machine.fate().is_none() {
        played.pass(260);
        assert_eq!(played.machine.fate(), Some(Fate::UpdateRollbackFailed), "{:?}", played.lines());
        go_on(&mut played, &[], 300).unwrap();
        let newest = played.instances("Group").last().unwrap().clone();
        played.signal("Group", &newest, Success, 310).unwrap();
    }
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack), "{:?}", played.lines());
    // It is what it was.
    assert!(played.update(vec![group("v1"), topic("a")], 400).is_err());
}

#[test]
fn what_is_skipped_counts_as_gone_back() {
    let mut played = stuck();
    for wrong in ["Topic", "Nope"] {
        let logical_ids = vec![wrong.to_owned()];
        assert_eq!(go_on(&mut played, &[wrong], 200), Err(RollbackError::NotSkipped { logical_ids }));
    }
    go_on(&mut played, &["Group"], 200).unwrap();
    assert_eq!(
        played.lines(),
        [
            "UPDATE_ROLLBACK_IN_PROGRESS web: User Initiated",
            "UPDATE_COMPLETE Group",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS web",
            "UPDATE_ROLLBACK_COMPLETE web",
        ]
    );
    assert!(played.update(vec![group("v1"), topic("a")], 300).is_err());
    played.update(vec![group("v1"), topic("c")], 300).unwrap();
    assert_eq!(go_on(&mut played, &[], 400), Err(RollbackError::NothingToContinue));
}

#[test]
fn what_never_failed_goes_on_with_nothing() {
    let mut played = Played::start_with(vec![topic("a")], OnFailure::Rollback);
    assert_eq!(go_on(&mut played, &[], 1), Err(RollbackError::NothingToContinue));
    assert_eq!(cancel(&mut played, 1), Err(RollbackError::NothingToCancel));
}
