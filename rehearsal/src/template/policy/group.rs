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
    let (_, min_size) = size(resolver, node, "MinSize")?;
    let (at, max_size) = size(resolver, node, "MaxSize")?;
    if max_size < min_size {
        return Err(Fault::invalid(
            at,
            format!("a MaxSize of {max_size} is less than the MinSize, {min_size}"),
        ));
    }
    let desired = whole(resolver, node, "DesiredCapacity", "instances")?;
    if let Some((at, desired)) = desired.filter(|(_, desired)| !(min_size..=max_size).contains(desired)) {
        let problem = format!(
            "a DesiredCapacity of {desired} is not between the MinSize, {min_size}, and the MaxSize, {max_size}"
        );
        return Err(Fault::invalid(at, problem));
    }
    Ok(Group {
        min_size,
        max_size,
        desired_capacity: desired.map_or(min_size, |(_, desired)| desired),
        creation_policy: match policy {
            Some(policy) => creation::of_group(resolver, policy)?,
            None => None,
        },
        update_policy: update::policy(resolver, &resource.value, max_size)?,
        launch,
    })
}

fn size<'n>(resolver: &Resolver<'_>, node: &'n Node, key: &str) -> Result<(&'n Node, u32), Fault> {
    whole(resolver, node, key, "instances")?.ok_or_else(|| {
        let problem = format!("an Auto Scaling group needs a {key}, a whole number of instances");
        Fault::invalid(node, problem)
    })
}
