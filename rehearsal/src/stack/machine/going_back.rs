//! Going back because somebody says so: an update that is given up, and a rollback that is taken up again.

use super::Machine;
use crate::moment::Moment;
use crate::stack::RollbackError;
use crate::stack::resource::{Touch, Work};
use crate::stack::slots::Slot;
use crate::stack::types::{Reaction, Status};

impl Machine {
    /// Gives up the update under way: what is in progress is cancelled, and the stack goes back.
    ///
    /// # Errors
    ///
    /// None is under way.
    pub fn cancel(&mut self, token: Option<String>, now: Moment) -> Result<Reaction, RollbackError> {
        self.expire(now);
        if self.phase() != Some(Status::UpdateInProgress) {
            // What time has brought about is told with the next that happens.
            return Err(RollbackError::NothingToCancel);
        }
        if token.is_some() {
            self.token = token;
        }
        self.cancel_update(now);
        self.roll_back_update(Some("User Initiated".to_owned()), now);
        Ok(self.hand_out())
    }

    /// Goes back from a creation or an update that failed and was left as it was.
    ///
    /// # Errors
    ///
    /// None was.
    pub fn roll_back(
        &mut self,
        token: Option<String>,
        drops_new: bool,
        now: Moment,
    ) -> Result<Reaction, RollbackError> {
        if !self.was_left() {
            return Err(RollbackError::NothingToRollBack { stack_id: self.id.clone(), status: self.phase() });
        }
        self.token = token;
        self.failing.drops_new = drops_new;
        let reason = Some("User Initiated".to_owned());
        if self.phase() == Some(Status::UpdateFailed) {
            self.roll_back_update(reason, now);
        } else {
            self.roll_back_everything(reason, now);
        }
        Ok(self.hand_out())
    }

    /// Goes on with a rollback that has failed. What is to be skipped counts as gone back.
    ///
    /// # Errors
    ///
    /// None has failed, or there is no such resource that failed.
    pub fn continue_rollback(
        &mut self,
        skipped: &[String],
        token: Option<String>,
        now: Moment,
    ) -> Result<Reaction, RollbackError> {
        if self.phase() != Some(Status::UpdateRollbackFailed) {
            return Err(RollbackError::NothingToContinue);
        }
        let failed = |at: Slot| self.resources[at].status() == Some(Status::UpdateFailed);
        let found: Vec<_> = skipped
            .iter()
            .map(|id| self.resources.find(id).filter(|at| failed(*at)).ok_or_else(|| id.clone()))
            .collect();
        let unknown: Vec<_> = found.iter().filter_map(|it| it.as_ref().err().cloned()).collect();
        if !unknown.is_empty() {
            return Err(RollbackError::NotSkipped { logical_ids: unknown });
        }
        self.token = token;
        for resource in self.resources.iter_mut() {
            let is_back = match resource.touch {
                Touch::None => resource.status() != Some(Status::UpdateFailed),
                Touch::Created => true,
                _ => false,
            };
            resource.work = if is_back { Work::Done } else { Work::Pending };
        }
        self.set_stack(Status::UpdateRollbackInProgress, Some("User Initiated".to_owned()), now);
        for at in found.into_iter().flatten() {
            self.restore(at);
            self.resources[at].work = Work::Done;
            self.set(at, Status::UpdateComplete, None, now);
        }
        self.advance(now);
        Ok(self.hand_out())
    }
}

#[cfg(test)]
mod tests;
