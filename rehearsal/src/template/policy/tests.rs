#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::{collections::BTreeMap, time::Duration};

use super::super::{Inputs, Template};
use crate::model::{CreationPolicy, Role, Wait};

/// The role of the resource `R` that is declared so, beside a handle `H` and the parameter `P`, whose value is 2.
fn role(declaration: &str) -> Result<Role, String> {
    let text = format!(
        "Parameters: {{P: {{Type: Number, Default: 2}}, U: {{Type: AWS::EC2::VPC::Id}}}}\n\
         Conditions: {{Never: !Equals [a, b]}}\n\
         Resources:\n  H: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  R: {declaration}"
    );
    let template = Template::parse(&text, "t").unwrap();
    let inputs = Inputs {
        stack_name: "stack".to_owned(),
        stack_id: "arn:stack".to_owned(),
        region: "eu-west-1".to_owned(),
        account_id: "123456789012".to_owned(),
        parameters: &BTreeMap::new(),
        physical_id: &|logical_id, _| logical_id.to_owned(),
        get_att: &|_, _| None,
    };
    let stack = template.plan(&inputs).map_err(|error| error.to_string())?;
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
        "{Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: {AutoScalingRollingUpdate: {}}}",
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
            "AWS::EC2::Instance, CreationPolicy: {}",
            "R.CreationPolicy: a CreationPolicy without ResourceSignal waits for nothing; add ResourceSignal, or remove it",
        ),
        (
            "AWS::EC2::Instance, CreationPolicy: [a]",
            "R.CreationPolicy: a CreationPolicy is a map of ResourceSignal, AutoScalingCreationPolicy; this is a list",
        ),
        (
            "AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Count: -1}}",
            "Count: \"-1\" is no Count, a whole number of signals",
        ),
        (
            "AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Count: !Ref P}}",
            "Count: a Count of 2 on one instance: an instance signals once, so the Count is 1",
        ),
        (
            "AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: 15 minutes}}",
            "Timeout: \"15 minutes\" is no Timeout of a CreationPolicy, PT#H#M#S; for 15 minutes write PT15M",
        ),
        (
            "AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: !Ref U}}",
            "Timeout: the parameter U is needed here and its value cannot be known; give it with --param U=VALUE",
        ),
        (
            "AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: }}",
            "Timeout: this is empty, and CloudFormation takes no empty values",
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
        (
            "AWS::CloudFormation::WaitCondition, Properties: {Count: 1}, CreationPolicy: {ResourceSignal: {}}",
            "Count: a wait condition has either a Handle or a CreationPolicy; with its CreationPolicy it takes no Count",
        ),
        (
            "AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref H, Timeout: soon}",
            "Timeout: \"soon\" is no Timeout of a wait condition, a number of seconds",
        ),
    ] {
        let told = role(&format!("{{Type: {declaration}}}")).unwrap_err();
        assert!(
            told.starts_with("t:5:") && told.ends_with(expected),
            "{declaration}\n  {told}\n  {expected}"
        );
    }
}
