//! An operation goes from resource to resource, in the order of their dependencies; the first of them is the creation.

use super::Machine;
use crate::moment::Moment;
use crate::stack::resource::{Made, Touch, Tracked, Work};
use crate::stack::slots::Slot;
use crate::stack::types::{OnFailure, Order, Status};
use crate::stack::wait::Waits;

/// Why a resource fails that has nothing to do with the failure.
const CREATION_CANCELLED: &str = "Resource creation cancelled";

impl Machine {
    /// Begins with every resource whose dependencies the operation has done with, and ends it when it has done with
    /// all of them.
    pub(super) fn advance(&mut self, now: Moment) {
        let Some(phase) = self.phase().filter(|phase| phase.takes_signals()) else { return };
        loop {
            let ready: Vec<_> = self.resources.slots().filter(|at| self.may_begin(*at, phase)).collect();
            if ready.is_empty() {
                break;
            }
            for at in ready {
                // Those before it may have failed, or may have led to it.
                if self.phase() != Some(phase) {
                    return;
                }
                if matches!(self.resources[at].work, Work::Pending) {
                    self.begin(at, phase, now);
                }
            }
        }
        if self.phase() == Some(phase) && self.failing.keeps && self.resources.iter().any(Tracked::has_failed)
        {
            return self.stop_if_nothing_goes_on(now);
        }
        if self.phase() == Some(phase) && self.resources.iter().all(Tracked::done) {
            let refusal = self.in_the_end.take();
            match (phase, refusal) {
                (Status::CreateInProgress, Some(refusal)) => self.creation_refused(refusal, now),
                (Status::UpdateInProgress, refusal @ Some(_)) => self.roll_back_update(refusal, now),
                (Status::CreateInProgress, None) => self.set_stack(Status::CreateComplete, None, now),
                (Status::UpdateInProgress, None) => match self.objection.take() {
                    Some(objection) => self.give_way(objection, now),
                    None => self.clean_up_after_update(now),
                },
                _ => self.clean_up_after_rollback(now),
            }
        }
    }

    fn may_begin(&self, at: Slot, phase: Status) -> bool {
        let resource = &self.resources[at];
        let dependencies = match (phase, &resource.target, &resource.touch) {
            (Status::UpdateInProgress, _, _) if resource.removed => {
                return matches!(resource.work, Work::Pending);
            }
            (Status::UpdateInProgress, Some(target), _) => &target.dependencies,
            (
                Status::UpdateRollbackInProgress,
                _,
                Touch::Kept(former)
                | Touch::Refused(former)
                | Touch::Updated(former)
                | Touch::Replaced(former),
            ) => &former.model.dependencies,
            _ => &resource.model.dependencies,
        };
        matches!(resource.work, Work::Pending)
            && dependencies.iter().all(|on| self.resources.named(on).is_none_or(|it| self.leads_on(it)))
    }

    fn begin(&mut self, at: Slot, phase: Status, now: Moment) {
        match phase {
            Status::CreateInProgress => self.begin_creation(at, now),
            Status::UpdateInProgress => self.begin_update(at, now),
            _ => self.begin_restoration(at, now),
        }
    }

    /// Has a resource created, and waits for what its creation needs.
    pub(super) fn begin_creation(&mut self, at: Slot, now: Moment) {
        self.set(at, Status::CreateInProgress, None, now);
        self.resources[at].work = Work::Creating(Made::Ordered);
        if let Some(refusal) = self.refusal(at) {
            return self.fail(at, refusal, now);
        }
        let resource = &mut self.resources[at];
        resource.wait_for_creation(now);
        let due = resource.creation_deadline();
        let order = Order::Create { logical_id: resource.model.logical_id.clone() };
        self.deadlines.set(at, due);
        self.order(order);
        self.enlist(at);
        self.progress(at, "Resource creation Initiated".to_owned(), now);
        self.count_documents(at, now);
    }

    /// Why a resource cannot be made; where it can, a group has its sizes now.
    pub(super) fn refusal(&mut self, at: Slot) -> Option<String> {
        let refusal = self.resources[at].model.refusal.clone();
        refusal.or_else(|| self.size(at).err().map(|it| it.to_string()))
    }

    /// The resource itself exists: a group still needs its instances.
    pub(super) fn launch_or_complete(&mut self, at: Slot, now: Moment) {
        let resource = &mut self.resources[at];
        let wanted = resource.group().map_or(0, |_| resource.sizes.desired);
        if wanted > 0
            && let Work::Creating(made) | Work::Replacing(made) = &mut resource.work
        {
            *made = Made::Launching;
            let logical_id = resource.model.logical_id.clone();
            self.order(Order::Launch { logical_id, count: wanted });
        } else {
            self.complete_if_done(at, now);
        }
    }

    /// Completes a resource that exists and has what it waits for.
    pub(super) fn complete_if_done(&mut self, at: Slot, now: Moment) {
        let resource = &self.resources[at];
        if !resource.waits.satisfied() {
            return;
        }
        match resource.work {
            Work::Creating(Made::Whole) | Work::Replacing(Made::Whole) => self.finish(at, now),
            // It has its signals before it exists, and that may take as long as it likes.
            Work::Creating(_) | Work::Replacing(_) => self.deadlines.set(at, None),
            _ => {}
        }
    }

    /// The operation has done with a resource.
    pub(super) fn finish(&mut self, at: Slot, now: Moment) {
        let resource = &mut self.resources[at];
        let status = match resource.work {
            Work::Creating(_) => Status::CreateComplete,
            _ => Status::UpdateComplete,
        };
        resource.work = Work::Done;
        resource.waits = Waits::Nothing;
        // Those that were not waited for to the end are taken for good.
        resource.members.iter_mut().for_each(|it| it.serves = true);
        self.deadlines.set(at, None);
        self.set(at, status, None, now);
        self.tell_capacity(at, now);
        self.advance(now);
    }

    /// The resource at `at` has failed: those in progress are cancelled, and the stack goes back.
    pub(super) fn fail(&mut self, at: Slot, reason: String, now: Moment) {
        if self.failing.keeps {
            return self.fail_alone(at, reason, now);
        }
        let phase = self.phase();
        let (mut not_created, mut not_updated) = (Vec::new(), Vec::new());
        let others: Vec<_> =
            self.resources.slots().filter(|it| *it != at && self.resources[*it].in_progress()).collect();
        let mut reason = Some(reason);
        for failed in [at].into_iter().chain(others) {
            // What is due at the same moment fails for itself.
            if reason.is_none() && self.deadlines.is_due(failed, now) {
                reason = self.overdue(failed, now);
            }
            let resource = &self.resources[failed];
            let name = resource.model.logical_id.clone();
            if matches!(resource.work, Work::Creating(_)) {
                not_created.push(name);
                let why = reason.take().unwrap_or_else(|| CREATION_CANCELLED.to_owned());
                self.give_up(failed, Status::CreateFailed, why, now);
            } else {
                not_updated.push(name);
                let why = reason.take().unwrap_or_else(|| "Resource update cancelled".to_owned());
                self.give_up(failed, Status::UpdateFailed, why, now);
            }
        }
        let summary = summary(&not_created, &not_updated);
        match phase {
            Some(Status::UpdateInProgress) => self.roll_back_update(Some(summary), now),
            Some(Status::UpdateRollbackInProgress) => {
                self.set_stack(Status::UpdateRollbackFailed, Some(summary), now);
            }
            _ => self.creation_failed(&summary, now),
        }
    }

    /// Why a resource fails whose time is up just when another's is; none where it would go on.
    fn overdue(&mut self, at: Slot, now: Moment) -> Option<String> {
        match self.resources[at].work {
            Work::Creating(_) | Work::Replacing(_) => Some(self.give_up_waiting(at, now)),
            Work::Rolling(_) => self.fail_batch(at, now),
            Work::Pending | Work::Updating | Work::Done => None,
        }
    }

    /// The operation fails with a resource, or cancels it.
    pub(super) fn give_up(&mut self, at: Slot, status: Status, reason: String, now: Moment) {
        let resource = &mut self.resources[at];
        resource.work = Work::Done;
        resource.waits = Waits::Nothing;
        self.deadlines.set(at, None);
        self.set(at, status, Some(reason), now);
    }

    /// The stack's own time is up: what is in progress is cancelled, and the stack goes back.
    pub(super) fn creation_timed_out(&mut self, now: Moment) {
        self.expires = None;
        self.cancel_creations(now);
        self.creation_failed("Stack creation time exceeded the specified timeout. ", now);
    }

    /// Gives up every resource that is being created.
    pub(super) fn cancel_creations(&mut self, now: Moment) {
        for at in self.resources.slots() {
            if self.resources[at].in_progress() {
                self.give_up(at, Status::CreateFailed, CREATION_CANCELLED.to_owned(), now);
            }
        }
    }

    /// The stack's creation has no chance.
    pub(super) fn creation_refused(&mut self, refusal: String, now: Moment) {
        match self.on_failure {
            OnFailure::DoNothing => self.creation_failed(&refusal, now),
            _ => self.creation_failed(&format!("{refusal}. "), now),
        }
    }

    pub(super) fn creation_failed(&mut self, summary: &str, now: Moment) {
        self.failed = true;
        match self.on_failure {
            OnFailure::Rollback => {
                let reason = format!("{summary}Rollback requested by user.");
                self.set_stack(Status::RollbackInProgress, Some(reason), now);
                self.tear_down_everything(now);
            }
            OnFailure::Delete => {
                let reason = format!("{summary}Delete requested by user.");
                self.set_stack(Status::DeleteInProgress, Some(reason), now);
                self.tear_down_everything(now);
            }
            OnFailure::DoNothing => self.set_stack(Status::CreateFailed, Some(summary.to_owned()), now),
        }
    }
}

/// Which resources failed, a space after each sentence, as the service writes it.
pub(super) fn summary(not_created: &[String], not_updated: &[String]) -> String {
    let mut text = String::new();
    for (verb, names) in [("create", not_created), ("update", not_updated)] {
        if !names.is_empty() {
            text.push_str(&format!("The following resource(s) failed to {verb}: [{}]. ", names.join(", ")));
        }
    }
    text
}
