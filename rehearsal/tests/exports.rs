//! What stacks export, and others import.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

mod common;

use common::Served;
use serde_json::Value;

const NETWORK: &str = "
Parameters: {Name: {Type: String, Default: net}}
Resources: {Topic: {Type: AWS::SNS::Topic}}
Outputs: {Boxes: {Value: '2', Export: {Name: !Sub '${Name}-boxes'}}}
";

const WEB: &str = "
Resources:
  Ready:
    Type: AWS::CloudFormation::WaitCondition
    CreationPolicy: {ResourceSignal: {Count: !ImportValue net-boxes, Timeout: PT1H}}
Outputs: {Boxes: {Value: !ImportValue net-boxes}}
";

fn created(served: &Served, name: &str, template: &str, parameters: &[(&str, &str)]) -> Value {
    let mut all = vec![("StackName", name), ("TemplateBody", template)];
    all.extend(parameters);
    served.result("CreateStack", &all);
    stack(served, name)
}

fn stack(served: &Served, name: &str) -> Value {
    served.result("DescribeStacks", &[("StackName", name)])["Stacks"][0].clone()
}

fn signal(served: &Served, stack: &str, unique_id: &str) {
    let parameters = [
        ("StackName", stack),
        ("LogicalResourceId", "Ready"),
        ("UniqueId", unique_id),
        ("Status", "SUCCESS"),
    ];
    assert_eq!(served.call("SignalResource", &parameters).status, 200);
}

#[test]
fn exports_are_imported_and_keep_their_stack() {
    let served = Served::account(&[]);
    // Nobody exports it yet.
    let refused = served.call("CreateStack", &[("StackName", "web"), ("TemplateBody", WEB)]);
    assert!(refused.body.contains("--import net-boxes=VALUE"), "{}", refused.body);
    assert_eq!(created(&served, "net", NETWORK, &[])["StackStatus"], "CREATE_COMPLETE");
    for name in ["web", "api"] {
        assert_eq!(created(&served, name, WEB, &[])["StackStatus"], "CREATE_IN_PROGRESS");
        signal(&served, name, "one");
        assert_eq!(stack(&served, name)["StackStatus"], "CREATE_IN_PROGRESS");
        signal(&served, name, "two");
        let it = stack(&served, name);
        assert_eq!(
            (&it["StackStatus"], &it["Outputs"][0]["OutputValue"]),
            (&"CREATE_COMPLETE".into(), &"2".into())
        );
    }
    for (others, users) in [("", "api and web"), ("web", "api")] {
        if !others.is_empty() {
            served.result("DeleteStack", &[("StackName", others)]);
        }
        served.result("DeleteStack", &[("StackName", "net")]);
        let it = stack(&served, "net");
        assert_eq!(it["StackStatus"], "CREATE_COMPLETE");
        assert_eq!(
            it["StackStatusReason"],
            format!("Export net-boxes cannot be deleted as it is in use by {users}")
        );
    }
    served.result("DeleteStack", &[("StackName", "api")]);
    served.result("DeleteStack", &[("StackName", "net")]);
    assert_eq!(served.call("DescribeStacks", &[("StackName", "net")]).status, 400);
}

#[test]
fn an_exports_name_is_unique() {
    let served = Served::account(&[]);
    created(&served, "net", NETWORK, &[]);
    let other = created(&served, "other", NETWORK, &[]);
    assert_eq!(other["StackStatus"], "ROLLBACK_COMPLETE");
    let events = served.result("DescribeStackEvents", &[("StackName", "other")]);
    let told: Vec<_> = events["StackEvents"].as_array().unwrap().iter().rev().collect();
    let told: Vec<_> = told
        .iter()
        .map(|it| (it["ResourceStatus"].as_str().unwrap(), it["ResourceStatusReason"].as_str()))
        .collect();
    let reason = "Export with name net-boxes is already exported by stack net. Rollback requested by user.";
    assert_eq!(
        told,
        [
            ("CREATE_IN_PROGRESS", Some("User Initiated")),
            ("ROLLBACK_IN_PROGRESS", Some(reason)),
            ("ROLLBACK_COMPLETE", None),
        ]
    );
    let named = [("Parameters.member.1.ParameterKey", "Name"), ("Parameters.member.1.ParameterValue", "x")];
    assert_eq!(created(&served, "third", NETWORK, &named)["StackStatus"], "CREATE_COMPLETE");
    // What is gone exports nothing.
    served.result("DeleteStack", &[("StackName", "net")]);
    assert_eq!(created(&served, "fourth", NETWORK, &[])["StackStatus"], "CREATE_COMPLETE");
}

#[test]
fn what_is_given_for_an_import_stays() {
    let served = Served::account(&["--import", "net-boxes=1"]);
    created(&served, "net", NETWORK, &[]);
    created(&served, "web", WEB, &[]);
    signal(&served, "web", "one");
    assert_eq!(stack(&served, "web")["StackStatus"], "CREATE_COMPLETE");
}

#[test]
fn an_ssm_typed_parameter_shows_what_it_stands_for() {
    let served = Served::account(&["--resolve", "ssm:/app/size=t3.micro"]);
    let template = "
Parameters:
  Size: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/size}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/image}
  Secret: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/size, NoEcho: true}
  Plain: {Type: String, Default: plain}
Resources: {Topic: {Type: AWS::SNS::Topic}}
";
    let it = created(&served, "web", template, &[]);
    let parameters = it["Parameters"].as_array().unwrap();
    let shown: Vec<_> = parameters
        .iter()
        .map(|it| {
            (
                it["ParameterKey"].as_str().unwrap(),
                it["ParameterValue"].as_str().unwrap(),
                it["ResolvedValue"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("Size", "/app/size", Some("t3.micro")),
            ("Image", "/app/image", None),
            ("Secret", "****", Some("****")),
            ("Plain", "plain", None),
        ]
    );
}
