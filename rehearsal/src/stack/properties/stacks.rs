//! Stacks that depend on each other's resources and differ in some.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use proptest::prelude::*;

use crate::model::{
    CreationPolicy, Group, GroupCreationPolicy, Percent, Removal, Resource, Role, RollingUpdate, Stack,
    UpdatePolicy, Wait,
};

pub(super) const RESOURCES: usize = 6;

pub(super) fn name(at: usize) -> String {
    format!("R{at}")
}

pub(super) fn instance_id(number: u64) -> String {
    format!("i-{number:017x}")
}

/// A seed of one resource: its kind, sizes and policies, and what it depends on.
type Seed = (u8, u32, u64, u8, u16);

fn role(at: usize, (kind, count, seconds, _, tenths): Seed, launch: &str) -> (&'static str, Role) {
    let timeout = Duration::from_secs(seconds);
    let signal = CreationPolicy { count, timeout };
    let percent = Percent::from_tenths(tenths).unwrap_or(Percent::ALL);
    let rolling = RollingUpdate {
        max_batch_size: count,
        min_instances_in_service: u32::from(tenths % 3),
        min_successful: percent,
        pause: Duration::from_secs(seconds % 20),
        wait_on_resource_signals: kind != 7,
        suspends_scaling: seconds % 7 == 0,
    };
    let policy = match kind {
        5 => UpdatePolicy::Replacing,
        6 | 7 => UpdatePolicy::Rolling(rolling),
        _ => UpdatePolicy::None,
    };
    let sets_desired = seconds % 3 != 0;
    let group = Group {
        min_size: if sets_desired { 0 } else { count },
        max_size: count + 1,
        desired_capacity: count,
        sets_desired,
        keeps_unmodified_sizes: seconds % 5 == 0,
        creation_policy: (seconds % 2 == 0)
            .then_some(GroupCreationPolicy { signal, min_successful: percent }),
        update_policy: policy,
        launch: launch.to_owned(),
    };
    match kind {
        0 => ("AWS::EC2::Instance", Role::Instance { creation_policy: None }),
        1 => {
            let creation_policy = Some(CreationPolicy { count: 1, timeout });
            ("AWS::EC2::Instance", Role::Instance { creation_policy })
        }
        2 => ("AWS::CloudFormation::WaitCondition", Role::WaitCondition(Wait::Signals(signal))),
        3 if at > 0 => {
            let wait = Wait::Handle { handle: name(0), count, timeout };
            ("AWS::CloudFormation::WaitCondition", Role::WaitCondition(wait))
        }
        4..=7 => ("AWS::AutoScaling::AutoScalingGroup", Role::Group(group)),
        _ => ("AWS::SNS::Topic", Role::Other),
    }
}

fn resource(at: usize, seed: Seed, version: u8) -> Resource {
    // 0 is as it was; 1 changes a property, 2 one that needs a replacement, 3 what a group launches.
    let launch = if version == 3 { "v2" } else { "v1" };
    let (resource_type, role) = if at == 0 {
        ("AWS::CloudFormation::WaitConditionHandle", Role::WaitConditionHandle)
    } else {
        role(at, seed, launch)
    };
    let mut dependencies: Vec<_> = (1..at).filter(|it| seed.3 >> it & 1 == 1).map(name).collect();
    if matches!(role, Role::WaitCondition(Wait::Handle { .. })) {
        dependencies.push(name(0));
    }
    let property = match version {
        1 => Some("Tags"),
        2 => Some("ImageId"),
        _ => None,
    };
    Resource {
        logical_id: name(at),
        resource_type: resource_type.to_owned(),
        physical_id: if resource_type == "AWS::EC2::Instance" {
            instance_id(u64::MAX - u64::try_from(at).unwrap_or_default())
        } else {
            format!("physical-{at}")
        },
        dependencies,
        role,
        refusal: None,
        properties: property.map(|name| (name.to_owned(), "changed".to_owned())).into_iter().collect(),
        metadata: None,
        deletion_policy: Removal::Delete,
        update_replace_policy: Removal::Delete,
    }
}

/// Version 4 is not there.
fn variant(seeds: &[Seed], versions: &[u8]) -> Stack {
    let mut resources: Vec<_> = seeds
        .iter()
        .zip(versions)
        .enumerate()
        .filter(|(_, (_, version))| **version < 4)
        .map(|(at, (seed, version))| resource(at, *seed, *version))
        .collect();
    let there: HashSet<_> = resources.iter().map(|it| it.logical_id.clone()).collect();
    for resource in &mut resources {
        resource.dependencies.retain(|on| there.contains(on));
    }
    Stack {
        name: "stack".to_owned(),
        id: "arn:stack".to_owned(),
        resources,
        extras: BTreeMap::new(),
        refusal: None,
    }
}

prop_compose! {
    /// A stack of a handle and others that may depend on those before them, and two more of the same.
    pub(super) fn stacks()(
        seeds in prop::collection::vec((0_u8..9, 1_u32..4, 1_u64..40, any::<u8>(), 0_u16..=1000), RESOURCES),
        versions in prop::collection::vec(
            prop::collection::vec(prop_oneof![3 => Just(0_u8), 5 => 1_u8..5], RESOURCES - 1), 3
        ),
    ) -> Vec<Stack> {
        versions
            .into_iter()
            .map(|versions| {
                // The handle is always there, and never changes.
                let versions: Vec<_> = [0].into_iter().chain(versions).collect();
                variant(&seeds, &versions)
            })
            .collect()
    }
}
