//! `run` and `serve` of a template that the CDK synthesised: the stack has the name that it is deployed under.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;
use std::path::Path;

use crate::common::{rehearse, text};
use tempfile::TempDir;

const MANIFEST: &str = r#"{"version": "55.0.0", "artifacts": {"StageWeb9B5C": {"type": "aws:cloudformation:stack",
    "environment": "aws://210987654321/eu-west-1",
    "properties": {"templateFile": "StageWeb9B5C.template.json", "stackName": "Stage-Web"}}}}"#;

fn assembly(folder: &Path, manifest: &str) -> String {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("manifest.json"), manifest).unwrap();
    let template = folder.join("StageWeb9B5C.template.json");
    fs::write(&template, r#"{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}"#).unwrap();
    template.display().to_string()
}

fn said(arguments: &[&str]) -> String {
    let output = rehearse().args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn a_stack_is_called_as_its_assembly_calls_it_unless_told() {
    let folder = TempDir::new().unwrap();
    let template = assembly(&folder.path().join("cdk.out/assembly-Stage"), MANIFEST);
    for arguments in [&["run", template.as_str()][..], &["serve", &template, "--once"]] {
        let said = said(arguments);
        let told = "as the CDK's manifest.json says: stack Stage-Web, region eu-west-1, account 210987654321";
        assert!(said.contains(told), "{said}");
        assert!(said.contains("Stack Stage-Web is CREATE_COMPLETE"), "{said}");
    }
    let named = said(&["run", &template, "--stack-name", "other"]);
    assert!(named.contains("Stack other is CREATE_COMPLETE"), "{named}");
    assert!(named.contains("manifest.json says: region eu-west-1"), "{named}");
    let both = said(&["run", &template, "--stack-name", "other", "--region", "us-west-2"]);
    assert!(both.contains("manifest.json says: account 210987654321"), "{both}");
    let all = ["--stack-name", "other", "--region", "us-west-2", "--account", "111122223333"];
    let all = said(&[&["run", template.as_str()][..], &all].concat());
    assert!(!all.contains("manifest.json"), "{all}");
    let wrong = rehearse().args(["run", &template, "--account", "12"]).output().unwrap();
    assert!(text(&wrong.stderr).contains("an account's id is twelve digits"));
    let env = said(&["serve", &template, "--once", "--env"]);
    assert!(env.contains("export AWS_REGION='eu-west-1'"), "{env}");
}

#[test]
fn a_manifest_that_says_nothing_is_none() {
    let folder = TempDir::new().unwrap();
    for manifest in ["{}", r#"{"name": "a web app"}"#] {
        let said = said(&["run", &assembly(folder.path(), manifest)]);
        assert!(said.contains("Stack rehearsal is CREATE_COMPLETE") && !said.contains("manifest"), "{said}");
    }
    let said = said(&["run", &assembly(folder.path(), "{")]);
    assert!(said.contains("manifest.json beside the template cannot be read"), "{said}");
    assert!(said.contains("; the stack is called rehearsal"), "{said}");
}
