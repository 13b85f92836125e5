//! The policies that make a resource wait.

mod creation;
mod fields;
mod group;
mod ignored;
mod instance;
mod leaf;
mod update;
mod wait_condition;

use super::{
    error::Fault,
    functions::Resolver,
    node::{Entry, Node},
    sections,
};
use crate::model::Role;

#[cfg(test)]
mod tests;

const WAIT_CONDITION: &str = "AWS::CloudFormation::WaitCondition";
const WAIT_CONDITION_HANDLE: &str = "AWS::CloudFormation::WaitConditionHandle";

/// What a resource means for signals; `launch` is asked what a group's instances are launched from.
pub(super) fn role(
    resolver: &Resolver<'_>,
    resource: &Entry,
    launch: impl FnOnce() -> String,
) -> Result<Role, Fault> {
    let policy = match resource.value.get("CreationPolicy") {
        Some(policy) => resolver.chosen(policy)?,
        None => None,
    };
    match (sections::type_of(&resource.value), policy) {
        (sections::INSTANCE, policy) => instance::role(resolver, policy),
        (sections::GROUP, policy) => group::role(resolver, resource, policy, launch()).map(Role::Group),
        (WAIT_CONDITION, policy) => wait_condition::role(resolver, resource, policy).map(Role::WaitCondition),
        (WAIT_CONDITION_HANDLE, None) => Ok(Role::WaitConditionHandle),
        (WAIT_CONDITION_HANDLE, Some(policy)) => {
            ignored::takes_none(resolver, policy, WAIT_CONDITION_HANDLE);
            Ok(Role::WaitConditionHandle)
        }
        (_, _) if sections::is_module(&resource.value) => {
            ignored::module(resolver, &resource.value);
            Ok(Role::Other)
        }
        ("AWS::AppStream::Fleet", Some(_)) | (_, None) => Ok(Role::Other),
        (other, Some(policy)) => {
            ignored::takes_none(resolver, policy, other);
            Ok(Role::Other)
        }
    }
}

/// A resource's properties, once `Fn::If` has chosen.
fn properties<'n>(resolver: &Resolver<'_>, resource: &'n Node) -> Result<Option<&'n Node>, Fault> {
    match resource.get("Properties") {
        Some(properties) => resolver.chosen(properties),
        None => Ok(None),
    }
}
