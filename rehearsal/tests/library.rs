//! Reports of a rehearsal in a program of one's own.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::Duration;

use cfn_rehearse::{ClockKind, Fate, Options, Rehearsal};

const BEFORE: &str = "Resources: {Topic: {Type: AWS::SNS::Topic}}";
const AFTER: &str = "Resources: {Topic: {Type: AWS::SNS::Topic}, Another: {Type: AWS::SNS::Topic}}";
const WAITING: &str =
    "Resources: {Server: {Type: AWS::EC2::Instance, CreationPolicy: {ResourceSignal: {Timeout: PT5M}}}}";

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn summary(rehearsal: &Rehearsal) -> serde_json::Value {
    let report = rehearsal.report("a title").unwrap();
    serde_json::from_str(report.json_lines.lines().last().unwrap()).unwrap()
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
