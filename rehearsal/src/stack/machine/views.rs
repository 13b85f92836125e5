//! What the stack can be asked.

use std::collections::BTreeMap;

use super::Machine;
use crate::model::Role;
use crate::moment::Moment;
#[cfg(test)]
use crate::stack::resource::InstanceView;
use crate::stack::resource::{ResourceView, Tracked, Waiting};
use crate::stack::types::{Document, Fate, Status};

impl Machine {
    /// When [`Self::timer`] has something to do next.
    #[must_use]
    pub fn deadline(&self) -> Option<Moment> {
        let scaling = self.scalings.first().map(|(moment, _)| *moment);
        let due = self.deadlines.next().map(|(moment, _)| moment);
        due.into_iter().chain(self.expires).chain(scaling).min()
    }

    /// How the last operation ended; `None` while one is under way, and before the first.
    #[must_use]
    pub fn fate(&self) -> Option<Fate> {
        match self.phase()? {
            Status::CreateComplete => Some(Fate::Complete),
            Status::RollbackComplete | Status::RollbackFailed => Some(Fate::RolledBack),
            Status::CreateFailed => Some(Fate::Failed),
            Status::UpdateComplete => Some(Fate::Updated),
            Status::UpdateFailed => Some(Fate::UpdateFailed),
            Status::UpdateRollbackComplete => Some(Fate::UpdateRolledBack),
            Status::UpdateRollbackFailed => Some(Fate::UpdateRollbackFailed),
            Status::DeleteComplete if self.failed => Some(Fate::FailedAndDeleted),
            Status::DeleteComplete => Some(Fate::Deleted),
            Status::DeleteFailed => Some(Fate::DeleteFailed),
            _ => None,
        }
    }

    /// The stack's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The stack's ARN.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The stack's status, its reason and since when; `None` before the start.
    #[must_use]
    pub fn stack_status(&self) -> Option<(Status, Option<&str>, Moment)> {
        self.state.as_ref().map(|state| (state.status, state.reason.as_deref(), state.since))
    }

    /// The resources that the stack has begun with.
    pub fn resources(&self) -> impl Iterator<Item = ResourceView<'_>> {
        self.resources.iter().filter_map(|it| {
            let state = it.state.as_ref()?;
            Some(ResourceView {
                logical_id: &it.model.logical_id,
                physical_id: it.physical_id(),
                resource_type: &it.model.resource_type,
                status: state.status,
                reason: state.reason.as_deref(),
                since: state.since,
            })
        })
    }

    /// The properties of each resource of a type that the stack has begun with and not deleted.
    pub fn properties_of<'m>(
        &'m self,
        resource_type: &'m str,
    ) -> impl Iterator<Item = &'m BTreeMap<String, String>> {
        let there = move |it: &&Tracked| {
            it.model.resource_type == resource_type
                && !matches!(it.status(), None | Some(Status::DeleteComplete | Status::DeleteSkipped))
        };
        self.resources.iter().filter(there).map(|it| &it.model.properties)
    }

    /// The resources that wait for signals, those first that give up first. A pause is no wait.
    #[must_use]
    pub fn waiting(&self) -> Vec<Waiting> {
        self.deadlines
            .iter()
            .filter_map(|(until, at)| {
                let it = &self.resources[at];
                let expected = it.waits.expected();
                (expected > 0).then(|| Waiting {
                    logical_id: it.model.logical_id.clone(),
                    received: it.waits.received(),
                    expected,
                    since: it.started.unwrap_or(until),
                    until,
                })
            })
            .collect()
    }

    /// The instances that exist, alone and in groups, in no order.
    #[cfg(test)]
    pub fn instances(&self) -> impl Iterator<Item = InstanceView<'_>> {
        self.members.iter().map(|(instance_id, at)| {
            let resource = &self.resources[at];
            InstanceView {
                logical_id: &resource.model.logical_id,
                instance_id,
                in_group: matches!(resource.model.role, Role::Group(_)),
            }
        })
    }

    /// A group's sizes as they are now: the least, the desired and the most.
    #[cfg(test)]
    pub fn sizes_of(&self, logical_id: &str) -> Option<(u32, u32, u32)> {
        let sizes = self.resources.named(logical_id).filter(|it| it.group().is_some())?.sizes;
        Some((sizes.min, sizes.desired, sizes.max))
    }

    /// Whether an instance of this id exists in the stack: what `CFN_V1` calls a member.
    #[must_use]
    pub fn has_instance(&self, instance_id: &str) -> bool {
        self.members.has(instance_id)
    }

    /// The id of an instance that the stack has begun with.
    #[must_use]
    pub fn instance(&self, logical_id: &str) -> Option<&str> {
        let resource = self.resources.named(logical_id)?;
        if matches!(resource.model.role, Role::Instance { .. }) { resource.physical_id() } else { None }
    }

    /// What was put to a handle, one document per unique id.
    #[must_use]
    pub fn documents(&self, handle: &str) -> &[Document] {
        self.resources.named(handle).map_or(&[], |it| &it.documents)
    }
}
