//! What a client may ask for is honoured, shown, or refused by its name: never taken in silence.

#![expect(clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::Served;
use serde_json::{Value, json};

const TEMPLATE: &str = "Resources: {Topic: {Type: AWS::SNS::Topic}}";
const OTHER: &str = "Resources: {Topic: {Type: AWS::SNS::Topic}, More: {Type: AWS::SNS::Topic}}";
const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";
const ALARM: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a";

type Given = &'static [(&'static str, &'static str)];

fn asked<'a>(more: &[(&'a str, &'a str)], template: &'a str) -> Vec<(&'a str, &'a str)> {
    [&[("StackName", "web"), ("TemplateBody", template)], more].concat()
}

fn rollback() -> Value {
    json!({"MonitoringTimeInMinutes": 5, "RollbackTriggers": [{"Arn": ALARM, "Type": "AWS::CloudWatch::Alarm"}]})
}

/// What is given, and where it is shown.
fn shown() -> Vec<(Given, &'static str, Value)> {
    vec![
        (&[("RoleARN", ROLE)], "RoleARN", json!(ROLE)),
        (
            &[
                ("RollbackConfiguration.MonitoringTimeInMinutes", "5"),
                ("RollbackConfiguration.RollbackTriggers.member.1.Arn", ALARM),
                ("RollbackConfiguration.RollbackTriggers.member.1.Type", "AWS::CloudWatch::Alarm"),
            ],
            "RollbackConfiguration",
            rollback(),
        ),
        (
            &[("NotificationARNs.member.1", "arn:aws:sns:us-east-1:1:t")],
            "NotificationARNs",
            json!(["arn:aws:sns:us-east-1:1:t"]),
        ),
        (&[("RetainExceptOnCreate", "true")], "RetainExceptOnCreate", json!(true)),
        (&[("DisableRollback", "true")], "DisableRollback", json!(true)),
        (&[("Capabilities.member.1", "CAPABILITY_IAM")], "Capabilities", json!(["CAPABILITY_IAM"])),
        (
            &[("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")],
            "Tags",
            json!([{"Key": "k", "Value": "v"}]),
        ),
    ]
}

#[test]
fn what_is_given_to_a_creation_or_an_update_is_shown() {
    let served = Served::account(&[]);
    let stack = || served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0].clone();
    for (given, name, value) in shown() {
        served.result("CreateStack", &asked(given, TEMPLATE));
        assert_eq!(stack()[name], value, "{given:?}");
        served.result("DeleteStack", &[("StackName", "web")]);
        served.result("CreateStack", &asked(&[], TEMPLATE));
        assert_ne!(stack()[name], value, "{given:?}");
        served.result("UpdateStack", &asked(given, OTHER));
        assert_eq!(stack()[name], value, "{given:?}");
        served.result("DeleteStack", &[("StackName", "web")]);
    }
    let limits = [("TimeoutInMinutes", "7"), ("EnableTerminationProtection", "true")];
    served.result("CreateStack", &asked(&limits, TEMPLATE));
    assert_eq!(stack()["TimeoutInMinutes"], 7);
    let protected = served.call("DeleteStack", &[("StackName", "web")]).error().1;
    assert_eq!(protected, "Stack [web] cannot be deleted while TerminationProtection is enabled");
}

#[test]
fn what_stays_unsaid_stays_as_it_was() {
    let served = Served::account(&[]);
    let kept: Vec<_> = shown().into_iter().take(3).collect();
    let given: Vec<_> = kept.iter().flat_map(|(given, ..)| given.iter().copied()).collect();
    served.result("CreateStack", &asked(&given, TEMPLATE));
    served.result("UpdateStack", &asked(&[], OTHER));
    let stack = &served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0];
    for (_, name, value) in kept {
        assert_eq!(stack[name], value);
    }
    let change_set = [("ChangeSetName", "c"), ("RollbackConfiguration.MonitoringTimeInMinutes", "9")];
    served.result("CreateChangeSet", &asked(&change_set, TEMPLATE));
    let named = [("StackName", "web"), ("ChangeSetName", "c")];
    let described = served.result("DescribeChangeSet", &named);
    assert_eq!(described["RollbackConfiguration"], json!({"MonitoringTimeInMinutes": 9}));
    served.result("ExecuteChangeSet", &named);
    let stack = &served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0];
    assert_eq!(stack["RollbackConfiguration"], json!({"MonitoringTimeInMinutes": 9}));
    assert_eq!(stack["RoleARN"], ROLE);
    assert_eq!(stack["ChangeSetId"], described["ChangeSetId"]);
}

#[test]
fn what_is_not_rehearsed_is_refused_by_its_name() {
    let served = Served::account(&[]);
    served.result("CreateStack", &asked(&[], TEMPLATE));
    let change_set =
        |more: &[(&'static str, &'static str)]| asked(&[&[("ChangeSetName", "c")], more].concat(), OTHER);
    let named = |more: (&'static str, &'static str)| vec![("StackName", "web"), more];
    let create =
        |more: (&'static str, &'static str)| vec![("StackName", "new"), ("TemplateBody", TEMPLATE), more];
    let nested = "Resources: {N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x}}}";
    for (action, parameters, expected) in [
        (
            "CreateStack",
            create(("DeploymentConfig.Mode", "EXPRESS")),
            "DeploymentConfig.Mode EXPRESS is not rehearsed",
        ),
        (
            "CreateStack",
            create(("OnFalure", "DELETE")),
            "CreateStack takes no parameter OnFalure in a rehearsal",
        ),
        ("CreateStack", create(("RoleARN", "short")), "'roleARN' failed to satisfy constraint"),
        (
            "CreateStack",
            create(("RollbackConfiguration.MonitoringTimeInMinutes", "181")),
            "RollbackConfiguration takes at most",
        ),
        (
            "CreateStack",
            create(("ResourceTypes.member.1", "AWS::EC2::*")),
            "Resource type AWS::SNS::Topic is not allowed by parameter ResourceTypes [AWS::EC2::*]",
        ),
        (
            "UpdateStack",
            asked(&[("ResourceTypes.member.1", "Custom::*")], OTHER),
            "Resource type AWS::SNS::Topic is not",
        ),
        (
            "UpdateStack",
            asked(&[("StackPolicyDuringUpdateBody", "[]")], OTHER),
            "Error validating stack policy",
        ),
        (
            "UpdateStack",
            asked(&[("DisableRollback", "true")], nested),
            "DisableRollback is not rehearsed for an update of a stack",
        ),
        (
            "CreateChangeSet",
            change_set(&[("ChangeSetType", "IMPORT")]),
            "Importing resources (ChangeSetType IMPORT)",
        ),
        (
            "CreateChangeSet",
            change_set(&[("ResourcesToImport.member.1.ResourceType", "AWS::SNS::Topic")]),
            "Importing resources",
        ),
        (
            "CreateChangeSet",
            change_set(&[("DeploymentMode", "REVERT_DRIFT")]),
            "DeploymentMode REVERT_DRIFT is not rehearsed",
        ),
        (
            "CreateChangeSet",
            change_set(&[("OnStackFailure", "DELETE")]),
            "OnStackFailure DELETE is for a change set of",
        ),
        (
            "DeleteStack",
            named(("RetainResources.member.1", "Topic")),
            "specify which resources to retain only when the stack is in the DELETE_FAILED state.",
        ),
        (
            "DeleteStack",
            named(("DeletionMode", "FORCE_DELETE_STACK")),
            "You can activate DeletionMode FORCE_DELETE_STACK in a delete stack operation only",
        ),
        ("ContinueUpdateRollback", named(("ForceRollback", "true")), "ForceRollback is not rehearsed"),
        (
            "GetTemplateSummary",
            vec![("StackSetName", "s")],
            "GetTemplateSummary takes no parameter StackSetName",
        ),
    ] {
        let (code, message) = served.call(action, &parameters).error();
        assert_eq!(code, "ValidationError");
        assert!(message.contains(expected), "{action} {parameters:?}: {message}");
    }
    // Nothing came of any of it.
    assert_eq!(served.result("ListStacks", &[])["StackSummaries"].as_array().map(Vec::len), Some(1));
    // What says nothing new is taken.
    let modes = [
        ("DeploymentConfig.Mode", "STANDARD"),
        ("DisableValidation", "true"),
        ("ResourceTypes.member.1", "AWS::*"),
    ];
    served.result("UpdateStack", &asked(&modes, OTHER));
    served.result("DeleteStack", &named(("DeletionMode", "STANDARD")));
}
