//! The stack: its resources, what it can be told, and what it can be asked.

mod creation;
mod deletion;
mod going_back;
mod groups;
mod keeping;
mod nested;
mod review;
mod rolling;
mod scaling;
mod signals;
mod update;
mod views;

use std::collections::BTreeMap;
use std::mem;
use std::time::Duration;

use super::STACK_TYPE;
use super::demolition::Demolition;
use super::protection::StackPolicy;
use super::resource::{Made, State, Work};
use super::slots::{Deadlines, Members, Resources, Slot};
use super::types::{Event, Failing, OnFailure, Order, Reaction, Scaling, Status};
use crate::model::{self, Role};
use crate::moment::Moment;

/// A stack being created, updated, deleted, or rolled back.
///
/// Its memory is bounded by its template: signals that count are as many as it waits for, of others a thousand unique
/// ids are remembered per resource, and only signals that count make events.
#[derive(Clone, Debug)]
pub struct Machine {
    name: String,
    id: String,
    token: Option<String>,
    on_failure: OnFailure,
    /// `TimeoutInMinutes`.
    timeout: Option<Duration>,
    /// Why its creation fails before it has begun with anything.
    refusal: Option<String>,
    /// Why the operation that is to begin cannot end well, whatever becomes of its resources.
    objection: Option<String>,
    /// When its creation gives up, while it is being created.
    expires: Option<Moment>,
    /// Its status is what the operation under way is known by.
    state: Option<State>,
    /// Whether the creation failed.
    failed: bool,
    /// Whether it goes on, beside what fails, where nothing is to be undone.
    goes_on: bool,
    /// What becomes of the operation under way where it fails.
    failing: Failing,
    /// What the update under way may do.
    policy: StackPolicy,
    /// Whether there is nothing that it could go back to: it was never complete.
    unstable: bool,
    /// Whether it waits, before it cleans up, for leave to.
    held: bool,
    resources: Resources,
    extras: Extras,
    /// Why the operation under way fails once it has done with every resource.
    in_the_end: Option<String>,
    deadlines: Deadlines,
    members: Members,
    demolition: Demolition,
    /// What a deletion leaves, by its logical id.
    retained: Vec<String>,
    /// Scaling policies that are to act during the first update, and those whose time runs, the next one first.
    planned_scalings: Vec<Scaling>,
    scalings: Vec<(Moment, Scaling)>,
    /// Old and new physical ids of what this update has replaced.
    renamed: Vec<Renamed>,
    /// What has not been handed out yet.
    reaction: Reaction,
}

/// What an update compares besides the resources.
#[derive(Clone, Debug)]
struct Extras {
    current: BTreeMap<String, String>,
    /// Before the update.
    former: BTreeMap<String, String>,
}

/// A resource that has another physical id since it was replaced.
#[derive(Clone, Debug)]
struct Renamed {
    logical_id: String,
    from: String,
    to: String,
}

impl Machine {
    /// A stack that nobody has begun to create. `token` is the `ClientRequestToken` of its creation.
    #[must_use]
    pub fn new(stack: model::Stack, token: Option<String>, on_failure: OnFailure) -> Self {
        Self {
            name: stack.name,
            id: stack.id,
            token,
            on_failure,
            timeout: None,
            refusal: None,
            objection: None,
            expires: None,
            state: None,
            failed: false,
            goes_on: false,
            failing: Failing::default(),
            policy: StackPolicy::default(),
            unstable: false,
            held: false,
            resources: Resources::new(stack.resources),
            extras: Extras { current: stack.extras, former: BTreeMap::new() },
            in_the_end: stack.refusal,
            deadlines: Deadlines::default(),
            members: Members::default(),
            demolition: Demolition::default(),
            retained: Vec::new(),
            planned_scalings: Vec::new(),
            scalings: Vec::new(),
            renamed: Vec::new(),
            reaction: Reaction::default(),
        }
    }

    /// The same stack, whose creation fails where it has not come to an end so long after its start:
    /// `TimeoutInMinutes`.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The same stack, whose creation fails before it has begun with anything.
    #[must_use]
    pub fn with_refusal(mut self, refusal: String) -> Self {
        self.refusal = Some(refusal);
        self
    }

    /// The same stack, whose creation goes on beside what fails where nothing is to be undone.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html>
    #[must_use]
    pub const fn going_on(mut self) -> Self {
        self.goes_on = true;
        self
    }

    /// The same stack, with what its creation made and is to retain deleted where that fails, or not.
    #[must_use]
    pub const fn dropping_new(mut self, drops_new: bool) -> Self {
        self.failing.drops_new = drops_new;
        self
    }

    /// Begins to create the stack. A second start changes nothing.
    pub fn start(&mut self, now: Moment) -> Reaction {
        if matches!(self.phase(), None | Some(Status::ReviewInProgress)) {
            self.set_stack(Status::CreateInProgress, Some("User Initiated".to_owned()), now);
            self.failing.keeps = self.goes_on && self.on_failure == OnFailure::DoNothing;
            self.expires = self.timeout.map(|timeout| now.plus(timeout));
            match self.refusal.take() {
                Some(refusal) => self.creation_refused(refusal, now),
                None => self.advance(now),
            }
        }
        self.hand_out()
    }

    /// The service behind a resource has created it.
    pub fn created(&mut self, logical_id: &str, now: Moment) -> Reaction {
        self.expire(now);
        if let Some(at) = self.resources.find(logical_id)
            && let Work::Creating(made @ Made::Ordered) = &mut self.resources[at].work
        {
            *made = Made::Whole;
            self.launch_or_complete(at, now);
        }
        self.hand_out()
    }

    /// The service behind a resource has created another in its place.
    pub fn replaced(&mut self, logical_id: &str, physical_id: String, now: Moment) -> Reaction {
        self.expire(now);
        self.take_replacement(logical_id, physical_id, now);
        self.hand_out()
    }

    /// The service behind a resource has changed it.
    pub fn updated(&mut self, logical_id: &str, now: Moment) -> Reaction {
        self.expire(now);
        if let Some(at) = self.resources.find(logical_id)
            && matches!(self.resources[at].work, Work::Updating)
        {
            if self.resources[at].group().is_some() { self.roll(at, now) } else { self.finish(at, now) }
        }
        self.hand_out()
    }

    /// Instances of a group exist. Those that it has no use for any more are to be terminated.
    pub fn launched(&mut self, logical_id: &str, instance_ids: Vec<String>, now: Moment) -> Reaction {
        self.expire(now);
        self.take_instances(logical_id, instance_ids, now);
        self.hand_out()
    }

    /// Instances of a group exist no more.
    pub fn terminated(&mut self, logical_id: &str, instance_ids: &[String], now: Moment) -> Reaction {
        self.expire(now);
        for id in instance_ids {
            self.members.lose(id);
        }
        if let Some(at) = self.resources.find(logical_id) {
            self.roll_terminated(at, instance_ids, now);
        }
        self.instances_torn_down(logical_id, instance_ids);
        self.hand_out()
    }

    /// What had this physical id exists no more.
    pub fn deleted(&mut self, logical_id: &str, physical_id: &str, now: Moment) -> Reaction {
        self.expire(now);
        self.members.remove(physical_id);
        self.torn_down(logical_id, physical_id, now);
        self.hand_out()
    }

    /// Time has passed.
    pub fn timer(&mut self, now: Moment) -> Reaction {
        self.expire(now);
        self.hand_out()
    }

    fn hand_out(&mut self) -> Reaction {
        mem::take(&mut self.reaction)
    }

    /// The operation under way, or the one that ended last.
    fn phase(&self) -> Option<Status> {
        self.state.as_ref().map(|state| state.status)
    }

    /// Fails or carries on what has waited long enough. Where a resource gives up when the stack does, it says why.
    fn expire(&mut self, now: Moment) {
        loop {
            let due = self.deadlines.next().filter(|(moment, _)| *moment <= now);
            let over = self.expires.filter(|moment| *moment <= now);
            let first = due.map(|(moment, _)| moment).into_iter().chain(over).min();
            if let Some((moment, _)) = self.scalings.first()
                && *moment <= now
                && first.is_none_or(|first| *moment <= first)
            {
                self.act_next(now);
                continue;
            }
            match (due, over) {
                (Some((moment, at)), over) if over.is_none_or(|over| moment <= over) => {
                    self.expire_resource(at, now);
                }
                (_, Some(_)) => self.creation_timed_out(now),
                (_, None) => return,
            }
        }
    }

    fn expire_resource(&mut self, at: Slot, now: Moment) {
        self.deadlines.set(at, None);
        let resource = &self.resources[at];
        match &resource.work {
            Work::Creating(_) | Work::Replacing(_) => {
                let reason = self.give_up_waiting(at, now);
                self.fail(at, reason, now);
            }
            Work::Rolling(_) => self.roll_due(at, now),
            Work::Pending | Work::Updating | Work::Done => {}
        }
    }

    /// Why a resource fails whose time is up. Of a group it is told first how many signals are missing, in the words of an
    /// update even at its creation.
    fn give_up_waiting(&mut self, at: Slot, now: Moment) -> String {
        let waits = &self.resources[at].waits;
        let reason = waits.timeout_reason();
        if let Some(missing) = waits.missing_of_share() {
            self.set(at, Status::UpdateInProgress, Some(not_received(missing)), now);
        }
        reason
    }

    /// What an instance is known by from now on, if the resource is one.
    fn enlist(&mut self, at: Slot) {
        let model = &self.resources[at].model;
        if matches!(model.role, Role::Instance { .. }) {
            self.members.add(model.physical_id.clone(), at);
        }
    }

    fn order(&mut self, order: Order) {
        self.reaction.orders.push(order);
    }

    /// Says how far the work on a resource is.
    fn progress(&mut self, at: Slot, reason: String, now: Moment) {
        self.set(at, self.resources[at].progress_status(), Some(reason), now);
    }

    fn set(&mut self, at: Slot, status: Status, reason: Option<String>, now: Moment) {
        let resource = &mut self.resources[at];
        resource.state = Some(State { status, reason: reason.clone(), since: now });
        let event = Event {
            at: now,
            logical_id: resource.model.logical_id.clone(),
            physical_id: resource.physical_id().map(str::to_owned),
            resource_type: resource.model.resource_type.clone(),
            status,
            reason,
            token: self.token.clone(),
        };
        self.reaction.events.push(event);
    }

    fn set_stack(&mut self, status: Status, reason: Option<String>, now: Moment) {
        self.state = Some(State { status, reason: reason.clone(), since: now });
        if status != Status::CreateInProgress {
            self.expires = None;
        }
        if !status.as_str().ends_with("_IN_PROGRESS") {
            self.end_scalings(now);
        }
        self.reaction.events.push(Event {
            at: now,
            logical_id: self.name.clone(),
            physical_id: Some(self.id.clone()),
            resource_type: STACK_TYPE.to_owned(),
            status,
            reason,
            token: self.token.clone(),
        });
    }
}

/// The service's words on a batch whose time is up. Two spaces after the full stop.
fn not_received(missing: u32) -> String {
    format!(
        "Failed to receive {missing} resource signal(s) for the current batch.  Each resource signal timeout is counted \
         as a FAILURE."
    )
}
