//! Whatever happens, in whatever order: one fate, and the events tell it.

use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::model::{CreationPolicy, Removal, Resource, Role, Stack, Wait};
use crate::moment::Moment;

/// What may happen to a stack of [`RESOURCES`] resources.
#[derive(Clone, Debug)]
enum Step {
    Signal { to: usize, from: usize, outcome: Outcome },
    Document { to: usize, from: usize, outcome: Option<Outcome> },
    CarryOut { which: usize },
    Pass { seconds: u64 },
}

const RESOURCES: usize = 6;

fn name(at: usize) -> String {
    format!("R{at}")
}

fn unique_id(to: usize, from: usize) -> String {
    // The first of each is the instance's own.
    if from == 0 { format!("i-{to}") } else { format!("other-{from}") }
}

fn role(at: usize, kind: u8, count: u32, seconds: u64) -> Role {
    let timeout = Duration::from_secs(seconds);
    match kind {
        0 => Role::Instance { creation_policy: None },
        1 => Role::Instance { creation_policy: Some(CreationPolicy { count: 1, timeout }) },
        2 => Role::WaitCondition(Wait::Signals(CreationPolicy { count, timeout })),
        3 if at > 0 => Role::WaitCondition(Wait::Handle { handle: name(0), count, timeout }),
        _ => Role::Other,
    }
}

prop_compose! {
    /// Resource 0 is a handle; each of the others may depend on those before it.
    fn stack()(
        kinds in prop::collection::vec((0_u8..5, 1_u32..3, 1_u64..40, any::<u8>()), RESOURCES - 1),
    ) -> Stack {
        let mut resources = vec![Resource {
            logical_id: name(0),
            resource_type: "AWS::CloudFormation::WaitConditionHandle".to_owned(),
            physical_id: "i-0".to_owned(),
            dependencies: vec![],
            role: Role::WaitConditionHandle,
            properties: std::collections::BTreeMap::new(),
            deletion_policy: Removal::default(),
            update_replace_policy: Removal::default(),
        }];
        for (at, (kind, count, seconds, edges)) in kinds.into_iter().enumerate() {
            let at = at + 1;
            let role = role(at, kind, count, seconds);
            let mut dependencies: Vec<_> = (1..at).filter(|it| edges >> it & 1 == 1).map(name).collect();
            if matches!(role, Role::WaitCondition(Wait::Handle { .. })) {
                dependencies.push(name(0));
            }
            resources.push(Resource {
                logical_id: name(at),
                resource_type: format!("Type{kind}"),
                physical_id: format!("i-{at}"),
                dependencies,
                role,
                properties: std::collections::BTreeMap::new(),
                deletion_policy: Removal::default(),
                update_replace_policy: Removal::default(),
            });
        }
        Stack { name: "stack".to_owned(), id: "arn:stack".to_owned(), resources }
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![4 => Just(Outcome::Success), 1 => Just(Outcome::Failure)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..RESOURCES + 1, 0_usize..3, outcome())
            .prop_map(|(to, from, outcome)| Step::Signal { to, from, outcome }),
        1 => (0_usize..2, 0_usize..3, prop::option::weighted(0.9, outcome()))
            .prop_map(|(to, from, outcome)| Step::Document { to, from, outcome }),
        4 => (0..RESOURCES).prop_map(|which| Step::CarryOut { which }),
        2 => (0_u64..15).prop_map(|seconds| Step::Pass { seconds }),
    ]
}

struct World {
    machine: Machine,
    now: Moment,
    orders: Vec<Order>,
    events: Vec<Event>,
}

impl World {
    fn take(&mut self, reaction: Reaction) {
        self.events.extend(reaction.events);
        self.orders.extend(reaction.orders);
    }

    fn carry_out(&mut self, which: usize) {
        if self.orders.is_empty() {
            return;
        }
        let order = self.orders.swap_remove(which % self.orders.len());
        let reaction = match order {
            Order::Create { logical_id } => self.machine.created(&logical_id, self.now),
            Order::Delete { logical_id, physical_id } => {
                self.machine.deleted(&logical_id, &physical_id, self.now)
            }
            other => unreachable!("{other:?}"),
        };
        self.take(reaction);
    }

    fn act(&mut self, step: &Step) {
        match step {
            Step::Signal { to, from, outcome } => {
                let signal =
                    Signal { logical_id: name(*to), unique_id: unique_id(*to, *from), outcome: *outcome };
                if let Ok(accepted) = self.machine.signal(&signal, self.now) {
                    self.take(accepted.reaction);
                }
            }
            Step::Document { to, from, outcome } => {
                let document = match outcome {
                    None => Document::Unparsable,
                    Some(outcome) => Document::Signal {
                        unique_id: unique_id(*to, *from),
                        outcome: *outcome,
                        reason: "because".to_owned(),
                        data: String::new(),
                    },
                };
                let reaction = self.machine.document(&name(*to), document, self.now);
                self.take(reaction);
            }
            Step::CarryOut { which } => self.carry_out(*which),
            Step::Pass { seconds } => {
                self.now = self.now.plus(Duration::from_secs(*seconds));
                let reaction = self.machine.timer(self.now);
                self.take(reaction);
            }
        }
    }

    /// Everything is carried out and every timer runs out.
    fn finish(&mut self) {
        for _ in 0..1000 {
            while !self.orders.is_empty() {
                self.carry_out(0);
            }
            let Some(deadline) = self.machine.deadline() else { break };
            self.now = self.now.max(deadline);
            let reaction = self.machine.timer(self.now);
            self.take(reaction);
        }
        // What a refused signal brought about is handed out by the next call.
        let reaction = self.machine.timer(self.now);
        self.take(reaction);
        while !self.orders.is_empty() {
            self.carry_out(0);
        }
    }
}

/// The statuses that may follow one another.
fn may_follow(before: Option<Status>, after: Status, is_stack: bool) -> bool {
    use Status::{
        CreateComplete, CreateFailed, CreateInProgress, DeleteComplete, DeleteInProgress, RollbackComplete,
        RollbackInProgress,
    };
    match (before, after) {
        (None, CreateInProgress) | (Some(CreateInProgress), CreateComplete) => true,
        (Some(CreateInProgress), RollbackInProgress) | (Some(RollbackInProgress), RollbackComplete) => {
            is_stack
        }
        (Some(CreateInProgress), CreateInProgress | CreateFailed)
        | (Some(CreateComplete | CreateFailed), DeleteInProgress)
        | (Some(DeleteInProgress), DeleteComplete) => !is_stack,
        _ => false,
    }
}

proptest! {
    #[test]
    fn any_interleaving_leaves_one_fate_that_the_events_tell(
        stack in stack(),
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut world = World {
            machine: Machine::new(stack.clone(), None, OnFailure::Rollback),
            now: Moment::from_millis(0),
            orders: vec![],
            events: vec![],
        };
        let reaction = world.machine.start(world.now);
        world.take(reaction);
        for step in &steps {
            world.act(step);
        }
        world.finish();

        let fate = world.machine.fate();
        prop_assert!(fate.is_some(), "no fate: {:#?}", world.events);

        let mut last: HashMap<&str, Status> = HashMap::new();
        let mut time = Moment::from_millis(0);
        for event in &world.events {
            let is_stack = event.resource_type == STACK_TYPE;
            let before = last.insert(&event.logical_id, event.status);
            prop_assert!(may_follow(before, event.status, is_stack), "{before:?} then {event:?}");
            prop_assert!(event.at >= time);
            time = event.at;
        }

        // Each resource begins after those it depends on, and goes before them.
        let place = |id: &str, status| {
            world.events.iter().position(|it| it.logical_id == id && it.status == status)
        };
        for resource in &stack.resources {
            for on in &resource.dependencies {
                if let Some(begun) = place(&resource.logical_id, Status::CreateInProgress) {
                    prop_assert!(place(on, Status::CreateComplete).is_some_and(|it| it < begun));
                }
                if let (Some(first), Some(second)) = (
                    place(&resource.logical_id, Status::DeleteComplete),
                    place(on, Status::DeleteInProgress),
                ) {
                    prop_assert!(first < second);
                }
            }
        }

        let failures =
            world.events.iter().filter(|it| {
                it.status == Status::CreateFailed
                    && it.reason.as_deref() != Some("Resource creation cancelled")
            }).count();
        let ended = last.get("stack").copied();
        match fate {
            Some(Fate::Complete) => {
                prop_assert_eq!(failures, 0);
                prop_assert_eq!(ended, Some(Status::CreateComplete));
                prop_assert!(last.values().all(|it| *it == Status::CreateComplete));
            }
            _ => {
                prop_assert_eq!(failures, 1);
                prop_assert_eq!(ended, Some(Status::RollbackComplete));
                last.remove("stack");
                prop_assert!(last.values().all(|it| *it == Status::DeleteComplete));
            }
        }
        prop_assert!(world.machine.deadline().is_none());
        prop_assert!(world.machine.waiting().is_empty());

        // What is over stays over.
        let told = world.events.len();
        for step in &steps {
            world.act(step);
        }
        prop_assert_eq!(world.events.len(), told);
        prop_assert_eq!(world.machine.fate(), fate);
    }
}
