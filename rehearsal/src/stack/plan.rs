//! The numbers of a rolling update.

use crate::duration::LONGEST_PAUSE;
use crate::model::RollingUpdate;

/// How a group gets from its obsolete instances to new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Instances to be replaced.
    pub(super) obsolete: u32,
    /// Of those, gone.
    pub(super) gone: u32,
    /// Instances that are replaced at a time.
    pub(super) batch: u32,
    /// The group's size meanwhile.
    pub(super) capacity: u32,
    /// Instances that are up to date in the end, or as long as so many have to be in service.
    enough: u32,
    /// The group's size afterwards.
    pub(super) desired: u32,
    /// Whether the group has another size meanwhile: then what a scaling policy asks for does not last.
    pub(super) temporary: bool,
}

/// Why there is no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PlanError {
    /// So many have to be in service that none can be replaced.
    #[error("MinInstancesInService must be less than the autoscaling group's MaxSize")]
    NoRoom,
    /// It is longer than an hour, or none at all.
    #[error(
        "Invalid Autoscaling rolling update policy: PauseTime must be in the ISO8601 time period format and must be no greater than \
         PT3600S seconds, e.g. \"PT5M30S\" specifies a pause time of 5 minutes and 30 seconds."
    )]
    Pause,
}

impl Plan {
    pub(super) fn new(
        policy: RollingUpdate,
        obsolete: u32,
        desired: u32,
        max_size: u32,
    ) -> Result<Self, PlanError> {
        if policy.pause > LONGEST_PAUSE {
            return Err(PlanError::Pause);
        }
        let room = max_size.saturating_sub(policy.min_instances_in_service);
        if policy.leaves_no_room(max_size) {
            return Err(PlanError::NoRoom);
        }
        let batch = policy.max_batch_size.min(obsolete).min(room.max(1)).max(1);
        let capacity = desired.max(policy.min_instances_in_service.saturating_add(batch));
        Ok(Self {
            obsolete,
            gone: 0,
            batch,
            capacity,
            enough: desired.max(policy.min_instances_in_service),
            desired,
            temporary: capacity != desired,
        })
    }

    /// A scaling policy has acted. A group whose size the update has not set has the policy's from now on.
    pub(super) fn scaled(&mut self, desired: u32) {
        if !self.temporary {
            self.enough = self.enough.max(desired);
            self.capacity = desired;
            self.desired = desired;
        }
    }

    /// New instances to launch while `running` run, `old` of them obsolete. With the last of those gone the group is
    /// as large as it has to be; until then it is as large as it may be, and never has more new ones than it needs.
    pub(super) fn growth(self, running: u32, old: u32) -> u32 {
        if old == 0 {
            return self.desired.saturating_sub(running);
        }
        let needed = self.enough.saturating_sub(running.saturating_sub(old));
        self.capacity.saturating_sub(running).min(needed)
    }

    /// In percent.
    pub(super) fn progress(self) -> u32 {
        let (gone, all) = (u64::from(self.gone), u64::from(self.obsolete.max(1)));
        u32::try_from((gone * 100 + all / 2) / all).unwrap_or(100)
    }
}

#[cfg(test)]
mod tests;
