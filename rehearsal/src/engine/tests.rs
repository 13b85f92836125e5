#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::clock::ClockKind;
use crate::happening::News;
use crate::model::{
    CreationPolicy, Group, GroupCreationPolicy, Percent, Removal, Resource, Role, RollingUpdate, UpdatePolicy,
};
use crate::stack::{OnFailure, Outcome};
use crate::telling::{Happenings, channel};

const HOUR: Duration = Duration::from_secs(3600);

/// Two instances that have twelve hours to signal, and an update that waits an hour for each batch.
fn stack(launch: &str, wait_on_resource_signals: bool) -> Stack {
    let group = Group {
        min_size: 2,
        max_size: 3,
        desired_capacity: 2,
        sets_desired: true,
        keeps_unmodified_sizes: false,
        creation_policy: Some(GroupCreationPolicy {
            signal: CreationPolicy { count: 2, timeout: 12 * HOUR },
            min_successful: Percent::ALL,
        }),
        update_policy: UpdatePolicy::Rolling(RollingUpdate {
            max_batch_size: 1,
            min_instances_in_service: 1,
            min_successful: Percent::ALL,
            pause: HOUR,
            wait_on_resource_signals,
            suspends_scaling: false,
        }),
        launch: launch.to_owned(),
    };
    let resource = Resource {
        logical_id: "Group".to_owned(),
        resource_type: "AWS::AutoScaling::AutoScalingGroup".to_owned(),
        physical_id: "web-Group-1".to_owned(),
        dependencies: Vec::new(),
        role: Role::Group(group),
        refusal: None,
        properties: BTreeMap::new(),
        metadata: None,
        deletion_policy: Removal::Delete,
        update_replace_policy: Removal::Delete,
    };
    Stack {
        name: "web".to_owned(),
        id: "arn:web".to_owned(),
        resources: vec![resource],
        extras: BTreeMap::new(),
        refusal: None,
    }
}

fn engine() -> (Engine, Happenings) {
    let machine = Machine::new(stack("v1", true), None, OnFailure::Rollback);
    let (engine, happenings) = engine_of(machine);
    engine.start();
    (engine, happenings)
}

fn engine_of(machine: Machine) -> (Engine, Happenings) {
    let (teller, happenings) = channel();
    let clock = Arc::new(Clock::new(ClockKind::Virtual));
    let engine = Engine::new(machine, clock, move |happening| {
        teller.tell(News { stack: "web".into(), happening });
    });
    (engine, happenings)
}

fn instances(engine: &Engine) -> Vec<String> {
    let mut ids: Vec<_> =
        engine.look(|machine, _| machine.instances().map(|it| it.instance_id.to_owned()).collect());
    ids.sort();
    ids
}

fn signal(engine: &Engine, id: &str) {
    let signal =
        Signal { logical_id: "Group".to_owned(), unique_id: id.to_owned(), outcome: Outcome::Success };
    engine.signal(&signal).unwrap();
}

/// The next thing that can happen is that time is up.
fn jump(engine: &Engine) {
    engine.clock().jump_to(engine.deadline().unwrap());
    engine.timer();
}

/// Instances launched and terminated since the last look.
fn came_and_went(happenings: &mut Happenings) -> (Vec<String>, Vec<String>) {
    let (mut came, mut went) = (Vec::new(), Vec::new());
    while let Ok(news) = happenings.try_recv() {
        match news.happening {
            Happening::Launched(it) => came.push(it.instance_id),
            Happening::Terminated(it) => went.push(it.instance_id),
            _ => {}
        }
    }
    came.sort();
    went.sort();
    (came, went)
}

#[test]
fn instances_of_groups_come_and_go_under_ids_of_their_own() {
    let (engine, mut happenings) = engine();
    let first = instances(&engine);
    assert_eq!(first.len(), 2);
    assert_eq!(came_and_went(&mut happenings), (first.clone(), vec![]));
    first.iter().for_each(|id| signal(&engine, id));
    assert_eq!(engine.fate(), Some(Fate::Complete));

    engine
        .update(
            stack("v2", true),
            Some("token-2".to_owned()),
            Failing::default(),
            None,
            StackPolicy::default(),
            |_| {},
        )
        .unwrap();
    let (came, went) = came_and_went(&mut happenings);
    assert_eq!((came.len(), went.len()), (1, 1));
    signal(&engine, came.first().unwrap());
    let (came, _) = came_and_went(&mut happenings);
    signal(&engine, came.first().unwrap());
    assert_eq!(engine.fate(), Some(Fate::Updated));
    let token = engine.look(|_, history| history.last().and_then(|it| it.token.clone()));
    assert_eq!(token.as_deref(), Some("token-2"));

    let second = instances(&engine);
    assert!(second.iter().all(|id| !first.contains(id)));
    engine.delete(None).unwrap();
    assert_eq!(came_and_went(&mut happenings), (vec![], second));
    assert_eq!(engine.fate(), Some(Fate::Deleted));
}

#[test]
fn twelve_hours_of_silence_pass_in_one_jump() {
    let (engine, _happenings) = engine();
    jump(&engine);
    assert_eq!(engine.fate(), Some(Fate::RolledBack));
    let took = engine
        .look(|_, history| history.last().zip(history.first()).map(|(last, first)| last.at.since(first.at)));
    assert!(took.unwrap() >= 12 * HOUR);
}

#[test]
fn a_rolling_update_of_hour_long_pauses_passes_in_as_many_jumps() {
    let (engine, _happenings) = engine();
    instances(&engine).iter().for_each(|id| signal(&engine, id));
    engine
        .update(stack("v2", false), None, Failing::default(), None, StackPolicy::default(), |_| {})
        .unwrap();
    jump(&engine);
    assert_eq!(engine.fate(), None);
    jump(&engine);
    assert_eq!(engine.fate(), Some(Fate::Updated));
}

#[test]
fn refusals_come_through() {
    let (engine, _happenings) = engine();
    let text = engine
        .update(stack("v2", true), None, Failing::default(), None, StackPolicy::default(), |_| {})
        .unwrap_err()
        .to_string();
    assert_eq!(text, "Stack:arn:web is in CREATE_IN_PROGRESS state and can not be updated.");
    instances(&engine).iter().for_each(|id| signal(&engine, id));
    engine.update(stack("v2", true), None, Failing::default(), None, StackPolicy::default(), |_| {}).unwrap();
    let text = engine.delete(None).unwrap_err().to_string();
    assert_eq!(text, "Stack [arn:web] cannot be deleted while in status UPDATE_IN_PROGRESS");
}

#[test]
fn a_flood_of_signals_counts_exactly_and_fills_no_memory() {
    let mut stack = stack("v1", true);
    if let Some(Role::Group(group)) = stack.resources.first_mut().map(|it| &mut it.role) {
        (group.max_size, group.desired_capacity) = (1000, 1000);
        group.creation_policy = Some(GroupCreationPolicy {
            signal: CreationPolicy { count: 1000, timeout: HOUR },
            min_successful: Percent::ALL,
        });
    }
    let machine = Machine::new(stack, None, OnFailure::Rollback);
    let (engine, mut happenings) = engine_of(machine);
    engine.start();
    let say = |unique_id: &str| {
        let (logical_id, unique_id) = ("Group".to_owned(), unique_id.to_owned());
        engine.signal(&Signal { logical_id, unique_id, outcome: Outcome::Success })
    };
    for number in 0..20_000 {
        say(&format!("nobody-{number}")).unwrap();
    }
    // Ids are random, so their order is none.
    let ids = instances(&engine);
    let (last, others) = ids.split_last().unwrap();
    for id in others {
        say(id).unwrap();
        assert!(matches!(say(id), Err(SignalError::Repeated { .. })));
    }
    assert_eq!(engine.fate(), None);
    say(last).unwrap();
    assert_eq!(engine.fate(), Some(Fate::Complete));
    let received = engine.look(|_, history| {
        history.iter().filter(|it| it.reason.as_ref().is_some_and(|it| it.starts_with("Received"))).count()
    });
    assert_eq!(received, 1000);

    // Nobody has read yet: what the stack did is all there, and as many signals as are kept.
    assert_eq!(happenings.untold(), 20_000 + 1999 - 10_000);
    let mut told = 0;
    while let Ok(news) = happenings.try_recv() {
        told += usize::from(matches!(news.happening, Happening::Event(_)));
    }
    assert_eq!(told, engine.look(|_, history| history.len()));
}

#[test]
fn an_instance_of_another_stack_counts_for_a_group_until_it_is_no_more() {
    let (engine, _happenings) = engine();
    let (there, gone) = ("i-0a1b2c3d4e5f60718", "i-0a1b2c3d4e5f60719");
    engine.mourn(Box::new(move |id| id == gone));
    [there, gone].iter().for_each(|id| signal(&engine, id));
    let received = engine.look(|machine, _| machine.waiting().first().map(|it| it.received));
    assert_eq!(received, Some(1));
    assert_eq!(engine.idle_signals(), [], "it comes late, and is no mistake");
}
