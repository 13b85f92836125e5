//! What the stack has no more use for goes: after a failed creation, after an update or its rollback, and when
//! somebody has the stack deleted.

use super::Machine;
use crate::model::Removal;
use crate::moment::Moment;
use crate::stack::DeleteError;
use crate::stack::demolition::{Demolition, Doom};
use crate::stack::resource::Touch;
use crate::stack::types::{Event, Order, Reaction, Status};

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

    /// The deletion that comes next leaves these, which the last one could not delete; all of those where there are none.
    pub fn retain(&mut self, logical_ids: &[String]) {
        let failed = self.resources.iter().filter(|it| it.status() == Some(Status::DeleteFailed));
        let failed = failed.map(|it| it.model.logical_id.clone());
        let is_meant = |it: &String| logical_ids.is_empty() || logical_ids.contains(it);
        self.retained = failed.filter(is_meant).collect();
    }

    /// Somebody asked for what cannot be: it stays as it is, and says why.
    pub fn refuse_deletion(&mut self, reason: String, now: Moment) -> Reaction {
        self.expire(now);
        if let Some(status) = self.phase() {
            self.set_stack(status, Some(reason), now);
        }
        self.hand_out()
    }

    /// Everything that the stack has begun with goes.
    pub(super) fn tear_down_everything(&mut self, now: Moment) {
        let (creation_fails, drops_new) = (self.failed, self.failing.drops_new);
        let stays = |removal| match removal {
            Removal::Delete => false,
            Removal::Retain => !(creation_fails && drops_new),
            Removal::RetainExceptOnCreate => !creation_fails,
        };
        let demolition = &mut self.demolition;
        demolition.clear();
        demolition.add_left_over();
        for (at, it) in self.resources.placed() {
            if matches!(it.status(), None | Some(Status::DeleteComplete | Status::DeleteSkipped)) {
                continue;
            }
            let stays = stays(it.model.deletion_policy) || self.retained.contains(&it.model.logical_id);
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
        if !self.held {
            self.remove_superfluous(now);
        }
    }

    pub(super) fn remove_superfluous(&mut self, now: Moment) {
        let demolition = &mut self.demolition;
        demolition.clear();
        demolition.add_left_over();
        for (at, it) in self.resources.placed() {
            if it.state.is_none() {
                continue;
            }
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
        if !self.held {
            self.remove_created(now);
        }
    }

    pub(super) fn remove_created(&mut self, now: Moment) {
        let drops_new = self.failing.drops_new;
        let demolition = &mut self.demolition;
        demolition.clear();
        demolition.add_left_over();
        for (at, it) in self.resources.placed() {
            if it.state.is_some() && matches!(it.touch, Touch::Created) {
                let stays = it.model.deletion_policy == Removal::Retain && !drops_new;
                demolition.add(&it.model, Some(at), &it.members, stays);
            }
        }
        self.tear_down(now);
    }

    /// Instances that a deleted group had are gone.
    pub(super) fn instances_torn_down(&mut self, logical_id: &str, ids: &[String]) {
        if let Some(doom) = self.demolition.terminating(logical_id, ids) {
            self.order_deletion(doom);
        }
    }

    pub(super) fn torn_down(&mut self, logical_id: &str, physical_id: &str, now: Moment) {
        if let Some(doom) = self.demolition.deleting(logical_id, physical_id) {
            self.say_of_doomed(doom, Status::DeleteComplete, None, now);
            self.gone(doom, now);
            self.end_if_all_is_gone(now);
        }
    }

    /// What is to be deleted, by its names: its type.
    #[must_use]
    pub fn type_of_doomed(&self, logical_id: &str, physical_id: &str) -> Option<&str> {
        self.demolition.type_of(logical_id, physical_id)
    }

    /// What was to be deleted cannot be: neither can what it depends on. An update's end is not kept back by that.
    pub fn not_deleted(
        &mut self,
        logical_id: &str,
        physical_id: &str,
        reason: String,
        now: Moment,
    ) -> Reaction {
        self.expire(now);
        if let Some(doom) = self.demolition.deleting(logical_id, physical_id) {
            self.say_of_doomed(doom, Status::DeleteFailed, Some(reason), now);
            match self.phase() {
                Some(Status::RollbackInProgress | Status::DeleteInProgress) => self.demolition.fail(doom),
                _ => self.gone(doom, now),
            }
            self.end_if_all_is_gone(now);
        }
        self.hand_out()
    }

    /// Begins, last created first, with what nothing that is left depends on.
    fn tear_down(&mut self, now: Moment) {
        for doom in self.demolition.link().into_iter().rev() {
            self.begin_to_tear_down(doom, now);
        }
        self.end_if_all_is_gone(now);
    }

    fn begin_to_tear_down(&mut self, doom: Doom, now: Moment) {
        let Some(it) = self.demolition.begin(doom) else { return };
        if it.stays {
            self.say_of_doomed(doom, Status::DeleteSkipped, None, now);
            return self.gone(doom, now);
        }
        let (logical_id, instances) = (it.model.logical_id.clone(), it.instances.clone());
        self.say_of_doomed(doom, Status::DeleteInProgress, None, now);
        if instances.is_empty() {
            self.order_deletion(doom);
        } else {
            self.terminate(&logical_id, instances);
        }
    }

    fn order_deletion(&mut self, doom: Doom) {
        let order = self.demolition.delete(doom).map(|it| Order::Delete {
            logical_id: it.model.logical_id.clone(),
            physical_id: it.model.physical_id.clone(),
        });
        self.reaction.orders.extend(order);
    }

    /// What it depended on may go now.
    fn gone(&mut self, doom: Doom, now: Moment) {
        for on in self.demolition.gone(doom) {
            self.demolition.release(on);
            self.begin_to_tear_down(on, now);
        }
    }

    fn end_if_all_is_gone(&mut self, now: Moment) {
        if !self.demolition.is_over() {
            return;
        }
        let failed = self.demolition.failed().join(", ");
        let reason =
            (!failed.is_empty()).then(|| format!("The following resource(s) failed to delete: [{failed}]. "));
        let status = match self.phase() {
            Some(Status::RollbackInProgress) if reason.is_some() => Status::RollbackFailed,
            Some(Status::DeleteInProgress) if reason.is_some() => Status::DeleteFailed,
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
        self.retained.clear();
        self.set_stack(status, reason, now);
    }

    /// The event of a resource that goes; what stands in its place stays as it is.
    fn say_of_doomed(&mut self, doom: Doom, status: Status, reason: Option<String>, now: Moment) {
        let Some(it) = self.demolition.at(doom) else { return };
        if let Some(place) = it.place {
            return self.set(place, status, reason, now);
        }
        let event = Event {
            at: now,
            logical_id: it.model.logical_id.clone(),
            physical_id: Some(it.model.physical_id.clone()),
            resource_type: it.model.resource_type.clone(),
            status,
            reason,
            token: self.token.clone(),
        };
        self.reaction.events.push(event);
    }
}

#[cfg(test)]
mod tests;
