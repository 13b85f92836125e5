#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]
//! Updates of the stack in its world.

use std::collections::HashMap;

use proptest::prelude::*;

use super::{Checked, World};
use crate::stack::properties::stacks::instance_id;
use crate::stack::{Failing, Fate, Status, UpdateError};

impl World {
    pub(super) fn update(&mut self, which: usize, keeps: bool) -> Checked {
        // What could not be made is there by now, as far as it was begun with.
        if matches!(self.machine.fate(), Some(Fate::Failed | Fate::UpdateFailed)) {
            self.carry_out_all()?;
        }
        let mut stack = self.stacks.get(which).cloned().unwrap();
        let physical: HashMap<_, _> = self
            .machine
            .resources()
            // What could not be made is made as another.
            .filter(|it| it.status != Status::CreateFailed)
            .filter_map(|it| Some((it.logical_id.to_owned(), it.physical_id?.to_owned())))
            .collect();
        for resource in &mut stack.resources {
            match physical.get(&resource.logical_id) {
                Some(known) => resource.physical_id.clone_from(known),
                None => {
                    self.made += 1;
                    resource.physical_id = if resource.resource_type == "AWS::EC2::Instance" {
                        instance_id(self.made)
                    } else {
                        format!("physical-again-{}", self.made)
                    };
                }
            }
        }
        let before = self.machine.fate();
        let failing = Failing { keeps, drops_new: false };
        match self.machine.update_failing(stack.clone(), None, failing, self.now) {
            Ok(reaction) => {
                let was_left = matches!(before, Some(Fate::Failed | Fate::UpdateFailed));
                let is_good = matches!(before, Some(Fate::Complete | Fate::Updated | Fate::UpdateRolledBack));
                prop_assert!(is_good || was_left && keeps, "{before:?}");
                self.target = Some(stack);
                self.take(reaction)
            }
            Err(UpdateError::NoUpdates) => Ok(()),
            Err(error) => {
                let refused =
                    matches!(error, UpdateError::StackState { .. } | UpdateError::LeftAsItFailed { .. });
                prop_assert!(refused, "{error}");
                Ok(())
            }
        }
    }
}
