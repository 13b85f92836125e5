#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

use crate::model::{Resource, Role};
use crate::stack::played::{Played, at, resource, stack, with};
use crate::stack::{Fate, Machine, OnFailure, Order, STACK_TYPE, Status};

fn queue(name: &str, value: &str) -> Resource {
    with(resource(name, "AWS::SQS::Queue", Role::Other, &[]), "P", value)
}

/// A stack that waits before it cleans up, and is updated.
fn updated() -> Played {
    let mut machine = Machine::new(stack(vec![queue("A", "1"), queue("B", "1")]), None, OnFailure::Rollback);
    machine.hold();
    let mut played = Played::of(machine);
    let reaction = played.machine.start(at(0));
    played.carry_out(reaction, at(0));
    assert!(played.update(vec![queue("A", "2"), queue("C", "1")], 10).is_ok());
    assert_eq!(played.machine.fate(), None);
    played.hush();
    played
}

#[test]
fn what_is_held_cleans_up_when_it_may() {
    let mut played = updated();
    let reaction = played.machine.release(at(20));
    played.carry_out(reaction, at(20));
    assert_eq!(played.lines(), ["DELETE_IN_PROGRESS B", "DELETE_COMPLETE B", "UPDATE_COMPLETE web"]);
    assert_eq!(played.machine.fate(), Some(Fate::Updated));
    // Once is enough, and it goes back no more.
    let (again, back) = (played.machine.release(at(30)), played.machine.revert(at(30)));
    assert!(again.events.is_empty() && back.events.is_empty());
}

#[test]
fn what_is_held_goes_back_with_what_it_belongs_to() {
    let mut played = updated();
    let reaction = played.machine.revert(at(20));
    played.carry_out(reaction, at(20));
    assert_eq!(
        played.lines(),
        [
            "UPDATE_ROLLBACK_IN_PROGRESS web",
            "UPDATE_IN_PROGRESS A",
            "UPDATE_COMPLETE A",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS web",
        ]
    );
    played.hush();
    let reaction = played.machine.release(at(30));
    played.carry_out(reaction, at(30));
    assert_eq!(played.lines(), ["DELETE_IN_PROGRESS C", "DELETE_COMPLETE C", "UPDATE_ROLLBACK_COMPLETE web"]);
    assert!(played.update(vec![queue("A", "2"), queue("B", "1")], 40).is_ok());
}

#[test]
fn what_somebody_else_makes_fails_when_they_say_so() {
    let nested = || resource("App", STACK_TYPE, Role::Other, &[]);
    let mut machine = Machine::new(stack(vec![nested()]), None, OnFailure::Rollback);
    let reaction = machine.start(at(0));
    assert_eq!(reaction.orders, [Order::Create { logical_id: "App".to_owned() }]);
    assert_eq!((machine.nested("App"), machine.nested("Other")), (Some("physical-App"), None));
    let told = machine.failed("App", "why".to_owned(), at(10)).events;
    assert_eq!((told[0].status, told[0].reason.as_deref()), (Status::CreateFailed, Some("why")));
    // Whoever says so twice, or of something else, changes nothing.
    assert!(machine.failed("App", "again".to_owned(), at(20)).events.is_empty());
    assert!(machine.failed("Other", "what".to_owned(), at(20)).events.is_empty());
}
