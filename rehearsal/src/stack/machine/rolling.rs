//! A group that has changed brings its instances up to date: `AutoScalingRollingUpdate`, batch by batch.
//!
//! What is documented: an update replaces what runs with another launch configuration, `MaxBatchSize` at a time, while
//! `MinInstancesInService` go on running, for which the group may grow up to its `MaxSize`; each batch waits for a
//! signal of each new instance, or pauses. The texts, their order and the numbers in them are those of public logs.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html>

use std::sync::Arc;

use super::{Machine, not_received};
use crate::duration::to_iso8601;
use crate::model::{RollingUpdate, UpdatePolicy};
use crate::moment::Moment;
use crate::stack::invariant::broken;
use crate::stack::plan::Plan;
use crate::stack::resource::{Tracked, Work};
use crate::stack::rolling::{Rolling, Stage};
use crate::stack::slots::Slot;
use crate::stack::tally::{Counts, Tally, unsatisfied};
use crate::stack::types::{Order, Outcome};
use crate::stack::wait::Waits;

impl Machine {
    /// The group itself has changed; now its instances.
    pub(super) fn roll(&mut self, at: Slot, now: Moment) {
        let resource = &mut self.resources[at];
        let Some(group) = resource.group() else { return broken("only a group rolls") };
        let desired = resource.sizes.desired;
        let policy = match group.update_policy {
            UpdatePolicy::Rolling(policy) => Some(policy),
            UpdatePolicy::None | UpdatePolicy::Replacing => None,
        };
        let (running, old) = (resource.running(), count(obsolete(resource).count()));
        let good = running.saturating_sub(old);
        let grow = desired.saturating_sub(running);
        resource.work = Work::Rolling(Box::new(Rolling {
            policy,
            expected: desired.saturating_sub(good),
            successes: 0,
            failures: 0,
            plan: None,
            stage: Stage::Batch,
        }));
        self.tell_capacity(at, now);
        if grow > 0 { self.roll_launch(at, grow) } else { self.roll_on(at, now) }
    }

    /// New instances exist: a batch begins.
    pub(super) fn roll_launched(&mut self, at: Slot, ids: Vec<String>, now: Moment) {
        let resource = &mut self.resources[at];
        let Work::Rolling(rolling) = &mut resource.work else { return broken("it rolls") };
        rolling.stage = Stage::Batch;
        if ids.is_empty() {
            // There are no more to be had.
            return self.roll_end(at, now);
        }
        let Some(policy) = rolling.policy else { return self.roll_on(at, now) };
        let pause = to_iso8601(policy.pause);
        if policy.wait_on_resource_signals {
            let number = count(ids.len());
            let counts = Counts::Batch(ids.into_iter().collect());
            resource.waits = Waits::Signals(Tally::share(counts, number, policy.min_successful));
            resource.started = Some(now);
            self.progress(
                at,
                format!(
                    "New instance(s) added to autoscaling group - Waiting on {number} resource signal(s) with a \
                     timeout of {pause}."
                ),
                now,
            );
            self.deadlines.set(at, Some(now.plus(policy.pause)));
        } else if policy.pause.is_zero() {
            self.roll_on(at, now);
        } else {
            let text = format!("New instance(s) added to autoscaling group - Pausing for {pause}.");
            self.progress(at, text, now);
            self.deadlines.set(at, Some(now.plus(policy.pause)));
        }
    }

    /// A signal of the batch has come and has its event.
    pub(super) fn roll_signalled(&mut self, at: Slot, now: Moment) {
        let resource = &self.resources[at];
        let (Work::Rolling(rolling), Waits::Signals(tally)) = (&resource.work, &resource.waits) else {
            return broken("a batch waits for signals");
        };
        let failures = rolling.failures.saturating_add(tally.failures());
        if failures > rolling.failures_allowed() {
            let reason = unsatisfied(failures, Outcome::Failure, rolling.expected, rolling.percent());
            self.fail(at, reason, now);
        } else if tally.missing() == 0 {
            self.end_batch(at, 0, now);
        }
    }

    /// The batch's time is up, or its pause is over.
    pub(super) fn roll_due(&mut self, at: Slot, now: Moment) {
        let resource = &self.resources[at];
        let missing = match &resource.waits {
            Waits::Signals(tally) => tally.missing(),
            _ => 0,
        };
        if missing > 0 {
            self.progress(at, not_received(missing), now);
        }
        self.end_batch(at, missing, now);
    }

    /// The batch's time is up: why the group fails, if it does.
    pub(super) fn fail_batch(&mut self, at: Slot, now: Moment) -> Option<String> {
        let resource = &self.resources[at];
        let (Work::Rolling(rolling), Waits::Signals(tally)) = (&resource.work, &resource.waits) else {
            return None;
        };
        let missing = tally.missing();
        let failures = rolling.failures.saturating_add(tally.failures()).saturating_add(missing);
        if failures <= rolling.failures_allowed() {
            return None;
        }
        let successes = rolling.successes.saturating_add(tally.successes());
        let reason = unsatisfied(successes, Outcome::Success, rolling.expected, rolling.percent());
        if missing > 0 {
            self.progress(at, not_received(missing), now);
        }
        Some(reason)
    }

    /// Obsolete instances are gone.
    pub(super) fn roll_terminated(&mut self, at: Slot, gone: &[String], now: Moment) {
        let resource = &mut self.resources[at];
        let Work::Rolling(rolling) = &mut resource.work else { return };
        let (Stage::Terminating { ids, then }, Some(plan)) = (&rolling.stage, &mut rolling.plan) else {
            return;
        };
        if ids != gone {
            return;
        }
        let (then, plan_desired, temporary) = (*then, plan.desired, plan.temporary);
        plan.gone = plan.gone.saturating_add(count(gone.len()));
        let text = format!(
            "Successfully terminated instance(s) [{}] (Progress {}%).",
            gone.join(","),
            plan.progress()
        );
        rolling.stage = Stage::Batch;
        if temporary && obsolete(resource).next().is_none() {
            // Each of the last ones takes its place in the group with it.
            resource.sizes.desired = plan_desired;
        }
        self.progress(at, text, now);
        if then > 0 { self.roll_launch(at, then) } else { self.roll_on(at, now) }
    }

    fn end_batch(&mut self, at: Slot, missing: u32, now: Moment) {
        self.deadlines.set(at, None);
        let resource = &mut self.resources[at];
        let Work::Rolling(rolling) = &mut resource.work else { return broken("it rolls") };
        if let Waits::Signals(tally) = &resource.waits {
            rolling.successes = rolling.successes.saturating_add(tally.successes());
            rolling.failures = rolling.failures.saturating_add(tally.failures()).saturating_add(missing);
        }
        let too_many = rolling.failures > rolling.failures_allowed();
        let reason = unsatisfied(rolling.successes, Outcome::Success, rolling.expected, rolling.percent());
        resource.wait_for_nothing();
        if too_many { self.fail(at, reason, now) } else { self.roll_on(at, now) }
    }

    /// The next thing to do: to plan, to grow, to terminate a batch, or nothing any more.
    fn roll_on(&mut self, at: Slot, now: Moment) {
        let resource = &mut self.resources[at];
        let Some(group) = resource.group() else { return broken("only a group rolls") };
        let max_size = group.max_size;
        let (old, running) = (count(obsolete(resource).count()), resource.running());
        let current = resource.sizes.desired;
        let Work::Rolling(rolling) = &mut resource.work else { return broken("it rolls") };
        let desired = rolling.plan.map_or(current, |plan| plan.desired);
        let Some(policy) = rolling.policy.filter(|_| old > 0) else {
            let grow = desired.saturating_sub(running);
            return if grow > 0 { self.roll_launch(at, grow) } else { self.roll_end(at, now) };
        };
        if let Some(plan) = rolling.plan {
            return self.roll_terminate(at, plan, now);
        }
        match Plan::new(policy, old, desired, max_size) {
            Err(error) => self.fail(at, error.to_string(), now),
            Ok(plan) => {
                rolling.plan = Some(plan);
                let grow = plan.growth(running, old);
                self.progress(at, announcement(policy, plan), now);
                if plan.temporary {
                    let sizes = &mut self.resources[at].sizes;
                    (sizes.min, sizes.desired) = (plan.capacity, plan.capacity);
                    self.tell_capacity(at, now);
                    let text = format!(
                        "Temporarily setting autoscaling group MinSize and DesiredCapacity to {}.",
                        plan.capacity
                    );
                    self.progress(at, text, now);
                }
                if grow > 0 { self.roll_launch(at, grow) } else { self.roll_terminate(at, plan, now) }
            }
        }
    }

    fn roll_terminate(&mut self, at: Slot, plan: Plan, now: Moment) {
        let resource = &mut self.resources[at];
        let batch = usize::try_from(plan.batch).unwrap_or(usize::MAX);
        let ids: Vec<_> = obsolete(resource).take(batch).map(str::to_owned).collect();
        let launch = Arc::clone(&resource.launch);
        let mut left = ids.len();
        resource.members.retain(|it| {
            let goes = left > 0 && !Arc::ptr_eq(&it.launch, &launch);
            left -= usize::from(goes);
            !goes
        });
        let old = count(obsolete(resource).count());
        let then = plan.growth(resource.running(), old);
        if plan.temporary
            && old == 0
            && let Some(min_size) = resource.group().map(|group| group.min_size)
        {
            // Whatever a scaling policy has asked for since.
            (resource.sizes.min, resource.sizes.desired) = (min_size, plan.capacity);
        }
        let text =
            format!("Terminating instance(s) [{}]; replacing with {then} new instance(s).", ids.join(","));
        let logical_id = resource.model.logical_id.clone();
        if let Work::Rolling(rolling) = &mut resource.work {
            rolling.stage = Stage::Terminating { ids: ids.clone(), then };
        }
        self.progress(at, text, now);
        self.tell_capacity(at, now);
        self.terminate(&logical_id, ids);
    }

    /// Everything that has to be is up to date; what is too many goes.
    fn roll_end(&mut self, at: Slot, now: Moment) {
        let resource = &mut self.resources[at];
        if let Work::Rolling(rolling) = &resource.work
            && let Some(plan) = rolling.plan.filter(|plan| plan.temporary)
            && let Some(min_size) = resource.group().map(|group| group.min_size)
        {
            (resource.sizes.min, resource.sizes.desired) = (min_size, plan.desired);
        }
        let surplus = count(resource.members.len()).saturating_sub(resource.sizes.desired);
        self.shrink(at, surplus);
        self.finish(at, now);
    }

    fn roll_launch(&mut self, at: Slot, number: u32) {
        let resource = &mut self.resources[at];
        if let Work::Rolling(rolling) = &mut resource.work {
            rolling.stage = Stage::Launching;
        }
        let logical_id = resource.model.logical_id.clone();
        self.order(Order::Launch { logical_id, count: number });
    }
}

/// Ids of a group's instances that were launched from something else than what it launches now.
fn obsolete(resource: &Tracked) -> impl Iterator<Item = &str> {
    resource.members.iter().filter(|it| !Arc::ptr_eq(&it.launch, &resource.launch)).map(|it| it.id.as_str())
}

fn announcement(policy: RollingUpdate, plan: Plan) -> String {
    let mut text = format!(
        "Rolling update initiated. Terminating {} obsolete instance(s) in batches of {}",
        plan.obsolete, plan.batch
    );
    if policy.min_instances_in_service > 0 {
        let kept = policy.min_instances_in_service;
        text.push_str(&format!(", while keeping at least {kept} instance(s) in service"));
    }
    text.push('.');
    let pause = to_iso8601(policy.pause);
    let added = "when new instances are added to the autoscaling group.";
    if policy.wait_on_resource_signals {
        text.push_str(&format!(" Waiting on resource signals with a timeout of {pause} {added}"));
    } else if !policy.pause.is_zero() {
        text.push_str(&format!(" Pausing for {pause} {added}"));
    }
    text
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
