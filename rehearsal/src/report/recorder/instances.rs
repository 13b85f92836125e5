//! The records of instances, of which a group may have more than are kept.

use super::super::bounded::Bounded;
use super::super::record::InstanceRecord;
use super::{INSTANCES, LINES, Recorder};
use crate::happening::Launch;
use crate::moment::Moment;

impl Recorder {
    /// An instance was launched in the stack at `place`.
    pub(super) fn launched(&mut self, place: usize, launch: &Launch, now: Moment) {
        if self.instance(place, launch, now).is_none()
            && let Some(stack) = self.stacks.get_mut(place)
        {
            stack.further_instances += 1;
        }
    }

    /// The record of an instance of the stack at `place`; none where there are too many.
    pub(super) fn instance(
        &mut self,
        place: usize,
        launch: &Launch,
        now: Moment,
    ) -> Option<&mut InstanceRecord> {
        let all = &mut self.stacks.get_mut(place)?.instances;
        let known = self.instances.entry(place).or_default();
        if let Some(at) = known.get(&launch.instance_id) {
            return all.get_mut(*at);
        }
        if all.len() >= INSTANCES {
            return None;
        }
        known.insert(launch.instance_id.clone(), all.len());
        all.push(InstanceRecord {
            logical_id: launch.logical_id.clone(),
            instance_id: launch.instance_id.clone(),
            launched: now,
            terminated: None,
            lines: Bounded::new(LINES.0, LINES.1),
            ended: None,
            not_run: None,
        });
        all.last_mut()
    }
}
