//! How large a group is to be: what Auto Scaling knows of it, whatever its template says by now.

use crate::model::Group;

/// A group's sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) min: u32,
    pub(super) desired: u32,
    pub(super) max: u32,
}

/// What Auto Scaling refuses, in its words. Only it knows: a template check does not look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SizesError {
    #[error("Max bound, {max}, must be greater than or equal to min bound, {min}")]
    Bounds { min: u32, max: u32 },
    #[error("Desired capacity:{desired} must be between the specified min size:{min} and max size:{max}")]
    Desired { desired: u32, min: u32, max: u32 },
}

impl Sizes {
    /// Those that a group begins with.
    pub(super) const fn of(group: &Group) -> Result<Self, SizesError> {
        Self { min: group.min_size, desired: group.desired_capacity, max: group.max_size }.checked()
    }

    /// Those after an update to `group` from `former`. A template that does not say how many are desired leaves that as
    /// it is, within the bounds.
    pub(super) fn updated(self, group: &Group, former: &Group) -> Result<Self, SizesError> {
        let sizes = |it: &Group| (it.min_size, it.max_size, it.sets_desired, it.desired_capacity);
        let unmodified = group.keeps_unmodified_sizes && sizes(group) == sizes(former);
        let (min, max) = (group.min_size, group.max_size);
        let desired = if group.sets_desired && !unmodified {
            group.desired_capacity
        } else {
            self.desired.min(max).max(min)
        };
        Self { min, desired, max }.checked()
    }

    /// As many as may be of those that a scaling policy asks for.
    pub(super) fn allowed(self, asked: u32) -> u32 {
        asked.min(self.max).max(self.min)
    }

    const fn checked(self) -> Result<Self, SizesError> {
        let Self { min, desired, max } = self;
        if max < min {
            return Err(SizesError::Bounds { min, max });
        }
        if desired < min || desired > max {
            return Err(SizesError::Desired { desired, min, max });
        }
        Ok(self)
    }
}
