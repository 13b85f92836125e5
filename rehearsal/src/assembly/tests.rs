#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use super::*;

const MANIFEST_OF_TWO: &str = r#"{"version": "55.0.0", "artifacts": {
    "assembly-Stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}},
    "Web": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "Web.template.json"}},
    "Db": {"type": "aws:cloudformation:stack", "environment": "aws://210987654321/eu-west-1",
        "properties": {"templateFile": "Db.template.json", "stackName": "Other"}}}}"#;

fn stack(name: &str, account: Option<&str>, region: Option<&str>) -> Found {
    let (account, region) = (account.map(str::to_owned), region.map(str::to_owned));
    Found::Stack(Assembled { name: name.to_owned(), account, region })
}

#[test]
fn each_template_has_the_stack_that_its_own_assembly_says() {
    let folder = tempfile::tempdir().unwrap();
    let stage = folder.path().join("assembly-Stage");
    fs::create_dir(&stage).unwrap();
    fs::write(folder.path().join("manifest.json"), MANIFEST_OF_TWO).unwrap();
    let within = r#"{"version": "55.0.0", "artifacts": {"StageWeb9B5CC5F3": {"type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/eu-north-1",
        "properties": {"templateFile": "StageWeb9B5CC5F3.template.json", "stackName": "Stage-Web"}}}}"#;
    fs::write(stage.join("manifest.json"), within).unwrap();
    assert_eq!(beside(&folder.path().join("Web.template.json")), stack("Web", None, None));
    let other = stack("Other", Some("210987654321"), Some("eu-west-1"));
    assert_eq!(beside(&folder.path().join("Db.template.json")), other);
    let staged = stack("Stage-Web", None, Some("eu-north-1"));
    assert_eq!(beside(&stage.join("StageWeb9B5CC5F3.template.json")), staged);
    // A nested stack's name is its parent's to give.
    assert_eq!(beside(&stage.join("StageWebIn4DF05516.nested.template.json")), Found::Nothing);
}

#[test]
fn what_is_no_assembly_says_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("Web.template.json");
    assert_eq!(beside(&template), Found::Nothing);
    assert_eq!(beside(Path::new("-")), Found::Nothing);
    let manifest = folder.path().join("manifest.json");
    for text in ["{}", "[]", r#"{"artifacts": []}"#, r#"{"name": "a web app", "icons": []}"#] {
        fs::write(&manifest, text).unwrap();
        assert_eq!(beside(&template), Found::Nothing, "{text}");
    }
    fs::write(&manifest, "{\"artifacts\":").unwrap();
    assert!(matches!(beside(&template), Found::Unclear(why) if why.contains("cannot be read")));
    assert_eq!(beside(&folder.path().join("web.yaml")), Found::Nothing);
    fs::write(&manifest, b"\xff").unwrap();
    assert!(matches!(beside(&template), Found::Unclear(_)));
    fs::remove_file(&manifest).unwrap();
    fs::create_dir(&manifest).unwrap();
    assert_eq!(beside(&template), Found::Nothing);
}

#[test]
fn what_cannot_be_taken_is_said() {
    let two = MANIFEST_OF_TWO.replace("Db.template.json", "Web.template.json");
    assert!(matches!(within(&two, "Web.template.json"), Found::Unclear(why) if why.contains("--stack-name")));
    let wrong = MANIFEST_OF_TWO.replace("Other", "not a name");
    let found = within(&wrong, "Db.template.json");
    assert!(matches!(found, Found::Unclear(why) if why.contains("no stack's name")));
}
