#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::{Template, TemplateError, inputs::sample::inputs};
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
fn what_cloudformation_makes_itself_has_its_attributes_when_the_template_is_read() {
    for value in ["!GetAtt Done.Data.S3Key", "!Sub '${Done.Data.S3Key}'", "!GetAtt [Done, Data.S3Key]"] {
        let expected =
            "Template error: resource Done does not support attribute type Data.S3Key in Fn::GetAtt";
        assert_eq!(told(value).as_deref(), Some(expected), "{value}");
    }
}

/// What a stack and its resource `Asks` are refused for once they are made, and what is said of it beforehand.
fn late(part: &str, value: &str) -> (Option<String>, Vec<String>) {
    let asks = "  Asks: {Type: AWS::EC2::Instance, Properties: {P: PROPERTY}}\nConditions: {Never: !Equals [a, b]}\nOutputs:";
    let text = TYPES.replace("Outputs:", asks);
    let [property, output] = if part == "Properties" { [value, "a"] } else { ["a", value] };
    let text = text.replace("PROPERTY", property).replace("VALUE", output);
    let planned = Template::parse(&text, "t").unwrap().resolve(&inputs()).unwrap();
    let asks = planned.stack.resources.into_iter().find(|it| it.logical_id == "Asks").unwrap();
    let notes = planned.notes.iter().map(ToString::to_string).collect();
    (if part == "Properties" { asks.refusal } else { planned.stack.refusal }, notes)
}

#[test]
fn other_attributes_that_are_none_fail_when_they_are_asked_for() {
    for (value, attribute, resource_type) in [
        ("!GetAtt Box.Nonsense", "Nonsense", "AWS::EC2::Instance"),
        ("!GetAtt [Box, PublicIP]", "PublicIP", "AWS::EC2::Instance"),
        ("!Sub 'a ${Bucket.ARN}'", "ARN", "AWS::S3::Bucket"),
        (
            "!Sub ['${Bucket.Name} ${A.B}', {A.B: !GetAtt Launch.Arn}]",
            "Arn",
            "AWS::AutoScaling::LaunchConfiguration",
        ),
        ("!If [Never, !GetAtt Bucket.Arn, !GetAtt Bucket.arn]", "arn", "AWS::S3::Bucket"),
        ("{'Fn::GetAtt': [Base, Endpoint_Port]}", "Endpoint_Port", "AWS::RDS::DBInstance"),
    ] {
        for part in ["Properties", "Outputs"] {
            let (refusal, notes) = late(part, value);
            let expected =
                format!("Requested attribute {attribute} does not exist in schema for {resource_type}");
            assert_eq!(refusal, Some(expected), "{part}: {value}");
            assert!(notes.iter().any(|it| it.contains("has no attribute")), "{notes:?}");
        }
    }
    let (refusal, notes) = late("Outputs", "!Sub 'a ${Bucket.Nope}'");
    assert!(refusal.is_some());
    assert!(
        notes
            .iter()
            .any(|it| it
                .contains("t:14:30: Outputs.O.Value: AWS::S3::Bucket has no attribute Nope; it has Arn, ")),
        "{notes:?}"
    );
    for value in ["!If [Never, !GetAtt Bucket.arn, !GetAtt Bucket.Arn]", "!GetAtt Box.PrivateIp"] {
        assert_eq!(late("Properties", value).0, None, "{value}");
        assert_eq!(late("Outputs", value).0, None, "{value}");
    }
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
