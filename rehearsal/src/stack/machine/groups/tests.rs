#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use crate::model::{Group, GroupCreationPolicy, Percent, Resource, Role, UpdatePolicy};
use crate::stack::played::*;
use crate::stack::{Fate, Outcome};

use Outcome::{Failure, Success};

fn group(count: u32, tenths: u16) -> Resource {
    let group = Group {
        min_size: 0,
        max_size: 10_000,
        desired_capacity: count,
        sets_desired: true,
        keeps_unmodified_sizes: false,
        creation_policy: Some(GroupCreationPolicy {
            signal: policy(count, 300),
            min_successful: Percent::from_tenths(tenths).unwrap(),
        }),
        update_policy: UpdatePolicy::None,
        launch: "v1".to_owned(),
    };
    resource("Group", "AWS::AutoScaling::AutoScalingGroup", Role::Group(group), &[])
}

#[test]
fn a_group_waits_for_a_signal_of_each_instance() {
    let mut played = Played::start(vec![group(3, 1000)]);
    assert_eq!(played.instances("Group"), [made(1), made(2), made(3)]);
    assert!(played.machine.has_instance(&made(2)));
    played.hush();
    for number in 1..=3 {
        assert_eq!(played.machine.fate(), None);
        assert_eq!(played.signal("Group", &made(number), Success, number), Ok(true));
    }
    assert_eq!(
        played.lines(),
        [
            "CREATE_IN_PROGRESS Group: Received SUCCESS signal with UniqueId i-00000000000000001",
            "CREATE_IN_PROGRESS Group: Received SUCCESS signal with UniqueId i-00000000000000002",
            "CREATE_IN_PROGRESS Group: Received SUCCESS signal with UniqueId i-00000000000000003",
            "CREATE_COMPLETE Group",
            "CREATE_COMPLETE web",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
}

#[test]
fn without_a_policy_a_group_is_complete_as_soon_as_its_instances_exist() {
    let mut plain = group(2, 1000);
    let Role::Group(it) = &mut plain.role else { unreachable!() };
    it.creation_policy = None;
    let played = Played::start(vec![plain]);
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
    assert_eq!(played.instances("Group").len(), 2);
}

#[test]
fn an_empty_group_that_waits_for_nothing_is_complete() {
    let played = Played::start(vec![group(0, 1000)]);
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
}

#[test]
fn any_id_of_an_instances_form_counts_and_no_other() {
    let mut played = Played::start(vec![group(2, 1000)]);
    assert_eq!(played.signal("Group", "ip-10-0-0-1", Success, 1), Ok(false));
    assert_eq!(played.signal("Group", "i-0a1b2c3d", Success, 1), Ok(true));
    assert_eq!(played.signal("Group", "i-0a1b2c3d4e5f60718", Success, 1), Ok(true));
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
}

#[test]
fn one_failure_is_too_many_for_a_hundred_percent() {
    let mut played = Played::start(vec![group(1, 1000)]);
    played.hush();
    assert_eq!(played.signal("Group", &made(1), Failure, 5), Ok(true));
    assert_eq!(
        played.lines(),
        [
            "CREATE_IN_PROGRESS Group: Received FAILURE signal with UniqueId i-00000000000000001",
            "CREATE_FAILED Group: Received 1 FAILURE signal(s) out of 1.  Unable to satisfy 100% \
             MinSuccessfulInstancesPercent requirement",
            "ROLLBACK_IN_PROGRESS web: The following resource(s) failed to create: [Group]. Rollback requested by user.",
            "DELETE_IN_PROGRESS Group",
            "DELETE_COMPLETE Group",
            "ROLLBACK_COMPLETE web",
        ]
    );
    assert!(played.instances("Group").is_empty());
}

#[test]
fn silence_fails_with_the_successes_that_came() {
    let mut played = Played::start(vec![group(6, 1000)]);
    played.pass(300);
    assert!(played.tells(
        "CREATE_FAILED Group: Received 0 SUCCESS signal(s) out of 6.  Unable to satisfy 100% \
         MinSuccessfulInstancesPercent requirement"
    ));
    assert_eq!(played.machine.fate(), Some(Fate::RolledBack));
}

#[test]
fn a_share_forgives_failures_and_silence() {
    // 5 instances at 50 % need 3.
    let mut played = Played::start(vec![group(5, 500)]);
    played.signal("Group", &made(1), Failure, 1).unwrap();
    played.signal("Group", &made(2), Failure, 1).unwrap();
    for number in 3..=5 {
        assert_eq!(played.machine.fate(), None);
        played.signal("Group", &made(number), Success, 2).unwrap();
    }
    assert_eq!(played.machine.fate(), Some(Fate::Complete));

    let mut played = Played::start(vec![group(3, 333)]);
    played.signal("Group", &made(1), Success, 1).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Complete), "33.3 % of 3 is one");
}

#[test]
fn a_success_taken_back_brings_the_timeout_back() {
    let mut played = Played::start(vec![]);
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
    // The group exists, and its instances do not yet: two of four have to be well.
    let reaction = played.machine.update(stack(vec![group(4, 500)]), None, at(0)).unwrap();
    played.events.extend(reaction.events);
    let signal = |played: &mut Played, number, outcome, seconds| {
        played.signal("Group", &made(number), outcome, seconds).unwrap();
    };
    signal(&mut played, 1, Success, 1);
    signal(&mut played, 2, Success, 1);
    assert_eq!(
        played.machine.deadline(),
        None,
        "it has its signals, and may take as long as it likes to exist"
    );
    signal(&mut played, 2, Failure, 2);
    assert_eq!(played.machine.deadline(), Some(at(300)));
    played.pass(300);
    assert!(played.tells(
        "CREATE_FAILED Group: Received 1 SUCCESS signal(s) out of 4.  Unable to satisfy 50% \
         MinSuccessfulInstancesPercent requirement"
    ));
}

#[test]
fn a_thousand_instances_signal_twice_each_and_count_exactly_once() {
    let mut played = Played::start(vec![group(1000, 1000)]);
    played.hush();
    for number in (1..=1000).rev() {
        let id = made(number);
        assert_eq!(played.signal("Group", &id, Success, 1), Ok(true));
        let again = played.signal("Group", &id, Success, 1).unwrap_err();
        if number > 1 {
            let text = format!(
                "Signal with ID {id} for resource Group already exists.  Signals may only be updated with a FAILURE \
                 status."
            );
            assert_eq!(again, text);
        }
    }
    let received = played.lines().iter().filter(|it| it.contains("Received SUCCESS")).count();
    assert_eq!(received, 1000);
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
}

#[test]
fn instances_that_nobody_wants_any_more_are_terminated() {
    let mut played = Played::start(vec![group(1, 1000)]);
    let reaction = played.machine.launched("Group", vec!["i-00000000000000abc".to_owned()], at(1));
    let orders = format!("{:?}", reaction.orders);
    assert!(orders.contains("Terminate") && orders.contains("i-00000000000000abc"), "{orders}");
    assert!(!played.machine.has_instance("i-00000000000000abc"));
}
