//! Updates, and the way back from one that failed.

use std::mem;

use super::{Machine, Renamed};
use crate::mention::mention;
use crate::model::{self, Group, Resource, Role};
use crate::moment::Moment;
use crate::stack::StackPolicy;
use crate::stack::UpdateError;
use crate::stack::changes::{Change, change, relaunches};
use crate::stack::invariant::broken;
use crate::stack::protection::Deed;
use crate::stack::resource::{Former, Touch, Tracked, Work, launch};
use crate::stack::slots::Slot;
use crate::stack::types::{Failing, Order, Reaction, Status};

/// Why another cannot take a resource's place where nothing is to be undone.
const NO_REPLACEMENT: &str = "Replacement type updates not supported on stack with disable-rollback.";

impl Machine {
    /// Makes the stack what another template asks for. `stack` names what exists by the physical ids it has; a resource
    /// that is replaced gets another from [`Self::replaced`], and whatever refers to it follows.
    ///
    /// # Errors
    ///
    /// Refused as the service refuses it; the stack stays as it is.
    pub fn update(
        &mut self,
        stack: model::Stack,
        token: Option<String>,
        now: Moment,
    ) -> Result<Reaction, UpdateError> {
        self.update_failing(stack, token, Failing::default(), now)
    }

    /// The same; `failing` says what becomes of it where it fails.
    ///
    /// # Errors
    ///
    /// As those of [`Self::update`].
    pub fn update_failing(
        &mut self,
        stack: model::Stack,
        token: Option<String>,
        failing: Failing,
        now: Moment,
    ) -> Result<Reaction, UpdateError> {
        self.check_update(&stack, failing.keeps)?;
        let former = mem::replace(&mut self.extras.current, stack.extras);
        // What was left as it failed goes back to what was before that.
        if self.phase() != Some(Status::UpdateFailed) {
            self.extras.former = former;
            self.unstable = self.phase() == Some(Status::CreateFailed);
        }
        self.failing = failing;
        self.in_the_end = stack.refusal;
        self.token = token;
        self.renamed.clear();
        for resource in self.resources.iter_mut() {
            resource.removed = true;
            resource.work = Work::Pending;
        }
        for resource in stack.resources {
            match self.resources.named_mut(&resource.logical_id) {
                None => self.resources.add(resource),
                Some(existing) if existing.is_to_be_made() => {
                    let old = mem::replace(existing, Tracked::new(resource));
                    if old.state.is_some() {
                        self.demolition.leave(old.model, old.members);
                    }
                }
                Some(existing) => {
                    existing.removed = false;
                    let physical_id = existing.model.physical_id.clone();
                    existing.target = Some(Resource { physical_id, ..resource });
                }
            }
        }
        self.set_stack(Status::UpdateInProgress, Some("User Initiated".to_owned()), now);
        self.begin_scalings(now);
        self.advance(now);
        Ok(self.hand_out())
    }

    /// What the update that comes next may do.
    pub fn protect(&mut self, policy: StackPolicy) {
        self.policy = policy;
    }

    /// Whether the stack can be updated to this, and whether that changes anything.
    pub(super) fn check_update(&self, stack: &model::Stack, keeps: bool) -> Result<(), UpdateError> {
        let status = self.phase().ok_or_else(|| UpdateError::NotBegun { stack_name: self.name.clone() })?;
        if self.was_left() {
            return if keeps { self.check(stack) } else { Err(UpdateError::LeftAsItFailed { status }) };
        }
        if !matches!(status, Status::CreateComplete | Status::UpdateComplete | Status::UpdateRollbackComplete)
        {
            return Err(UpdateError::StackState { stack_id: self.id.clone(), status });
        }
        self.check(stack)
    }

    /// Whether an update to this begins.
    #[must_use]
    pub fn can_update(&self, stack: &model::Stack, failing: Failing) -> bool {
        self.check_update(stack, failing.keeps).is_ok()
    }

    fn check(&self, stack: &model::Stack) -> Result<(), UpdateError> {
        let resources = &stack.resources;
        let existing = |it: &Resource| self.resources.named(&it.logical_id).map(|known| &known.model);
        let logical_ids: Vec<_> = resources
            .iter()
            .filter(|it| existing(it).is_some_and(|known| known.resource_type != it.resource_type))
            .map(|it| it.logical_id.clone())
            .collect();
        if !logical_ids.is_empty() {
            return Err(UpdateError::TypeChanged { logical_ids });
        }
        let changes = self.was_left()
            || stack.extras != self.extras.current
            || resources.len() != self.resources.len()
            || resources
                .iter()
                .any(|it| existing(it).is_none_or(|known| change(known, it, false) != Change::None));
        if changes { Ok(()) } else { Err(UpdateError::NoUpdates) }
    }

    pub(super) fn begin_update(&mut self, at: Slot, now: Moment) {
        let resource = &mut self.resources[at];
        if resource.removed {
            resource.work = Work::Done;
            if let Some(reason) = self.denied(at, Deed::Delete) {
                self.refuse(at, reason, now);
            }
            return;
        }
        if resource.state.is_none() {
            resource.touch = Touch::Created;
            follow(&mut resource.model, &self.renamed);
            resource.launch = launch(&resource.model);
            return self.begin_creation(at, now);
        }
        let Some(mut target) = resource.target.take() else { return broken("what stays has a target") };
        follow(&mut target, &self.renamed);
        let change = change(&resource.model, &target, resource.members.is_empty());
        let refusal = self.unchangeable(at, change);
        let resource = &mut self.resources[at];
        let change = match change {
            // It is taken up again, also where nothing else is asked for than what it went back to.
            Change::None if resource.status() == Some(Status::UpdateFailed) => Change::InPlace,
            change => change,
        };
        let earlier = mem::replace(&mut resource.touch, Touch::None);
        let launches = launch(&target);
        let relaunches = relaunches(&resource.model, &target);
        let model = mem::replace(&mut resource.model, target);
        let mut former = Box::new(Former::of(resource, model));
        if relaunches {
            resource.launch = launches;
        }
        if let Some(refusal) = refusal {
            resource.touch = Touch::Refused(former);
            resource.work = Work::Updating;
            self.take_up(at, earlier);
            return self.fail(at, refusal, now);
        }
        match change {
            // What cannot be is refused by now.
            Change::None | Change::Unsupported => {
                resource.touch = Touch::Kept(former);
                resource.work = Work::Done;
                self.take_up(at, earlier);
            }
            Change::InPlace => {
                let before = group_of(&former.model);
                resource.touch = Touch::Updated(former);
                self.take_up(at, earlier);
                self.begin_change(at, before.as_ref(), now);
            }
            Change::Replacement => {
                former.members = mem::take(&mut resource.members);
                resource.coming = 0;
                resource.touch = Touch::Replaced(former);
                self.begin_replacement(at, now);
            }
        }
    }

    /// Why a resource cannot be changed so, or may not be.
    fn unchangeable(&self, at: Slot, change: Change) -> Option<String> {
        let (deed, impossible) = match change {
            Change::None => return None,
            Change::InPlace => (Deed::Modify, None),
            Change::Replacement => (Deed::Replace, self.failing.keeps.then(|| NO_REPLACEMENT.to_owned())),
            Change::Unsupported => {
                let kind = &self.resources[at].model.resource_type;
                (Deed::Modify, Some(format!("Update to resource type {kind} is not supported.")))
            }
        };
        self.denied(at, deed).or(impossible)
    }

    /// Why the stack's policy does not let this be done with a resource.
    fn denied(&self, at: Slot, deed: Deed) -> Option<String> {
        let model = &self.resources[at].model;
        self.policy.denial(deed, &model.logical_id, &model.resource_type)
    }

    /// Nothing is done with a resource that was to go.
    fn refuse(&mut self, at: Slot, reason: String, now: Moment) {
        let resource = &mut self.resources[at];
        resource.touch = Touch::Refused(Box::new(Former::of(resource, resource.model.clone())));
        resource.work = Work::Updating;
        self.fail(at, reason, now);
    }

    /// Has a resource changed as it is; a group from what it was.
    fn begin_change(&mut self, at: Slot, before: Option<&Group>, now: Moment) {
        let resource = &mut self.resources[at];
        resource.work = Work::Updating;
        resource.wait_for_nothing();
        let order = Order::Update { logical_id: resource.model.logical_id.clone() };
        self.set(at, Status::UpdateInProgress, None, now);
        if let Some(refusal) = self.resources[at].model.refusal.clone() {
            return self.fail(at, refusal, now);
        }
        if let Err(refusal) = self.resize(at, before) {
            return self.fail(at, refusal.to_string(), now);
        }
        self.tell_capacity(at, now);
        self.order(order);
    }

    /// The update has failed: what it changed is changed back, in the order of the old template.
    pub(super) fn roll_back_update(&mut self, reason: Option<String>, now: Moment) {
        self.failing.keeps = false;
        self.objection = None;
        if self.unstable {
            return self.roll_back_everything(reason, now);
        }
        self.extras.current = mem::take(&mut self.extras.former);
        for resource in self.resources.iter_mut() {
            resource.target = None;
            resource.removed = false;
            // What the update never began with is dropped in the end.
            resource.work = if resource.state.is_some() { Work::Pending } else { Work::Done };
        }
        self.set_stack(Status::UpdateRollbackInProgress, reason, now);
        self.advance(now);
    }

    pub(super) fn begin_restoration(&mut self, at: Slot, now: Moment) {
        let resource = &mut self.resources[at];
        resource.work = Work::Done;
        match resource.touch {
            // It was on its way back when the rollback failed, and goes that way again.
            Touch::None if resource.status() == Some(Status::UpdateFailed) => {
                let before = group_of(&resource.model);
                self.begin_change(at, before.as_ref(), now);
            }
            Touch::None | Touch::Created => {}
            Touch::Kept(_) => self.restore(at),
            Touch::Refused(_) | Touch::Replaced(_) => {
                self.restore(at);
                self.set(at, Status::UpdateComplete, None, now);
                self.tell_capacity(at, now);
            }
            Touch::Updated(_) => {
                let before = group_of(&resource.model);
                self.restore(at);
                self.begin_change(at, before.as_ref(), now);
            }
        }
    }

    /// Outputs mention what there is now: another update by the same template changes nothing.
    pub(super) fn follow_in_extras(&mut self) {
        follow_in(self.extras.current.values_mut(), &self.renamed);
    }

    /// The operation is over: what is gone is forgotten, and what is left is what the stack is.
    pub(super) fn settle(&mut self) {
        let gone =
            |it: &Tracked| matches!(it.status(), None | Some(Status::DeleteComplete | Status::DeleteSkipped));
        self.resources.retain(|it| !gone(it));
        (self.unstable, self.failed) = (false, false);
        for resource in self.resources.iter_mut() {
            resource.touch = Touch::None;
            resource.target = None;
            resource.removed = false;
        }
        self.members.settle(&self.resources);
    }
}

/// What a group was before it is changed.
fn group_of(model: &Resource) -> Option<Group> {
    match &model.role {
        Role::Group(group) => Some(group.clone()),
        _ => None,
    }
}

/// What mentions a resource that was replaced means the new one.
fn follow(resource: &mut Resource, renamed: &[Renamed]) {
    let launch = match &mut resource.role {
        Role::Group(group) => Some(&mut group.launch),
        _ => None,
    };
    follow_in(resource.properties.values_mut().chain(launch), renamed);
}

fn follow_in<'t>(texts: impl Iterator<Item = &'t mut String>, renamed: &[Renamed]) {
    let pairs: Vec<_> = renamed
        .iter()
        .map(|it| (mention(&it.logical_id, &it.from), mention(&it.logical_id, &it.to)))
        .collect();
    for text in texts {
        for (from, to) in &pairs {
            if text.contains(from) {
                *text = text.replace(from, to);
            }
        }
    }
}

#[cfg(test)]
mod tests;
