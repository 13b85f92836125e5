//! What an update makes of a resource: the comparison of two templates.

use super::rolling::LAUNCH_PROPERTIES;
use crate::model::{Resource, Role, UpdatePolicy, Wait};

/// How a resource gets from one template to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Not at all. A policy is none of its properties.
    None,
    /// No way does.
    Unsupported,
    /// It stays the same thing.
    InPlace,
    /// Another takes its place.
    Replacement,
}

/// What has to be done to `old` to make it `new`; `empty` says of a group that it has no instances.
pub(super) fn change(old: &Resource, new: &Resource, empty: bool) -> Change {
    if !differs(old, new) {
        return match (&new.role, old.metadata == new.metadata) {
            // It is a record of signals, and has nothing that could be changed.
            (Role::WaitCondition(_) | Role::WaitConditionHandle, _) | (_, true) => Change::None,
            (_, false) => Change::InPlace,
        };
    }
    match (&old.role, &new.role) {
        (Role::WaitCondition(_) | Role::WaitConditionHandle, _) => Change::Unsupported,
        (_, Role::Group(group))
            if group.update_policy == UpdatePolicy::Replacing
                && relaunches(old, new)
                && !(empty && launches_by_template(old, new)) =>
        {
            Change::Replacement
        }
        _ if changed_properties(old, new).any(|name| replaces(&new.resource_type, name)) => {
            Change::Replacement
        }
        _ => Change::InPlace,
    }
}

/// What of a resource an operation makes another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// A property's name; none where it is the metadata.
    pub property: Option<String>,
    /// Whether another value of it needs another resource.
    pub replaces: bool,
    /// Whether it was there before.
    pub was: bool,
    /// Whether it is there afterwards.
    pub is: bool,
    /// The resource that may be replaced and is mentioned in it, where that is why.
    pub cause: Option<String>,
}

impl Difference {
    /// A property of `new` that mentions what is replaced.
    pub(super) fn following(new: &Resource, property: &str, cause: &str) -> Self {
        let replaces = replaces(&new.resource_type, property);
        Self {
            property: Some(property.to_owned()),
            replaces,
            was: true,
            is: true,
            cause: Some(cause.to_owned()),
        }
    }

    /// Whether it needs another resource, if what it mentions becomes another.
    pub(super) fn may_replace(&self) -> bool {
        self.replaces && self.cause.is_some()
    }
}

/// What is another in `new`, property by property.
pub(super) fn differences(old: &Resource, new: &Resource) -> Vec<Difference> {
    let mut names: Vec<_> = changed_properties(old, new).collect();
    names.sort_unstable();
    names.dedup();
    let of_property = |name: &str| Difference {
        property: Some(name.to_owned()),
        replaces: replaces(&new.resource_type, name),
        was: old.properties.contains_key(name),
        is: new.properties.contains_key(name),
        cause: None,
    };
    let metadata = (old.metadata != new.metadata).then(|| Difference {
        property: None,
        replaces: false,
        was: old.metadata.is_some(),
        is: new.metadata.is_some(),
        cause: None,
    });
    names.into_iter().map(of_property).chain(metadata).collect()
}

/// Whether a group's instances are obsolete under the new template.
pub(super) fn relaunches(old: &Resource, new: &Resource) -> bool {
    let texts =
        matches!((&old.role, &new.role), (Role::Group(old), Role::Group(new)) if old.launch != new.launch);
    texts || changed_properties(old, new).any(|name| LAUNCH_PROPERTIES.contains(&name))
}

/// Whether it is another launch template, not a launch configuration, that makes instances obsolete: where there are none,
/// no other group is needed for it.
///
/// Source: <https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1475>
fn launches_by_template(old: &Resource, new: &Resource) -> bool {
    let configuration = "LaunchConfigurationName";
    !old.properties.contains_key(configuration) && !new.properties.contains_key(configuration)
}

fn differs(old: &Resource, new: &Resource) -> bool {
    let size = |it: &crate::model::Group| (it.min_size, it.max_size, it.sets_desired, it.desired_capacity);
    let roles_differ = match (&old.role, &new.role) {
        (Role::Group(old), Role::Group(new)) => size(old) != size(new) || old.launch != new.launch,
        (Role::WaitCondition(old @ Wait::Handle { .. }), Role::WaitCondition(new)) => old != new,
        (Role::WaitCondition(Wait::Signals(_)), Role::WaitCondition(Wait::Handle { .. })) => true,
        _ => false,
    };
    roles_differ || old.properties != new.properties
}

fn changed_properties<'a>(old: &'a Resource, new: &'a Resource) -> impl Iterator<Item = &'a str> {
    let gone = old.properties.keys().filter(|name| !new.properties.contains_key(*name));
    let other = new.properties.iter().filter(|(name, text)| old.properties.get(*name) != Some(*text));
    gone.chain(other.map(|(name, _)| name)).map(String::as_str)
}

/// Whether another value of this property needs another resource: the types that signals have to do with, and what
/// usually stands beside them in a template. Of any other type every property is taken for one that can be changed.
///
/// Source: "Update requires: Replacement" in
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>
fn replaces(resource_type: &str, property: &str) -> bool {
    match resource_type {
        "AWS::EC2::Instance" => matches!(
            property,
            "AvailabilityZone"
                | "CpuOptions"
                | "ElasticGpuSpecifications"
                | "ElasticInferenceAccelerators"
                | "EnclaveOptions"
                | "HibernationOptions"
                | "ImageId"
                | "Ipv6AddressCount"
                | "Ipv6Addresses"
                | "KeyName"
                | "LaunchTemplate"
                | "LicenseSpecifications"
                | "NetworkInterfaces"
                | "PlacementGroupName"
                | "PrivateIpAddress"
                | "SecurityGroups"
                | "SubnetId"
        ),
        "AWS::AutoScaling::LaunchConfiguration" => true,
        "AWS::AutoScaling::AutoScalingGroup" => matches!(property, "AutoScalingGroupName" | "InstanceId"),
        "AWS::EC2::LaunchTemplate" => property == "LaunchTemplateName",
        "AWS::EC2::SecurityGroup" => matches!(property, "GroupDescription" | "GroupName" | "VpcId"),
        "AWS::IAM::InstanceProfile" => matches!(property, "InstanceProfileName" | "Path"),
        "AWS::IAM::Role" => matches!(property, "Path" | "RoleName"),
        _ => false,
    }
}
