//! Operations that undo nothing where they fail: they go on beside what has failed, and the next takes up what is left.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html>

use super::Machine;
use super::creation::summary;
use crate::moment::Moment;
use crate::stack::resource::{Touch, Tracked, Work};
use crate::stack::slots::Slot;
use crate::stack::types::Status;

impl Machine {
    /// Whether the last operation has failed and was left as it was.
    pub(super) fn was_left(&self) -> bool {
        matches!(self.phase(), Some(Status::CreateFailed | Status::UpdateFailed))
    }

    /// Whether what depends on a resource may begin.
    pub(super) fn leads_on(&self, it: &Tracked) -> bool {
        it.done() && !(self.failing.keeps && it.has_failed())
    }

    /// A resource fails, and nothing else does. What was to be changed is as it was.
    pub(super) fn fail_alone(&mut self, at: Slot, reason: String, now: Moment) {
        let created = matches!(self.resources[at].work, Work::Creating(_));
        let status = if created { Status::CreateFailed } else { Status::UpdateFailed };
        self.give_up(at, status, reason, now);
        self.restore(at);
        self.advance(now);
    }

    /// Something has failed: once nothing else goes on, the operation has.
    pub(super) fn stop_if_nothing_goes_on(&mut self, now: Moment) {
        if self.resources.iter().any(Tracked::in_progress) {
            return;
        }
        let failed = |status| {
            let those = self.resources.iter().filter(|it| it.has_failed() && it.status() == Some(status));
            those.map(|it| it.model.logical_id.clone()).collect::<Vec<_>>()
        };
        let summary = summary(&failed(Status::CreateFailed), &failed(Status::UpdateFailed));
        for resource in self.resources.iter_mut() {
            resource.target = None;
            resource.work = Work::Done;
        }
        if self.phase() == Some(Status::CreateInProgress) {
            self.creation_failed(&summary, now);
        } else {
            self.set_stack(Status::UpdateFailed, Some(summary), now);
        }
    }

    /// An earlier update was left as it failed: where this one goes back, it goes back to what was before both.
    pub(super) fn take_up(&mut self, at: Slot, earlier: Touch) {
        let touch = &mut self.resources[at].touch;
        match (earlier, &mut *touch) {
            (Touch::None, _) => {}
            (Touch::Kept(first), Touch::Kept(former) | Touch::Updated(former) | Touch::Refused(former)) => {
                former.model = first.model;
                former.launch = first.launch;
            }
            (earlier, _) => *touch = earlier,
        }
    }

    /// The operation that is to begin cannot end well: what others rely on would be another.
    pub fn object(&mut self, objection: Option<String>) {
        self.objection = objection;
    }

    /// The update has made what it could, and is not to be.
    pub(super) fn give_way(&mut self, objection: String, now: Moment) {
        if self.failing.keeps {
            self.set_stack(Status::UpdateFailed, Some(objection), now);
        } else {
            self.roll_back_update(Some(objection), now);
        }
    }

    /// There is nothing to go back to: everything goes.
    pub(super) fn roll_back_everything(&mut self, reason: Option<String>, now: Moment) {
        self.failed = true;
        self.set_stack(Status::RollbackInProgress, reason, now);
        self.tear_down_everything(now);
    }
}

#[cfg(test)]
mod tests;
