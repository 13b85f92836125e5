//! What the stack has no more use for goes: after a failed creation, after an update or its rollback, and when
//! somebody has the stack deleted.

use std::collections::HashMap;

use super::DeleteError;
use super::machine::Machine;
use super::resource::{Member, Touch};
use super::types::{Event, Order, Reaction, Status};
use crate::model::{Removal, Resource};
use crate::moment::Moment;

/// Everything that goes, and how far it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Demolition {
    doomed: Vec<Doomed>,
    /// Those that are not gone.
    left: usize,
    /// What a rollback has taken out of its place, to go later.
    left_over: Vec<(Resource, Vec<Member>)>,
}

#[derive(Clone, Debug)]
struct Doomed {
    model: Resource,
    /// Its place, where the resource itself goes; another may stand there.
    place: Option<usize>,
    instances: Vec<String>,
    stays: bool,
    /// Those that it depends on, and how many of those that depend on it are left.
    needs: Vec<usize>,
    needed_by: usize,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Terminating,
    Deleting,
    Gone,
}

impl Demolition {
    /// This goes, once the rollback is over.
    pub(super) fn leave(&mut self, model: Resource, members: Vec<Member>) {
        self.left_over.push((model, members));
    }

    fn add(&mut self, model: &Resource, place: Option<usize>, members: &[Member], stays: bool) {
        self.doomed.push(Doomed {
            model: model.clone(),
            place,
            instances: members.iter().map(|it| it.id.clone()).collect(),
            stays,
            needs: Vec::new(),
            needed_by: 0,
            stage: Stage::Waiting,
        });
    }

    /// Finds out who has to wait for whom.
    fn link(&mut self) {
        self.left = self.doomed.len();
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, it) in self.doomed.iter().enumerate() {
            places.entry(it.model.logical_id.clone()).or_default().push(at);
        }
        let mut needed_by = vec![0_usize; self.doomed.len()];
        for it in &mut self.doomed {
            it.needs =
                it.model.dependencies.iter().filter_map(|on| places.get(on)).flatten().copied().collect();
            for on in &it.needs {
                if let Some(count) = needed_by.get_mut(*on) {
                    *count += 1;
                }
            }
        }
        for (it, count) in self.doomed.iter_mut().zip(needed_by) {
            it.needed_by = count;
        }
    }

    fn find(&self, stage: Stage, is: impl Fn(&Doomed) -> bool) -> Option<usize> {
        self.doomed.iter().position(|it| it.stage == stage && is(it))
    }
}

impl Machine {
    /// Has the stack deleted. While it is being created, that is given up; a deletion under way just goes on.
    ///
    /// # Errors
    ///
    /// Refused while an update is under way, as the service refuses it.
    pub fn delete(&mut self, token: Option<String>, now: Moment) -> Result<Reaction, DeleteError> {
        self.expire(now);
        let Some(status) = self.phase() else { return Ok(self.hand_out()) };
        match status {
            Status::DeleteInProgress | Status::DeleteComplete => return Ok(self.hand_out()),
            Status::UpdateInProgress
            | Status::UpdateCompleteCleanupInProgress
            | Status::UpdateRollbackInProgress
            | Status::UpdateRollbackCompleteCleanupInProgress => {
                return Err(DeleteError::StackState { stack_id: self.id.clone(), status });
            }
            _ => {}
        }
        self.token = token;
        self.failed = false;
        self.set_stack(Status::DeleteInProgress, Some("User Initiated".to_owned()), now);
        if status == Status::RollbackInProgress {
            // What goes already goes on going.
            return Ok(self.hand_out());
        }
        self.cancel_creations(now);
        self.tear_down_everything(now);
        Ok(self.hand_out())
    }

    /// Everything that the stack has begun with goes.
    pub(super) fn tear_down_everything(&mut self, now: Moment) {
        let creation_fails = self.failed;
        let stays = |removal| match removal {
            Removal::Delete => false,
            Removal::Retain => true,
            Removal::RetainExceptOnCreate => !creation_fails,
        };
        let demolition = &mut self.demolition;
        demolition.doomed.clear();
        for (model, members) in std::mem::take(&mut demolition.left_over) {
            demolition.add(&model, None, &members, false);
        }
        for (at, it) in self.resources.iter().enumerate() {
            if matches!(it.status(), None | Some(Status::DeleteComplete | Status::DeleteSkipped)) {
                continue;
            }
            let stays = stays(it.model.deletion_policy);
            match &it.touch {
                // Where the new one does not exist yet, this is still the old one.
                Touch::Replaced(former) if former.model.physical_id == it.model.physical_id => {
                    demolition.add(&it.model, Some(at), &former.members, stays);
                }
                Touch::Replaced(former) => {
                    demolition.add(&it.model, Some(at), &it.members, stays);
                    demolition.add(&former.model, None, &former.members, false);
                }
                _ => demolition.add(&it.model, Some(at), &it.members, stays),
            }
        }
        self.tear_down(now);
    }

    /// What the update has made superfluous goes.
    pub(super) fn clean_up_after_update(&mut self, now: Moment) {
        self.follow_in_extras();
        self.set_stack(Status::UpdateCompleteCleanupInProgress, None, now);
        let demolition = &mut self.demolition;
        demolition.doomed.clear();
        for (at, it) in self.resources.iter().enumerate() {
            if it.removed {
                let stays = it.model.deletion_policy != Removal::Delete;
                demolition.add(&it.model, Some(at), &it.members, stays);
            } else if let Touch::Replaced(former) = &it.touch {
                let stays = former.model.update_replace_policy != Removal::Delete;
                demolition.add(&former.model, None, &former.members, stays);
            }
        }
        self.tear_down(now);
    }

    /// What the failed update has created goes.
    pub(super) fn clean_up_after_rollback(&mut self, now: Moment) {
        self.set_stack(Status::UpdateRollbackCompleteCleanupInProgress, None, now);
        let demolition = &mut self.demolition;
        demolition.doomed.clear();
        for (model, members) in std::mem::take(&mut demolition.left_over) {
            demolition.add(&model, None, &members, false);
        }
        for (at, it) in self.resources.iter().enumerate() {
            if it.state.is_some() && matches!(it.touch, Touch::Created) {
                let stays = it.model.deletion_policy == Removal::Retain;
                demolition.add(&it.model, Some(at), &it.members, stays);
            }
        }
        self.tear_down(now);
    }

    /// Instances that a deleted group had are gone.
    pub(super) fn instances_torn_down(&mut self, logical_id: &str, ids: &[String]) {
        let found = self
            .demolition
            .find(Stage::Terminating, |it| it.model.logical_id == logical_id && it.instances == ids);
        if let Some(at) = found {
            self.order_deletion(at);
        }
    }

    pub(super) fn torn_down(&mut self, logical_id: &str, physical_id: &str, now: Moment) {
        let found = self.demolition.find(Stage::Deleting, |it| {
            it.model.logical_id == logical_id && it.model.physical_id == physical_id
        });
        if let Some(at) = found {
            self.say_of_doomed(at, Status::DeleteComplete, now);
            self.gone(at, now);
            self.end_if_all_is_gone(now);
        }
    }

    /// Begins, last created first, with what nothing that is left depends on.
    fn tear_down(&mut self, now: Moment) {
        self.demolition.link();
        for at in (0..self.demolition.doomed.len()).rev() {
            self.begin_to_tear_down(at, now);
        }
        self.end_if_all_is_gone(now);
    }

    fn begin_to_tear_down(&mut self, at: usize, now: Moment) {
        let Some(it) = self.demolition.doomed.get_mut(at) else { return };
        if it.stage != Stage::Waiting || it.needed_by > 0 {
            return;
        }
        if it.stays {
            self.say_of_doomed(at, Status::DeleteSkipped, now);
            return self.gone(at, now);
        }
        it.stage = Stage::Terminating;
        let (logical_id, instances) = (it.model.logical_id.clone(), it.instances.clone());
        self.say_of_doomed(at, Status::DeleteInProgress, now);
        if instances.is_empty() {
            self.order_deletion(at);
        } else {
            self.terminate(&logical_id, instances);
        }
    }

    fn order_deletion(&mut self, at: usize) {
        let Some(it) = self.demolition.doomed.get_mut(at) else { return };
        it.stage = Stage::Deleting;
        let order = Order::Delete {
            logical_id: it.model.logical_id.clone(),
            physical_id: it.model.physical_id.clone(),
        };
        self.order(order);
    }

    /// What it depended on may go now.
    fn gone(&mut self, at: usize, now: Moment) {
        let Some(it) = self.demolition.doomed.get_mut(at) else { return };
        it.stage = Stage::Gone;
        let mut needs = it.needs.clone();
        needs.sort_unstable();
        self.demolition.left = self.demolition.left.saturating_sub(1);
        for on in needs.into_iter().rev() {
            if let Some(needed) = self.demolition.doomed.get_mut(on) {
                needed.needed_by = needed.needed_by.saturating_sub(1);
            }
            self.begin_to_tear_down(on, now);
        }
    }

    fn end_if_all_is_gone(&mut self, now: Moment) {
        if self.demolition.left > 0 {
            return;
        }
        let status = match self.phase() {
            Some(Status::RollbackInProgress) => Status::RollbackComplete,
            Some(Status::DeleteInProgress) => Status::DeleteComplete,
            Some(Status::UpdateCompleteCleanupInProgress) => Status::UpdateComplete,
            Some(Status::UpdateRollbackCompleteCleanupInProgress) => Status::UpdateRollbackComplete,
            _ => return,
        };
        if matches!(status, Status::UpdateComplete | Status::UpdateRollbackComplete) {
            self.settle();
        }
        self.demolition = Demolition::default();
        self.set_stack(status, None, now);
    }

    /// The event of a resource that goes; what stands in its place stays as it is.
    fn say_of_doomed(&mut self, at: usize, status: Status, now: Moment) {
        let Some(it) = self.demolition.doomed.get(at) else { return };
        if let Some(place) = it.place {
            return self.set(place, status, None, now);
        }
        let event = Event {
            at: now,
            logical_id: it.model.logical_id.clone(),
            physical_id: Some(it.model.physical_id.clone()),
            resource_type: it.model.resource_type.clone(),
            status,
            reason: None,
            token: self.token.clone(),
        };
        self.reaction.events.push(event);
    }
}

#[cfg(test)]
mod tests;
