#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::Duration;

use crate::model::{Group, GroupCreationPolicy, Percent, Resource, Role, RollingUpdate, UpdatePolicy, Wait};
use crate::stack::played::*;
use crate::stack::types::{Outcome, ScaleOutcome, Scaling};
use crate::stack::{Capacity, Fate, Scaled, Signal};

use Outcome::Success;

const FOUR_NINE: &str = "Desired capacity:9 must be between the specified min size:2 and max size:4";

/// A group as its template has it, `(MinSize, DesiredCapacity, MaxSize)`, that waits for nothing.
fn group((min, desired, max): (u32, Option<u32>, u32), launch: &str) -> Resource {
    let group = Group {
        min_size: min,
        max_size: max,
        desired_capacity: desired.unwrap_or(min),
        sets_desired: desired.is_some(),
        keeps_unmodified_sizes: false,
        creation_policy: None,
        update_policy: UpdatePolicy::None,
        launch: launch.to_owned(),
    };
    resource("Group", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &[])
}

fn with_group(mut resource: Resource, change: impl FnOnce(&mut Group)) -> Resource {
    if let Role::Group(group) = &mut resource.role {
        change(group);
    }
    resource
}

fn rolling(suspends_scaling: bool) -> UpdatePolicy {
    UpdatePolicy::Rolling(RollingUpdate {
        max_batch_size: 1,
        min_instances_in_service: 0,
        min_successful: Percent::ALL,
        pause: Duration::from_secs(300),
        wait_on_resource_signals: true,
        suspends_scaling,
    })
}

impl Played {
    fn scale(&mut self, asked: u32, seconds: u64) -> Vec<Scaled> {
        let reaction = self.machine.scale("Group", asked, at(seconds));
        let scalings = reaction.scalings.clone();
        self.carry_out(reaction, at(seconds));
        scalings
    }

    fn sizes(&self) -> (u32, u32, u32) {
        self.machine.sizes_of("Group").unwrap()
    }
}

#[test]
fn sizes_that_do_not_go_together_fail_the_creation_when_it_gets_to_the_group() {
    for (sizes, reason) in [
        ((2, Some(9), 4), FOUR_NINE),
        ((2, Some(1), 4), "Desired capacity:1 must be between the specified min size:2 and max size:4"),
        ((5, None, 3), "Max bound, 3, must be greater than or equal to min bound, 5"),
        ((5, Some(4), 3), "Max bound, 3, must be greater than or equal to min bound, 5"),
    ] {
        let topic = resource("Topic", "AWS::SNS::Topic", Role::Other, &[]);
        let group = Resource { dependencies: vec!["Topic".to_owned()], ..group(sizes, "v1") };
        let played = Played::start(vec![topic, group]);
        let lines = played.lines();
        assert!(lines.contains(&"CREATE_COMPLETE Topic".to_owned()), "{lines:?}");
        let failed = lines.iter().position(|it| *it == format!("CREATE_FAILED Group: {reason}")).unwrap();
        assert_eq!(lines.get(failed - 1).unwrap(), "CREATE_IN_PROGRESS Group", "nothing was initiated");
        assert_eq!(
            lines.get(failed + 1).unwrap(),
            "ROLLBACK_IN_PROGRESS web: The following resource(s) failed to create: [Group]. Rollback requested by user."
        );
        assert_eq!(played.machine.fate(), Some(Fate::RolledBack));
    }
}

#[test]
fn and_an_update_which_leaves_the_group_as_it_was() {
    let mut played = Played::start(vec![group((2, Some(3), 4), "v1")]);
    for (sizes, reason) in [
        ((2, Some(9), 4), FOUR_NINE),
        ((5, None, 4), "Max bound, 4, must be greater than or equal to min bound, 5"),
    ] {
        played.hush();
        played.update(vec![group(sizes, "v2")], 1).unwrap();
        assert_eq!(
            played.lines(),
            [
                "UPDATE_IN_PROGRESS web: User Initiated".to_owned(),
                "UPDATE_IN_PROGRESS Group".to_owned(),
                format!("UPDATE_FAILED Group: {reason}"),
                "UPDATE_ROLLBACK_IN_PROGRESS web: The following resource(s) failed to update: [Group]. "
                    .to_owned(),
                "UPDATE_IN_PROGRESS Group".to_owned(),
                "UPDATE_COMPLETE Group".to_owned(),
                "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS web".to_owned(),
                "UPDATE_ROLLBACK_COMPLETE web".to_owned(),
            ]
        );
        assert_eq!((played.machine.fate(), played.sizes()), (Some(Fate::UpdateRolledBack), (2, 3, 4)));
        assert_eq!(played.instances("Group"), [made(1), made(2), made(3)]);
    }
    // A replacement has to have sizes as well.
    let replacing = |it| with_group(it, |group| group.update_policy = UpdatePolicy::Replacing);
    played.update(vec![replacing(group((2, Some(9), 4), "v2"))], 1).unwrap();
    assert!(played.tells(&format!("UPDATE_FAILED Group: {FOUR_NINE}")));
    assert_eq!((played.machine.fate(), played.sizes()), (Some(Fate::UpdateRolledBack), (2, 3, 4)));
}

#[test]
fn a_desired_capacity_that_the_template_says_is_set_back_and_another_stays() {
    for (desired, sizes, after) in [
        (Some(3), (1, Some(3), 9), 3),
        (None, (1, None, 9), 6),
        // Within what the template allows.
        (None, (1, None, 4), 4),
        (None, (8, None, 9), 8),
        (None, (1, Some(2), 9), 2),
        (Some(3), (1, None, 9), 6),
    ] {
        let mut played = Played::start(vec![group((1, desired, 9), "v1")]);
        played.scale(6, 1);
        assert_eq!(played.instances("Group").len(), 6);
        played.update(vec![with(group(sizes, "v1"), "Cooldown", "1")], 2).unwrap();
        assert_eq!(played.machine.fate(), Some(Fate::Updated));
        assert_eq!(played.instances("Group").len(), after, "{sizes:?}");
        assert_eq!(played.sizes(), (sizes.0, u32::try_from(after).unwrap(), sizes.2));
    }
}

#[test]
fn unmodified_sizes_are_left_alone_where_the_policy_says_so() {
    let keeping = |sizes| with_group(group(sizes, "v1"), |group| group.keeps_unmodified_sizes = true);
    let mut played = Played::start(vec![keeping((1, Some(3), 9))]);
    played.scale(6, 1);
    played.update(vec![with(keeping((1, Some(3), 9)), "Cooldown", "1")], 2).unwrap();
    assert_eq!(played.sizes(), (1, 6, 9));
    played.update(vec![with(keeping((1, Some(4), 9)), "Cooldown", "1")], 3).unwrap();
    assert_eq!(played.sizes(), (1, 4, 9));
    assert_eq!(played.instances("Group").len(), 4);
}

#[test]
fn a_policy_acts_at_its_time_within_the_sizes() {
    let rolling = |launch| with_group(group((1, Some(2), 4), launch), |it| it.update_policy = rolling(false));
    let mut played = Played::start(vec![rolling("v1")]);
    let scaling = |asked, seconds| Scaling {
        logical_id: "Group".to_owned(),
        asked,
        after: Duration::from_secs(seconds),
    };
    played.machine.scale_during_update(vec![scaling(9, 20), scaling(3, 10), scaling(1, 3600)]);
    assert_eq!(played.machine.deadline(), None, "no update has begun");
    played.update(vec![rolling("v2")], 100).unwrap();
    assert_eq!(played.machine.deadline(), Some(at(110)));
    played.pass(110);
    assert_eq!((played.sizes(), played.instances("Group").len()), ((1, 3, 4), 3));
    let reaction = played.machine.timer(at(120));
    let told = Scaled {
        at: at(120),
        logical_id: "Group".to_owned(),
        asked: 9,
        outcome: ScaleOutcome::Set { from: 3, to: 4 },
    };
    assert_eq!(reaction.scalings, std::slice::from_ref(&told));
    played.carry_out(reaction, at(120));
    assert_eq!(played.instances("Group").len(), 4);
    // What it launches is up to date, and nobody waits for its signals.
    assert_eq!(played.signal("Group", &made(4), Success, 121), Ok(false));
    assert_eq!(played.signal("Group", &made(3), Success, 121), Ok(true));
    let success = Signal { logical_id: "Group".to_owned(), unique_id: made(6), outcome: Success };
    let reaction = played.machine.signal(&success, at(122)).unwrap().reaction;
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    let over = Scaled { at: at(122), asked: 1, outcome: ScaleOutcome::Over, ..told };
    assert_eq!((reaction.scalings, played.machine.deadline()), (vec![over], None));
}

#[test]
fn no_policy_acts_where_alarms_are_suspended_or_no_group_is() {
    let suspending =
        |launch| with_group(group((1, Some(2), 4), launch), |it| it.update_policy = rolling(true));
    let mut played = Played::start(vec![suspending("v1")]);
    played.update(vec![suspending("v2")], 1).unwrap();
    assert_eq!(played.scale(4, 2).first().unwrap().outcome, ScaleOutcome::Suspended);
    assert_eq!(played.sizes(), (1, 2, 4));
    played.pass(400);
    played.pass(800);
    assert!(played.machine.fate().is_some());
    assert_eq!(played.scale(4, 900).first().unwrap().outcome, ScaleOutcome::Set { from: 2, to: 4 });
    played.delete(1000).unwrap();
    assert_eq!(played.scale(3, 1001).first().unwrap().outcome, ScaleOutcome::NoGroup);
    assert!(played.instances("Group").is_empty());
}

#[test]
fn fewer_are_asked_for_and_the_oldest_go() {
    let mut played = Played::start(vec![group((1, Some(3), 4), "v1")]);
    played.update(vec![group((1, Some(4), 4), "v2")], 1).unwrap();
    played.scale(2, 2);
    assert_eq!(played.instances("Group"), [made(3), made(4)], "the one that is up to date stays");
    played.scale(0, 3);
    assert_eq!(played.instances("Group"), [made(4)], "never fewer than MinSize");
}

#[test]
fn a_group_that_nobody_signalled_tells_what_is_missing_first() {
    let signal = policy(3, 300);
    let creation_policy = Some(GroupCreationPolicy { signal, min_successful: Percent::ALL });
    let waiting = with_group(group((3, None, 3), "v1"), |group| group.creation_policy = creation_policy);
    let mut played = Played::start(vec![waiting]);
    played.signal("Group", &made(1), Success, 1).unwrap();
    played.hush();
    played.pass(300);
    assert_eq!(
        played.lines().get(..2).unwrap(),
        [
            "UPDATE_IN_PROGRESS Group: Failed to receive 2 resource signal(s) for the current batch.  Each resource \
             signal timeout is counted as a FAILURE.",
            "CREATE_FAILED Group: Received 1 SUCCESS signal(s) out of 3.  Unable to satisfy 100% \
             MinSuccessfulInstancesPercent requirement",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::RolledBack));
}

#[test]
fn whatever_is_due_at_the_same_moment_fails_for_itself() {
    let wait = |id: &str, seconds| {
        let wait =
            Wait::Handle { handle: "Handle".to_owned(), count: 1, timeout: Duration::from_secs(seconds) };
        resource(id, "AWS::CloudFormation::WaitCondition", Role::WaitCondition(wait), &["Handle"])
    };
    let creation_policy = Some(GroupCreationPolicy { signal: policy(1, 600), min_successful: Percent::ALL });
    let waiting = with_group(group((1, None, 1), "v1"), |group| group.creation_policy = creation_policy);
    let mut played =
        Played::start(vec![handle(), wait("First", 600), wait("Second", 600), wait("Third", 601), waiting]);
    played.hush();
    played.pass(600);
    let timed_out = "WaitCondition timed out. Received 0 conditions when expecting 1";
    assert_eq!(
        played.lines().get(..6).unwrap(),
        [
            format!("CREATE_FAILED First: {timed_out}"),
            format!("CREATE_FAILED Second: {timed_out}"),
            "CREATE_FAILED Third: Resource creation cancelled".to_owned(),
            "UPDATE_IN_PROGRESS Group: Failed to receive 1 resource signal(s) for the current batch.  Each resource \
             signal timeout is counted as a FAILURE."
                .to_owned(),
            "CREATE_FAILED Group: Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% \
             MinSuccessfulInstancesPercent requirement"
                .to_owned(),
            "ROLLBACK_IN_PROGRESS web: The following resource(s) failed to create: [First, Second, Third, Group]. \
             Rollback requested by user."
                .to_owned(),
        ]
    );
}

#[test]
fn batches_that_are_due_at_the_same_moment_fail_for_themselves() {
    let named = |id: &str, launch| {
        let group = with_group(group((1, Some(1), 2), launch), |it| it.update_policy = rolling(false));
        Resource { logical_id: id.to_owned(), ..group }
    };
    let mut played = Played::start(vec![named("A", "v1"), named("B", "v1")]);
    played.update(vec![named("A", "v2"), named("B", "v2")], 0).unwrap();
    played.hush();
    played.pass(300);
    for id in ["A", "B"] {
        assert!(played.tells(&format!(
            "UPDATE_FAILED {id}: Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% \
             MinSuccessfulInstancesPercent requirement"
        )));
    }
    assert!(
        played.tells("UPDATE_ROLLBACK_IN_PROGRESS web: The following resource(s) failed to update: [A, B]. ")
    );
}

#[test]
fn a_replacing_update_of_an_empty_group_with_a_launch_template_is_in_place() {
    let replacing = |launched: &str, min, launch: &str| {
        let group =
            with_group(group((min, None, 2), launch), |it| it.update_policy = UpdatePolicy::Replacing);
        with(group, launched, launch)
    };
    for (launched, min, replaced) in [
        ("LaunchTemplate", 0, false),
        ("MixedInstancesPolicy", 0, false),
        ("LaunchConfigurationName", 0, true),
        ("LaunchTemplate", 1, true),
    ] {
        let mut played = Played::start(vec![replacing(launched, min, "v1")]);
        played.update(vec![replacing(launched, min, "v2")], 1).unwrap();
        assert_eq!(played.machine.fate(), Some(Fate::Updated));
        let told =
            played.lines().iter().any(|it| it.contains("requires the creation of a new physical resource"));
        assert_eq!(told, replaced, "{launched}, {min}");
    }
}

#[test]
fn how_large_a_group_is_is_told_whenever_it_changes() {
    let rolling = |launch| with_group(group((1, None, 4), launch), |it| it.update_policy = rolling(false));
    let mut played = Played::of(crate::stack::Machine::new(
        stack(vec![rolling("v1")]),
        None,
        crate::stack::OnFailure::Rollback,
    ));
    let reaction = played.machine.start(at(0));
    played.carry_out(reaction, at(0));
    let reaction = played.machine.update(stack(vec![rolling("v2")]), None, at(10)).unwrap();
    played.carry_out(reaction, at(10));
    played.signal("Group", &made(2), Success, 20).unwrap();
    let told: Vec<_> = played
        .capacities
        .iter()
        .map(|Capacity { at, instances, in_service, kept, .. }| (*at, *instances, *in_service, *kept))
        .collect();
    assert_eq!(
        told,
        [
            (at(0), 1, 1, None),
            (at(10), 1, 1, Some(0)),
            (at(10), 0, 0, Some(0)),
            (at(10), 1, 0, Some(0)),
            (at(20), 1, 1, Some(0)),
            (at(20), 1, 1, None),
        ]
    );
}
