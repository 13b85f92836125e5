#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::{Inputs, Template, inputs::sample::inputs};
use crate::model::{Resource, Role};

const TEMPLATE: &str = "
Parameters:
  Name: {Type: String, Default: web}
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /images/latest}
  Vpc: {Type: AWS::EC2::VPC::Id}
Conditions: {Never: !Equals [a, b], Unknown: !Equals [!Ref Vpc, a]}
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: b}}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: !Ref Image
        UserData: !Base64 {'Fn::Sub': 'echo ${Bucket} ${AWS::StackName}'}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 1
      MaxSize: 2
      LaunchTemplate: {Version: !GetAtt Template.LatestVersionNumber, LaunchTemplateId: !Ref Template}
  Configuration:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-1}
  Old:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: 1, MaxSize: 2, LaunchConfigurationName: !Ref Configuration}
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Thing:
    Type: AWS::S3::Bucket
    Properties:
      VALUE
";

/// The resource of that name.
fn resource(template: &str, logical_id: &str) -> Resource {
    let template = Template::parse(template, "t").unwrap();
    let inputs = Inputs { physical_id: &|logical_id, _| format!("{logical_id}-1"), ..inputs() };
    let stack = template.resolve(&inputs).unwrap().stack;
    stack.resources.into_iter().find(|resource| resource.logical_id == logical_id).unwrap()
}

fn with_value(value: &str) -> String {
    TEMPLATE.replace("VALUE", value)
}

#[test]
fn properties_are_texts() {
    for (value, expected) in [
        ("P: text", Some("\"text\"")),
        ("P: [1, true, !Ref 'AWS::NoValue', !Ref Name]", Some(r#"["1","true","web"]"#)),
        ("P: {b: !Sub '${Name}/${Bucket}', a: \"l\\n\"}", Some(r#"{"a":"l\n","b":"web/b"}"#)),
        ("P: !Ref Bucket", Some("\"b\"")),
        ("P: !Ref Template", Some("\"⟨Template=Template-1⟩\"")),
        ("P: !GetAtt [Bucket, Arn]", Some("\"<GetAtt ⟨Bucket=b⟩.Arn>\"")),
        ("P: !If [Never, a, [b, {c: d}]]", Some(r#"["b",{"c":"d"}]"#)),
        ("P: !If [Never, a, !Ref 'AWS::NoValue']", None),
        ("P: !If [Unknown, a, b]", Some(r#"{"Fn::If":["Unknown","a","b"]}"#)),
        ("P: !Ref Image", Some(r#"{"Default":"/images/latest","Ref":"Image"}"#)),
        ("P: !Join [' ', [a, !ImportValue x]]", Some(r#"{"Fn::Join":[" ",["a",{"Fn::ImportValue":"x"}]]}"#)),
        ("P: '{{resolve:ssm:x}}'", Some("\"{{resolve:ssm:x}}\"")),
        ("P: !Base64 {'Fn::Sub': '${Name}'}", Some(r#"{"Fn::Base64":"web"}"#)),
        ("P: !Ref Handle", Some("\"<Ref Handle>\"")),
    ] {
        let thing = resource(&with_value(value), "Thing");
        assert_eq!(thing.properties.get("P").map(String::as_str), expected, "{value}");
    }
}

#[test]
fn two_plans_of_one_template_are_alike() {
    let template = with_value("P: !Sub '${Bucket}${Old}'");
    for logical_id in ["Bucket", "Template", "Group", "Configuration", "Old", "Thing"] {
        let (one, other) = (resource(&template, logical_id), resource(&template, logical_id));
        assert_eq!((one.properties, one.role), (other.properties, other.role));
    }
}

#[test]
fn what_is_launched_changes_the_group() {
    let launch = |template: &str, group: &str| match resource(template, group).role {
        Role::Group(group) => group.launch,
        other => format!("{other:?}"),
    };
    let before = with_value("P: a");
    for (from, to, changed, same) in [
        ("echo ${Bucket}", "echo ${Bucket} 2", "Group", "Old"),
        ("/images/latest", "/images/newest", "Group", "Old"),
        ("ImageId: ami-1", "ImageId: ami-2", "Old", "Group"),
    ] {
        let after = before.replace(from, to);
        assert_ne!(launch(&before, changed), launch(&after, changed), "{to}");
        assert_ne!(resource(&before, changed).properties, resource(&after, changed).properties, "{to}");
        assert_eq!(launch(&before, same), launch(&after, same), "{to}");
    }
    // A name does not say what it stands for: its digest does.
    assert!(
        launch(&before, "Old")
            .starts_with("LaunchConfigurationName: \"<Ref ⟨Configuration=Configuration-1⟩ ")
    );
    // Sizes are no reason to launch anything anew.
    let larger = before.replace("MaxSize: 2", "MaxSize: 3");
    assert_eq!(launch(&before, "Group"), launch(&larger, "Group"));
}

#[test]
fn a_fixed_version_stays_what_it_was() {
    let fixed = with_value("P: a").replace("!GetAtt Template.LatestVersionNumber", "'1'");
    let after = fixed.replace("echo", "printf");
    assert_ne!(resource(&fixed, "Template").properties, resource(&after, "Template").properties);
    assert_eq!(resource(&fixed, "Group").properties, resource(&after, "Group").properties);
}
