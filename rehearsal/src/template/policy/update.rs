//! A group's `UpdatePolicy`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html>

use std::time::Duration;

use super::{
    super::{
        error::{Fault, quoted},
        functions::Resolver,
        node::Node,
        value::Value,
    },
    fields::{flag, iso_duration, map, only, percent, whole},
};
use crate::duration;
use crate::model::{RollingUpdate, UpdatePolicy};

const POLICIES: [&str; 4] = [
    "AutoScalingRollingUpdate",
    "AutoScalingReplacingUpdate",
    "AutoScalingScheduledAction",
    "AutoScalingInstanceRefresh",
];
const ROLLING: [&str; 7] = [
    "MaxBatchSize",
    "MinActiveInstancesPercent",
    "MinInstancesInService",
    "MinSuccessfulInstancesPercent",
    "PauseTime",
    "SuspendProcesses",
    "WaitOnResourceSignals",
];
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html>
const PROCESSES: [&str; 9] = [
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
];
const MAX_BATCH: u32 = 100;
const PAUSE_WITH_SIGNALS: Duration = Duration::from_secs(300);

/// What an update does to a group.
#[derive(Default)]
pub(super) struct Update {
    /// To its instances. An instance refresh waits for no signals, so it is no policy here.
    pub(super) policy: UpdatePolicy,
    /// To its sizes: it leaves those that it does not change.
    pub(super) keeps_unmodified_sizes: bool,
}

pub(super) fn policy(resolver: &Resolver<'_>, resource: &Node) -> Result<Update, Fault> {
    let Some(policy) = map(resolver, resource, "UpdatePolicy", "a group's UpdatePolicy", &POLICIES)? else {
        return Ok(Update::default());
    };
    let mut keeps_unmodified_sizes = false;
    let scheduled = "AutoScalingScheduledAction";
    if let Some(node) = map(
        resolver,
        policy,
        scheduled,
        "an AutoScalingScheduledAction",
        &["IgnoreUnmodifiedGroupSizeProperties"],
    )? {
        keeps_unmodified_sizes = flag(resolver, node, "IgnoreUnmodifiedGroupSizeProperties")?;
    }
    let what = "an AutoScalingRollingUpdate";
    let rolling = map(resolver, policy, "AutoScalingRollingUpdate", what, &ROLLING)?;
    let rolling = match rolling {
        Some(node) => Some((node, rolling_update(resolver, node)?)),
        None => None,
    };
    if let (Some((node, _)), Some(_)) = (&rolling, policy.get("AutoScalingInstanceRefresh")) {
        let problem = "a group has either AutoScalingRollingUpdate or AutoScalingInstanceRefresh";
        return Err(Fault::invalid(node, problem));
    }
    let what = "an AutoScalingReplacingUpdate";
    if let Some(node) = map(resolver, policy, "AutoScalingReplacingUpdate", what, &["WillReplace"])?
        && flag(resolver, node, "WillReplace")?
    {
        return Ok(Update { policy: UpdatePolicy::Replacing, keeps_unmodified_sizes });
    }
    let policy = rolling.map_or(UpdatePolicy::None, |(_, update)| UpdatePolicy::Rolling(update));
    Ok(Update { policy, keeps_unmodified_sizes })
}

fn rolling_update(resolver: &Resolver<'_>, node: &Node) -> Result<RollingUpdate, Fault> {
    only(node, "an AutoScalingRollingUpdate", &ROLLING)?;
    let batch = whole(resolver, node, "MaxBatchSize", "instances")?;
    if let Some((at, size)) = batch.filter(|(_, size)| !(1..=MAX_BATCH).contains(size)) {
        let problem = format!("a MaxBatchSize of {size}: a batch is of 1 to {MAX_BATCH} instances");
        return Err(Fault::invalid(at, problem));
    }
    // Where it leaves no room under the group's MaxSize, an update fails once it has to replace instances.
    let in_service = whole(resolver, node, "MinInstancesInService", "instances")?;
    // It changes no wait for signals, but is one of those that CloudFormation checks.
    percent(resolver, node, "MinActiveInstancesPercent")?;
    let suspended = processes(resolver, node)?;
    let wait_on_resource_signals = flag(resolver, node, "WaitOnResourceSignals")?;
    let pause = pause(resolver, node)?;
    let unless_told = if wait_on_resource_signals { PAUSE_WITH_SIGNALS } else { Duration::ZERO };
    Ok(RollingUpdate {
        max_batch_size: batch.map_or(1, |(_, size)| size),
        min_instances_in_service: in_service.map_or(0, |(_, least)| least),
        min_successful: percent(resolver, node, "MinSuccessfulInstancesPercent")?,
        pause: pause.unwrap_or(unless_told),
        wait_on_resource_signals,
        suspends_scaling: suspended.iter().any(|it| it == "AlarmNotification"),
    })
}

/// Whatever is no `PauseTime` is none that there could be: an update fails once it has to replace instances.
fn pause(resolver: &Resolver<'_>, node: &Node) -> Result<Option<Duration>, Fault> {
    match iso_duration(resolver, node, "PauseTime", "an AutoScalingRollingUpdate", duration::LONGEST_PAUSE) {
        Err(fault) if !fault.is_unresolved() => Ok(Some(Duration::MAX)),
        pause => pause,
    }
}

/// Those that do not go on meanwhile.
fn processes(resolver: &Resolver<'_>, node: &Node) -> Result<Vec<String>, Fault> {
    let Some(list) = node.get("SuspendProcesses") else { return Ok(Vec::new()) };
    let Some(list) = resolver.chosen(list)? else { return Ok(Vec::new()) };
    let names = match resolver.value(list) {
        Ok(Value::List(names)) => names,
        Ok(one @ Value::Text(_)) => vec![one],
        // Which they are changes no wait for signals.
        Ok(Value::Absent) => return Ok(Vec::new()),
        Err(fault) if fault.is_unresolved() => return Ok(Vec::new()),
        Err(fault) => return Err(fault),
    };
    let texts = names.into_iter().filter_map(|it| match it {
        Value::Text(name) => Some(name),
        _ => None,
    });
    let names: Vec<_> = texts.collect();
    for name in &names {
        if !PROCESSES.contains(&name.as_str()) {
            let problem =
                format!("{} is no process of a group; there are {}", quoted(name), PROCESSES.join(", "));
            return Err(Fault::invalid(list, problem));
        }
    }
    Ok(names)
}
