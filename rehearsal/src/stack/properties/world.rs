#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]
//! A stack among other services, what may happen to it, and what must hold.

mod updating;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::legal::{resource_may, stack_may};
use super::stacks::{RESOURCES, instance_id, name};
use super::steps::Step;
use crate::model::{Group, Role, Stack, Wait};
use crate::moment::Moment;
use crate::stack::{
    Capacity, Document, Event, Fate, Machine, OnFailure, Order, Outcome, Reaction, STACK_TYPE, Signal,
    Status, UpdateError,
};

pub(super) type Checked = Result<(), TestCaseError>;

pub(super) struct World {
    pub(super) machine: Machine,
    now: Moment,
    orders: Vec<Order>,
    pub(super) events: Vec<Event>,
    stacks: Vec<Stack>,
    /// The stack in force, and the one that an update is to make of it.
    pub(super) current: Stack,
    target: Option<Stack>,
    made: u64,
    /// Instances that exist, and those that existed.
    alive: BTreeSet<String>,
    dead: HashSet<String>,
    last: HashMap<String, (Status, Option<String>)>,
    leftovers: HashMap<String, Status>,
    /// Who has signalled each resource well since it began.
    successes: HashMap<String, HashSet<String>>,
    /// What was last told of each group.
    pub(super) capacities: HashMap<String, Capacity>,
    /// Whether anybody has ever scaled a group.
    pub(super) scaled: bool,
}

impl World {
    pub(super) fn start(
        stacks: Vec<Stack>,
        on_failure: OnFailure,
        timeout: Option<u64>,
        goes_on: bool,
    ) -> Self {
        let first = stacks.first().cloned().unwrap();
        let mut machine = Machine::new(first.clone(), None, on_failure);
        if let Some(seconds) = timeout {
            machine = machine.with_timeout(Duration::from_secs(seconds));
        }
        if goes_on {
            machine = machine.going_on();
        }
        let mut world = Self {
            machine,
            now: Moment::from_millis(0),
            orders: vec![],
            events: vec![],
            stacks,
            current: first,
            target: None,
            made: 0,
            alive: BTreeSet::new(),
            dead: HashSet::new(),
            last: HashMap::new(),
            leftovers: HashMap::new(),
            successes: HashMap::new(),
            capacities: HashMap::new(),
            scaled: false,
        };
        let reaction = world.machine.start(world.now);
        world.take(reaction).unwrap();
        world
    }

    pub(super) fn act(&mut self, step: &Step) -> Checked {
        match step {
            Step::Signal { to, from, outcome } => self.signal(&name(*to), *from, *outcome)?,
            Step::Document { to, from, outcome } => {
                let document = match outcome {
                    None => Document::Unparsable,
                    Some(outcome) => Document::Signal {
                        unique_id: format!("{from}"),
                        outcome: *outcome,
                        reason: "because".to_owned(),
                        data: String::new(),
                    },
                };
                let reaction = self.machine.document(&name(*to), document, self.now);
                self.take(reaction)?;
            }
            Step::CarryOut { which } => self.carry_out(*which)?,
            Step::Pass { seconds } => {
                self.now = self.now.plus(Duration::from_secs(*seconds));
                let reaction = self.machine.timer(self.now);
                self.take(reaction)?;
            }
            Step::Update { which, keeps } => self.update(*which, *keeps)?,
            Step::RollBack => {
                if let Ok(reaction) = self.machine.roll_back(None, false, self.now) {
                    self.take(reaction)?;
                }
            }
            Step::Delete => {
                if let Ok(reaction) = self.machine.delete(None, self.now) {
                    self.target = None;
                    self.take(reaction)?;
                }
            }
            Step::Flourish => {
                self.carry_out_all()?;
                let ids: Vec<_> =
                    self.alive.iter().cloned().chain((0..4).map(|it| format!("other-{it}"))).collect();
                for to in (0..RESOURCES).map(name) {
                    for id in &ids {
                        self.signal_as(&to, id.clone(), Outcome::Success)?;
                    }
                }
            }
            Step::Scale { which, asked } => {
                let reaction = self.machine.scale(&name(*which), *asked, self.now);
                self.take(reaction)?;
            }
            Step::Settle => self.settle()?,
        }
        let begun = self.machine.deadline().is_none_or(|deadline| deadline >= self.now);
        prop_assert!(begun, "a deadline that has passed");
        Ok(())
    }

    /// Everything is carried out and every timer runs out.
    pub(super) fn settle(&mut self) -> Checked {
        for _ in 0..1000 {
            self.carry_out_all()?;
            let Some(deadline) = self.machine.deadline() else { break };
            self.now = self.now.max(deadline);
            let reaction = self.machine.timer(self.now);
            self.take(reaction)?;
        }
        self.check_the_end()
    }

    fn signal(&mut self, to: &str, from: u8, outcome: Outcome) -> Checked {
        // One of those that exist, somebody that might be one, or nobody of the kind.
        let ids: Vec<_> = self.alive.iter().collect();
        let unique_id = match (usize::from(from), ids.len()) {
            (from @ 0..200, 1..) => ids.into_iter().nth(from % self.alive.len()).cloned().unwrap(),
            (from @ 200..230, _) => instance_id(0xffff_0000 + u64::try_from(from).unwrap()),
            (from, _) => format!("other-{from}"),
        };
        self.signal_as(to, unique_id, outcome)
    }

    fn signal_as(&mut self, to: &str, unique_id: String, outcome: Outcome) -> Checked {
        // What a timeout brings about comes first.
        let reaction = self.machine.timer(self.now);
        self.take(reaction)?;
        let signal = Signal { logical_id: to.to_owned(), unique_id: unique_id.clone(), outcome };
        let Ok(accepted) = self.machine.signal(&signal, self.now) else { return Ok(()) };
        let text = format!("Received {} signal with UniqueId {unique_id}", outcome.as_str());
        let told = accepted.reaction.events.iter().filter(|it| it.reason.as_ref() == Some(&text)).count();
        prop_assert_eq!(told, usize::from(accepted.counted), "a signal that counts has one event");
        if accepted.counted {
            let successes = self.successes.entry(to.to_owned()).or_default();
            match outcome {
                Outcome::Success => prop_assert!(successes.insert(unique_id), "counted twice"),
                Outcome::Failure => {
                    successes.remove(&unique_id);
                }
            }
        }
        self.take(accepted.reaction)
    }

    fn carry_out_all(&mut self) -> Checked {
        while !self.orders.is_empty() {
            self.carry_out(0)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, which: usize) -> Checked {
        if self.orders.is_empty() {
            return Ok(());
        }
        let order = self.orders.swap_remove(which % self.orders.len());
        let now = self.now;
        let reaction = match order {
            Order::Create { logical_id } => {
                if let Some(id) = self.machine.instance(&logical_id).filter(|id| !self.dead.contains(*id)) {
                    self.alive.insert(id.to_owned());
                }
                self.machine.created(&logical_id, now)
            }
            Order::Replace { logical_id, resource_type } => {
                self.made += 1;
                let id = if resource_type == "AWS::EC2::Instance" {
                    self.alive.insert(instance_id(self.made));
                    instance_id(self.made)
                } else {
                    format!("replacement-{}", self.made)
                };
                self.machine.replaced(&logical_id, id, now)
            }
            Order::Update { logical_id } => self.machine.updated(&logical_id, now),
            Order::Launch { logical_id, count } => {
                let ids = self.launch(count);
                self.machine.launched(&logical_id, ids, now)
            }
            Order::ScaleOut { logical_id, count } => {
                let ids = self.launch(count);
                self.machine.scaled_out(&logical_id, ids, now)
            }
            Order::Terminate { logical_id, instance_ids } => {
                for id in &instance_ids {
                    prop_assert!(self.alive.remove(id), "{id} is terminated twice");
                }
                self.machine.terminated(&logical_id, &instance_ids, now)
            }
            Order::Delete { logical_id, physical_id } => {
                self.alive.remove(&physical_id);
                self.dead.insert(physical_id.clone());
                self.machine.deleted(&logical_id, &physical_id, now)
            }
        };
        self.take(reaction)
    }

    fn launch(&mut self, count: u32) -> Vec<String> {
        assert!(count > 0);
        let first = self.made + 1;
        self.made += u64::from(count);
        let ids: Vec<_> = (first..=self.made).map(instance_id).collect();
        self.alive.extend(ids.iter().cloned());
        ids
    }

    fn take(&mut self, reaction: Reaction) -> Checked {
        for event in reaction.events {
            self.check(&event)?;
            self.events.push(event);
        }
        self.orders.extend(reaction.orders);
        self.scaled |= !reaction.scalings.is_empty();
        for it in reaction.capacities {
            prop_assert!(it.in_service <= it.instances, "{it:?}");
            self.capacities.insert(it.logical_id.clone(), it);
        }
        Ok(())
    }

    /// Each event may follow those before it.
    fn check(&mut self, event: &Event) -> Checked {
        prop_assert!(self.events.last().is_none_or(|it| it.at <= event.at));
        let is_stack = event.resource_type == STACK_TYPE;
        let before = self.last.get(&event.logical_id).cloned();
        let deletes = matches!(event.status, Status::DeleteInProgress | Status::DeleteComplete);
        let known = before.as_ref().and_then(|(_, id)| id.clone());
        if !is_stack && deletes && known != event.physical_id {
            // What had the name before.
            let id = event.physical_id.clone().unwrap();
            let earlier = self.leftovers.insert(id, event.status);
            let legal = matches!(
                (earlier, event.status),
                (None, Status::DeleteInProgress) | (Some(Status::DeleteInProgress), Status::DeleteComplete)
            );
            prop_assert!(legal, "{earlier:?} then {event:?}");
            return Ok(());
        }
        let before = before.map(|(status, _)| status);
        let legal =
            if is_stack { stack_may(before, event.status) } else { resource_may(before, event.status) };
        prop_assert!(legal, "{before:?} then {event:?}");
        self.last.insert(event.logical_id.clone(), (event.status, event.physical_id.clone()));
        match (is_stack, event.status) {
            (true, Status::UpdateComplete) => self.current = self.target.take().unwrap(),
            (true, Status::UpdateRollbackComplete) => self.target = None,
            _ => {}
        }
        self.check_count(event)
    }

    /// What is said of signals is what came.
    fn check_count(&mut self, event: &Event) -> Checked {
        let begins = event
            .reason
            .as_deref()
            .is_none_or(|it| it.starts_with("Requested update") || it.starts_with("New instance(s) added"));
        let in_progress = matches!(event.status, Status::CreateInProgress | Status::UpdateInProgress);
        if begins && in_progress {
            // A batch's successes add up to its update's.
            let batch = event.reason.as_deref().is_some_and(|it| it.starts_with("New instance(s)"));
            if !batch {
                self.successes.remove(&event.logical_id);
            }
            return Ok(());
        }
        let came = self.successes.get(&event.logical_id).map_or(0, HashSet::len);
        if let Some(reason) = &event.reason
            && let Some(rest) = reason.strip_prefix("Received ")
            && let Some((said, _)) = rest.split_once(" SUCCESS signal(s) out of ")
        {
            prop_assert_eq!(said.parse::<usize>().ok(), Some(came), "{}", reason);
        }
        if event.status == Status::CreateComplete
            && let Some(resource) =
                self.template().resources.iter().find(|it| it.logical_id == event.logical_id)
        {
            let needed = match &resource.role {
                Role::Instance { creation_policy: Some(_) } => 1,
                Role::Group(Group { creation_policy: Some(policy), .. }) => {
                    policy.min_successful.of(policy.signal.count)
                }
                Role::WaitCondition(Wait::Signals(policy)) => policy.count,
                _ => 0,
            };
            prop_assert!(came >= usize::try_from(needed).unwrap(), "{came} of {needed} for {event:?}");
        }
        Ok(())
    }

    fn template(&self) -> &Stack {
        self.target.as_ref().unwrap_or(&self.current)
    }

    fn check_the_end(&mut self) -> Checked {
        let fate = self.machine.fate();
        prop_assert!(fate.is_some(), "no fate: {:#?}", self.events);
        prop_assert!(self.machine.waiting().is_empty());
        let instances: BTreeSet<_> = self.machine.instances().map(|it| it.instance_id.to_owned()).collect();
        prop_assert_eq!(&instances, &self.alive, "the stack knows its instances");
        prop_assert!(self.leftovers.values().all(|it| *it == Status::DeleteComplete));

        match fate {
            Some(Fate::Complete | Fate::Updated | Fate::UpdateRolledBack) => {
                let mut there: Vec<_> = self.machine.resources().map(|it| it.logical_id.to_owned()).collect();
                there.sort_unstable();
                let mut wanted: Vec<_> =
                    self.current.resources.iter().map(|it| it.logical_id.clone()).collect();
                wanted.sort_unstable();
                prop_assert_eq!(there, wanted);
                for it in self.machine.resources() {
                    let good = matches!(it.status, Status::CreateComplete | Status::UpdateComplete);
                    prop_assert!(good, "{it:?} of a stack that is {fate:?}");
                }
                self.check_groups()?;
                let same = self.machine.clone().update(self.current.clone(), None, self.now);
                prop_assert_eq!(same, Err(UpdateError::NoUpdates));
            }
            Some(Fate::RolledBack | Fate::Deleted | Fate::FailedAndDeleted) => {
                prop_assert!(instances.is_empty());
                prop_assert!(self.machine.resources().all(|it| it.status == Status::DeleteComplete));
            }
            _ => {
                let failed = self.machine.resources().any(|it| it.status.is_failure());
                prop_assert!(failed, "{fate:?} without a failure");
            }
        }
        Ok(())
    }
}
