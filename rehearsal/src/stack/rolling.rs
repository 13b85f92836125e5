//! How far a group's rolling update is.

use super::plan::Plan;
use crate::model::{Percent, RollingUpdate};

/// Properties of a group whose change makes its instances obsolete.
pub(super) const LAUNCH_PROPERTIES: [&str; 4] =
    ["LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "VPCZoneIdentifier"];

/// A group's update under way.
#[derive(Clone, Debug)]
pub(super) struct Rolling {
    /// Without one, obsolete instances stay.
    pub(super) policy: Option<RollingUpdate>,
    /// New instances that the update needs in all.
    pub(super) expected: u32,
    /// Of the batches before this one.
    pub(super) successes: u32,
    pub(super) failures: u32,
    /// Once the group has grown as far as it has to.
    pub(super) plan: Option<Plan>,
    pub(super) stage: Stage,
}

#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// New instances are ordered.
    Launching,
    /// The batch is waited for, or paused for.
    Batch,
    /// Obsolete instances go, and so many new ones come for them.
    Terminating { ids: Vec<String>, then: u32 },
}

impl Rolling {
    pub(super) fn launching(&self) -> bool {
        matches!(self.stage, Stage::Launching)
    }

    pub(super) fn percent(&self) -> Percent {
        self.policy.map_or(Percent::ALL, |policy| policy.min_successful)
    }

    pub(super) fn failures_allowed(&self) -> u32 {
        self.expected.saturating_sub(self.percent().of(self.expected))
    }
}
