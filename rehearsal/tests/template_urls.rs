//! Templates by URL: what the API takes as `TemplateURL`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use crate::common::{SERVER, Served, file, rehearse, text};
use tempfile::TempDir;

/// More than a `TemplateBody` may be.
fn large() -> String {
    format!("# {}\nParameters: {{Colour: {{Type: String, Default: blue}}}}{SERVER}", "x".repeat(60_000))
}

fn dir(arguments: &TempDir) -> Vec<String> {
    vec!["--template-dir".to_owned(), arguments.path().display().to_string()]
}

#[test]
fn templates_are_found_in_a_folder_by_their_url() {
    let folder = TempDir::new().unwrap();
    file(&folder, "large.yaml", &large());
    file(
        &folder,
        "other.yaml",
        &large().replace("PT5M", "PT6M").replace("Resources:", "Outputs: {O: {Value: x}}\nResources:"),
    );
    let arguments = dir(&folder);
    let served = Served::account(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let url = "https://bucket.s3.amazonaws.com/some/prefix/large.yaml";
    served.result("CreateStack", &[("StackName", "one"), ("TemplateURL", url)]);
    served.signed(&crate::common::signal_query("one", "Server", "i-1", "SUCCESS"), &served.key(), 0);
    assert_eq!(served.result("GetTemplate", &[("StackName", "one")])["TemplateBody"], large());
    assert_eq!(
        served.result("ValidateTemplate", &[("TemplateURL", url)])["Parameters"][0]["ParameterKey"],
        "Colour"
    );
    assert_eq!(
        served.result("GetTemplateSummary", &[("TemplateURL", url)])["ResourceTypes"][0],
        "AWS::EC2::Instance"
    );
    let error = |parameters: &[(&str, &str)]| {
        let answer = served.call("CreateStack", &[&[("StackName", "two")], parameters].concat());
        assert_eq!(answer.status, 400);
        answer.error()
    };
    let refused = |message: &str| ("ValidationError".to_owned(), message.to_owned());
    let missing = "https://bucket.s3.amazonaws.com/x/missing.yaml";
    let shown = folder.path().display();
    assert_eq!(
        error(&[("TemplateURL", missing)]),
        refused(&format!(
            "S3 error: The specified bucket does not exist. ({missing}: the folder {shown} (of cfn-rehearse serve \
             --template-dir) has no missing.yaml)"
        ))
    );
    assert_eq!(
        error(&[("TemplateURL", url), ("TemplateBody", SERVER)]),
        refused("You cannot specify both Template Body and Template URL.")
    );
    file(&folder, "long.yaml", &"#".repeat(1_000_001));
    assert_eq!(
        error(&[("TemplateURL", "https://b/long.yaml")]),
        refused("Template may not exceed 1000000 bytes in size.")
    );
    file(&folder, "broken.yaml", "Resources: {");
    let (_, message) = error(&[("TemplateURL", "https://b/broken.yaml")]);
    assert!(message.starts_with("Template format error: YAML not well-formed."), "{message}");
}

#[test]
fn an_update_takes_a_url_and_so_do_files() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "topic.yaml", "Resources: {T: {Type: AWS::SNS::Topic}}");
    file(&folder, "two.yaml", "Resources: {T: {Type: AWS::SNS::Topic}, U: {Type: AWS::SNS::Topic}}");
    let served = Served::account(&[]);
    let url = format!("file://{}", path.display());
    served.result("CreateStack", &[("StackName", "one"), ("TemplateURL", &url)]);
    let url = url.replace("topic", "two");
    served.result("UpdateStack", &[("StackName", "one"), ("TemplateURL", &url)]);
    let resources = served.result("DescribeStackResources", &[("StackName", "one")]);
    assert_eq!(resources["StackResources"].as_array().unwrap().len(), 2);
    // Nothing is fetched from anywhere else, and the line says what to do.
    let answer = served.call("ValidateTemplate", &[("TemplateURL", "https://example.com/a/topic.yaml")]);
    let expected = "TemplateURL must be a supported URL. (https://example.com/a/topic.yaml: no bucket of this rehearsal has it; start cfn-rehearse serve with --template-dir DIR, a folder that has topic.yaml)";
    assert_eq!(answer.error().1, expected);
}

#[test]
fn a_folder_that_is_none_is_told_at_once() {
    let folder = TempDir::new().unwrap();
    let template = file(&folder, "template.yaml", SERVER);
    for command in ["run", "serve"] {
        let output = rehearse()
            .arg(command)
            .arg(&template)
            .args(["--template-dir", "/nonexistent/folder"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(
            text(&output.stderr),
            "cfn-rehearse: /nonexistent/folder: the folder of templates (--template-dir) cannot be opened: No such file or directory (os error 2)\n"
        );
    }
}
