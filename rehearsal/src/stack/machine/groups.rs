//! Instances of groups, and resources that took another's place: what exists is told from outside.

use super::{Machine, Renamed};
use crate::moment::Moment;
use crate::stack::resource::{Made, Member, Touch, Work};
use crate::stack::slots::Slot;
use crate::stack::types::Order;
use crate::stack::wait::Waits;

impl Machine {
    pub(super) fn take_instances(&mut self, logical_id: &str, ids: Vec<String>, now: Moment) {
        let Some(at) = self.resources.find(logical_id) else { return self.terminate(logical_id, ids) };
        let resource = &mut self.resources[at];
        let created = match &mut resource.work {
            Work::Creating(made @ Made::Launching) | Work::Replacing(made @ Made::Launching) => {
                *made = Made::Whole;
                true
            }
            Work::Rolling(rolling) if rolling.launching() => false,
            // The operation that wanted them has been given up.
            _ => return self.terminate(logical_id, ids),
        };
        let (launch, serves) = (resource.launch.clone(), !resource.awaits_signals());
        for id in &ids {
            resource.members.push(Member { id: id.clone(), launch: launch.clone(), serves });
            self.members.add(id.clone(), at);
        }
        self.tell_capacity(at, now);
        if created { self.complete_if_done(at, now) } else { self.roll_launched(at, ids, now) }
    }

    /// Another resource stands in the place of the old one, and is waited for as any that is created.
    pub(super) fn take_replacement(&mut self, logical_id: &str, physical_id: String, now: Moment) {
        let Some(at) = self.resources.find(logical_id) else { return };
        let resource = &mut self.resources[at];
        let Work::Replacing(made @ Made::Ordered) = &mut resource.work else {
            // The operation that wanted it has been given up.
            return self.order(Order::Delete { logical_id: logical_id.to_owned(), physical_id });
        };
        *made = Made::Whole;
        let from = std::mem::replace(&mut resource.model.physical_id, physical_id.clone());
        // Only now is it known whose signals count; the time has run since the order.
        if let Some(started) = resource.started {
            resource.wait_for_creation(started);
        }
        self.renamed.push(Renamed { logical_id: logical_id.to_owned(), from, to: physical_id });
        self.enlist(at);
        self.progress(at, "Resource creation Initiated".to_owned(), now);
        self.launch_or_complete(at, now);
    }

    /// Has another resource made in the place of this one, which stays until the update is over.
    pub(super) fn begin_replacement(&mut self, at: Slot, now: Moment) {
        let resource = &mut self.resources[at];
        resource.work = Work::Replacing(Made::Ordered);
        let text = "Requested update requires the creation of a new physical resource; hence creating one.";
        self.progress(at, text.to_owned(), now);
        if let Some(refusal) = self.refusal(at) {
            return self.fail(at, refusal, now);
        }
        let resource = &mut self.resources[at];
        resource.wait_for_creation(now);
        // Nobody can signal for it before it exists; the old one must not.
        if let Waits::Signals(tally) = &mut resource.waits {
            tally.count_nobody();
        }
        let due = resource.creation_deadline();
        let order = Order::Replace {
            logical_id: resource.model.logical_id.clone(),
            resource_type: resource.model.resource_type.clone(),
        };
        self.deadlines.set(at, due);
        self.order(order);
    }

    /// Nothing counts them any more; they are members until they are gone.
    pub(super) fn terminate(&mut self, logical_id: &str, instance_ids: Vec<String>) {
        if !instance_ids.is_empty() {
            self.order(Order::Terminate { logical_id: logical_id.to_owned(), instance_ids });
        }
    }

    /// The resource is what it was before the update, as far as its template goes.
    pub(super) fn restore(&mut self, at: Slot) {
        let resource = &mut self.resources[at];
        match std::mem::replace(&mut resource.touch, Touch::None) {
            Touch::None => {}
            Touch::Created => resource.touch = Touch::Created,
            Touch::Kept(former) | Touch::Refused(former) | Touch::Updated(former) => {
                resource.model = former.model;
                resource.launch = former.launch;
            }
            Touch::Replaced(former) => {
                let model = std::mem::replace(&mut resource.model, former.model);
                let members = std::mem::replace(&mut resource.members, former.members);
                (resource.sizes, resource.wanted) = (former.sizes, former.wanted);
                resource.coming = former.coming;
                resource.launch = former.launch;
                if model.physical_id != resource.model.physical_id {
                    self.demolition.leave(model, members);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
