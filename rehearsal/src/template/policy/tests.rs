#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::time::Duration;

use super::super::{Template, inputs::sample::inputs};
use crate::model::{
    CreationPolicy, Group, GroupCreationPolicy, Percent, Role, RollingUpdate, UpdatePolicy, Wait,
};

/// The role of the resource `R` that is declared so, beside a handle `H` and the parameter `P`, whose value is 2.
fn role(declaration: &str) -> Result<Role, String> {
    let text = format!(
        "Parameters: {{P: {{Type: Number, Default: 2}}, U: {{Type: AWS::EC2::VPC::Id}}}}\n\
         Conditions: {{Never: !Equals [a, b]}}\n\
         Resources:\n  H: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  R: {declaration}"
    );
    let template = Template::parse(&text, "t").unwrap();
    let stack = template.resolve(&inputs()).map_err(|error| error.to_string())?.stack;
    Ok(stack.resources.into_iter().find(|resource| resource.logical_id == "R").unwrap().role)
}

fn policy(count: u32, seconds: u64) -> CreationPolicy {
    CreationPolicy { count, timeout: Duration::from_secs(seconds) }
}

#[test]
fn instances() {
    for (declaration, expected) in [
        ("", None),
        (", CreationPolicy: !Ref 'AWS::NoValue'", None),
        (", CreationPolicy: !If [Never, {ResourceSignal: {}}, !Ref 'AWS::NoValue']", None),
        (", CreationPolicy: {ResourceSignal: {}}", Some(policy(1, 300))),
        (", CreationPolicy: {ResourceSignal: {Count: 0, Timeout: PT12H}}", Some(policy(0, 43_200))),
        (", CreationPolicy: {ResourceSignal: {Count: '1', Timeout: PT1M30S}}", Some(policy(1, 90))),
        (", CreationPolicy: {ResourceSignal: {Count: !Ref P}}", Some(policy(2, 300))),
        (", CreationPolicy: {ResourceSignal: {Timeout: !Sub 'PT${P}M'}}", Some(policy(1, 120))),
        (
            ", CreationPolicy: {ResourceSignal: {Timeout: !If [Never, PT1M, !Ref 'AWS::NoValue']}}",
            Some(policy(1, 300)),
        ),
    ] {
        let creation_policy = expected;
        let role = role(&format!("{{Type: AWS::EC2::Instance{declaration}}}"));
        assert_eq!(role, Ok(Role::Instance { creation_policy }), "{declaration}");
    }
}

#[test]
fn wait_conditions() {
    let handle = |count: u32, seconds: u64| Wait::Handle {
        handle: "H".to_owned(),
        count,
        timeout: Duration::from_secs(seconds),
    };
    for (declaration, expected) in [
        ("Properties: {Handle: !Ref H, Timeout: 43200}", handle(1, 43_200)),
        ("Properties: {Handle: !Sub '${H}', Timeout: '60', Count: '3'}", handle(3, 60)),
        ("Properties: {Handle: !If [Never, x, !Ref H], Timeout: !Ref P, Count: !Ref P}", handle(2, 2)),
        ("CreationPolicy: {ResourceSignal: {Count: !Ref P}}", Wait::Signals(policy(2, 300))),
    ] {
        let role = role(&format!("{{Type: AWS::CloudFormation::WaitCondition, {declaration}}}"));
        assert_eq!(role, Ok(Role::WaitCondition(expected)), "{declaration}");
    }
}

#[test]
fn other_resources() {
    for declaration in [
        "{Type: AWS::S3::Bucket}",
        "{Type: AWS::ElastiCache::ReplicationGroup, UpdatePolicy: {UseOnlineResharding: true}}",
        "{Type: AWS::AppStream::Fleet, CreationPolicy: {StartFleet: true}}",
    ] {
        assert_eq!(role(declaration), Ok(Role::Other), "{declaration}");
    }
    assert_eq!(role("{Type: AWS::CloudFormation::WaitConditionHandle}"), Ok(Role::WaitConditionHandle));
}

#[test]
fn what_is_refused() {
    for (declaration, expected) in [
        (
            "AWS::EC2::Instance, CreationPolicy: [a]",
            "R.CreationPolicy: a CreationPolicy is a map of ResourceSignal, AutoScalingCreationPolicy; this is a list",
        ),
        (
            "AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Count: -1}}",
            "Count: \"-1\" is no Count, a whole number of signals",
        ),
        (
            "AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: !Ref U}}",
            "Timeout: the parameter U is needed here and its value cannot be known; give it with --param U=VALUE",
        ),
        (
            "AWS::CloudFormation::WaitCondition, Properties: {Timeout: 1}",
            "R.Properties: a wait condition needs either a Handle or a CreationPolicy, or nobody can signal it",
        ),
        (
            "AWS::CloudFormation::WaitCondition, Properties: {Handle: 'https://example.com/', Timeout: 1}",
            "Handle: a Handle is a Ref to an AWS::CloudFormation::WaitConditionHandle of the same template",
        ),
        (
            "AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref P, Timeout: 1}",
            "Handle: a Handle is a Ref to an AWS::CloudFormation::WaitConditionHandle of the same template",
        ),
        (
            "AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref H, Timeout: 1, Counts: 1}",
            "Counts: a wait condition has no \"Counts\"; it has Handle, Timeout, Count",
        ),
    ] {
        let told = role(&format!("{{Type: {declaration}}}")).unwrap_err();
        assert!(
            told.starts_with("t:5:") && told.ends_with(expected),
            "{declaration}\n  {told}\n  {expected}"
        );
    }
}

fn percent(tenths: u16) -> Percent {
    Percent::from_tenths(tenths).unwrap()
}

fn group(declaration: &str) -> Result<Group, String> {
    match role(&format!("{{Type: AWS::AutoScaling::AutoScalingGroup, {declaration}}}"))? {
        Role::Group(group) => Ok(group),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn sizes_of_groups() {
    for (properties, expected) in [
        ("MinSize: 1, MaxSize: '4'", (1, 4, 1)),
        ("MinSize: !Ref P, MaxSize: 4, DesiredCapacity: !Ref P", (2, 4, 2)),
        ("MinSize: 0, MaxSize: 0", (0, 0, 0)),
        ("MinSize: 1, MaxSize: 4, DesiredCapacity: !If [Never, 9, 4]", (1, 4, 4)),
        ("MinSize: 1, MaxSize: 4, DesiredCapacity: !Ref 'AWS::NoValue'", (1, 4, 1)),
    ] {
        let group = group(&format!("Properties: {{{properties}}}")).unwrap();
        assert_eq!((group.min_size, group.max_size, group.desired_capacity), expected, "{properties}");
        assert_eq!((group.creation_policy, group.update_policy), (None, UpdatePolicy::None));
    }
}

#[test]
fn creation_of_groups() {
    let all = |signal| Some(GroupCreationPolicy { signal, min_successful: Percent::ALL });
    let half = |signal| Some(GroupCreationPolicy { signal, min_successful: percent(500) });
    for (policy, expected) in [
        ("{ResourceSignal: {}}", all(policy(1, 300))),
        ("{ResourceSignal: {Count: 30, Timeout: PT12H}}", all(policy(30, 43_200))),
        (
            "{ResourceSignal: {Count: !Ref P}, AutoScalingCreationPolicy: {MinSuccessfulInstancesPercent: 50}}",
            half(policy(2, 300)),
        ),
        ("{ResourceSignal: {}, AutoScalingCreationPolicy: {}}", all(policy(1, 300))),
        ("{AutoScalingCreationPolicy: {MinSuccessfulInstancesPercent: 50}}", None),
        ("!Ref 'AWS::NoValue'", None),
    ] {
        let group =
            group(&format!("Properties: {{MinSize: 2, MaxSize: 4}}, CreationPolicy: {policy}")).unwrap();
        assert_eq!(group.creation_policy, expected, "{policy}");
    }
}

#[test]
fn updates_of_groups() {
    let rolling = |batch, in_service, tenths, seconds, wait| {
        UpdatePolicy::Rolling(RollingUpdate {
            max_batch_size: batch,
            min_instances_in_service: in_service,
            min_successful: percent(tenths),
            pause: Duration::from_secs(seconds),
            wait_on_resource_signals: wait,
            suspends_scaling: false,
        })
    };
    for (policy, expected) in [
        ("{}", UpdatePolicy::None),
        ("{AutoScalingRollingUpdate: {}}", rolling(1, 0, 1000, 0, false)),
        ("{AutoScalingRollingUpdate: {WaitOnResourceSignals: 'true'}}", rolling(1, 0, 1000, 300, true)),
        (
            "{AutoScalingRollingUpdate: {MaxBatchSize: 100, MinInstancesInService: 3, PauseTime: PT1H, WaitOnResourceSignals: true, MinSuccessfulInstancesPercent: 33.35, MinActiveInstancesPercent: 50, SuspendProcesses: [AZRebalance, HealthCheck]}}",
            rolling(100, 3, 334, 3600, true),
        ),
        (
            "{AutoScalingRollingUpdate: {PauseTime: PT0S, WaitOnResourceSignals: false, MinSuccessfulInstancesPercent: 0}}",
            rolling(1, 0, 0, 0, false),
        ),
        (
            "{AutoScalingRollingUpdate: {}, AutoScalingReplacingUpdate: {WillReplace: true}}",
            UpdatePolicy::Replacing,
        ),
        (
            "{AutoScalingRollingUpdate: {}, AutoScalingReplacingUpdate: {WillReplace: false}}",
            rolling(1, 0, 1000, 0, false),
        ),
        ("{AutoScalingScheduledAction: {IgnoreUnmodifiedGroupSizeProperties: true}}", UpdatePolicy::None),
        ("{AutoScalingInstanceRefresh: {Strategy: Rolling}}", UpdatePolicy::None),
    ] {
        let group =
            group(&format!("Properties: {{MinSize: 2, MaxSize: 4}}, UpdatePolicy: {policy}")).unwrap();
        assert_eq!(group.update_policy, expected, "{policy}");
    }
}

#[test]
fn what_is_refused_of_groups() {
    let sizes = "Properties: {MinSize: 2, MaxSize: 4}";
    let rolling = |policy: &str| format!("{sizes}, UpdatePolicy: {{AutoScalingRollingUpdate: {{{policy}}}}}");
    for (declaration, expected) in [
        (
            "Properties: {MinSize: 1}".to_owned(),
            "R.Properties: an Auto Scaling group needs a MaxSize, a whole number of instances",
        ),
        (
            "UpdatePolicy: {}".to_owned(),
            "Resources.R: an Auto Scaling group needs a MinSize, a whole number of instances",
        ),
        (
            "Properties: {MinSize: some, MaxSize: 1}".to_owned(),
            "MinSize: \"some\" is no MinSize, a whole number of instances",
        ),
        (
            "Properties: {MinSize: !Ref U, MaxSize: 1}".to_owned(),
            "MinSize: the parameter U is needed here and its value cannot be known; give it with --param U=VALUE",
        ),
        (
            "Properties: {MinSize: '{{resolve:ssm:/least}}', MaxSize: 1}".to_owned(),
            "MinSize: \"{{resolve:ssm:/least}}\" is needed here, and only the real service knows its value; give it with --resolve ssm:/least=VALUE",
        ),
        (
            format!(
                "{sizes}, CreationPolicy: {{AutoScalingCreationPolicy: {{MinSuccessfulInstancesPercent: 101}}}}"
            ),
            "MinSuccessfulInstancesPercent: \"101\" is no MinSuccessfulInstancesPercent, a number from 0 to 100",
        ),
        (rolling("MaxBatchSize: 0"), "MaxBatchSize: a MaxBatchSize of 0: a batch is of 1 to 100 instances"),
        (
            rolling("WaitOnResourceSignals: 1"),
            "WaitOnResourceSignals: \"1\" is no WaitOnResourceSignals: true or false",
        ),
        (
            rolling("MinSuccessfulInstancesPercent: half"),
            "MinSuccessfulInstancesPercent: \"half\" is no MinSuccessfulInstancesPercent, a number from 0 to 100",
        ),
        (
            rolling("SuspendProcesses: [Sleep]"),
            "SuspendProcesses: \"Sleep\" is no process of a group; there are AddToLoadBalancer, AlarmNotification, AZRebalance, HealthCheck, InstanceRefresh, Launch, ReplaceUnhealthy, ScheduledActions, Terminate",
        ),
        (
            rolling("MaxBatch: 1"),
            "MaxBatch: an AutoScalingRollingUpdate has no \"MaxBatch\"; it has MaxBatchSize, MinActiveInstancesPercent, MinInstancesInService, MinSuccessfulInstancesPercent, PauseTime, SuspendProcesses, WaitOnResourceSignals",
        ),
        (
            format!(
                "{sizes}, UpdatePolicy: {{AutoScalingRollingUpdate: {{}}, AutoScalingInstanceRefresh: {{}}}}"
            ),
            "AutoScalingRollingUpdate: a group has either AutoScalingRollingUpdate or AutoScalingInstanceRefresh",
        ),
    ] {
        let told = group(&declaration).unwrap_err();
        assert!(
            told.starts_with("t:5:") && told.ends_with(expected),
            "{declaration}\n  {told}\n  {expected}"
        );
    }
}
