//! What a nested stack gives decides on its parent's policies and sizes, and on what an update changes.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::nested::{events, folder, served};
use crate::common::{Served, file, text};

const CHILD: &str = "
Resources: {Topic: {Type: AWS::SNS::Topic}}
Outputs: {Boxes: {Value: '2'}, Most: {Value: '4'}}
";

const PARENT: &str = "
Resources:
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}
  Pool:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: !GetAtt Child.Outputs.Boxes, Timeout: PT1H}}
    Properties: {MinSize: !GetAtt Child.Outputs.Boxes, MaxSize: !Sub '${Child.Outputs.Most}', LaunchConfigurationName: !Ref Launch}
  Launch: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {ImageId: ami-1, InstanceType: t3.micro}}
  Name: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt Child.Outputs.Boxes}}
  Other: {Type: AWS::SNS::Topic, DependsOn: Child}
Outputs: {Boxes: {Value: !GetAtt Child.Outputs.Boxes}}
";

#[test]
fn sizes_and_counts_are_what_a_nested_stack_gives() {
    let folder = folder(&[("parent.yaml", PARENT), ("child.yaml", CHILD)]);
    let told = events(&served(&folder, &[]));
    let failed = "CREATE_FAILED Pool: Received 0 SUCCESS signal(s) out of 2.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement";
    assert!(told.contains(&failed.to_owned()), "{told:#?}");
    // Out of range as ever, once the stack comes to it.
    file(&folder, "child.yaml", &CHILD.replace("'4'", "'1'"));
    let told = events(&served(&folder, &[]));
    let refused = told.iter().find(|it| it.starts_with("CREATE_FAILED Pool")).unwrap();
    assert!(refused.contains("Max bound, 1"), "{refused}");
}

#[test]
fn what_a_nested_stack_never_gives_cannot_be_rehearsed() {
    let without = CHILD
        .replace("{Value: '2'}", "{Value: !GetAtt Other.Any}")
        .replace("Resources: {", "Resources: {Other: {Type: Custom::Other}, ");
    for child in [None, Some(without.as_str())] {
        let folder = folder(&[("parent.yaml", PARENT)]);
        child.map(|child| file(&folder, "child.yaml", child));
        let output = served(&folder, &[]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("--attribute Child.Outputs.Boxes=VALUE"), "{said}");
        // Given, it is known.
        let options = ["--attribute", "Child.Outputs.Boxes=1", "--attribute", "Child.Outputs.Most=1"];
        let told = events(&served(&folder, &options));
        assert!(told.iter().any(|it| it.contains("Received 0 SUCCESS signal(s) out of 1.")), "{told:#?}");
    }
}

#[test]
fn what_no_policy_takes_is_told() {
    let folder = folder(&[("parent.yaml", PARENT), ("child.yaml", &CHILD.replace("'2'", "'many'"))]);
    let output = served(&folder, &[]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("\"many\" is no MinSize, a whole number of instances"), "{said}");
}

#[test]
fn an_output_that_changes_changes_what_uses_it() {
    let folder = folder(&[("child.yaml", CHILD)]);
    let served = Served::account(&["--template-dir", folder.path().to_str().unwrap()]);
    let parent = PARENT.replace("child.yaml", "https://b.s3.amazonaws.com/child.yaml").replace(
        "    CreationPolicy: {ResourceSignal: {Count: !GetAtt Child.Outputs.Boxes, Timeout: PT1H}}\n",
        "",
    );
    let parameters = [("StackName", "web"), ("TemplateBody", parent.as_str())];
    let status = || {
        let stack = served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0].clone();
        (
            stack["StackStatus"].as_str().unwrap().to_owned(),
            stack["Outputs"][0]["OutputValue"].as_str().unwrap_or_default().to_owned(),
        )
    };
    served.result("CreateStack", &parameters);
    assert_eq!(status(), ("CREATE_COMPLETE".to_owned(), "2".to_owned()));
    assert_eq!(served.instances().len(), 2);
    let refused = served.call("UpdateStack", &parameters);
    assert!(refused.body.contains("No updates are to be performed"), "{}", refused.body);

    file(&folder, "child.yaml", &CHILD.replace("'2'", "'3'"));
    served.result("UpdateStack", &parameters);
    assert_eq!(status(), ("UPDATE_COMPLETE".to_owned(), "3".to_owned()));
    assert_eq!(served.instances().len(), 3);
    let events = served.result("DescribeStackEvents", &[("StackName", "web")]);
    let updated = |id: &str| {
        let events = events["StackEvents"].as_array().unwrap();
        events.iter().any(|it| it["LogicalResourceId"] == id && it["ResourceStatus"] == "UPDATE_COMPLETE")
    };
    let all = ["Child", "Pool", "Launch", "Name", "Other"];
    assert_eq!(all.map(updated), [true, true, false, true, false]);
    let refused = served.call("UpdateStack", &parameters);
    assert!(refused.body.contains("No updates are to be performed"), "{}", refused.body);
}
