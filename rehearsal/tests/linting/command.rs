//! `cfn-rehearse lint` as a command: what it reads, and how it prints what it finds and what it cannot read.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Output, Stdio};

use crate::common::{rehearse, text};
use fancy_regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

/// One finding: `CFS202 8:38`.
const BAD: &str = "Resources:
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
    Properties:
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          setup
          echo done
          /opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}
";

fn files(all: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, content) in all {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn lint(folder: &TempDir, arguments: &[&str]) -> Output {
    rehearse().arg("lint").args(arguments).current_dir(folder).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The templates that were looked at.
fn looked_at(folder: &TempDir, arguments: &[&str]) -> Vec<String> {
    let output = lint(folder, &[arguments, &["--format", "json"]].concat());
    let all = json(&output)["templates"].as_array().unwrap().clone();
    all.iter().map(|it| it["file"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_folder_is_looked_through() {
    let folder = files(&[
        ("a.yaml", BAD),
        ("deep/er/b.json", "{\"Resources\": {\"T\": {\"Type\": \"AWS::SNS::Topic\"}}}"),
        ("deep/c.template", "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n"),
        ("deep/d.YML", BAD),
        ("rain.yaml", "Resources:\n  Net: !Rain::Module a\n  T: {Type: AWS::SNS::Topic}\n"),
        // What is something else.
        ("compose.yaml", "services: {web: {image: nginx}}\n"),
        ("serverless.yml", "resources:\n  Resources: {T: {Type: AWS::SNS::Topic}}\n"),
        ("package.json", "{\"Resources\": 1}"),
        ("prose.md", BAD),
        ("broken-other.yaml", "a: [\n"),
        // What git ignores, and what is hidden.
        (".gitignore", "ignored/\n*.out.yaml\n"),
        ("ignored/e.yaml", BAD),
        ("f.out.yaml", BAD),
        (".hidden/g.yaml", BAD),
        (".h.yaml", BAD),
    ]);
    symlink(folder.path(), folder.path().join("deep/round")).unwrap();
    symlink(folder.path().join("a.yaml"), folder.path().join("linked.yaml")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        folder.path().join("pipe.yaml"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    let expected = ["a.yaml", "deep/c.template", "deep/d.YML", "deep/er/b.json", "rain.yaml"];
    assert_eq!(looked_at(&folder, &["."]), expected);
    assert_eq!(looked_at(&folder, &["deep"]), &expected[1..4]);
    let output = lint(&folder, &["."]);
    // The four that are no templates, a link and a pipe; an empty map of resources is refused.
    assert_eq!(text(&output.stderr), "4 findings in 5 templates, 6 other files passed over\n");
    assert_eq!(output.status.code(), Some(1));
    // Once is enough.
    assert_eq!(looked_at(&folder, &["deep", "deep/d.YML", "./deep"]), &expected[1..4]);
    // A folder without any is no failure, and says so.
    let empty = files(&[("x.yaml", "a: 1\n")]);
    let output = lint(&empty, &["."]);
    assert_eq!(text(&output.stderr), "no findings in no templates, 1 other file passed over\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_template_of_a_folder_that_cannot_be_read_is_told() {
    let long = format!("{BAD}# {}\n", "x".repeat(1 << 20));
    let folder = files(&[
        ("broken.yaml", "Resources:\n  A: {Type: AWS::SNS::Topic\n"),
        ("long.yaml", &long),
        ("a.yaml", BAD),
    ]);
    let output = lint(&folder, &["."]);
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(told.contains("cfn-rehearse: broken.yaml:2:6: not readable as YAML or JSON"), "{told}");
    assert!(told.contains("cfn-rehearse: long.yaml:1:1: the template has more than"), "{told}");
    assert!(text(&output.stdout).contains("[CFS202]"));
}

#[test]
fn several_files_and_patterns_are_looked_at() {
    let folder = files(&[
        ("s/a.yaml", BAD),
        ("s/deep/b.yaml", BAD),
        ("s/c.json", "{\"Resources\": {}}"),
        ("s/no.yaml", "a: 1\n"),
        ("od[d].yaml", BAD),
    ]);
    assert_eq!(looked_at(&folder, &["s/[ab].yaml", "s/c.json"]), ["s/a.yaml", "s/c.json"]);
    assert_eq!(looked_at(&folder, &["s/**/*.yaml"]), ["s/a.yaml", "s/deep/b.yaml"]);
    assert_eq!(looked_at(&folder, &["s/*.{yaml,json}", "--only-templates"]), ["s/a.yaml"]);
    // A file may be called so.
    assert_eq!(looked_at(&folder, &["od[d].yaml"]), ["od[d].yaml"]);
    for (pattern, told) in [("s/*.yml", "s/*.yml: no file is called so"), ("s/[", "s/[: no pattern of files")]
    {
        let output = lint(&folder, &[pattern, "s/a.yaml"]);
        assert_eq!(output.status.code(), Some(2), "{pattern}");
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }
    // What is named has to be a template, unless it is said that it may not be one.
    let output = lint(&folder, &["s/no.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("s/no.yaml:1:1: no template"), "{}", text(&output.stderr));
    let output = lint(&folder, &["s/no.yaml", "--only-templates"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "no findings in no templates, 1 other file passed over\n");
}

#[test]
fn standard_input_is_a_template() {
    let folder = files(&[("a.yaml", BAD)]);
    let given = |arguments: &[&str], template: &str| {
        let mut command = rehearse();
        command.arg("lint").args(arguments).current_dir(&folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // What is refused at once reads nothing.
        let _ = child.stdin.take().unwrap().write_all(template.as_bytes());
        child.wait_with_output().unwrap()
    };
    let output = given(&["-"], BAD);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).starts_with("stdin:11:38: error: "), "{}", text(&output.stdout));
    let output = given(&["-", "--stdin-name", "src/app.yaml", "a.yaml"], BAD);
    assert!(text(&output.stdout).starts_with("src/app.yaml:11:38: error: "), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("\na.yaml:11:38: error: "), "{}", text(&output.stdout));
    assert!(text(&given(&["-"], "{{{").stderr).contains("stdin:1:"));
    assert_eq!(given(&["-", "-"], BAD).status.code(), Some(2));
    assert_eq!(given(&["-", "--fix"], BAD).status.code(), Some(2));
}

#[test]
fn what_is_no_file_is_told_and_not_waited_for() {
    let folder = files(&[("secret.yaml", BAD), ("latin.yaml", "a: b\n")]);
    let at = |name: &str| folder.path().join(name);
    fs::write(at("latin.yaml"), b"Description: \xe9\n").unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
        .unwrap();
    symlink("round.yaml", at("round.yaml")).unwrap();
    for (name, told) in [
        ("pipe", "pipe: is no file but a pipe"),
        ("/dev/zero", "/dev/zero: is no file but a pipe, a socket or a device"),
        ("round.yaml", "round.yaml: cannot be read: Too many levels of symbolic links"),
        ("latin.yaml", "latin.yaml: is not text in UTF-8, so no template"),
        ("absent.yaml", "absent.yaml: cannot be read: No such file or directory"),
    ] {
        let output = lint(&folder, &[name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(
            text(&output.stderr).starts_with(&format!("cfn-rehearse: {told}")),
            "{}",
            text(&output.stderr)
        );
        let errors = json(&lint(&folder, &[name, "--output", "json"]))["errors"].clone();
        assert_eq!((&errors[0]["file"], &errors[0]["line"]), (&Value::from(name), &Value::Null), "{errors}");
        assert!(
            told.ends_with(&errors[0]["message"].as_str().unwrap()[..12])
                || told.contains(&errors[0]["message"].as_str().unwrap()[..12]),
            "{errors}"
        );
    }
    // Root reads everything.
    if !rustix::process::geteuid().is_root() {
        fs::set_permissions(at("secret.yaml"), fs::Permissions::from_mode(0o000)).unwrap();
        let output = lint(&folder, &["secret.yaml"]);
        assert!(text(&output.stderr).contains("secret.yaml: cannot be read: Permission denied"));
    }
}

#[test]
fn a_cloud_assembly_gives_its_stacks_names_and_regions() {
    let template = BAD
        .replace("          echo done\n", "")
        .replace("${AWS::StackName}", "app-prod")
        .replace("${AWS::Region}", "eu-west-1")
        + "    Metadata: {aws:cdk:path: app/Box/Resource}\n";
    let manifest = |name: &str, region: &str| {
        format!(
            "{{\"version\": \"36.0.0\", \"artifacts\": {{\"App\": {{\"type\": \"aws:cloudformation:stack\", \"environment\": \
             \"aws://123456789012/{region}\", \"properties\": {{\"templateFile\": \"App.template.json\", \"stackName\": \"{name}\"}}}}}}}}"
        )
    };
    let found = |name: &str, region: &str| {
        let folder = files(&[
            (".gitignore", "*.json\ncdk.out\n"),
            ("cdk.out/manifest.json", &manifest(name, region)),
            ("cdk.out/App.template.json", &template),
            ("cdk.out/assembly-Stage/manifest.json", &manifest(name, region)),
            ("cdk.out/assembly-Stage/App.template.json", &template),
            ("cdk.out/asset.123/x.yaml", BAD),
            ("cdk.out/tree.json", "{\"version\": \"tree-0.1\"}"),
        ]);
        let output = json(&lint(&folder, &["cdk.out", "--output", "json"]));
        let findings = output["findings"].as_array().unwrap();
        let codes: Vec<String> = findings
            .iter()
            .map(|it| format!("{} {}", it["code"].as_str().unwrap(), it["message"].as_str().unwrap()))
            .collect();
        assert_eq!(output["templates"].as_array().unwrap().len(), 2, "{output}");
        assert_eq!(output["templates"][0]["stack"], name);
        assert_eq!(
            (&output["templates"][0]["account"], output["errors"].as_array().unwrap().len()),
            (&Value::from("123456789012"), 0)
        );
        codes
    };
    assert_eq!(found("app-prod", "eu-west-1"), [""; 0]);
    let stack = "CFS103 \"app-prod\" is not this stack's name, which is \"app-test\" in manifest.json";
    assert_eq!(found("app-test", "eu-west-1"), [stack, stack]);
    let region = "CFS104 \"eu-west-1\" is not this stack's region, which is \"us-east-1\" in manifest.json";
    assert_eq!(found("app-prod", "us-east-1"), [region, region]);
    // An app that is bound to no region says none.
    assert_eq!(found("app-prod", "unknown-region"), [""; 0]);
}

#[test]
fn annotations_are_commands_of_one_line_each() {
    let name = "a,b:c%\n::error::forged.yaml";
    let folder =
        files(&[(name, &BAD.replace("Box", "\"B%0A,::x\"")), ("broken.yaml", "a: [\n"), ("a.yaml", BAD)]);
    let output = lint(&folder, &["--output", "github", "a.yaml", name, "broken.yaml", "gone.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stdout);
    let lines: Vec<&str> = said.lines().collect();
    let command = Regex::new(
        "^::(error|warning|notice) file=([^,:\\n]+)(,line=([0-9]+),col=([0-9]+))?,title=([^,:\\n]+)::(.+)$",
    )
    .unwrap();
    assert!(lines.iter().all(|line| command.is_match(line).unwrap()), "{said}");
    assert!(
        lines[0].starts_with("::error file=a.yaml,line=11,col=38,title=CFS202 stale-status::$? is the status of echo, not of setup. "),
        "{said}"
    );
    assert!(said.contains("file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Aforged.yaml,line="), "{said}");
    assert!(
        said.contains("::error file=broken.yaml,line=1,col=4,title=unreadable::not readable as YAML"),
        "{said}"
    );
    assert!(said.contains("::error file=gone.yaml,title=unreadable::cannot be read: No such file"), "{said}");
    // What a template says of itself is no command either.
    let all = said + &text(&output.stderr);
    assert!(!all.lines().any(|line| line.starts_with("::error::")), "{all}");
}

#[test]
fn what_cannot_be_read_is_in_every_output() {
    let folder = files(&[("broken.yaml", "Resources:\n  A: [\n"), ("no.yaml", "a: 1\n"), ("a.yaml", BAD)]);
    let output = lint(&folder, &["a.yaml", "broken.yaml", "no.yaml", "--output", "json"]);
    assert_eq!(output.status.code(), Some(2));
    let said = json(&output);
    assert_eq!(said["findings"].as_array().unwrap().len(), 1);
    let errors = said["errors"].as_array().unwrap();
    assert_eq!(
        (&errors[0]["file"], errors[0]["line"].as_u64(), errors[0]["column"].as_u64()),
        (&Value::from("broken.yaml"), Some(2), Some(6))
    );
    assert!(errors[0]["message"].as_str().unwrap().starts_with("not readable as YAML or JSON: "), "{said}");
    assert_eq!(errors[1]["message"], "no template: it has no map of Resources");
    assert!(
        text(&output.stderr).contains("cfn-rehearse: broken.yaml:2:6: not readable"),
        "{}",
        text(&output.stderr)
    );

    let log = json(&lint(&folder, &["a.yaml", "broken.yaml", "gone.yaml", "--output", "sarif"]));
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 1);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let told = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!((told.len(), &told[0]["level"]), (2, &Value::from("error")));
    let at = &told[0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (&at["artifactLocation"]["uri"], &at["region"]["startLine"]),
        (&Value::from("broken.yaml"), &Value::from(2))
    );
    assert_eq!(told[1]["locations"][0]["physicalLocation"]["region"], Value::Null);

    let log = json(&lint(&folder, &["a.yaml", "--output", "sarif"]));
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

/// The patterns in the documentation, against what is really printed.
#[test]
fn the_problem_matcher_of_the_documentation_matches() {
    let documentation =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/lint.md")).unwrap();
    let mut patterns: Vec<Regex> = documentation
        .lines()
        .filter_map(|line| line.trim().strip_prefix("\"regexp\": ")?.strip_suffix(','))
        .map(|quoted| Regex::new(serde_json::from_str::<Value>(quoted).unwrap().as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(patterns.len(), 1);
    let pattern = patterns.remove(0);
    let folder = files(&[("de ep/a.yaml", &BAD.replace("--region ${AWS::Region}", ""))]);
    let said = text(&lint(&folder, &["."]).stdout);
    let found: Vec<Vec<String>> = said
        .lines()
        .filter_map(|line| pattern.captures(line).unwrap())
        .map(|it| it.iter().skip(1).flatten().map(|group| group.as_str().to_owned()).collect())
        .collect();
    let expected = [
        ["de ep/a.yaml", "11", "11", "warning", "without --region the signal goes to us-east-1", "CFS105"],
        ["de ep/a.yaml", "11", "38", "error", "$? is the status of echo, not of setup", "CFS202"],
    ];
    assert_eq!(found, expected, "{said}");
}

/// The hook for pre-commit names every file that it is given, and what it says has to be a command of ours.
#[test]
fn the_hook_for_pre_commit_runs() {
    let hooks =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.pre-commit-hooks.yaml")).unwrap();
    let value = |key: &str| {
        let line = hooks.lines().find_map(|line| line.trim_start_matches("- ").trim().strip_prefix(key));
        line.unwrap().trim_matches([' ', '\'']).to_owned()
    };
    let entry = value("entry:");
    let arguments: Vec<&str> = entry.split(' ').collect();
    assert_eq!(arguments[..2], ["cfn-rehearse", "lint"]);
    let folder = files(&[
        ("a.yaml", BAD),
        ("compose.yml", "services: {}\n"),
        ("b.json", "{\"Resources\": {\"T\": {\"Type\": \"AWS::SNS::Topic\"}}}"),
    ]);
    let named = Regex::new(&value("files:")).unwrap();
    let all = ["a.yaml", "compose.yml", "b.json", "c.template", "x.md"];
    let given: Vec<&str> = all.into_iter().filter(|it| named.is_match(it).unwrap()).collect();
    assert_eq!(given, all[..4]);
    let output = lint(&folder, &[&arguments[2..], &given[..3]].concat());
    assert_eq!(text(&output.stderr), "1 finding in 2 templates, 1 other file passed over\n");
    assert_eq!(output.status.code(), Some(1));
}
