//! What an operation would do to a resource, for somebody to look at first.

use std::collections::BTreeMap;

use super::changes::Difference;
use crate::model::{Removal, Resource};

/// What would be done to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// What.
    pub action: Action,
    /// Its name in the template.
    pub logical_id: String,
    /// Where there is one by now.
    pub physical_id: Option<String>,
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: String,
    /// Of a resource that is changed, whether another takes its place.
    pub replacement: Option<Replacement>,
    /// Whether the one that goes, if any, stays without the stack.
    pub stays: bool,
    /// What of it is another.
    pub details: Vec<Difference>,
    /// What it is, where there is one.
    pub before: Option<Attributes>,
    /// What it is to be, where there will be one.
    pub after: Option<Attributes>,
}

/// What a resource is, as an update compares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Its properties, by name.
    pub properties: BTreeMap<String, String>,
    /// Its `Metadata`.
    pub metadata: Option<String>,
    /// `DeletionPolicy`.
    pub deletion_policy: Removal,
    /// `UpdateReplacePolicy`.
    pub update_replace_policy: Removal,
}

impl From<&Resource> for Attributes {
    fn from(resource: &Resource) -> Self {
        Self {
            properties: resource.properties.clone(),
            metadata: resource.metadata.clone(),
            deletion_policy: resource.deletion_policy,
            update_replace_policy: resource.update_replace_policy,
        }
    }
}

impl Preview {
    pub(super) fn of(resource: &Resource, action: Action) -> Self {
        let policy =
            if action == Action::Remove { resource.deletion_policy } else { resource.update_replace_policy };
        Self {
            action,
            logical_id: resource.logical_id.clone(),
            physical_id: None,
            resource_type: resource.resource_type.clone(),
            replacement: None,
            stays: policy != Removal::Delete,
            details: Vec::new(),
            before: (action == Action::Remove).then(|| resource.into()),
            after: (action != Action::Remove).then(|| resource.into()),
        }
    }
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Add,
    /// It is changed.
    Modify,
    /// It is deleted, or leaves the stack.
    Remove,
}

/// Whether another takes a resource's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// Yes.
    True,
    /// No.
    False,
    /// That depends on what another resource will be.
    Conditional,
}
