//! Signals that come late: whoever sent them was terminated meanwhile, or is about to be.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::Duration;

use crate::model::{Group, GroupCreationPolicy, Percent, Resource, Role, RollingUpdate, UpdatePolicy};
use crate::stack::Outcome::{Failure, Success};
use crate::stack::played::*;
use crate::stack::{Fate, OnFailure};

/// Two instances, all of which have to signal.
fn group(update_policy: UpdatePolicy, launch: &str) -> Resource {
    let group = Group {
        min_size: 2,
        max_size: 4,
        desired_capacity: 2,
        sets_desired: true,
        keeps_unmodified_sizes: false,
        creation_policy: Some(GroupCreationPolicy { signal: policy(2, 300), min_successful: Percent::ALL }),
        update_policy,
        launch: launch.to_owned(),
    };
    resource("Group", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &[])
}

fn rolling() -> UpdatePolicy {
    UpdatePolicy::Rolling(RollingUpdate {
        max_batch_size: 2,
        min_instances_in_service: 0,
        min_successful: Percent::ALL,
        pause: Duration::from_secs(300),
        wait_on_resource_signals: true,
        suspends_scaling: false,
    })
}

/// The group is there, as the instances `made(1)` and `made(2)`.
fn complete(update_policy: UpdatePolicy) -> Played {
    let mut played = Played::start(vec![group(update_policy, "v1")]);
    succeed(&mut played, [1, 2]);
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
    played
}

fn succeed(played: &mut Played, numbers: [u64; 2]) {
    numbers
        .iter()
        .for_each(|it| assert_eq!(played.signal("Group", &made(*it), Success, 1), Ok(true), "{it}"));
}

#[test]
fn of_a_failed_update_does_not_count_for_its_rollback() {
    let mut played = complete(rolling());
    played.update(vec![group(rolling(), "v2")], 2).unwrap();
    assert_eq!(played.instances("Group"), [made(3), made(4)]);
    assert_eq!(played.signal("Group", &made(3), Failure, 3), Ok(true));
    // It goes back, by two instances that have to signal as well.
    assert_eq!(played.instances("Group"), [made(5), made(6)]);
    for late in [made(4), made(3), made(1)] {
        assert_eq!(played.signal("Group", &late, Failure, 3), Ok(false), "{late}");
    }
    succeed(&mut played, [5, 6]);
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
    // Nor for the update after that.
    played.update(vec![group(rolling(), "v3")], 4).unwrap();
    for late in [made(4), made(6)] {
        assert_eq!(played.signal("Group", &late, Success, 5), Ok(false), "{late}");
    }
    succeed(&mut played, [7, 8]);
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
}

#[test]
fn of_a_replaced_group_does_not_count_for_the_one_in_its_place() {
    let mut played = complete(UpdatePolicy::Replacing);
    played.update(vec![group(UpdatePolicy::Replacing, "v2")], 2).unwrap();
    assert_eq!(
        played.signal("Group", &made(1), Success, 3),
        Ok(false),
        "it goes on until the update is over"
    );
    succeed(&mut played, [4, 5]);
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    played.update(vec![group(UpdatePolicy::Replacing, "v3")], 4).unwrap();
    assert_eq!(played.signal("Group", &made(2), Failure, 5), Ok(false), "it is gone");
    assert_eq!(played.machine.fate(), None);
}

#[test]
fn of_a_group_that_could_not_be_made_does_not_count_for_the_next_of_its_name() {
    let mut played = Played::start(vec![]);
    played.update(vec![group(UpdatePolicy::None, "v1")], 1).unwrap();
    assert_eq!(played.signal("Group", &made(1), Failure, 2), Ok(true));
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
    played.update(vec![group(UpdatePolicy::None, "v1")], 3).unwrap();
    for late in [made(1), made(2)] {
        assert_eq!(played.signal("Group", &late, Failure, 4), Ok(false), "{late}");
    }
    succeed(&mut played, [3, 4]);
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
}

#[test]
fn of_an_instance_outside_any_group_that_is_no_more_does_not_count_for_a_group() {
    let mut played = Played::start_with(vec![server(None)], OnFailure::Rollback);
    played.update(vec![group(UpdatePolicy::None, "v1")], 1).unwrap();
    assert_eq!(played.signal("Group", INSTANCE, Success, 2), Ok(true), "it still runs");
    played.machine.lose(&made(9));
    assert_eq!(played.signal("Group", &made(9), Failure, 2), Ok(false), "of another stack");
    assert_eq!(played.signal("Group", &made(1), Success, 2), Ok(true));
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    played.update(vec![group(rolling(), "v2")], 3).unwrap();
    assert_eq!(played.signal("Group", INSTANCE, Failure, 5), Ok(false), "it was deleted");
    succeed(&mut played, [3, 4]);
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
}
