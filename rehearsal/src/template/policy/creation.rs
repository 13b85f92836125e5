//! `CreationPolicy`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html>

use std::time::Duration;

use super::{
    super::{error::Fault, functions::Resolver, node::Node},
    fields::{iso_duration, map, only, percent, whole},
    ignored,
};
use crate::duration;
use crate::model::{CreationPolicy, GroupCreationPolicy};

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

/// The signals that a creation waits for; none where the policy asks for none.
pub(super) fn creation_policy(
    resolver: &Resolver<'_>,
    policy: &Node,
) -> Result<Option<CreationPolicy>, Fault> {
    keys(policy)?;
    let signal = resource_signal(resolver, policy)?;
    if signal.is_none() {
        ignored::waits_for_nothing(resolver, policy);
    }
    Ok(signal)
}

/// The signals that a group's creation waits for: none where its policy only says how many of them have to succeed,
/// as the CDK writes it beside a replacing update.
pub(super) fn of_group(resolver: &Resolver<'_>, policy: &Node) -> Result<Option<GroupCreationPolicy>, Fault> {
    keys(policy)?;
    let share = map(
        resolver,
        policy,
        "AutoScalingCreationPolicy",
        "an AutoScalingCreationPolicy",
        &["MinSuccessfulInstancesPercent"],
    )?;
    let Some(share) = share else {
        let signal = creation_policy(resolver, policy)?;
        let min_successful = crate::model::Percent::ALL;
        return Ok(signal.map(|signal| GroupCreationPolicy { signal, min_successful }));
    };
    let min_successful = percent(resolver, share, "MinSuccessfulInstancesPercent")?;
    Ok(resource_signal(resolver, policy)?.map(|signal| GroupCreationPolicy { signal, min_successful }))
}

fn keys(policy: &Node) -> Result<(), Fault> {
    only(policy, "a CreationPolicy", &["ResourceSignal", "AutoScalingCreationPolicy"])
}

fn resource_signal(resolver: &Resolver<'_>, policy: &Node) -> Result<Option<CreationPolicy>, Fault> {
    let signal = map(resolver, policy, "ResourceSignal", "a ResourceSignal", &["Count", "Timeout"])?;
    let Some(signal) = signal else { return Ok(None) };
    let count = whole(resolver, signal, "Count", "signals")?.map_or(1, |(_, count)| count);
    let timeout = iso_duration(resolver, signal, "Timeout", "a CreationPolicy", duration::MAX);
    let timeout = resolver.refused_later(timeout)?.flatten();
    Ok(Some(CreationPolicy { count, timeout: timeout.unwrap_or(DEFAULT_TIMEOUT) }))
}
