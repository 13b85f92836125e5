//! A rehearsal held against what the real service did: the events of a stack that was real, and those of a rehearsal that is played
//! with the same signals at the same times.

mod anonymise;
mod cues;
mod difference;
mod error;
mod log;
mod normal;
mod operation;
mod output;
mod play;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(crate) use anonymise::anonymise;
pub(crate) use error::CompareError;
pub(crate) use output::{json, not_comparable, text};

use crate::model::{Resource, Role, Stack};
use crate::moment::Moment;
use crate::secrets::Secrets;
use crate::stack::{Event, Machine, OnFailure, Reaction, STACK_TYPE};
use cues::{Pace, cues};
use difference::{Difference, Frame, Told};
use log::LogEvent;
use operation::{Kind, Operation, choose};
use play::Player;
use words::Noise;

/// An operation of a stack that was real.
pub(crate) struct Log {
    operation: Operation,
}

/// What is rehearsed: a stack that has not begun, or one to be updated.
pub(crate) struct Material {
    /// The stack before the operation.
    pub(crate) machine: Machine,
    /// What it is to be.
    pub(crate) plan: Stack,
}

/// How the two compare.
pub(crate) struct Verdict {
    pub(crate) stack_name: String,
    /// Of the log: its number, what it was, when, and how it ended.
    pub(crate) operation: String,
    /// Whether the log goes to the operation's end.
    pub(crate) whole: bool,
    /// The log's events that were compared.
    pub(crate) compared: usize,
    /// Events of the log that were left out, by what they tell.
    pub(crate) left_out: BTreeMap<&'static str, usize>,
    /// Resources that wait for nothing and with which a failed operation had come to another point.
    pub(crate) set_aside: BTreeSet<String>,
    pub(crate) differences: Vec<Difference>,
}

impl Verdict {
    /// Nothing of it tells what is not to be shown.
    pub(crate) fn hide(&mut self, secrets: &Secrets) {
        for it in &mut self.differences {
            let all = [&mut it.log, &mut it.rehearsal, &mut it.after];
            for reason in all.into_iter().flatten().filter_map(|told| told.reason.as_mut()) {
                *reason = secrets.without(reason).into_owned();
            }
        }
    }
}

impl Log {
    /// Reads what `aws cloudformation describe-stack-events` prints, and chooses an operation of it: the `wanted`th, or
    /// the last creation or update. `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// [`CompareError`].
    pub(crate) fn read(text: &str, name: &str, wanted: Option<usize>) -> Result<Self, CompareError> {
        Ok(Self { operation: choose(log::read(text, name)?, wanted)? })
    }

    /// The stack's name.
    pub(crate) fn stack_name(&self) -> &str {
        self.operation.events.first().map_or("", |it| it.stack_name.as_str())
    }

    /// The stack's region, where its ARN tells.
    pub(crate) fn region(&self) -> Option<&str> {
        let mut parts = self.operation.events.first()?.stack_id.split(':').skip(3);
        parts.next().filter(|it| !it.is_empty())
    }

    /// Whether the operation goes with what was given: `updates` says whether there is an old template.
    ///
    /// # Errors
    ///
    /// [`CompareError`].
    pub(crate) fn check(&self, updates: bool) -> Result<(), CompareError> {
        let (number, there) = (self.operation.number, vec![self.operation.to_string()]);
        match (self.operation.kind, updates) {
            (Kind::Update, false) => Err(CompareError::NoOldTemplate { number, there }),
            (Kind::Creation, true) => Err(CompareError::Creation { number, there }),
            _ => Ok(()),
        }
    }

    /// Holds a rehearsal of `material` against the log.
    ///
    /// # Errors
    ///
    /// [`CompareError`]: it is another template's log, or has what no rehearsal can have.
    pub(crate) fn against(&self, material: &Material) -> Result<Verdict, CompareError> {
        let updates = self.operation.kind == Kind::Update;
        let events = &self.operation.events;
        let existing: Vec<(String, String)> = material
            .machine
            .resources()
            .map(|it| (it.logical_id.to_owned(), it.resource_type.to_owned()))
            .collect();
        self.check_resources(material, &existing)?;
        self.check_failures()?;
        let failed = self.failed();
        let whole = self.operation.ended.is_some();
        let roles: HashMap<&str, &Resource> =
            material.plan.resources.iter().map(|it| (it.logical_id.as_str(), it)).collect();
        let cues = cues(events, |id| roles.get(id).copied());
        let began = events.first().map_or(Moment::from_millis(0), |it| it.at);
        let until = events.last().filter(|_| !whole).map(|it| it.at);
        let (machine, begun) = self.begin(material, updates, began)?;
        let player = Player::new(machine, Pace::new(events, whole, failed), &roles, cues);
        let ours = player.play(begun, began, until);
        let (theirs, left_out) = told(events);
        let ours: Vec<_> = ours.iter().filter(|it| it.reason.as_deref() != Some(words::INITIATED)).collect();
        let ours: Vec<_> = ours.into_iter().map(|it| own(it, self.stack_name())).collect();
        let related = material.plan.resources.iter().filter(|it| is_related(&it.role));
        let related = related.map(|it| it.logical_id.clone()).collect();
        let found = difference::compare(&theirs, &ours, &Frame { related, failed, whole });
        Ok(Verdict {
            stack_name: self.stack_name().to_owned(),
            operation: self.operation.to_string(),
            whole,
            compared: theirs.len(),
            left_out,
            set_aside: found.set_aside,
            differences: found.differences,
        })
    }

    /// The stack, with which the operation has begun, and what came of that.
    fn begin(
        &self,
        material: &Material,
        updates: bool,
        began: Moment,
    ) -> Result<(Machine, Reaction), CompareError> {
        let plan = material.plan.clone();
        if updates {
            let mut machine = material.machine.clone();
            let reaction = machine.update(plan, None, began)?;
            return Ok((machine, reaction));
        }
        let says = |text: &str| {
            self.own_events().find(|it| it.reason.as_deref().is_some_and(|it| it.contains(text)))
        };
        let on_failure = if says("Delete requested by user").is_some() {
            OnFailure::Delete
        } else if self.operation.ended.as_deref() == Some("CREATE_FAILED") {
            OnFailure::DoNothing
        } else {
            OnFailure::Rollback
        };
        let mut machine = Machine::new(plan, None, on_failure);
        if let Some(event) = says("exceeded the specified timeout") {
            machine = machine.with_timeout(event.at.since(began));
        }
        let reaction = machine.start(began);
        Ok((machine, reaction))
    }

    fn own_events(&self) -> impl Iterator<Item = &LogEvent> {
        self.operation.events.iter().filter(|it| it.is_of_stack())
    }

    fn failed(&self) -> bool {
        self.own_events().any(|it| it.status.contains("ROLLBACK") || it.status.ends_with("_FAILED"))
            || self.operation.kind == Kind::Creation
                && self.own_events().any(|it| it.status.starts_with("DELETE"))
    }

    /// Whether the log's resources are the template's.
    fn check_resources(
        &self,
        material: &Material,
        existing: &[(String, String)],
    ) -> Result<(), CompareError> {
        let planned = material.plan.resources.iter().map(|it| (&it.logical_id, &it.resource_type));
        let known: HashMap<&String, &String> =
            existing.iter().map(|(id, kind)| (id, kind)).chain(planned).collect();
        let own: Vec<&LogEvent> =
            self.operation.events.iter().filter(|it| !it.is_of_stack() && !it.of_hook).collect();
        let unknown: BTreeSet<_> =
            own.iter().map(|it| &it.logical_id).filter(|it| !known.contains_key(it)).cloned().collect();
        if !unknown.is_empty() {
            return Err(CompareError::Unknown { ids: unknown.into_iter().collect() });
        }
        for event in &own {
            if let Some(ours) = known.get(&event.logical_id).filter(|it| ***it != event.resource_type) {
                let (id, theirs) = (event.logical_id.clone(), event.resource_type.clone());
                return Err(CompareError::OtherType { id, theirs, ours: (*ours).clone() });
            }
        }
        if self.operation.kind == Kind::Creation && self.operation.ended.as_deref() == Some("CREATE_COMPLETE")
        {
            let made = |id: &String| own.iter().any(|it| it.logical_id == *id);
            let resources = material.plan.resources.iter().map(|it| &it.logical_id);
            let ids: Vec<_> = resources.filter(|it| !made(it)).cloned().collect();
            if !ids.is_empty() {
                return Err(CompareError::NotMade { ids });
            }
        }
        Ok(())
    }

    /// Whether everything that failed can fail in a rehearsal too.
    fn check_failures(&self) -> Result<(), CompareError> {
        for event in &self.operation.events {
            let reason = event.reason.as_deref().unwrap_or_default();
            let failed = event.status.ends_with("_FAILED");
            let (status, reason_told) = (event.status.clone(), reason.to_owned());
            if !event.is_of_stack() && failed && !words::is_known_failure(reason) {
                let id = event.logical_id.clone();
                return Err(CompareError::OwnFailure { id, status, reason: reason_told });
            }
            let stack = event.stack_name.clone();
            let cancelled =
                event.status == "UPDATE_ROLLBACK_IN_PROGRESS" && words::failed_list(reason).is_none();
            let foreign =
                ["UPDATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"].contains(&event.status.as_str());
            if event.is_of_stack() && (cancelled || foreign) {
                return Err(CompareError::Foreign { stack, status, reason: reason_told });
            }
        }
        Ok(())
    }
}

/// Whether what becomes of a resource has to do with signals.
fn is_related(role: &Role) -> bool {
    role.launches() || matches!(role, Role::WaitCondition(_))
}

/// The log's events that are compared, and how many are not.
fn told(events: &[LogEvent]) -> (Vec<Told>, BTreeMap<&'static str, usize>) {
    let mut left_out: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut all = Vec::new();
    for event in events {
        if let Some(noise) = words::noise(event) {
            *left_out.entry(Noise::text(noise)).or_default() += 1;
            continue;
        }
        all.push(Told {
            at: event.at,
            logical_id: event.logical_id.clone(),
            of_stack: event.is_of_stack(),
            status: event.status.clone(),
            reason: event.reason.clone(),
        });
    }
    (all, left_out)
}

fn own(event: &Event, stack_name: &str) -> Told {
    Told {
        at: event.at,
        logical_id: event.logical_id.clone(),
        of_stack: event.resource_type == STACK_TYPE && event.is_of_stack(stack_name),
        status: event.status.as_str().to_owned(),
        reason: event.reason.clone(),
    }
}
