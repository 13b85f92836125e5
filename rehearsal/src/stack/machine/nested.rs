//! Resources that are stacks of their own: somebody else plays them, and says here how that went.

use super::Machine;
use crate::model::{self, Role, UpdatePolicy};
use crate::moment::Moment;
use crate::stack::STACK_TYPE;
use crate::stack::resource::{Work, launch};
use crate::stack::types::{Reaction, Status};
use crate::stack::wait::Waits;

impl Machine {
    /// The ARN of the stack that a resource is; none for a resource of another type.
    #[must_use]
    pub fn nested(&self, logical_id: &str) -> Option<&str> {
        let model = &self.resources.named(logical_id)?.model;
        (model.resource_type == STACK_TYPE).then_some(model.physical_id.as_str())
    }

    /// Whether a resource is being created, changed or deleted.
    #[must_use]
    pub fn is_in_progress(&self, logical_id: &str) -> bool {
        self.resources.named(logical_id).is_some_and(|it| it.in_progress())
    }

    /// The service behind a resource could not create or change it. Nothing comes of that where the operation has done
    /// with it.
    pub fn failed(&mut self, logical_id: &str, reason: String, now: Moment) -> Reaction {
        self.expire(now);
        if let Some(at) = self.resources.find(logical_id)
            && self.resources[at].in_progress()
        {
            self.fail(at, reason, now);
        }
        self.hand_out()
    }

    /// Its updates and their rollbacks wait with cleaning up until [`Self::release`]: stacks that belong together clean up
    /// once all of them are updated, or have rolled back.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html>, on nested stacks.
    pub const fn hold(&mut self) {
        self.held = true;
    }

    /// It belongs to no others: it cleans up when it is done.
    pub const fn stand_alone(&mut self) {
        self.held = false;
    }

    /// It may clean up now.
    pub fn release(&mut self, now: Moment) -> Reaction {
        self.expire(now);
        match self.phase() {
            Some(Status::UpdateCompleteCleanupInProgress) => self.remove_superfluous(now),
            Some(Status::UpdateRollbackCompleteCleanupInProgress) => self.remove_created(now),
            _ => {}
        }
        self.hand_out()
    }

    /// What it belongs to goes back, and so does an update that is done or under way.
    pub fn revert(&mut self, now: Moment) -> Reaction {
        self.expire(now);
        match self.phase() {
            Some(Status::UpdateCompleteCleanupInProgress) if self.held => self.roll_back_update(None, now),
            Some(Status::UpdateInProgress) => {
                self.cancel_update(now);
                self.roll_back_update(None, now);
            }
            _ => {}
        }
        self.hand_out()
    }

    pub(super) fn cancel_update(&mut self, now: Moment) {
        for at in self.resources.slots() {
            let resource = &self.resources[at];
            if !resource.in_progress() {
                continue;
            }
            let (status, what) = match resource.work {
                Work::Creating(_) => (Status::CreateFailed, "creation"),
                _ => (Status::UpdateFailed, "update"),
            };
            self.give_up(at, status, format!("Resource {what} cancelled"), now);
        }
    }

    /// A wait condition counts as met: nobody here could signal it.
    pub fn meet(&mut self, logical_id: &str, now: Moment) -> Reaction {
        self.expire(now);
        let found = self.resources.find(logical_id);
        if let Some(at) = found
            && matches!(self.resources[at].model.role, Role::WaitCondition(_))
        {
            let resource = &mut self.resources[at];
            resource.model.role = Role::Other;
            if let Some(target) = &mut resource.target {
                target.role = Role::Other;
            }
            if resource.in_progress() {
                resource.waits = Waits::Nothing;
                self.deadlines.set(at, None);
                self.complete_if_done(at, now);
            }
        }
        self.hand_out()
    }

    /// More is known of what the stack is to be than when its operation began: what it has not begun with
    /// follows. A resource that was left out stays so.
    pub fn refine(&mut self, stack: model::Stack) {
        if !matches!(self.phase(), Some(Status::CreateInProgress | Status::UpdateInProgress)) {
            return;
        }
        self.extras.current = stack.extras;
        self.in_the_end = stack.refusal;
        for known in stack.resources {
            let Some(it) = self.resources.named_mut(&known.logical_id) else { continue };
            if it.removed || !matches!(it.work, Work::Pending) {
                continue;
            }
            match &mut it.target {
                Some(target) => refine_one(target, known),
                None if it.state.is_none() => {
                    refine_one(&mut it.model, known);
                    it.launch = launch(&it.model);
                }
                None => {}
            }
        }
    }

    /// What a resource is.
    #[must_use]
    pub fn role(&self, logical_id: &str) -> Option<&Role> {
        self.resources.named(logical_id).map(|it| &it.model.role)
    }

    /// Whether a resource is an instance by itself.
    #[must_use]
    pub fn is_single(&self, logical_id: &str) -> bool {
        self.resources.named(logical_id).is_some_and(|it| matches!(it.model.role, Role::Instance { .. }))
    }

    /// Whether a resource waits for signals, in its creation or in its updates.
    #[must_use]
    pub fn waits(&self, logical_id: &str) -> bool {
        match self.resources.named(logical_id).map(|it| &it.model.role) {
            Some(Role::Instance { creation_policy }) => creation_policy.is_some(),
            Some(Role::Group(group)) => {
                group.creation_policy.is_some()
                    || matches!(&group.update_policy, UpdatePolicy::Rolling(it) if it.wait_on_resource_signals)
            }
            _ => false,
        }
    }
}

fn refine_one(resource: &mut model::Resource, known: model::Resource) {
    resource.properties = known.properties;
    resource.metadata = known.metadata;
    resource.refusal = known.refusal;
    // Where nobody here could signal it, it counts as met.
    if resource.role != Role::Other {
        resource.role = known.role;
    }
}

#[cfg(test)]
mod tests;
