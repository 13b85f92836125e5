//! Reports of a rehearsal in a program of one's own.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::Duration;

use cfn_rehearse::{ClockKind, Fate, Options, Rehearsal};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Fields that differ from run to run: times, and ids that are drawn. Those in milliseconds end with `_ms`.
const BY_CHANCE: [&str; 7] = ["at", "since", "until", "ended", "physical_id", "instance_id", "token"];

const BEFORE: &str = "Resources: {Topic: {Type: AWS::SNS::Topic}}";
const AFTER: &str = "Resources: {Topic: {Type: AWS::SNS::Topic}, Another: {Type: AWS::SNS::Topic}}";
const WAITING: &str =
    "Resources: {Server: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: PT5M}}}}";

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

const HANDLE: &str = "Resources: {Handle: {Type: AWS::CloudFormation::WaitConditionHandle}, Wait: {Type: \
                      AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: '300'}}}";

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn summary(rehearsal: &Rehearsal) -> Value {
    lines(&rehearsal.report("a title").unwrap().json_lines).pop().unwrap()
}

/// Puts a document to a wait condition handle.
async fn put(url: &str, document: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!("PUT /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n", document.len());
    stream.write_all(format!("{head}{document}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn without_chance(lines: &mut [Value]) {
    for line in lines {
        match line {
            Value::Object(fields) => {
                fields.retain(|name, _| !name.ends_with("_ms") && !BY_CHANCE.contains(&name.as_str()));
                fields.values_mut().for_each(|value| without_chance(std::slice::from_mut(value)));
            }
            Value::Array(values) => without_chance(values),
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_library_reports_what_the_command_does() {
    let folder = tempfile::tempdir().unwrap();
    let template = write(folder.path(), "waiting.yaml", WAITING);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_cfn-rehearse"))
        .args(["serve", "--once", "--clock", "virtual", "--quiet", "0", "--output", "json"])
        .arg(&template)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let mut by_command = lines(std::str::from_utf8(&output.stdout).unwrap());
    let mut options = Options::default();
    options.template = Some(template);
    options.clock = ClockKind::Virtual;
    let mut rehearsal = Rehearsal::prepare(&options).unwrap();
    rehearsal.begin().unwrap();
    rehearsal.until_decided(Duration::ZERO).await;
    let mut by_library = lines(&rehearsal.report("a title").unwrap().json_lines);
    without_chance(&mut by_command);
    without_chance(&mut by_library);
    assert!(by_library.len() > 5, "{by_library:#?}");
    assert_eq!(by_library, by_command);
}

#[tokio::test]
async fn a_report_of_the_library_has_advice() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::default();
    options.template = Some(write(folder.path(), "handle.yaml", HANDLE));
    let mut rehearsal = Rehearsal::prepare(&options).unwrap();
    rehearsal.begin().unwrap();
    let url = rehearsal.handles()[0].url.expose().to_owned();
    let document =
        r#"{"Status": "FAILURE", "UniqueId": "a", "Reason": "no\u202e room ##[endgroup]", "Data": ""}"#;
    let (fate, answer) = tokio::join!(rehearsal.until_decided(Duration::ZERO), put(&url, document));
    assert!(answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(fate, Fate::RolledBack);
    let advice = "the failure was signalled: whoever sent the signal knows why";
    assert_eq!(summary(&rehearsal)["stacks"][0]["advice"], serde_json::json!([advice]));
    let report = rehearsal.report("a title").unwrap();
    assert!(report.html.contains(advice), "{}", report.html);
    // As the command prints them: nothing hides, and nothing is a command to what reads a log.
    assert!(report.json_lines.contains("room"), "{}", report.json_lines);
    assert!(
        !report.json_lines.contains('\u{202e}') && !report.json_lines.contains("##["),
        "{}",
        report.json_lines
    );
}

#[tokio::test]
async fn an_update_that_succeeds_is_reported_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::default();
    options.update_from = Some(write(folder.path(), "before.yaml", BEFORE));
    options.template = Some(write(folder.path(), "after.yaml", AFTER));
    options.clock = ClockKind::Virtual;
    let mut rehearsal = Rehearsal::prepare(&options).unwrap();
    rehearsal.begin().unwrap();
    assert_eq!(rehearsal.until_decided(Duration::ZERO).await, Fate::Updated);
    let summary = summary(&rehearsal);
    assert_eq!(summary["exit_code"], 0, "{summary}");
}

#[tokio::test]
async fn what_is_not_decided_is_reported_as_the_command_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = Options::default();
    options.template = Some(write(folder.path(), "waiting.yaml", WAITING));
    let mut rehearsal = Rehearsal::prepare(&options).unwrap();
    rehearsal.begin().unwrap();
    let undecided = summary(&rehearsal);
    assert_eq!(undecided["exit_code"], 130, "{undecided}");
}

#[tokio::test]
async fn values_are_given_and_made_up() {
    let folder = tempfile::tempdir().unwrap();
    let template = "
Parameters: {Name: {Type: String}, Size: {Type: String}, Word: {Type: String, NoEcho: true}}
Resources:
  Ip: {Type: AWS::EC2::EIP}
  Box:
    Type: AWS::EC2::Instance
    Properties: {UserData: !Base64 {'Fn::Sub': '${Name} ${Size} ${Ip.AllocationId} {{resolve:ssm:/level}}'}}
";
    let mut options = Options::default();
    options.template = Some(write(folder.path(), "t.yaml", template));
    options.parameter_files = vec![write(folder.path(), "v.yaml", "Name: web\nSize: small\nWord: hunter2\n")];
    options.parameters = [("Size".to_owned(), "large".to_owned())].into();
    options.resolve = [("ssm:/level".to_owned(), "hunter3".to_owned())].into();
    let shown = format!("{options:?}");
    assert!(shown.contains("ssm:/level") && !shown.contains("hunter3"), "{shown}");
    let mut rehearsal = Rehearsal::prepare(&options).unwrap();
    rehearsal.begin().unwrap();
    assert_eq!(rehearsal.until_decided(Duration::ZERO).await, Fate::Complete);
    let summary = summary(&rehearsal);
    assert_eq!(summary["made_up"][0]["name"], "Ip.AllocationId");
    assert_eq!(summary["filled"], serde_json::json!([]));

    options.parameter_files.clear();
    assert!(Rehearsal::prepare(&options).is_err());
    options.fill = true;
    let filled = filled_in(&options);
    assert_eq!(filled[0], serde_json::json!({"name": "Name", "stack": null, "value": "example"}));
    assert_eq!(filled[1], serde_json::json!({"name": "Word", "stack": null, "value": "****"}));
}

fn filled_in(options: &Options) -> Value {
    summary(&Rehearsal::prepare(options).unwrap())["filled"].clone()
}
