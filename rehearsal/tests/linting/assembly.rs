//! Lint of a template that the CDK synthesised: the name of its stack, and its region, are known.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;

use crate::common::{file, rehearse, text};
use tempfile::TempDir;

const MANIFEST: &str = r#"{"version": "55.0.0", "artifacts": {"Web": {"type": "aws:cloudformation:stack",
    "environment": "aws://unknown-account/eu-west-1",
    "properties": {"templateFile": "Web.template.json", "stackName": "Shop"}}}}"#;

fn said(folder: &TempDir) -> String {
    let output = rehearse().arg("lint").arg("Web.template.json").current_dir(folder.path()).output().unwrap();
    text(&output.stdout) + &text(&output.stderr)
}

fn template(folder: &TempDir, stack: &str, region: &str, cdk: bool) {
    let script = format!(
        "#!/bin/bash\n/opt/aws/bin/cfn-signal -e $? --stack {stack} --resource Server --region {region}\n"
    );
    let metadata =
        if cdk { serde_json::json!({"aws:cdk:path": "Web/Server"}) } else { serde_json::json!({}) };
    let template = serde_json::json!({"Resources": {"Server": {"Type": "AWS::EC2::Instance",
        "Metadata": metadata,
        "CreationPolicy": {"ResourceSignal": {"Timeout": "PT15M"}},
        "Properties": {"ImageId": "ami-1", "UserData": {"Fn::Base64": script}}}}});
    file(folder, "Web.template.json", &template.to_string());
}

#[test]
fn a_stacks_own_name_and_region_are_right_and_others_are_not() {
    for cdk in [false, true] {
        let folder = TempDir::new().unwrap();
        file(&folder, "manifest.json", MANIFEST);
        template(&folder, "Shop", "eu-west-1", cdk);
        assert!(said(&folder).contains("no findings"), "{}", said(&folder));
        template(&folder, "Web", "eu-west-1", cdk);
        let wrong = said(&folder);
        assert!(
            wrong.contains("CFS103") && wrong.contains("is not this stack's name, which is \"Shop\""),
            "{wrong}"
        );
        template(&folder, "Shop", "us-east-1", cdk);
        let wrong = said(&folder);
        assert!(
            wrong.contains("CFS104") && wrong.contains("is not this stack's region, which is \"eu-west-1\""),
            "{wrong}"
        );
    }
}

#[test]
fn without_a_manifest_it_is_as_before() {
    let folder = TempDir::new().unwrap();
    template(&folder, "Shop", "eu-west-1", false);
    assert!(
        said(&folder).contains("is this stack's name only while nobody gives it another"),
        "{}",
        said(&folder)
    );
    template(&folder, "Shop", "eu-west-1", true);
    assert!(said(&folder).contains("no findings"), "{}", said(&folder));
    fs::write(folder.path().join("manifest.json"), "{\"name\": \"a web app\"}").unwrap();
    assert!(said(&folder).contains("no findings"), "{}", said(&folder));
}
