//! How large groups are: the sizes that templates, updates and scaling policies give them.

use std::time::Duration;

use super::Machine;
use crate::model::Group;
use crate::moment::Moment;
use crate::stack::resource::{Made, Member, Touch, Work};
use crate::stack::sizes::{Sizes, SizesError};
use crate::stack::slots::Slot;
use crate::stack::types::{Capacity, Order, Reaction, ScaleOutcome, Scaled, Scaling, Status};

impl Machine {
    /// Lets scaling policies act during the stack's first update.
    pub fn scale_during_update(&mut self, scalings: Vec<Scaling>) {
        self.planned_scalings = scalings;
    }

    /// Somebody scales a group now: as many instances as asked for, as far as its sizes allow.
    pub fn scale(&mut self, logical_id: &str, asked: u32, now: Moment) -> Reaction {
        self.expire(now);
        self.act(&Scaling { logical_id: logical_id.to_owned(), asked, after: Duration::ZERO }, now);
        // It may be that large already.
        let same = |it: &Scaled| matches!(it.outcome, ScaleOutcome::Set { from, to } if from == to);
        self.reaction.scalings.retain(|it| !same(it));
        self.hand_out()
    }

    /// Instances that a scaling policy asked for exist.
    pub fn scaled_out(&mut self, logical_id: &str, instance_ids: Vec<String>, now: Moment) -> Reaction {
        self.expire(now);
        self.take_scaled_out(logical_id, instance_ids, now);
        self.hand_out()
    }

    /// The update has begun: from now on the policies' times run.
    pub(super) fn begin_scalings(&mut self, now: Moment) {
        let planned = std::mem::take(&mut self.planned_scalings);
        self.scalings.extend(planned.into_iter().map(|it| (now.plus(it.after), it)));
        self.scalings.sort_by_key(|(at, _)| *at);
    }

    /// The next policy acts.
    pub(super) fn act_next(&mut self, now: Moment) {
        if !self.scalings.is_empty() {
            let (_, scaling) = self.scalings.remove(0);
            self.act(&scaling, now);
        }
    }

    /// The update is over: those whose time has not come do nothing any more.
    pub(super) fn end_scalings(&mut self, now: Moment) {
        let over = self.scalings.drain(..).map(|(_, Scaling { logical_id, asked, .. })| Scaled {
            at: now,
            logical_id,
            asked,
            outcome: ScaleOutcome::Over,
        });
        self.reaction.scalings.extend(over);
    }

    fn act(&mut self, scaling: &Scaling, now: Moment) {
        let Scaling { logical_id, asked, .. } = scaling;
        let outcome = match self.resources.find(logical_id).filter(|at| self.is_scalable(*at)) {
            None => ScaleOutcome::NoGroup,
            Some(at) if self.suspends_scaling(at) => ScaleOutcome::Suspended,
            Some(at) => self.set_desired(at, *asked),
        };
        let (logical_id, asked) = (logical_id.clone(), *asked);
        self.reaction.scalings.push(Scaled { at: now, logical_id, asked, outcome });
        if let Some(at) = self.resources.find(&scaling.logical_id) {
            self.tell_capacity(at, now);
        }
    }

    fn is_scalable(&self, at: Slot) -> bool {
        let resource = &self.resources[at];
        let exists = match &resource.work {
            Work::Creating(made) | Work::Replacing(made) => *made == Made::Whole,
            Work::Pending | Work::Updating | Work::Rolling(_) | Work::Done => true,
        };
        // What is to take its place does not exist before it is told so.
        let exists = exists
            && match &resource.touch {
                Touch::Replaced(former) => former.model.physical_id != resource.model.physical_id,
                _ => true,
            };
        let stays = match self.phase() {
            Some(
                Status::RollbackInProgress
                | Status::RollbackComplete
                | Status::RollbackFailed
                | Status::DeleteInProgress
                | Status::DeleteFailed
                | Status::DeleteComplete,
            ) => false,
            Some(Status::UpdateCompleteCleanupInProgress) => !resource.removed,
            Some(Status::UpdateRollbackCompleteCleanupInProgress) => {
                !matches!(resource.touch, Touch::Created)
            }
            _ => true,
        };
        let there = !matches!(
            resource.status(),
            None | Some(
                Status::CreateFailed
                    | Status::DeleteInProgress
                    | Status::DeleteComplete
                    | Status::DeleteFailed
                    | Status::DeleteSkipped
            )
        );
        resource.group().is_some() && exists && there && stays
    }

    fn suspends_scaling(&self, at: Slot) -> bool {
        match &self.resources[at].work {
            Work::Rolling(rolling) => rolling.policy.is_some_and(|policy| policy.suspends_scaling),
            _ => false,
        }
    }

    fn set_desired(&mut self, at: Slot, asked: u32) -> ScaleOutcome {
        let resource = &mut self.resources[at];
        let from = resource.sizes.desired;
        let to = resource.sizes.allowed(asked);
        resource.sizes.desired = to;
        resource.wanted = to;
        if let Work::Rolling(rolling) = &mut resource.work
            && let Some(plan) = &mut rolling.plan
        {
            plan.scaled(to);
        }
        let logical_id = resource.model.logical_id.clone();
        if to > from {
            resource.coming = resource.coming.saturating_add(to - from);
            self.order(Order::ScaleOut { logical_id, count: to - from });
        } else {
            self.shrink(at, from - to);
        }
        ScaleOutcome::Set { from, to }
    }

    /// So many instances go: obsolete ones first, then the oldest.
    pub(super) fn shrink(&mut self, at: Slot, number: u32) {
        let resource = &mut self.resources[at];
        let number = usize::try_from(number).unwrap_or(usize::MAX).min(resource.members.len());
        let launch = std::sync::Arc::clone(&resource.launch);
        resource.members.sort_by_key(|it| std::sync::Arc::ptr_eq(&it.launch, &launch));
        let ids: Vec<_> = resource.members.drain(..number).map(|it| it.id).collect();
        let logical_id = resource.model.logical_id.clone();
        self.terminate(&logical_id, ids);
    }

    fn take_scaled_out(&mut self, logical_id: &str, ids: Vec<String>, now: Moment) {
        let Some(at) = self.resources.find(logical_id) else { return self.terminate(logical_id, ids) };
        let scalable = self.is_scalable(at);
        let cleanup = self.phase() == Some(Status::UpdateCompleteCleanupInProgress);
        let resource = &mut self.resources[at];
        let number = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        if let Touch::Replaced(former) = &mut resource.touch
            && former.coming >= number
            && !cleanup
        {
            // They were asked for before another group took its place.
            former.coming -= number;
            let launch = former.launch.clone();
            for id in ids {
                former.members.push(Member { id: id.clone(), launch: launch.clone(), serves: true });
                self.members.add(id, at);
            }
            return;
        }
        let wanted = resource.coming >= number;
        resource.coming = resource.coming.saturating_sub(number);
        if !scalable || !wanted {
            // The group that wanted them is gone.
            return self.terminate(logical_id, ids);
        }
        let (launch, serves) = (resource.launch.clone(), !resource.awaits_signals());
        for id in ids {
            resource.members.push(Member { id: id.clone(), launch: launch.clone(), serves });
            self.members.add(id, at);
        }
        // Fewer may be asked for meanwhile; a rolling update sees to that when it ends.
        let resource = &self.resources[at];
        let running = u32::try_from(resource.members.len()).unwrap_or(u32::MAX);
        let surplus = running.saturating_sub(resource.sizes.desired);
        if !matches!(resource.work, Work::Rolling(_)) && surplus > 0 {
            self.shrink(at, surplus);
        }
        self.tell_capacity(at, now);
    }

    /// A group that is created has the sizes of its template.
    pub(super) fn size(&mut self, at: Slot) -> Result<(), SizesError> {
        let resource = &mut self.resources[at];
        if let Some(group) = resource.group() {
            resource.sizes = Sizes::of(group)?;
            resource.wanted = resource.sizes.desired;
        }
        Ok(())
    }

    /// A group that is updated has them too, as far as the template says so.
    pub(super) fn resize(&mut self, at: Slot, former: Option<&Group>) -> Result<(), SizesError> {
        let resource = &mut self.resources[at];
        if let (Some(group), Some(former)) = (resource.group(), former) {
            let before = resource.sizes.desired;
            resource.sizes = resource.sizes.updated(group, former)?;
            if resource.sizes.desired != before {
                resource.wanted = resource.sizes.desired;
            }
        }
        Ok(())
    }

    /// An instance has said that all is well.
    pub(super) fn serves(&mut self, at: Slot, instance_id: &str, now: Moment) {
        let mut members = self.resources[at].members.iter_mut();
        if let Some(member) = members.find(|it| it.id == instance_id && !it.serves) {
            member.serves = true;
            self.tell_capacity(at, now);
        }
    }

    /// Says how large a group is, if that has changed.
    pub(super) fn tell_capacity(&mut self, at: Slot, now: Moment) {
        let resource = &mut self.resources[at];
        if resource.group().is_none() {
            return;
        }
        let kept = match &resource.work {
            Work::Rolling(rolling) => rolling.policy.map(|policy| policy.min_instances_in_service),
            _ => None,
        };
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let capacity = Capacity {
            at: now,
            logical_id: resource.model.logical_id.clone(),
            instances: count(resource.members.len()),
            in_service: count(resource.members.iter().filter(|it| it.serves).count()),
            desired: resource.sizes.desired,
            wanted: resource.wanted,
            kept,
        };
        let same = |told: &Capacity| *told == Capacity { at: told.at, ..capacity.clone() };
        if !resource.told.as_ref().is_some_and(same) {
            resource.told = Some(capacity.clone());
            self.reaction.capacities.push(capacity);
        }
    }
}

#[cfg(test)]
mod tests;
