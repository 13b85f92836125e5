#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;
use crate::model::Resource;
use crate::model::Role;
use crate::stack::played::*;
use crate::stack::{Fate, OnFailure, Outcome};

fn topic(name: &str, on: &[&str]) -> Resource {
    resource(name, "AWS::SNS::Topic", Role::Other, on)
}

fn kept(name: &str, removal: Removal) -> Resource {
    Resource { deletion_policy: removal, ..topic(name, &[]) }
}

#[test]
fn a_stack_is_deleted_in_the_reverse_order_of_its_dependencies() {
    let mut played = Played::start(vec![topic("A", &[]), topic("B", &["A"]), topic("C", &["B"])]);
    played.hush();
    played.delete(1).unwrap();
    assert_eq!(
        played.lines(),
        [
            "DELETE_IN_PROGRESS web: User Initiated",
            "DELETE_IN_PROGRESS C",
            "DELETE_COMPLETE C",
            "DELETE_IN_PROGRESS B",
            "DELETE_COMPLETE B",
            "DELETE_IN_PROGRESS A",
            "DELETE_COMPLETE A",
            "DELETE_COMPLETE web",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::Deleted));
    // Whoever deletes it again is not told that there is none.
    played.hush();
    played.delete(2).unwrap();
    assert!(played.events.is_empty());
}

#[test]
fn a_deletion_gives_up_a_creation() {
    let mut played =
        Played::start(vec![topic("A", &[]), server(Some(policy(1, 300))), topic("Never", &["Server"])]);
    played.hush();
    played.delete(10).unwrap();
    assert_eq!(
        played.lines(),
        [
            "DELETE_IN_PROGRESS web: User Initiated",
            "CREATE_FAILED Server: Resource creation cancelled",
            "DELETE_IN_PROGRESS Server",
            "DELETE_IN_PROGRESS A",
            "DELETE_COMPLETE Server",
            "DELETE_COMPLETE A",
            "DELETE_COMPLETE web",
        ]
    );
    assert_eq!(played.machine.deadline(), None);
    assert!(played.instances("Server").is_empty());
}

#[test]
fn what_is_retained_is_skipped() {
    let mut played = Played::start(vec![
        kept("Kept", Removal::Retain),
        kept("KeptToo", Removal::RetainExceptOnCreate),
        topic("Gone", &["Kept"]),
    ]);
    played.hush();
    played.delete(1).unwrap();
    assert!(played.tells("DELETE_SKIPPED Kept") && played.tells("DELETE_SKIPPED KeptToo"));
    assert!(!played.tells("DELETE_IN_PROGRESS Kept"));
    assert_eq!(played.machine.fate(), Some(Fate::Deleted));
}

#[test]
fn a_rollback_retains_what_is_retained_except_on_creation() {
    let mut played = Played::start(vec![
        kept("Kept", Removal::Retain),
        kept("Gone", Removal::RetainExceptOnCreate),
        server(Some(policy(1, 300))),
    ]);
    played.pass(300);
    assert!(played.tells("DELETE_SKIPPED Kept") && played.tells("DELETE_COMPLETE Gone"));
    assert_eq!(played.machine.fate(), Some(Fate::RolledBack));
}

#[test]
fn on_failure_delete_leaves_nothing() {
    let mut played = Played::start_with(vec![server(Some(policy(1, 300)))], OnFailure::Delete);
    played.hush();
    played.pass(300);
    assert_eq!(
        played.lines(),
        [
            "CREATE_FAILED Server: Failed to receive 1 resource signal(s) within the specified duration",
            "DELETE_IN_PROGRESS web: The following resource(s) failed to create: [Server]. Delete requested by user.",
            "DELETE_IN_PROGRESS Server",
            "DELETE_COMPLETE Server",
            "DELETE_COMPLETE web",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::FailedAndDeleted));
}

#[test]
fn on_failure_do_nothing_leaves_everything() {
    let resources = vec![topic("A", &[]), server(Some(policy(1, 300)))];
    let mut played = Played::start_with(resources.clone(), OnFailure::DoNothing);
    played.hush();
    played.pass(300);
    assert_eq!(
        played.lines(),
        [
            "CREATE_FAILED Server: Failed to receive 1 resource signal(s) within the specified duration",
            "CREATE_FAILED web: The following resource(s) failed to create: [Server]. ",
        ]
    );
    assert_eq!(played.machine.fate(), Some(Fate::Failed));
    assert_eq!(played.instances("Server"), [INSTANCE], "somebody may want to look at it");
    let refusal = played.update(vec![topic("A", &[])], 301).unwrap_err();
    assert!(
        refusal.to_string().starts_with("This stack is currently in a non-terminal [CREATE_FAILED] state.")
    );
    played.delete(302).unwrap();
    assert_eq!(played.machine.fate(), Some(Fate::Deleted));
}

#[test]
fn a_stack_that_rolled_back_can_only_be_deleted() {
    let mut played = Played::start(vec![server(Some(policy(1, 300)))]);
    played.pass(300);
    assert!(played.update(vec![], 301).is_err());
    played.hush();
    played.delete(302).unwrap();
    assert_eq!(played.lines(), ["DELETE_IN_PROGRESS web: User Initiated", "DELETE_COMPLETE web"]);
}

#[test]
fn an_update_has_to_be_over_first() {
    let before = with(server(Some(policy(1, 300))), "ImageId", "ami-1");
    let mut played = Played::start(vec![before.clone()]);
    played.signal("Server", INSTANCE, Outcome::Success, 1).unwrap();
    played.update(vec![with(before, "ImageId", "ami-2")], 2).unwrap();
    assert_eq!(
        played.delete(3).unwrap_err().to_string(),
        "Stack [arn:web] cannot be deleted while in status UPDATE_IN_PROGRESS"
    );
}
