//! Updates through the API: what counts as a change, what a refusal leaves as it is, and time limits.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::Served;

const GROUP: &str = "
Parameters:
  Colour: {Type: String, Default: blue}
Resources:
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    Metadata: {Owner: us}
    UpdatePolicy:
      AutoScalingRollingUpdate: {PauseTime: PT1H, WaitOnResourceSignals: true}
    Properties: {MinSize: '0', MaxSize: '2', DesiredCapacity: '1', LaunchConfigurationName: !Ref Launch}
  Launch:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {ImageId: ami-1, UserData: {'Fn::Base64': !Sub 'colour=${Colour}'}}
Outputs:
  Colour: {Value: !Ref Colour}
";

fn status(served: &Served, stack: &str) -> String {
    let stacks = served.result("DescribeStacks", &[("StackName", stack)]);
    stacks["Stacks"][0]["StackStatus"].as_str().unwrap().to_owned()
}

fn colour(colour: &str) -> [(&str, &str); 4] {
    [
        ("StackName", "web"),
        ("UsePreviousTemplate", "true"),
        ("Parameters.member.1.ParameterKey", "Colour"),
        ("Parameters.member.1.ParameterValue", colour),
    ]
}

#[test]
fn a_refused_update_leaves_the_one_under_way_its_way_back() {
    let served = Served::account(&[]);
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", GROUP)]);
    served.result("UpdateStack", &colour("red"));
    let (code, message) = served.call("UpdateStack", &colour("green")).error();
    assert_eq!(code, "ValidationError");
    assert!(message.ends_with("is in UPDATE_IN_PROGRESS state and can not be updated."), "{message}");
    let (_, message) = served.call("DeleteStack", &[("StackName", "web")]).error();
    let id = served.result("DescribeStacks", &[])["Stacks"][0]["StackId"].as_str().unwrap().to_owned();
    assert_eq!(message, format!("Stack [{id}] cannot be deleted while in status UPDATE_IN_PROGRESS"));

    let signal = |id: &str, outcome: &str| {
        let parameters =
            [("StackName", "web"), ("LogicalResourceId", "Web"), ("UniqueId", id), ("Status", outcome)];
        assert_eq!(served.call("SignalResource", &parameters).status, 200);
    };
    let red = served.instances()[0]["InstanceId"].as_str().unwrap().to_owned();
    signal(&red, "FAILURE");
    let back = served.instances()[0].clone();
    let port = back["MetadataEndpoint"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(served.metadata(port, "/latest/user-data").body, "colour=blue");
    signal(back["InstanceId"].as_str().unwrap(), "SUCCESS");
    let described = served.result("DescribeStacks", &[]);
    assert_eq!(described["Stacks"][0]["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(described["Stacks"][0]["Parameters"][0]["ParameterValue"], "blue");
    let (_, message) = served.call("UpdateStack", &colour("blue")).error();
    assert_eq!(message, "No updates are to be performed.");
}

#[test]
fn outputs_tags_and_metadata_are_changes_too() {
    let served = Served::account(&[]);
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", GROUP)]);
    let update = |template: &str, more: &[(&str, &str)]| {
        let parameters = [&[("StackName", "web"), ("TemplateBody", template)], more].concat();
        served.call("UpdateStack", &parameters)
    };
    let same = || assert_eq!(update(GROUP, &[]).error().1, "No updates are to be performed.");
    let instances = served.instances();
    let metadata = GROUP.replace("Owner: us", "Owner: them");
    let outputs = GROUP.replace("Colour: {Value", "Hue: {Value");
    let tags = [("Tags.member.1.Key", "stage"), ("Tags.member.1.Value", "test")];
    for (template, more) in [(metadata.as_str(), &[][..]), (outputs.as_str(), &[]), (GROUP, &tags)] {
        same();
        for (template, more) in [(template, more), (GROUP, &[("Tags", "")])] {
            let answer = update(template, more);
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert_eq!(status(&served, "web"), "UPDATE_COMPLETE");
        }
    }
    // Nothing of that touches what runs.
    assert_eq!(served.instances(), instances);
}

#[test]
fn a_creations_time_limit_ends_it() {
    let served = Served::account(&["--clock", "virtual", "--quiet", "0.1"]);
    let limit = [("StackName", "web"), ("TemplateBody", crate::common::SERVER), ("TimeoutInMinutes", "3")];
    served.result("CreateStack", &limit);
    served.await_event("Stack creation time exceeded the specified timeout. Rollback requested by user.");
    served.await_event("ROLLBACK_COMPLETE    | AWS::CloudFormation::Stack | web");
}

#[test]
fn what_has_a_name_of_its_own_is_the_same_in_an_update_from_the_first() {
    let served = Served::account(&[]);
    let template = "
Resources:
  Kept: {Type: AWS::SSM::Parameter, Properties: {Name: /kept, Type: String, Value: x}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: a-name-of-its-own}}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Bucket.Arn}}
Outputs:
  Kept: {Value: !GetAtt Kept.Value}
  Bucket: {Value: !GetAtt Bucket.Arn}
";
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    let (_, message) =
        served.call("UpdateStack", &[("StackName", "web"), ("TemplateBody", template)]).error();
    assert_eq!(message, "No updates are to be performed.");
    // What has the ARN of another follows its name.
    let renamed = template.replace("a-name", "another-name");
    served.result("UpdateStack", &[("StackName", "web"), ("TemplateBody", &renamed)]);
    let outputs = served.result("DescribeStacks", &[])["Stacks"][0]["Outputs"].to_string();
    assert!(outputs.contains("arn:aws:s3:::another-name-of-its-own"), "{outputs}");
}
