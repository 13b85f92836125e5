//! `cfn-rehearse compare` takes the values that `run` takes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common::file;
use crate::facts::{Facts, instance};
use tempfile::TempDir;

const BOX: &str = "
Parameters: {Image: {Type: String}, Count: {Type: Number, Default: 1}}
Resources:
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT10M, Count: !Ref Count}}
    Properties: {ImageId: !Ref Image}
";

fn created() -> Facts {
    Facts::default()
        .stack("CREATE_IN_PROGRESS", "User Initiated")
        .say("Box", "CREATE_IN_PROGRESS", "")
        .say("Box", "CREATE_IN_PROGRESS", "Resource creation Initiated")
        .pause(30)
        .say("Box", "CREATE_IN_PROGRESS", &format!("Received SUCCESS signal with UniqueId {}", instance(1)))
        .say("Box", "CREATE_COMPLETE", "")
        .stack("CREATE_COMPLETE", "")
}

#[test]
fn values_come_from_files_or_are_made_up_and_that_is_told() {
    let folder = TempDir::new().unwrap();
    let values = file(&folder, "values.json", r#"{"Image": "ami-1", "Count": "1", "Elsewhere": "x"}"#);
    let (code, said) = created().compare(BOX, None, &["--params", values.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("the template has no parameter Elsewhere"), "{said}");
    let (code, said) = created().compare(BOX, None, &["--fill"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("\nfilled: Image = "), "{said}");
    let (code, said) = created().compare(BOX, None, &[]);
    assert!(code == Some(2) && said.contains("Image (String)"), "{said}");
    // The last line of standard output is the result still.
    let (_, said) = created().compare(BOX, None, &["--fill", "--output", "json"]);
    assert!(said.starts_with("{\"compared\":"), "{said}");
    // What only the real service knows.
    let known =
        BOX.replace("Count: !Ref Count", "Count: !GetAtt Topic.Count") + "  Topic: {Type: Custom::Sizes}\n";
    let (code, said) = created().compare(&known, None, &["--fill", "--attribute", "Topic.Count=1"]);
    assert!(code == Some(2) && said.contains("the stack of the log was complete without Topic"), "{said}");
    let known = BOX.replace("Count: !Ref Count", "Count: !ImportValue boxes");
    created().assert_same(&known, None, &["--fill", "--import", "boxes=1"]);
    let known = BOX.replace("Count: !Ref Count", "Count: '{{resolve:ssm:/boxes}}'");
    created().assert_same(&known, None, &["--fill", "--resolve", "ssm:/boxes=1"]);
}

#[test]
fn a_parameter_had_another_value_before_an_update() {
    let updated = Facts::default()
        .stack("UPDATE_IN_PROGRESS", "User Initiated")
        .say("Topic", "UPDATE_IN_PROGRESS", "")
        .say("Topic", "UPDATE_COMPLETE", "")
        .stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
        .stack("UPDATE_COMPLETE", "");
    let template = "Parameters: {Name: {Type: String}}\nResources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}}";
    updated.assert_same(template, Some(template), &["--param", "Name=b", "--old-param", "Name=a"]);
    let folder = TempDir::new().unwrap();
    let old = file(&folder, "old.json", r#"["Name=a"]"#);
    let options = ["--param", "Name=b", "--old-params", old.to_str().unwrap()];
    updated.assert_same(template, Some(template), &options);
    let (code, said) = updated.compare(template, Some(template), &["--param", "Name=b"]);
    assert!(code == Some(2) && said.contains("No updates are to be performed"), "{said}");
}

#[test]
fn a_nested_stack_is_a_resource_like_any_other() {
    let child = "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {Name: {Value: one}}";
    let parent = |name: &str| {
        format!(
            "Resources:\n  Child: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: 'https://bucket.s3.amazonaws.com/child.yaml'}}}}\n  \
             Topic: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: !Sub '{name}${{Child.Outputs.Name}}'}}}}\n"
        )
    };
    let folder = TempDir::new().unwrap();
    file(&folder, "child.yaml", child);
    let options = ["--template-dir", folder.path().to_str().unwrap()];
    let created = Facts::default()
        .stack("CREATE_IN_PROGRESS", "User Initiated")
        .made("Child")
        .made("Topic")
        .stack("CREATE_COMPLETE", "");
    created.assert_same(&parent("a"), None, &options);
    created.assert_same(&parent("a"), None, &[]);
    let updated = Facts::default()
        .stack("UPDATE_IN_PROGRESS", "User Initiated")
        .say("Topic", "UPDATE_IN_PROGRESS", "")
        .say("Topic", "UPDATE_COMPLETE", "")
        .stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
        .stack("UPDATE_COMPLETE", "");
    updated.assert_same(&parent("b"), Some(&parent("a")), &options);
    updated.assert_same(&parent("b"), Some(&parent("a")), &[]);
    // What it gave is not in the log.
    let waits = parent("a")
        + "  Box: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Count: !GetAtt Child.Outputs.Boxes}}}\n";
    let created = Facts::default()
        .stack("CREATE_IN_PROGRESS", "User Initiated")
        .made("Child")
        .made("Topic")
        .say("Box", "CREATE_IN_PROGRESS", "")
        .say("Box", "CREATE_IN_PROGRESS", &format!("Received SUCCESS signal with UniqueId {}", instance(1)))
        .say("Box", "CREATE_COMPLETE", "")
        .stack("CREATE_COMPLETE", "");
    let (code, said) = created.compare(&waits, None, &[]);
    assert!(code == Some(2) && said.contains("--attribute Child.Outputs.Boxes=VALUE"), "{said}");
    created.assert_same(&waits, None, &["--attribute", "Child.Outputs.Boxes=1"]);
}
