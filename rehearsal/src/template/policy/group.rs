//! An Auto Scaling group's sizes and policies.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html>

use super::{
    super::{
        error::Fault,
        functions::Resolver,
        node::{Entry, Node},
    },
    creation,
    fields::whole,
    properties, update,
};
use crate::model::Group;

pub(super) fn role(
    resolver: &Resolver<'_>,
    resource: &Entry,
    policy: Option<&Node>,
    launch: String,
) -> Result<Group, Fault> {
    let node = properties(resolver, &resource.value)?.unwrap_or(&resource.value);
    // Whether they go together is found out by Auto Scaling, when the stack gets to the group.
    let min_size = size(resolver, node, "MinSize")?;
    let max_size = size(resolver, node, "MaxSize")?;
    let desired = whole(resolver, node, "DesiredCapacity", "instances")?;
    let update = update::policy(resolver, &resource.value)?;
    Ok(Group {
        min_size,
        max_size,
        desired_capacity: desired.map_or(min_size, |(_, desired)| desired),
        sets_desired: desired.is_some(),
        keeps_unmodified_sizes: update.keeps_unmodified_sizes,
        creation_policy: match policy {
            Some(policy) => creation::of_group(resolver, policy)?,
            None => None,
        },
        update_policy: update.policy,
        launch,
    })
}

fn size(resolver: &Resolver<'_>, node: &Node, key: &str) -> Result<u32, Fault> {
    whole(resolver, node, key, "instances")?.map(|(_, size)| size).ok_or_else(|| {
        let problem = format!("an Auto Scaling group needs a {key}, a whole number of instances");
        Fault::invalid(node, problem)
    })
}
