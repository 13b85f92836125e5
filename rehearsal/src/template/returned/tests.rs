#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::{Template, TemplateError};
use super::{LIST, attributes};

const TYPES: &str = "
Resources:
  Done: {Type: AWS::CloudFormation::WaitCondition, CreationPolicy: {ResourceSignal: {}}}
  Box: {Type: AWS::EC2::Instance}
  Bucket: {Type: AWS::S3::Bucket}
  Base: {Type: AWS::RDS::DBInstance}
  Launch: {Type: AWS::AutoScaling::LaunchConfiguration}
  Child: {Type: AWS::CloudFormation::Stack}
  Own: {Type: Custom::Thing}
  New: {Type: AWS::Never::Heard}
  Module: {Type: 'Own::Net::Vpc::MODULE'}
Outputs: {O: {Value: VALUE}}
";

/// What the service says of an output with this value.
fn told(value: &str) -> Option<String> {
    match Template::parse(&TYPES.replace("VALUE", value), "t").unwrap().check() {
        Err(TemplateError::Invalid { message, .. }) => message,
        _ => None,
    }
}

#[test]
fn attributes_that_are_none_are_refused() {
    for (value, resource, attribute) in [
        ("!GetAtt Box.Nonsense", "Box", "Nonsense"),
        ("!GetAtt [Box, PublicIP]", "Box", "PublicIP"),
        ("!GetAtt Done.Data.S3Key", "Done", "Data.S3Key"),
        ("!Sub 'a ${Bucket.ARN}'", "Bucket", "ARN"),
        ("!Sub ['${Bucket.Name} ${A.B}', {A.B: !GetAtt Launch.Arn}]", "Launch", "Arn"),
        ("!If [Never, !GetAtt Bucket.Arn, !GetAtt Bucket.arn]", "Bucket", "arn"),
        ("{'Fn::GetAtt': [Base, Endpoint_Port]}", "Base", "Endpoint_Port"),
    ] {
        let text = TYPES
            .replace("Outputs:", "Conditions: {Never: !Equals [a, b]}\nOutputs:")
            .replace("VALUE", value);
        let error = Template::parse(&text, "t").unwrap().check().unwrap_err();
        let TemplateError::Invalid { message, .. } = &error else { unreachable!("{error}") };
        let expected = format!(
            "Template error: resource {resource} does not support attribute type {attribute} in Fn::GetAtt"
        );
        assert_eq!(message.as_deref(), Some(expected.as_str()), "{value}");
    }
    let at = Template::parse(&TYPES.replace("VALUE", "!Sub 'a ${Bucket.Nope}'"), "t")
        .unwrap()
        .check()
        .unwrap_err();
    let at = at.to_string();
    assert!(
        at.starts_with("t:12:30: Outputs.O.Value: AWS::S3::Bucket has no attribute Nope; it has Arn, "),
        "{at}"
    );
}

#[test]
fn what_there_is_and_what_is_not_known_is_taken() {
    for value in [
        "!GetAtt Box.PrivateIp",
        "!GetAtt Box.InstanceType",
        "!GetAtt Done.Data",
        "!GetAtt Bucket.Arn",
        "!GetAtt Base.Endpoint.Address",
        "!Sub '${Base.Endpoint.Port} ${!Bucket.Nope}'",
        "!Sub ['${Bucket.Nope}', {Bucket.Nope: a}]",
        "!GetAtt Child.Outputs.Anything",
        "!GetAtt Own.Anything.At.All",
        "!GetAtt New.Anything",
        "!GetAtt Module.Bucket.Anything",
        "!GetAtt [Box, !Ref AWS::Region]",
    ] {
        assert_eq!(told(value), None, "{value}");
    }
    let transformed =
        format!("Transform: AWS::Serverless-2016-10-31\n{}", TYPES.replace("VALUE", "!GetAtt Box.Nope"));
    assert!(Template::parse(&transformed, "t").unwrap().check().is_ok());
}

#[test]
fn every_attribute_with_a_value_of_ours_is_in_the_list() {
    let types: Vec<&str> = LIST
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(types.len() > 40 && types.is_sorted(), "{types:?}");
    for (resource_type, attribute) in [
        ("AWS::EC2::VPC", "VpcId"),
        ("AWS::EC2::SecurityGroup", "GroupId"),
        ("AWS::EC2::LaunchTemplate", "LatestVersionNumber"),
        ("AWS::SNS::Topic", "TopicArn"),
        ("AWS::SQS::Queue", "QueueUrl"),
        ("AWS::IAM::InstanceProfile", "Arn"),
        ("AWS::EC2::EIP", "AllocationId"),
    ] {
        assert!(attributes(resource_type).unwrap().split(' ').any(|it| it == attribute), "{attribute}");
    }
}
