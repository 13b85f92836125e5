//! A stack for tests, and services that do at once what they are told.

use std::time::Duration;

use super::*;
use crate::model::{CreationPolicy, Removal, Resource, Role, Stack, Wait};
use crate::moment::Moment;

pub(super) const INSTANCE: &str = "i-0123456789abcdef0";

pub(super) fn at(seconds: u64) -> Moment {
    Moment::from_millis(1_000_000_000_000 + seconds * 1000)
}

pub(super) fn policy(count: u32, seconds: u64) -> CreationPolicy {
    CreationPolicy { count, timeout: Duration::from_secs(seconds) }
}

pub(super) fn resource(logical_id: &str, resource_type: &str, role: Role, dependencies: &[&str]) -> Resource {
    Resource {
        logical_id: logical_id.to_owned(),
        resource_type: resource_type.to_owned(),
        physical_id: if matches!(role, Role::Instance { .. }) {
            INSTANCE.to_owned()
        } else {
            format!("physical-{logical_id}")
        },
        dependencies: dependencies.iter().map(|it| (*it).to_owned()).collect(),
        role,
        refusal: None,
        properties: std::collections::BTreeMap::new(),
        metadata: None,
        deletion_policy: Removal::default(),
        update_replace_policy: Removal::default(),
    }
}

pub(super) fn server(creation_policy: Option<CreationPolicy>) -> Resource {
    resource("Server", "AWS::EC2::Instance", Role::Instance { creation_policy }, &[])
}

pub(super) fn handle() -> Resource {
    resource("Handle", "AWS::CloudFormation::WaitConditionHandle", Role::WaitConditionHandle, &[])
}

pub(super) fn condition(role: Wait, dependencies: &[&str]) -> Resource {
    resource("Ready", "AWS::CloudFormation::WaitCondition", Role::WaitCondition(role), dependencies)
}

pub(super) fn by_handle(count: u32, seconds: u64) -> Resource {
    condition(
        Wait::Handle { handle: "Handle".to_owned(), count, timeout: Duration::from_secs(seconds) },
        &["Handle"],
    )
}

pub(super) fn stack(resources: Vec<Resource>) -> Stack {
    Stack {
        name: "web".to_owned(),
        id: "arn:web".to_owned(),
        resources,
        extras: std::collections::BTreeMap::new(),
        refusal: None,
    }
}

/// The id of the instance that was made up as the `number`th.
pub(super) fn made(number: u64) -> String {
    format!("i-{number:017x}")
}

pub(super) fn with(mut resource: Resource, name: &str, value: &str) -> Resource {
    resource.properties.insert(name.to_owned(), value.to_owned());
    resource
}

/// A machine whose other services do at once what they are told, and everything it said.
pub(super) struct Played {
    pub(super) machine: Machine,
    pub(super) events: Vec<Event>,
    pub(super) capacities: Vec<Capacity>,
    /// Physical ids that were made up so far.
    made: u64,
}

impl Played {
    pub(super) fn start(resources: Vec<Resource>) -> Self {
        Self::start_with(resources, OnFailure::Rollback)
    }

    pub(super) fn start_with(resources: Vec<Resource>, on_failure: OnFailure) -> Self {
        let mut played = Self::of(Machine::new(stack(resources), None, on_failure));
        let reaction = played.machine.start(at(0));
        played.carry_out(reaction, at(0));
        played
    }

    /// A stack that has not begun.
    pub(super) fn of(machine: Machine) -> Self {
        Self { machine, events: Vec::new(), capacities: Vec::new(), made: 0 }
    }

    pub(super) fn carry_out(&mut self, reaction: Reaction, now: Moment) {
        self.events.extend(reaction.events);
        self.capacities.extend(reaction.capacities);
        for order in reaction.orders {
            let next = match order {
                Order::Create { logical_id } => self.machine.created(&logical_id, now),
                Order::Replace { logical_id, resource_type } => {
                    self.made += 1;
                    let id = match resource_type.as_str() {
                        "AWS::EC2::Instance" => made(self.made),
                        _ => format!("{logical_id}-{}", self.made),
                    };
                    self.machine.replaced(&logical_id, id, now)
                }
                Order::Update { logical_id } => self.machine.updated(&logical_id, now),
                Order::Launch { logical_id, count } => {
                    let ids = self.make(count);
                    self.machine.launched(&logical_id, ids, now)
                }
                Order::ScaleOut { logical_id, count } => {
                    let ids = self.make(count);
                    self.machine.scaled_out(&logical_id, ids, now)
                }
                Order::Terminate { logical_id, instance_ids } => {
                    self.machine.terminated(&logical_id, &instance_ids, now)
                }
                Order::Delete { logical_id, physical_id } => {
                    self.machine.deleted(&logical_id, &physical_id, now)
                }
            };
            self.carry_out(next, now);
        }
    }

    fn make(&mut self, count: u32) -> Vec<String> {
        (0..count)
            .map(|_| {
                self.made += 1;
                made(self.made)
            })
            .collect()
    }

    pub(super) fn signal(
        &mut self,
        to: &str,
        from: &str,
        outcome: Outcome,
        seconds: u64,
    ) -> Result<bool, String> {
        let signal = Signal { logical_id: to.to_owned(), unique_id: from.to_owned(), outcome };
        let accepted = self.machine.signal(&signal, at(seconds)).map_err(|error| error.to_string())?;
        self.carry_out(accepted.reaction, at(seconds));
        Ok(accepted.counted)
    }

    pub(super) fn put(&mut self, unique_id: &str, outcome: Outcome, reason: &str, seconds: u64) {
        let document = Document::Signal {
            unique_id: unique_id.to_owned(),
            outcome,
            reason: reason.to_owned(),
            data: String::new(),
        };
        let reaction = self.machine.document("Handle", document, at(seconds));
        self.carry_out(reaction, at(seconds));
    }

    pub(super) fn pass(&mut self, seconds: u64) {
        let reaction = self.machine.timer(at(seconds));
        self.carry_out(reaction, at(seconds));
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.events
            .iter()
            .map(|it| {
                let reason = it.reason.as_deref().map(|it| format!(": {it}")).unwrap_or_default();
                format!("{} {}{reason}", it.status, it.logical_id)
            })
            .collect()
    }

    pub(super) fn tells(&self, line: &str) -> bool {
        self.lines().iter().any(|it| it == line)
    }

    pub(super) fn update(&mut self, resources: Vec<Resource>, seconds: u64) -> Result<(), UpdateError> {
        let reaction = self.machine.update(stack(resources), None, at(seconds))?;
        self.carry_out(reaction, at(seconds));
        Ok(())
    }

    pub(super) fn delete(&mut self, seconds: u64) -> Result<(), DeleteError> {
        let reaction = self.machine.delete(None, at(seconds))?;
        self.carry_out(reaction, at(seconds));
        Ok(())
    }

    /// Forgets what was said so far.
    pub(super) fn hush(&mut self) {
        self.events.clear();
    }

    /// The ids of a group's instances, or of an instance, sorted.
    pub(super) fn instances(&self, logical_id: &str) -> Vec<String> {
        let of = self.machine.instances().filter(|it| it.logical_id == logical_id);
        let mut ids: Vec<_> = of.map(|it| it.instance_id.to_owned()).collect();
        ids.sort();
        ids
    }
}
