//! What stacks export, and others import.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::Served;
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
    assert!(
        refused.body.contains("start cfn-rehearse serve with --import net-boxes=VALUE"),
        "{}",
        refused.body
    );
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
            format!("Delete canceled. Cannot delete export net-boxes as it is in use by {users}.")
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

#[test]
fn an_update_that_changes_an_export_in_use_goes_back() {
    let served = Served::account(&[]);
    created(&served, "net", NETWORK, &[]);
    created(&served, "web", WEB, &[]);
    created(&served, "other", &NETWORK.replace("${Name}", "other"), &[]);
    let update = |template: &str, more: &[(&str, &str)]| {
        let given = [&[("StackName", "net"), ("TemplateBody", template)], more].concat();
        served.result("UpdateStack", &given);
        stack(&served, "net")
    };
    let taken = NETWORK.replace("Outputs: {", "Outputs: {More: {Value: x, Export: {Name: other-boxes}}, ");
    for (template, reason) in [
        (
            NETWORK.replace("${Name}", "another"),
            "Delete canceled. Cannot delete export net-boxes as it is in use by web.",
        ),
        (
            NETWORK.replace("Value: '2'", "Value: '3'"),
            "Update canceled. Cannot update export net-boxes as it is in use by web.",
        ),
        (taken, "Export with name other-boxes is already exported by stack other"),
    ] {
        let it = update(&template, &[]);
        assert_eq!(it["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
        let events = served.result("DescribeStackEvents", &[("StackName", "net")]);
        let all = events["StackEvents"].as_array().unwrap();
        let told = all.iter().find(|it| it["ResourceStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS").unwrap();
        assert_eq!(told["ResourceStatusReason"], reason);
        assert_eq!(it["Outputs"][0]["OutputValue"], "2");
        let kept = update(&template, &[("DisableRollback", "true")]);
        assert_eq!(
            (&kept["StackStatus"], &kept["StackStatusReason"]),
            (&"UPDATE_FAILED".into(), &reason.into())
        );
        served.result("RollbackStack", &[("StackName", "net")]);
        assert_eq!(stack(&served, "net")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
    }
    // What nobody imports may change.
    served.result("DeleteStack", &[("StackName", "web")]);
    assert_eq!(update(&NETWORK.replace("Value: '2'", "Value: '3'"), &[])["StackStatus"], "UPDATE_COMPLETE");
    // A change set's stack has no name twice either.
    let named = [("StackName", "late"), ("ChangeSetName", "c")];
    let create = [("ChangeSetType", "CREATE"), ("TemplateBody", NETWORK)];
    served.result("CreateChangeSet", &[&named[..], &create].concat());
    served.result("ExecuteChangeSet", &named);
    assert_eq!(stack(&served, "late")["StackStatus"], "ROLLBACK_COMPLETE");
}

#[test]
fn an_export_of_what_an_update_replaces_is_another() {
    let served = Served::account(&[]);
    let template = "
Resources: {Box: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}}
Outputs: {Id: {Value: !Ref Box, Export: {Name: box}}}
";
    created(&served, "net", template, &[]);
    created(
        &served,
        "web",
        "Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue box}}}",
        &[],
    );
    let given = [("StackName", "net"), ("TemplateBody", &*template.replace("ami-1", "ami-2"))];
    served.result("UpdateStack", &given);
    let events = served.result("DescribeStackEvents", &[("StackName", "net")]).to_string();
    assert!(events.contains("Update canceled. Cannot update export box as it is in use by web."), "{events}");
    assert_eq!(stack(&served, "net")["StackStatus"], "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn exports_and_their_importers_come_in_pages() {
    let served = Served::account(&[]);
    let export = |it: usize| format!("  O{it:03}: {{Value: '{it}', Export: {{Name: e-{it:03}}}}}\n");
    let topic = "Resources: {Topic: {Type: AWS::SNS::Topic}}\nOutputs:\n";
    for (name, range) in [("low", 0..70), ("high", 70..130)] {
        let template = topic.to_owned() + &range.map(export).collect::<String>();
        created(&served, name, &template, &[]);
    }
    let importing = format!("{topic}  O: {{Value: !ImportValue e-001}}\n");
    for it in 0..105 {
        created(&served, &format!("user-{it:03}"), &importing, &[]);
    }
    let all = |action: &str, parameters: &[(&str, &str)], list: &str| {
        let first = served.result(action, parameters);
        let token = first["NextToken"].as_str().unwrap().to_owned();
        let second = served.result(action, &[parameters, &[("NextToken", &token)]].concat());
        assert_eq!(second["NextToken"], Value::Null);
        let lengths = [&first, &second].map(|it| it[list].as_array().unwrap().len());
        assert_eq!(lengths[0], 100);
        [first[list].as_array().unwrap().clone(), second[list].as_array().unwrap().clone()].concat()
    };
    let exports = all("ListExports", &[], "Exports");
    let names: Vec<_> = exports.iter().map(|it| it["Name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, (0..130).map(|it| format!("e-{it:03}")).collect::<Vec<_>>());
    let mut imports = all("ListImports", &[("ExportName", "e-001")], "Imports");
    imports.sort_by_key(ToString::to_string);
    assert_eq!(imports, (0..105).map(|it| Value::from(format!("user-{it:03}"))).collect::<Vec<_>>());
}
