#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::Duration;

use super::*;
use crate::model::{Group, Percent, Resource, Role, Wait};
use crate::stack::played::*;
use crate::stack::{Fate, Signal};

use Outcome::{Failure, Success};

const MINUTE: u64 = 60;

fn rolling(batch: u32, kept: u32, signals: bool) -> RollingUpdate {
    RollingUpdate {
        max_batch_size: batch,
        min_instances_in_service: kept,
        min_successful: Percent::ALL,
        pause: Duration::from_secs(5 * MINUTE),
        wait_on_resource_signals: signals,
        suspends_scaling: false,
    }
}

fn group(desired: u32, policy: RollingUpdate, launch: &str) -> Resource {
    let group = Group {
        min_size: 1,
        max_size: 4,
        desired_capacity: desired,
        sets_desired: true,
        keeps_unmodified_sizes: false,
        creation_policy: None,
        update_policy: UpdatePolicy::Rolling(policy),
        launch: launch.to_owned(),
    };
    resource("Group", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &[])
}

/// A group of `desired`, and an update that rolls it.
fn updated(desired: u32, policy: RollingUpdate) -> Played {
    let mut played = Played::start(vec![group(desired, policy, "v1")]);
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
    played.hush();
    played.update(vec![group(desired, policy, "v2")], 0).unwrap();
    played
}

#[test]
fn two_instances_one_at_a_time() {
    let mut played = updated(2, rolling(1, 1, true));
    assert_eq!(
        played.machine.waiting().first().map(|it| (it.received, it.expected, it.until)),
        Some((0, 1, at(300)))
    );
    assert_eq!(played.signal("Group", &made(3), Success, 10), Ok(true));
    assert_eq!(played.machine.deadline(), Some(at(310)), "each batch has a timeout of its own");
    assert_eq!(played.signal("Group", &made(4), Success, 20), Ok(true));
    assert_eq!(
        played.lines(),
        [
            "UPDATE_IN_PROGRESS web: User Initiated",
            "UPDATE_IN_PROGRESS Group",
            "UPDATE_IN_PROGRESS Group: Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 1, \
             while keeping at least 1 instance(s) in service. Waiting on resource signals with a timeout of PT5M when \
             new instances are added to the autoscaling group.",
            "UPDATE_IN_PROGRESS Group: Terminating instance(s) [i-00000000000000001]; replacing with 1 new instance(s).",
            "UPDATE_IN_PROGRESS Group: Successfully terminated instance(s) [i-00000000000000001] (Progress 50%).",
            "UPDATE_IN_PROGRESS Group: New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) \
             with a timeout of PT5M.",
            "UPDATE_IN_PROGRESS Group: Received SUCCESS signal with UniqueId i-00000000000000003",
            "UPDATE_IN_PROGRESS Group: Terminating instance(s) [i-00000000000000002]; replacing with 1 new instance(s).",
            "UPDATE_IN_PROGRESS Group: Successfully terminated instance(s) [i-00000000000000002] (Progress 100%).",
            "UPDATE_IN_PROGRESS Group: New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) \
             with a timeout of PT5M.",
            "UPDATE_IN_PROGRESS Group: Received SUCCESS signal with UniqueId i-00000000000000004",
            "UPDATE_COMPLETE Group",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS web",
            "UPDATE_COMPLETE web",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    assert_eq!(played.instances("Group"), [made(3), made(4)]);
}

#[test]
fn where_all_stay_in_service_new_instances_come_first() {
    let mut played = updated(3, rolling(1, 3, true));
    assert_eq!(played.instances("Group").len(), 4);
    played.hush();
    for number in 4..=6 {
        assert_eq!(played.signal("Group", &made(number), Success, number), Ok(true));
    }
    let lines = played.lines();
    let tail = lines.get(lines.len() - 5..).unwrap();
    assert_eq!(
        tail,
        [
            "UPDATE_IN_PROGRESS Group: Terminating instance(s) [i-00000000000000003]; replacing with 0 new instance(s).",
            "UPDATE_IN_PROGRESS Group: Successfully terminated instance(s) [i-00000000000000003] (Progress 100%).",
            "UPDATE_COMPLETE Group",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS web",
            "UPDATE_COMPLETE web",
        ]
    );
    assert_eq!(played.instances("Group"), [made(4), made(5), made(6)]);
}

#[test]
fn without_signals_the_pause_passes_between_batches() {
    let mut played = updated(2, rolling(1, 0, false));
    assert!(played.tells(
        "UPDATE_IN_PROGRESS Group: Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 1. \
         Pausing for PT5M when new instances are added to the autoscaling group."
    ));
    assert!(played.machine.waiting().is_empty(), "nobody has to signal");
    assert_eq!(played.signal("Group", &made(3), Success, 1), Ok(false));
    assert_eq!(played.machine.deadline(), Some(at(300)));
    played.pass(300);
    assert_eq!(played.machine.deadline(), Some(at(600)));
    played.pass(600);
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    assert_eq!(played.instances("Group"), [made(3), made(4)]);
}

#[test]
fn a_batch_counts_only_its_own_instances_and_outsiders_that_play_one() {
    let mut played = updated(2, rolling(1, 1, true));
    assert_eq!(played.signal("Group", &made(2), Success, 1), Ok(false), "it still runs, and is obsolete");
    assert_eq!(played.signal("Group", "web-1", Success, 1), Ok(false));
    assert_eq!(played.signal("Group", "i-0a1b2c3d4e5f60718", Success, 1), Ok(true));
    assert_eq!(played.signal("Group", &made(4), Success, 1), Ok(true));
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
}

#[test]
fn a_silent_batch_fails_the_update_and_the_group_rolls_back_batch_by_batch() {
    let mut played = updated(2, rolling(2, 0, true));
    played.signal("Group", &made(3), Success, 10).unwrap();
    played.hush();
    played.pass(300);
    assert_eq!(
        played.lines(),
        [
            "UPDATE_IN_PROGRESS Group: Failed to receive 1 resource signal(s) for the current batch.  Each resource \
             signal timeout is counted as a FAILURE.",
            "UPDATE_FAILED Group: Received 1 SUCCESS signal(s) out of 2.  Unable to satisfy 100% \
             MinSuccessfulInstancesPercent requirement",
            "UPDATE_ROLLBACK_IN_PROGRESS web: The following resource(s) failed to update: [Group]. ",
            "UPDATE_IN_PROGRESS Group",
            "UPDATE_IN_PROGRESS Group: Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 2. \
             Waiting on resource signals with a timeout of PT5M when new instances are added to the autoscaling group.",
            "UPDATE_IN_PROGRESS Group: Terminating instance(s) [i-00000000000000003,i-00000000000000004]; replacing \
             with 2 new instance(s).",
            "UPDATE_IN_PROGRESS Group: Successfully terminated instance(s) [i-00000000000000003,i-00000000000000004] \
             (Progress 100%).",
            "UPDATE_IN_PROGRESS Group: New instance(s) added to autoscaling group - Waiting on 2 resource signal(s) \
             with a timeout of PT5M.",
        ]
    );
    played.hush();
    played.signal("Group", &made(5), Success, 310).unwrap();
    played.signal("Group", &made(6), Success, 311).unwrap();
    let lines = played.lines();
    assert_eq!(
        lines.get(2..).unwrap(),
        [
            "UPDATE_COMPLETE Group",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS web",
            "UPDATE_ROLLBACK_COMPLETE web",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
    // The old template is in force again: the same update is an update again.
    played.update(vec![group(2, rolling(2, 0, true), "v2")], 400).unwrap();
    assert_eq!(played.machine.fate(), None);
}

#[test]
fn a_rollback_leaves_instances_that_were_never_replaced() {
    let mut played = updated(3, rolling(1, 0, true));
    played.hush();
    played.signal("Group", &made(4), Failure, 10).unwrap();
    assert!(played.tells(
        "UPDATE_FAILED Group: Received 1 FAILURE signal(s) out of 3.  Unable to satisfy 100% \
         MinSuccessfulInstancesPercent requirement"
    ));
    played.signal("Group", &made(5), Success, 20).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
    assert_eq!(played.instances("Group"), [made(2), made(3), made(5)]);
}

#[test]
fn a_rollback_that_is_not_signalled_fails() {
    let mut played = updated(1, rolling(1, 0, true));
    played.pass(300);
    played.hush();
    played.pass(600);
    assert_eq!(
        played.lines(),
        [
            "UPDATE_IN_PROGRESS Group: Failed to receive 1 resource signal(s) for the current batch.  Each resource \
             signal timeout is counted as a FAILURE.",
            "UPDATE_FAILED Group: Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% \
             MinSuccessfulInstancesPercent requirement",
            "UPDATE_ROLLBACK_FAILED web: The following resource(s) failed to update: [Group]. ",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRollbackFailed));
    let refusal = played.update(vec![group(1, rolling(1, 0, true), "v3")], 700).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "Stack:arn:web is in UPDATE_ROLLBACK_FAILED state and can not be updated."
    );
    played.delete(701).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Deleted));
    assert!(played.instances("Group").is_empty());
}

#[test]
fn a_share_lets_the_update_go_on_past_failures() {
    let policy = RollingUpdate { min_successful: Percent::from_tenths(500).unwrap(), ..rolling(1, 0, true) };
    let mut played = updated(2, policy);
    played.signal("Group", &made(3), Failure, 1).unwrap();
    assert_eq!(played.machine.fate(), None);
    assert_eq!(played.machine.waiting().len(), 1);
    played.signal("Group", &made(4), Success, 2).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
}

#[test]
fn a_batch_waits_for_all_of_its_own_even_when_enough_have_come() {
    let policy = RollingUpdate { min_successful: Percent::from_tenths(500).unwrap(), ..rolling(2, 0, true) };
    let mut played = updated(2, policy);
    played.signal("Group", &made(3), Success, 1).unwrap();
    assert_eq!(played.machine.fate(), None);
    played.pass(300);
    assert!(played.tells(
        "UPDATE_IN_PROGRESS Group: Failed to receive 1 resource signal(s) for the current batch.  Each resource signal \
         timeout is counted as a FAILURE."
    ));
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
}

#[test]
fn a_group_that_grows_waits_for_its_new_instances_only() {
    let policy = rolling(1, 1, true);
    let mut played = Played::start(vec![group(2, policy, "v1")]);
    played.hush();
    played.update(vec![group(4, policy, "v1")], 0).unwrap();
    assert_eq!(
        played.lines().last().unwrap(),
        "UPDATE_IN_PROGRESS Group: New instance(s) added to autoscaling group - Waiting on 2 resource signal(s) with a \
         timeout of PT5M."
    );
    played.signal("Group", &made(3), Success, 1).unwrap();
    played.signal("Group", &made(4), Success, 1).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    assert_eq!(played.instances("Group").len(), 4);
    // It shrinks without any ado.
    played.update(vec![group(1, policy, "v1")], 10).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    assert_eq!(played.instances("Group"), [made(4)]);
}

#[test]
fn without_a_policy_obsolete_instances_stay() {
    let plain = |desired, launch| {
        let mut it = group(desired, rolling(1, 0, true), launch);
        let Role::Group(group) = &mut it.role else { unreachable!() };
        group.update_policy = UpdatePolicy::None;
        it
    };
    let mut played = Played::start(vec![plain(2, "v1")]);
    played.update(vec![plain(3, "v2")], 0).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    assert_eq!(played.instances("Group"), [made(1), made(2), made(3)]);
}

#[test]
fn a_rollback_without_a_policy_keeps_the_instances_that_were_there() {
    let plain = |desired, launch| {
        let mut it = group(desired, rolling(1, 0, true), launch);
        let Role::Group(group) = &mut it.role else { unreachable!() };
        group.update_policy = UpdatePolicy::None;
        it
    };
    let never = condition(Wait::Signals(policy(1, 60)), &["Group"]);
    let mut played = Played::start(vec![plain(2, "v1")]);
    played.update(vec![plain(3, "v2"), never], 0).unwrap();
    assert_eq!(played.instances("Group").len(), 3);
    played.pass(60);
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
    assert_eq!(played.instances("Group"), [made(1), made(2)]);
}

#[test]
fn a_batch_that_is_over_counts_nothing_any_more() {
    let mut played = updated(2, rolling(1, 1, true));
    let success = |id: String| Signal { logical_id: "Group".to_owned(), unique_id: id, outcome: Success };
    let reaction = played.machine.signal(&success(made(3)), at(1)).unwrap().reaction;
    assert!(matches!(reaction.orders.as_slice(), [Order::Terminate { .. }]));
    // Until those are gone and others are there, nobody is waited for.
    let late = Signal { outcome: Failure, ..success(made(3)) };
    assert!(!played.machine.signal(&late, at(2)).unwrap().counted);
    assert_eq!((played.machine.deadline(), played.machine.waiting()), (None, vec![]));
    played.carry_out(reaction, at(3));
    played.signal("Group", &made(4), Success, 4).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
}

#[test]
fn no_room_to_replace_anything_is_refused() {
    let mut played = Played::start(vec![group(2, rolling(1, 4, true), "v1")]);
    played.hush();
    played.update(vec![group(2, rolling(1, 4, true), "v2")], 0).unwrap();
    assert!(played.tells(
        "UPDATE_FAILED Group: MinInstancesInService must be less than the autoscaling group's MaxSize"
    ));
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
    assert_eq!(played.instances("Group"), [made(1), made(2)]);
}
