#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::Duration;

use super::*;
use crate::model::{Group, GroupCreationPolicy, Percent, Removal, RollingUpdate, UpdatePolicy, Wait};
use crate::stack::played::*;
use crate::stack::{Fate, Outcome};

use Outcome::{Failure, Success};

mod mentions;

fn topic(name: &str, on: &[&str]) -> Resource {
    resource(name, "AWS::SNS::Topic", Role::Other, on)
}

fn complete(resources: Vec<Resource>) -> Played {
    let mut played = Played::start(resources);
    if played.machine.fate().is_none() {
        played.signal("Server", INSTANCE, Success, 0).unwrap();
    }
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
    played.hush();
    played
}

/// A group of so many that waits for nothing.
fn sized(number: u32, launch: &str) -> Group {
    Group {
        min_size: number,
        max_size: number,
        desired_capacity: number,
        sets_desired: true,
        keeps_unmodified_sizes: false,
        creation_policy: None,
        update_policy: UpdatePolicy::None,
        launch: launch.to_owned(),
    }
}

#[test]
fn nothing_new_is_no_update() {
    let mut played = complete(vec![server(Some(policy(1, 300)))]);
    let same = played.update(vec![server(Some(policy(1, 300)))], 1).unwrap_err();
    assert_eq!(same.to_string(), "No updates are to be performed.");
    let policy_only = played.update(vec![server(Some(policy(1, 600)))], 1).unwrap_err();
    assert_eq!(policy_only, UpdateError::NoUpdates);
    assert!(played.events.is_empty());
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
}

#[test]
fn refusals_are_worded_as_the_service_words_them() {
    let mut played = Played::start(vec![server(Some(policy(1, 300)))]);
    let early = played.update(vec![], 1).unwrap_err();
    assert_eq!(early.to_string(), "Stack:arn:web is in CREATE_IN_PROGRESS state and can not be updated.");
    played.signal("Server", INSTANCE, Success, 2).unwrap();
    let other = resource("Server", "AWS::SNS::Topic", Role::Other, &[]);
    assert_eq!(
        played.update(vec![other], 3).unwrap_err().to_string(),
        "Update of resource type is not permitted. The new template modifies resource type of the following resources: \
         [Server]"
    );
    let mut never = Machine::new(stack(vec![]), None, crate::stack::OnFailure::Rollback);
    assert_eq!(
        never.update(stack(vec![]), None, at(0)).unwrap_err().to_string(),
        "Stack [web] does not exist"
    );
}

#[test]
fn what_is_unchanged_is_silent_and_the_rest_comes_in_order() {
    let mut played = complete(vec![
        topic("Same", &[]),
        with(topic("Other", &[]), "DisplayName", "a"),
        topic("Gone", &["Other"]),
    ]);
    played
        .update(
            vec![
                topic("Same", &[]),
                topic("New", &["Other"]),
                with(topic("Other", &["Same"]), "DisplayName", "b"),
            ],
            1,
        )
        .unwrap();
    assert_eq!(
        played.lines(),
        [
            "UPDATE_IN_PROGRESS web: User Initiated",
            "UPDATE_IN_PROGRESS Other",
            "UPDATE_COMPLETE Other",
            "CREATE_IN_PROGRESS New",
            "CREATE_IN_PROGRESS New: Resource creation Initiated",
            "CREATE_COMPLETE New",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS web",
            "DELETE_IN_PROGRESS Gone",
            "DELETE_COMPLETE Gone",
            "UPDATE_COMPLETE web",
        ]
    );
    let mut names: Vec<_> = played.machine.resources().map(|it| it.logical_id).collect();
    names.sort_unstable();
    assert_eq!(names, ["New", "Other", "Same"]);
}

#[test]
fn a_replaced_instance_is_waited_for_and_the_old_one_goes_in_the_end() {
    let before = with(server(Some(policy(1, 300))), "ImageId", "ami-1");
    let mut played = complete(vec![before.clone()]);
    played.update(vec![with(before.clone(), "ImageId", "ami-2")], 100).unwrap();
    assert_eq!(
        played.lines(),
        [
            "UPDATE_IN_PROGRESS web: User Initiated",
            "UPDATE_IN_PROGRESS Server: Requested update requires the creation of a new physical resource; hence \
             creating one.",
            "UPDATE_IN_PROGRESS Server: Resource creation Initiated",
        ]
    );
    let ids: Vec<_> = played.events.iter().filter_map(|it| it.physical_id.clone()).collect();
    assert_eq!(ids, ["arn:web", INSTANCE, made(1).as_str()]);
    assert_eq!(played.machine.deadline(), Some(at(400)));
    assert!(played.machine.has_instance(INSTANCE) && played.machine.has_instance(&made(1)));
    assert_eq!(played.signal("Server", INSTANCE, Success, 101), Ok(false), "the old one's does not count");
    played.hush();
    assert_eq!(played.signal("Server", &made(1), Success, 102), Ok(true));
    assert_eq!(
        played.lines(),
        [
            "UPDATE_IN_PROGRESS Server: Received SUCCESS signal with UniqueId i-00000000000000001",
            "UPDATE_COMPLETE Server",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS web",
            "DELETE_IN_PROGRESS Server",
            "DELETE_COMPLETE Server",
            "UPDATE_COMPLETE web",
        ]
    );
    assert_eq!(played.instances("Server"), [made(1)]);
    assert_eq!(played.machine.instance("Server"), Some(made(1).as_str()));
    // The new one is what the stack has from now on.
    let again = played.update(vec![with(before, "ImageId", "ami-2")], 200).unwrap_err();
    assert_eq!(again, UpdateError::NoUpdates);
}

#[test]
fn a_replacement_that_never_comes_has_not_signalled_either() {
    let before = with(server(Some(policy(1, 300))), "ImageId", "ami-1");
    let mut played = complete(vec![before.clone()]);
    let after = vec![with(before, "ImageId", "ami-2")];
    played.machine.update(stack(after), None, at(0)).unwrap();
    assert_eq!(played.machine.waiting().first().map(|it| it.expected), Some(1));
    assert_eq!(played.signal("Server", INSTANCE, Failure, 1), Ok(false));
    played.pass(300);
    assert!(
        played.tells(
            "UPDATE_FAILED Server: Failed to receive 1 resource signal(s) within the specified duration"
        )
    );
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
    assert_eq!(played.instances("Server"), [INSTANCE]);
}

#[test]
fn a_replacement_that_fails_gives_the_old_one_back() {
    let before = with(server(Some(policy(1, 300))), "ImageId", "ami-1");
    let mut played = complete(vec![topic("Alarm", &[]), before.clone()]);
    let after = vec![with(topic("Alarm", &[]), "DisplayName", "x"), with(before, "ImageId", "ami-2")];
    played.update(after, 100).unwrap();
    played.hush();
    assert_eq!(played.signal("Server", &made(1), Failure, 101), Ok(true));
    assert_eq!(
        played.lines(),
        [
            "UPDATE_FAILED Server: Received FAILURE signal with UniqueId i-00000000000000001",
            "UPDATE_ROLLBACK_IN_PROGRESS web: The following resource(s) failed to update: [Server]. ",
            "UPDATE_IN_PROGRESS Alarm",
            "UPDATE_COMPLETE Server",
            "UPDATE_COMPLETE Alarm",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS web",
            "DELETE_IN_PROGRESS Server",
            "DELETE_COMPLETE Server",
            "UPDATE_ROLLBACK_COMPLETE web",
        ]
    );
    assert_eq!(played.instances("Server"), [INSTANCE]);
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
}

#[test]
fn user_data_changes_an_instance_as_it_is_and_nobody_signals() {
    let mut played = complete(vec![with(server(Some(policy(1, 300))), "UserData", "a")]);
    played.update(vec![with(server(Some(policy(1, 300))), "UserData", "b")], 1).unwrap();
    assert!(played.tells("UPDATE_IN_PROGRESS Server"));
    assert_eq!(played.machine.fate(), Some(Fate::Updated), "a CreationPolicy is for creations");
    assert_eq!(played.instances("Server"), [INSTANCE]);
}

#[test]
fn a_rollback_that_fails_and_is_deleted_leaves_no_instance_behind() {
    let rolling = |launch: &str| {
        let group = Group {
            update_policy: UpdatePolicy::Rolling(RollingUpdate {
                max_batch_size: 1,
                min_instances_in_service: 0,
                min_successful: Percent::ALL,
                pause: Duration::from_secs(60),
                wait_on_resource_signals: true,
                suspends_scaling: false,
            }),
            ..sized(1, launch)
        };
        resource("Rolling", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &[])
    };
    let other = |launch: &str| {
        let group = Group { update_policy: UpdatePolicy::Replacing, ..sized(2, launch) };
        // It is given back after the other, so never.
        resource("Other", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &["Rolling"])
    };
    let mut played = complete(vec![rolling("v1"), other("v1")]);
    // In the new template it does not wait for the other.
    let free = Resource { dependencies: vec![], ..other("v2") };
    let reaction = played.machine.update(stack(vec![rolling("v2"), free]), None, at(0)).unwrap();
    // The replacement is ordered and never comes; the rest goes on.
    let (never, orders): (Vec<_>, Vec<_>) =
        reaction.orders.into_iter().partition(|it| matches!(it, Order::Replace { .. }));
    assert_eq!(never.len(), 1);
    played.carry_out(Reaction { orders, ..Reaction::default() }, at(0));
    played.pass(60);
    played.pass(120);
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRollbackFailed));
    played.delete(121).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Deleted));
    assert_eq!(played.machine.instances().count(), 0);
}

#[test]
fn a_wait_condition_cannot_be_updated() {
    let with_timeout = |seconds| vec![topic("Alarm", &["Ready"]), handle(), by_handle(1, seconds)];
    let mut played = Played::start(with_timeout(60));
    played.put("one", Success, "", 1);
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
    played.hush();
    played.update(with_timeout(120), 2).unwrap();
    assert_eq!(
        played.lines(),
        [
            "UPDATE_IN_PROGRESS web: User Initiated",
            "UPDATE_FAILED Ready: Update to resource type AWS::CloudFormation::WaitCondition is not supported.",
            "UPDATE_ROLLBACK_IN_PROGRESS web: The following resource(s) failed to update: [Ready]. ",
            "UPDATE_COMPLETE Ready",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS web",
            "UPDATE_ROLLBACK_COMPLETE web",
        ]
    );
}

#[test]
fn a_new_wait_condition_with_a_new_handle_works_in_an_update() {
    let mut played = Played::start(vec![handle(), by_handle(1, 60)]);
    played.put("one", Success, "", 1);
    let fresh = Wait::Handle { handle: "Handle2".to_owned(), count: 1, timeout: Duration::from_secs(60) };
    played
        .update(
            vec![
                resource(
                    "Handle2",
                    "AWS::CloudFormation::WaitConditionHandle",
                    Role::WaitConditionHandle,
                    &[],
                ),
                resource(
                    "Ready2",
                    "AWS::CloudFormation::WaitCondition",
                    Role::WaitCondition(fresh),
                    &["Handle2"],
                ),
            ],
            10,
        )
        .unwrap();
    assert_eq!(played.machine.deadline(), Some(at(70)));
    played.hush();
    played.pass(70);
    assert_eq!(
        played.lines(),
        [
            "CREATE_FAILED Ready2: WaitCondition timed out. Received 0 conditions when expecting 1",
            "UPDATE_ROLLBACK_IN_PROGRESS web: The following resource(s) failed to create: [Ready2]. ",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS web",
            "DELETE_IN_PROGRESS Ready2",
            "DELETE_COMPLETE Ready2",
            "DELETE_IN_PROGRESS Handle2",
            "DELETE_COMPLETE Handle2",
            "UPDATE_ROLLBACK_COMPLETE web",
        ]
    );
    let mut names: Vec<_> = played.machine.resources().map(|it| it.logical_id).collect();
    names.sort_unstable();
    assert_eq!(names, ["Handle", "Ready"]);
}

#[test]
fn failures_of_both_kinds_are_told_apart_and_cancelled() {
    let before = with(server(Some(policy(1, 300))), "ImageId", "ami-1");
    let mut played = complete(vec![before.clone()]);
    let fresh = condition(Wait::Signals(policy(1, 60)), &[]);
    played.update(vec![with(before, "ImageId", "ami-2"), fresh], 0).unwrap();
    played.hush();
    played.pass(60);
    assert_eq!(
        played.lines().get(..3).unwrap(),
        [
            "CREATE_FAILED Ready: Failed to receive 1 resource signal(s) within the specified duration",
            "UPDATE_FAILED Server: Resource update cancelled",
            "UPDATE_ROLLBACK_IN_PROGRESS web: The following resource(s) failed to create: [Ready]. The following \
             resource(s) failed to update: [Server]. ",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
}

#[test]
fn signals_are_taken_while_the_update_waits_and_refused_afterwards() {
    let before = with(server(Some(policy(1, 300))), "ImageId", "ami-1");
    let mut played = complete(vec![before.clone(), topic("Alarm", &[])]);
    played.update(vec![with(before, "ImageId", "ami-2"), topic("Alarm", &[])], 1).unwrap();
    played.signal("Server", &made(1), Success, 2).unwrap();
    let late = played.signal("Server", &made(1), Success, 3).unwrap_err();
    assert_eq!(late, "Stack arn:web is in UPDATE_COMPLETE state and cannot be signaled");
}

#[test]
fn a_replacing_update_makes_another_group_and_waits_as_at_its_creation() {
    let group = |launch: &str| {
        let group = Group {
            creation_policy: Some(GroupCreationPolicy {
                signal: policy(2, 300),
                min_successful: Percent::ALL,
            }),
            update_policy: UpdatePolicy::Replacing,
            ..sized(2, launch)
        };
        resource("Group", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &[])
    };
    let mut played = Played::start(vec![group("v1")]);
    played.signal("Group", &made(1), Success, 1).unwrap();
    played.signal("Group", &made(2), Success, 1).unwrap();
    played.update(vec![group("v2")], 10).unwrap();
    assert_eq!(played.instances("Group").len(), 4, "the old group stays until the new one is well");
    let (first, second) = (made(4), made(5));
    played.signal("Group", &first, Success, 11).unwrap();
    played.hush();
    played.signal("Group", &second, Success, 12).unwrap();
    assert_eq!(
        played.lines().get(1..).unwrap(),
        [
            "UPDATE_COMPLETE Group",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS web",
            "DELETE_IN_PROGRESS Group",
            "DELETE_COMPLETE Group",
            "UPDATE_COMPLETE web",
        ]
    );
    assert_eq!(played.instances("Group"), [first, second]);

    // And one that is never signalled leaves the old group as it was.
    played.update(vec![group("v3")], 20).unwrap();
    played.pass(320);
    assert_eq!(played.machine.fate(), Some(Fate::UpdateRolledBack));
    assert_eq!(played.instances("Group"), [made(4), made(5)]);
}

#[test]
fn a_group_of_another_name_is_another_group() {
    let group = sized(1, "v1");
    let before = resource("Group", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &[]);
    let mut played = complete(vec![before.clone()]);
    played.update(vec![with(before, "AutoScalingGroupName", "blue")], 1).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    assert!(!played.machine.has_instance(&made(1)) && played.instances("Group").len() == 1);
}

#[test]
fn what_is_retained_outlives_its_replacement() {
    let before =
        Resource { update_replace_policy: Removal::Retain, ..with(server(None), "ImageId", "ami-1") };
    let mut played = complete(vec![before.clone()]);
    played.update(vec![with(before, "ImageId", "ami-2")], 1).unwrap();
    assert!(played.tells("DELETE_SKIPPED Server"));
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
}
