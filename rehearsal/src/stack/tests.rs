#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::played::*;
use super::*;
use crate::model::{Resource, Role, Wait};

#[test]
fn without_a_policy_an_instance_is_complete_as_soon_as_it_exists() {
    let played = Played::start(vec![server(None)]);
    assert_eq!(
        played.lines(),
        [
            "CREATE_IN_PROGRESS web: User Initiated",
            "CREATE_IN_PROGRESS Server",
            "CREATE_IN_PROGRESS Server: Resource creation Initiated",
            "CREATE_COMPLETE Server",
            "CREATE_COMPLETE web",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
    assert_eq!(played.machine.deadline(), None);
}

#[test]
fn the_first_event_of_a_resource_has_no_physical_id_and_the_second_has() {
    let played = Played::start(vec![server(None)]);
    let ids: Vec<_> = played.events.iter().map(|it| it.physical_id.as_deref()).collect();
    assert_eq!(ids, [Some("arn:web"), None, Some(INSTANCE), Some(INSTANCE), Some("arn:web")]);
}

#[test]
fn a_policy_waits_for_the_instances_own_signal() {
    let mut played = Played::start(vec![server(Some(policy(1, 300)))]);
    assert_eq!(played.machine.fate(), None);
    assert_eq!(played.machine.deadline(), Some(at(300)));
    assert_eq!(played.machine.waiting().first().unwrap().until, at(300));
    assert_eq!(played.signal("Server", INSTANCE, Outcome::Success, 60), Ok(true));
    assert!(
        played.tells("CREATE_IN_PROGRESS Server: Received SUCCESS signal with UniqueId i-0123456789abcdef0")
    );
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
    assert!(played.machine.waiting().is_empty());
}

#[test]
fn any_other_unique_id_is_accepted_and_not_counted() {
    let mut played = Played::start(vec![server(Some(policy(1, 300)))]);
    assert_eq!(played.signal("Server", "1234", Outcome::Success, 1), Ok(false));
    assert_eq!(played.signal("Server", "5678", Outcome::Failure, 1), Ok(false));
    assert_eq!(played.machine.fate(), None);
    assert!(played.signal("Server", "1234", Outcome::Success, 2).unwrap_err().contains("already exists."));
}

#[test]
fn silence_costs_the_whole_timeout_and_then_everything_goes() {
    let mut played = Played::start(vec![
        resource("Role", "AWS::IAM::Role", Role::Other, &[]),
        Resource { dependencies: vec!["Role".to_owned()], ..server(Some(policy(1, 300))) },
        resource("Never", "AWS::SNS::Topic", Role::Other, &["Server"]),
    ]);
    played.pass(299);
    assert_eq!(played.machine.fate(), None);
    played.pass(301);
    assert_eq!(played.machine.fate(), Some(Fate::RolledBack));
    let lines = played.lines();
    let tail = lines.get(lines.len() - 7..).unwrap();
    assert_eq!(
        tail,
        [
            "CREATE_FAILED Server: Failed to receive 1 resource signal(s) within the specified duration",
            "ROLLBACK_IN_PROGRESS web: The following resource(s) failed to create: [Server]. Rollback requested by user.",
            "DELETE_IN_PROGRESS Server",
            "DELETE_COMPLETE Server",
            "DELETE_IN_PROGRESS Role",
            "DELETE_COMPLETE Role",
            "ROLLBACK_COMPLETE web",
        ]
    );
}

#[test]
fn a_failure_ends_the_wait_at_once_and_cancels_siblings() {
    let mut played = Played::start(vec![server(Some(policy(1, 300))), handle(), by_handle(1, 60)]);
    assert_eq!(played.signal("Server", INSTANCE, Outcome::Failure, 5), Ok(true));
    assert!(played.tells("CREATE_FAILED Server: Received FAILURE signal with UniqueId i-0123456789abcdef0"));
    assert!(played.tells("CREATE_FAILED Ready: Resource creation cancelled"));
    assert!(played.tells(
        "ROLLBACK_IN_PROGRESS web: The following resource(s) failed to create: [Server, Ready]. Rollback requested \
         by user."
    ));
    assert_eq!(played.machine.fate(), Some(Fate::RolledBack));
}

#[test]
fn a_failure_may_correct_a_success_but_not_the_reverse() {
    let mut played = Played::start(vec![condition(Wait::Signals(policy(2, 60)), &[])]);
    assert_eq!(played.signal("Ready", "a", Outcome::Success, 1), Ok(true));
    assert_eq!(
        played.signal("Ready", "a", Outcome::Success, 2).unwrap_err(),
        "Signal with ID a for resource Ready already exists.  Signals may only be updated with a FAILURE status."
    );
    assert_eq!(played.signal("Ready", "a", Outcome::Failure, 3), Ok(true));
    assert_eq!(played.machine.fate(), Some(Fate::RolledBack));
}

#[test]
fn a_wait_condition_without_a_handle_counts_any_unique_id() {
    let mut played = Played::start(vec![condition(Wait::Signals(policy(2, 60)), &[])]);
    assert_eq!(played.signal("Ready", "one", Outcome::Success, 1), Ok(true));
    assert_eq!(played.machine.waiting().first().map(|it| (it.received, it.expected)), Some((1, 2)));
    assert_eq!(played.signal("Ready", "two", Outcome::Success, 2), Ok(true));
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
}

#[test]
fn what_is_missing_is_counted_in_the_reason() {
    let mut played = Played::start(vec![condition(Wait::Signals(policy(3, 60)), &[])]);
    played.signal("Ready", "one", Outcome::Success, 1).unwrap();
    played.pass(60);
    assert!(
        played.tells(
            "CREATE_FAILED Ready: Failed to receive 2 resource signal(s) within the specified duration"
        )
    );
}

#[test]
fn a_handle_counts_documents_and_ignores_retransmissions() {
    let mut played = Played::start(vec![handle(), by_handle(2, 60)]);
    played.put("one", Outcome::Success, "", 1);
    played.put("one", Outcome::Success, "", 2);
    played.put("one", Outcome::Failure, "again", 2);
    assert_eq!(played.machine.fate(), None);
    played.put("two", Outcome::Success, "", 3);
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
}

#[test]
fn a_handle_times_out_in_its_own_words() {
    let mut played = Played::start(vec![handle(), by_handle(2, 60)]);
    played.put("one", Outcome::Success, "", 1);
    played.pass(60);
    assert!(
        played.tells("CREATE_FAILED Ready: WaitCondition timed out. Received 1 conditions when expecting 2")
    );
}

#[test]
fn a_handles_failure_shows_its_reason_cut_at_a_character() {
    let mut played = Played::start(vec![handle(), by_handle(1, 60)]);
    played.put("one", Outcome::Failure, &format!("{}é", "x".repeat(1023)), 1);
    let reason = played
        .events
        .iter()
        .find_map(|it| (it.status == Status::CreateFailed).then(|| it.reason.clone()).flatten());
    let shown = "x".repeat(1023);
    assert_eq!(reason, Some(format!("WaitCondition received failed message: '{shown}' for uniqueId: one")));
}

#[test]
fn unparsable_data_fails_the_wait_condition() {
    let mut played = Played::start(vec![handle(), by_handle(1, 60)]);
    let reaction = played.machine.document("Handle", Document::Unparsable, at(1));
    played.carry_out(reaction, at(1));
    assert!(played.tells("CREATE_FAILED Ready: Unparsable WaitCondition data"));
}

#[test]
fn a_document_may_come_before_its_wait_condition() {
    let mut later = by_handle(1, 60);
    later.dependencies.push("Server".to_owned());
    let mut played = Played::start(vec![handle(), server(Some(policy(1, 300))), later]);
    played.put("early", Outcome::Success, "", 1);
    assert!(!played.tells("CREATE_IN_PROGRESS Ready"));
    played.signal("Server", INSTANCE, Outcome::Success, 2).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
}

#[test]
fn independent_resources_begin_together_and_dependent_ones_after() {
    let mut played = Played::start(vec![
        server(Some(policy(1, 300))),
        resource("Bucket", "AWS::S3::Bucket", Role::Other, &[]),
        resource("After", "AWS::SNS::Topic", Role::Other, &["Server", "Bucket"]),
    ]);
    assert!(played.tells("CREATE_COMPLETE Bucket"));
    assert!(!played.tells("CREATE_IN_PROGRESS After"));
    assert_eq!(
        played.signal("After", "x", Outcome::Success, 1).unwrap_err(),
        "Resource After is of type AWS::SNS::Topic and cannot be signaled"
    );
    played.signal("Server", INSTANCE, Outcome::Success, 2).unwrap();
    assert!(played.tells("CREATE_COMPLETE After"));
}

#[test]
fn refusals_are_worded_as_the_service_words_them() {
    let mut played = Played::start(vec![
        server(None),
        handle(),
        by_handle(1, 60),
        resource("Bucket", "AWS::S3::Bucket", Role::Other, &[]),
    ]);
    for (to, text) in [
        ("Servr", "Resource Servr does not exist for stack web"),
        ("Bucket", "Resource Bucket is of type AWS::S3::Bucket and cannot be signaled"),
        (
            "Handle",
            "Resource Handle is of type AWS_CLOUDFORMATION_WAIT_CONDITION_HANDLE_V3 and cannot be signaled",
        ),
        ("Ready", "Resource Ready is of type AWS::CloudFormation::WaitCondition and cannot be signaled"),
        ("Server", "Resource Server is in CREATE_COMPLETE state and cannot be signaled"),
    ] {
        assert_eq!(played.signal(to, INSTANCE, Outcome::Success, 1).unwrap_err(), text);
    }
    played.put("one", Outcome::Success, "", 2);
    assert_eq!(
        played.signal("Server", INSTANCE, Outcome::Success, 3).unwrap_err(),
        "Stack arn:web is in CREATE_COMPLETE state and cannot be signaled"
    );
}

#[test]
fn a_signal_that_comes_with_the_deadline_is_late() {
    let mut played = Played::start(vec![server(Some(policy(1, 300)))]);
    let error = played.signal("Server", INSTANCE, Outcome::Success, 300).unwrap_err();
    assert_eq!(error, "Stack arn:web is in ROLLBACK_IN_PROGRESS state and cannot be signaled");
    played.pass(300);
    assert_eq!(played.machine.fate(), Some(Fate::RolledBack));
}

#[test]
fn only_an_instance_that_the_stack_has_begun_with_is_a_member() {
    let stack = stack(vec![server(None), handle()]);
    let mut machine = Machine::new(stack, None, OnFailure::Rollback);
    assert!(!machine.has_instance(INSTANCE));
    machine.start(at(0));
    assert!(machine.has_instance(INSTANCE));
    assert!(!machine.has_instance("physical-Handle"));
}

#[test]
fn an_operations_token_is_on_each_of_its_events() {
    let stack = stack(vec![server(None)]);
    let mut machine = Machine::new(stack, Some("token-1".to_owned()), OnFailure::Rollback);
    let events = machine.start(at(0)).events;
    assert!(events.len() == 3 && events.iter().all(|it| it.token.as_deref() == Some("token-1")));
}

fn limited(minutes: u64, on_failure: OnFailure) -> Played {
    let resources = vec![
        resource("Bucket", "AWS::S3::Bucket", Role::Other, &[]),
        server(Some(policy(1, 300))),
        resource("After", "AWS::SNS::Topic", Role::Other, &["Server"]),
    ];
    let machine = Machine::new(stack(resources), None, on_failure);
    let mut played = Played::of(machine.with_timeout(std::time::Duration::from_secs(minutes * 60)));
    let reaction = played.machine.start(at(0));
    played.carry_out(reaction, at(0));
    played
}

#[test]
fn a_stack_gives_up_when_its_own_time_is_over() {
    let mut played = limited(2, OnFailure::Rollback);
    assert_eq!(played.machine.deadline(), Some(at(120)));
    played.pass(119);
    assert_eq!(played.machine.fate(), None);
    played.hush();
    played.pass(120);
    assert_eq!(
        played.lines(),
        [
            "CREATE_FAILED Server: Resource creation cancelled",
            "ROLLBACK_IN_PROGRESS web: Stack creation time exceeded the specified timeout. Rollback requested by user.",
            "DELETE_IN_PROGRESS Server",
            "DELETE_IN_PROGRESS Bucket",
            "DELETE_COMPLETE Server",
            "DELETE_COMPLETE Bucket",
            "ROLLBACK_COMPLETE web",
        ]
    );
    assert_eq!((played.machine.fate(), played.machine.deadline()), (Some(Fate::RolledBack), None));
}

#[test]
fn what_becomes_of_a_stack_whose_time_is_over_is_its_creators_choice() {
    let mut played = limited(1, OnFailure::Delete);
    played.pass(60);
    assert!(played.tells(
        "DELETE_IN_PROGRESS web: Stack creation time exceeded the specified timeout. Delete requested by user."
    ));
    assert_eq!(played.machine.fate(), Some(Fate::FailedAndDeleted));
    let mut played = limited(1, OnFailure::DoNothing);
    played.pass(60);
    assert!(played.tells("CREATE_FAILED web: Stack creation time exceeded the specified timeout. "));
}

#[test]
fn a_stacks_own_time_is_for_its_creation_only() {
    let mut played = limited(2, OnFailure::Rollback);
    played.signal("Server", INSTANCE, Outcome::Success, 119).unwrap();
    assert_eq!((played.machine.fate(), played.machine.deadline()), (Some(Fate::Complete), None));
    played.pass(120);
    assert_eq!(played.machine.fate(), Some(Fate::Complete));
}

#[test]
fn a_resource_that_gives_up_with_its_stack_says_why() {
    let mut played = limited(5, OnFailure::Rollback);
    played.pass(400);
    assert!(
        played.tells(
            "CREATE_FAILED Server: Failed to receive 1 resource signal(s) within the specified duration"
        )
    );
    assert!(played.tells(
        "ROLLBACK_IN_PROGRESS web: The following resource(s) failed to create: [Server]. Rollback requested by user."
    ));
}

#[test]
fn a_count_that_one_instance_never_reaches_is_waited_for() {
    let mut played = Played::start(vec![server(Some(policy(2, 300)))]);
    assert_eq!(played.signal("Server", INSTANCE, Outcome::Success, 1), Ok(true));
    assert_eq!(played.signal("Server", "i-0a1b2c3d4e5f60718", Outcome::Success, 1), Ok(false));
    assert_eq!(played.machine.fate(), None);
    played.pass(300);
    assert!(
        played.tells(
            "CREATE_FAILED Server: Failed to receive 1 resource signal(s) within the specified duration"
        )
    );
}
