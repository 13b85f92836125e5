//! Nested stacks of stacks that clients make: their names, and why they fail.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::Served;
use crate::common::nested::folder;
use serde_json::Value;

fn stack(served: &Served, name: &str) -> Value {
    served.result("DescribeStacks", &[("StackName", name)])["Stacks"][0].clone()
}

/// An output's value.
fn output(stack: &Value, key: &str) -> String {
    let outputs = stack["Outputs"].as_array().unwrap();
    let found = outputs.iter().find(|it| it["OutputKey"] == key).unwrap();
    found["OutputValue"].as_str().unwrap().to_owned()
}

#[test]
fn pseudo_parameters_are_a_nested_stacks_own() {
    let told = "
Resources: {T: {Type: AWS::SNS::Topic}}
Outputs:
  Id: {Value: !Ref AWS::StackId}
  Name: {Value: !Ref AWS::StackName}
  Topics: {Value: !Join [',', !Ref AWS::NotificationARNs]}
  Place: {Value: !Sub '${AWS::Region} ${AWS::Partition} ${AWS::AccountId}'}
";
    let parent = "
Resources:
  App:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: told.yaml, NotificationARNs: [arn:below, arn:more]}
Outputs:
  Id: {Value: !GetAtt App.Outputs.Id}
  Topics: {Value: !Join [',', !Ref AWS::NotificationARNs]}
";
    let templates = folder(&[("told.yaml", told)]);
    let directory = templates.path().display().to_string();
    let served = Served::account(&["--template-dir", &directory]);
    let given = [("StackName", "web"), ("TemplateBody", parent), ("NotificationARNs.member.1", "arn:above")];
    served.result("CreateStack", &given);
    let web = stack(&served, "web");
    assert_eq!(web["StackStatus"], "CREATE_COMPLETE");
    let id = output(&web, "Id");
    let app = stack(&served, &id);
    assert_eq!(app["ParentId"], web["StackId"]);
    assert_eq!(output(&app, "Id"), app["StackId"]);
    assert_eq!(output(&app, "Name"), app["StackName"]);
    assert!(output(&app, "Name").starts_with("web-App-"), "{app}");
    assert_eq!(output(&app, "Topics"), "arn:below,arn:more");
    assert_eq!(output(&app, "Place"), "us-east-1 aws 123456789012");
    assert_eq!(output(&web, "Topics"), "arn:above");
    // Others are told from now on, and a stack that says so is another.
    let others =
        [("StackName", "web"), ("UsePreviousTemplate", "true"), ("NotificationARNs.member.1", "arn:other")];
    served.result("UpdateStack", &others);
    assert_eq!(output(&stack(&served, "web"), "Topics"), "arn:other");
    served.result(
        "UpdateStack",
        &[("StackName", "web"), ("TemplateBody", &parent.replace("arn:more", "arn:new"))],
    );
    assert_eq!(output(&stack(&served, "web"), "Topics"), "arn:other");
    assert_eq!(output(&stack(&served, &id), "Topics"), "arn:below,arn:new");
}

/// Why the resource `App` of a stack made from `properties` failed.
fn failure(served: &Served, name: &str, properties: &str) -> String {
    let body =
        format!("Resources:\n  App: {{Type: AWS::CloudFormation::Stack, Properties: {{{properties}}}}}\n");
    served.result("CreateStack", &[("StackName", name), ("TemplateBody", &body)]);
    let events = served.result("DescribeStackEvents", &[("StackName", name)]);
    let mut all = events["StackEvents"].as_array().unwrap().iter();
    let failed = all.find(|it| it["ResourceStatus"] == "CREATE_FAILED").unwrap();
    assert_eq!(failed["LogicalResourceId"], "App");
    failed["ResourceStatusReason"].as_str().unwrap().to_owned()
}

#[test]
fn what_keeps_a_nested_stack_from_being_made_is_told_to_a_client() {
    let unknown = "
Resources:
  Ready:
    Type: AWS::CloudFormation::WaitCondition
    CreationPolicy: {ResourceSignal: {Count: !ImportValue boxes}}
";
    let templates = folder(&[("unknown.yaml", unknown)]);
    let directory = templates.path().display().to_string();
    let served = Served::account(&["--template-dir", &directory]);
    assert_eq!(failure(&served, "one", "Parameters: {}"), "Property TemplateURL cannot be empty.");
    let told = failure(&served, "two", "TemplateURL: unknown.yaml");
    assert!(told.ends_with("start cfn-rehearse serve with --import boxes=VALUE"), "{told}");
}
