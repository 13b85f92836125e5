//! Parameters that name an SSM parameter: however the same name is given, it is the same.

#![expect(clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::Served;

const IMAGE: &str = "
Parameters:
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /images/latest}
Resources:
  Server:
    Type: AWS::EC2::Instance
    Properties: {ImageId: !Ref Image}
";

/// What CDK and `aws cloudformation deploy` say of each parameter of a stack that is there.
const KEEPS: [(&str, &str); 2] =
    [("Parameters.member.1.ParameterKey", "Image"), ("Parameters.member.1.UsePreviousValue", "true")];
const NAMED: [(&str, &str); 2] =
    [("Parameters.member.1.ParameterKey", "Image"), ("Parameters.member.1.ParameterValue", "/images/latest")];

#[test]
fn the_same_template_again_is_no_update_however_a_stored_parameter_is_given() {
    // Known or made up, by default or given from the start.
    let known: &[&str] = &["--resolve", "ssm:/images/latest=ami-0abcdef1234567890"];
    for (options, first) in [(known, &[][..]), (&[], &[]), (known, &NAMED), (&[], &NAMED)] {
        let served = Served::account(options);
        let stack = [("StackName", "web"), ("TemplateBody", IMAGE)];
        served.result("CreateStack", &[&stack[..], first].concat());
        let instances = served.instances();
        for again in [&[][..], &KEEPS, &NAMED] {
            let (_, message) = served.call("UpdateStack", &[&stack[..], again].concat()).error();
            assert_eq!(message, "No updates are to be performed.", "{options:?} {first:?} {again:?}");
            let change_set = [("ChangeSetName", "c")];
            served.result("CreateChangeSet", &[&stack[..], &change_set, again].concat());
            let described = served.result("DescribeChangeSet", &[&stack[..1], &change_set].concat());
            assert_eq!(described["Status"], "FAILED");
            served.result("DeleteChangeSet", &[&stack[..1], &change_set].concat());
        }
        // Another change leaves the instance alone.
        let topic = IMAGE.replace("Resources:", "Resources:\n  Topic: {Type: AWS::SNS::Topic}");
        served.result(
            "UpdateStack",
            &[&[("StackName", "web"), ("TemplateBody", &*topic)], &KEEPS[..]].concat(),
        );
        assert_eq!(served.instances(), instances);
    }
}
