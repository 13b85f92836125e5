//! Stacks of many resources: whatever happens is told by the time of the verdict, in every report.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::common::{file, rehearse, text};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Puts success to the handle whose URL comes before it, with nothing but a shell.
const PUT: &str = r#"'
body='{"Status": "SUCCESS", "Reason": "", "UniqueId": "it", "Data": ""}'
rest=${url#http://}
host=${rest%%/*}
exec 3<>"/dev/tcp/${host%:*}/${host#*:}"
printf 'PUT /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %s\r\n\r\n%s' \
  "${rest#*/}" "$host" "${#body}" "$body" >&3
cat <&3 >/dev/null
"#;

/// So many topics.
fn topics(number: usize) -> serde_json::Map<String, Value> {
    (0..number).map(|at| (format!("T{at}"), json!({"Type": "AWS::SNS::Topic"}))).collect()
}

fn template(resources: &serde_json::Map<String, Value>) -> String {
    json!({"Resources": resources}).to_string()
}

/// After the last of the topics an instance comes that signals by a handle, and with it the end.
fn signalled(number: usize) -> serde_json::Map<String, Value> {
    let mut resources = topics(number);
    let user_data = json!({"Fn::Base64": {"Fn::Join": ["", ["#!/bin/bash\nurl='", {"Ref": "Handle"}, PUT]]}});
    let more = [
        ("Handle", json!({"Type": "AWS::CloudFormation::WaitConditionHandle"})),
        (
            "Box",
            json!({
                "Type": "AWS::EC2::Instance",
                "DependsOn": format!("T{}", number - 1),
                "Properties": {"ImageId": "ami-0abcdef1234567890", "UserData": user_data},
            }),
        ),
        (
            "Ready",
            json!({
                "Type": "AWS::CloudFormation::WaitCondition",
                "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "300"},
            }),
        ),
    ];
    resources.extend(more.map(|(id, resource)| (id.to_owned(), resource)));
    resources
}

struct Reported {
    console: String,
    lines: Vec<Value>,
    junit: String,
    html: String,
}

/// Runs a command twice, for people and for programs, with all its reports.
fn reported(folder: &TempDir, command: impl Fn() -> Command, clock: &str) -> Reported {
    let (junit, html) = (folder.path().join("a.xml"), folder.path().join("a.html"));
    let done = |mut command: Command, more: &[&str]| -> Output {
        let output = command
            .args(["--clock", clock, "--junit", junit.to_str().unwrap(), "--html", html.to_str().unwrap()])
            .args(more)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
        output
    };
    let console = text(&done(command(), &[]).stdout);
    let stream = text(&done(command(), &["--output", "json"]).stdout);
    Reported {
        console,
        lines: stream.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        junit: std::fs::read_to_string(&junit).unwrap(),
        html: std::fs::read_to_string(&html).unwrap(),
    }
}

/// `events` is how many the stack has in all, `cases` the waits.
fn check(reported: &Reported, events: usize, resources: usize, cases: usize) {
    let Reported { console, lines, junit, html } = reported;
    let told: Vec<_> = lines.iter().filter(|it| it["type"] == "event").collect();
    assert_eq!(told.len(), events);
    let last = told[events - 1];
    assert_eq!((&last["logical_id"], &last["status"]), (&json!("rehearsal"), &json!("CREATE_COMPLETE")));
    let summary = &lines.last().unwrap()["stacks"][0];
    assert_eq!((&summary["status"], &summary["verdict"]), (&json!("CREATE_COMPLETE"), &json!("complete")));
    let of_summary = summary["resources"].as_array().unwrap();
    assert_eq!(of_summary.len(), resources);
    assert!(of_summary.iter().all(|it| it["status"] == "CREATE_COMPLETE"));
    let waits: Vec<_> = of_summary.iter().flat_map(|it| it["waits"].as_array().unwrap()).collect();
    assert!(waits.iter().all(|it| it["end"] == "met"), "{waits:?}");
    // A stack without waits is a case of its own.
    assert_eq!(junit.matches("<testcase").count(), cases.max(1), "{junit}");
    assert_eq!(waits.len(), cases);
    assert!(junit.contains("failures=\"0\" errors=\"0\" skipped=\"0\""), "{junit}");
    assert!(!html.contains("not begun") && !html.contains("interrupted before"));
    assert!(!html.contains("CREATE_IN_PROGRESS (under way)"));
    let shown = console.lines().filter(|line| line.contains(" | CREATE_COMPLETE")).count();
    assert_eq!(shown, resources + 1, "{console}");
    assert!(console.contains("Stack rehearsal is CREATE_COMPLETE"), "{console}");
}

#[test]
fn nothing_is_left_unread_when_a_served_stack_is_decided() {
    let folder = TempDir::new().unwrap();
    for number in [84, 85, 100, 500] {
        let template = file(&folder, "template.json", &template(&topics(number)));
        for clock in ["virtual", "real"] {
            let command = || {
                let mut command = rehearse();
                command.arg("serve").arg(&template).args(["--once", "--quiet", "0"]);
                command
            };
            let reported = reported(&folder, command, clock);
            check(&reported, 3 * number + 2, number, 0);
        }
    }
}

#[test]
fn nothing_is_left_unread_when_user_data_has_signalled() {
    let folder = TempDir::new().unwrap();
    let signal = file(&folder, "cfn-signal", "#!/bin/sh\n");
    std::fs::set_permissions(&signal, std::fs::Permissions::from_mode(0o755)).unwrap();
    for number in [85, 100, 497] {
        let template = file(&folder, "template.json", &template(&signalled(number)));
        for clock in ["virtual", "real"] {
            let command = || {
                let mut command = rehearse();
                command.arg("run").arg(&template).arg("--cfn-signal").arg(&signal);
                command
            };
            let reported = reported(&folder, command, clock);
            check(&reported, 3 * (number + 3) + 2, number + 3, 1);
        }
    }
}

#[test]
fn every_wait_of_many_is_told_once() {
    let folder = TempDir::new().unwrap();
    let server =
        json!({"Type": "AWS::EC2::Instance", "CreationPolicy": {"ResourceSignal": {"Timeout": "PT5M"}}});
    let servers: serde_json::Map<_, _> = (0..500).map(|at| (format!("S{at}"), server.clone())).collect();
    let template = file(&folder, "template.json", &template(&servers));
    let junit = folder.path().join("a.xml");
    let output = rehearse()
        .arg("serve")
        .arg(template)
        .args(["--once", "--quiet", "0", "--clock", "virtual", "--output", "json", "--junit"])
        .arg(&junit)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stream = text(&output.stdout);
    let lines: Vec<Value> = stream.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (kind, count) in [("wait-begun", 500), ("wait-ended", 500), ("launched", 500), ("terminated", 500)] {
        assert_eq!(lines.iter().filter(|it| it["type"] == kind).count(), count, "{kind}");
    }
    let summary = &lines.last().unwrap()["stacks"][0];
    assert_eq!(summary["status"], "ROLLBACK_COMPLETE");
    for resource in summary["resources"].as_array().unwrap() {
        let waits = resource["waits"].as_array().unwrap();
        assert_eq!((waits.len(), &resource["status"]), (1, &json!("DELETE_COMPLETE")));
        assert_eq!(waits[0]["end"], "failed", "each is due with the first");
    }
    let junit = std::fs::read_to_string(junit).unwrap();
    assert_eq!(junit.matches("<testcase").count(), 500);
    assert!(junit.contains("failures=\"500\" errors=\"0\" skipped=\"0\""));
}

const BEFORE: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
    Properties: {ImageId: ami-1}
";

const AFTER: &str = "
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Ready:
    Type: AWS::CloudFormation::WaitCondition
    Properties: {Handle: !Ref Handle, Timeout: '60'}
";

#[test]
fn what_an_update_does_not_come_to_is_as_it_was() {
    let folder = TempDir::new().unwrap();
    let (before, after) =
        (file(&folder, "a.yaml", BEFORE), file(&folder, "b.yaml", &format!("{BEFORE}{AFTER}")));
    let (junit, html) = (folder.path().join("a.xml"), folder.path().join("a.html"));
    let signal = file(&folder, "cfn-signal", "#!/bin/sh\n");
    std::fs::set_permissions(&signal, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = rehearse()
        .arg("run")
        .args([&after, Path::new("--update-from"), &before, Path::new("--cfn-signal"), &signal])
        .args(["--output", "json", "--junit", junit.to_str().unwrap(), "--html", html.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let summary: Value = serde_json::from_str(text(&output.stdout).lines().last().unwrap()).unwrap();
    let resources = summary["stacks"][0]["resources"].as_array().unwrap();
    let status = |id: &str| resources.iter().find(|it| it["logical_id"] == id).unwrap()["status"].clone();
    assert_eq!([status("Topic"), status("Server")], ["CREATE_COMPLETE", "CREATE_COMPLETE"]);
    let junit = std::fs::read_to_string(junit).unwrap();
    assert_eq!((junit.matches("<testcase").count(), junit.matches("skipped").count()), (1, 2), "{junit}");
    assert!(!std::fs::read_to_string(html).unwrap().contains("not begun"));
}

/// The group's pause ends by itself, and with that the instance begins to wait.
const PAUSING: &str = "
Resources:
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {ImageId: ami-1}}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    UpdatePolicy: {AutoScalingRollingUpdate: {PauseTime: PT1M}}
    Properties:
      MinSize: '1'
      MaxSize: '1'
      AvailabilityZones: [us-east-1a]
      LaunchTemplate: {LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}
";

const NEXT: &str = "
  Server:
    Type: AWS::EC2::Instance
    DependsOn: Web
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
";

#[test]
fn a_wait_that_time_begins_is_one_wait() {
    let folder = TempDir::new().unwrap();
    let before = file(&folder, "a.yaml", PAUSING);
    let after = file(&folder, "b.yaml", &format!("{}{NEXT}", PAUSING.replace("ami-1", "ami-2")));
    let signal = file(&folder, "cfn-signal", "#!/bin/sh\n");
    std::fs::set_permissions(&signal, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = rehearse()
        .arg("run")
        .args([&after, Path::new("--update-from"), &before, Path::new("--cfn-signal"), &signal])
        .args(["--output", "json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let summary: Value = serde_json::from_str(text(&output.stdout).lines().last().unwrap()).unwrap();
    let resources = summary["stacks"][0]["resources"].as_array().unwrap();
    let server = resources.iter().find(|it| it["logical_id"] == "Server").unwrap();
    let ends: Vec<_> = server["waits"].as_array().unwrap().iter().map(|it| &it["end"]).collect();
    assert_eq!(ends, ["failed"]);
}
