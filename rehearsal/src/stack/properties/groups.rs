#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]
//! What must hold of groups once an operation is over.

use proptest::prelude::*;

use super::world::{Checked, World};
use crate::model::Role;

impl World {
    pub(super) fn check_groups(&self) -> Checked {
        for resource in &self.current.resources {
            if let Role::Group(group) = &resource.role {
                let id = &resource.logical_id;
                let has = self.machine.instances().filter(|it| it.logical_id == *id).count();
                let (min, desired, max) = self.machine.sizes_of(id).unwrap();
                prop_assert_eq!(has, usize::try_from(desired).unwrap(), "{}", id);
                prop_assert_eq!((min, max), (group.min_size, group.max_size), "{}", id);
                prop_assert!((min..=max).contains(&desired), "{id}: {desired}");
                let told = self.capacities.get(id).map(|it| (it.instances, it.in_service));
                prop_assert_eq!(told, Some((desired, desired)), "{}", id);
                if group.sets_desired && !group.keeps_unmodified_sizes && !self.scaled {
                    prop_assert_eq!(desired, group.desired_capacity, "{}", id);
                }
            }
        }
        Ok(())
    }
}
