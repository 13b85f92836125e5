//! Groups and updates that are run: each instance boots, and no more at a time than told.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

mod common;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use common::{SERVER, file, rehearse, text};
use tempfile::TempDir;

fn group(script: &str, size: usize) -> String {
    let indented: String = script.lines().map(|line| format!("            {line}\n")).collect();
    format!(
        "
Resources:
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        UserData:
          Fn::Base64: |
{indented}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {{ResourceSignal: {{Count: {size}, Timeout: PT10M}}}}
    UpdatePolicy:
      AutoScalingRollingUpdate: {{MaxBatchSize: 2, PauseTime: PT10M, WaitOnResourceSignals: true}}
    Properties:
      MinSize: '0'
      MaxSize: '100'
      DesiredCapacity: '{size}'
      AvailabilityZones: [us-east-1a]
      LaunchTemplate: {{LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}}
"
    )
}

struct Runs {
    directory: TempDir,
}

impl Runs {
    fn new() -> Self {
        Self { directory: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    fn template(&self, name: &str, template: &str) -> String {
        file(&self.directory, name, template).display().to_string()
    }

    /// `cfn-rehearse run`, its `cfn-signal` a stand-in that signs with curl: as good as any client. Gives the exit code
    /// and what was said.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let stand_in = file(&self.directory, "cfn-signal", STAND_IN);
        std::fs::set_permissions(&stand_in, std::fs::Permissions::from_mode(0o755)).unwrap();
        let output =
            rehearse().arg("run").args(arguments).arg("--cfn-signal").arg(stand_in).output().unwrap();
        (output.status.code(), format!("{}{}", text(&output.stdout), text(&output.stderr)))
    }
}

/// Signals with the instance's identity: `cfn-signal STATUS RESOURCE`.
const STAND_IN: &str = r#"#!/bin/bash
set -eu
metadata=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest
token=$(curl -sf --noproxy '*' -X PUT -H 'x-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token")
get() { curl -sf --noproxy '*' -H "x-aws-ec2-metadata-token: $token" "$metadata/$1"; }
id=$(get meta-data/instance-id)
identity="CFN_V1 $(get dynamic/instance-identity/document | base64 -w0):$(get dynamic/instance-identity/signature | tr -d '\n')"
query="Action=SignalResource&Version=2010-05-15&StackName=rehearsal&LogicalResourceId=$2&UniqueId=$id&Status=$1"
curl -s --noproxy '*' -H "Authorization: $identity" "$AWS_ENDPOINT_URL_CLOUDFORMATION/?$query"
"#;

fn lines(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[test]
fn every_instance_of_a_group_boots_and_no_more_at_a_time_than_told() {
    let runs = Runs::new();
    let log = runs.path("log");
    // One line at its beginning and one at its end: how many there are at a time can be read from them.
    let script =
        format!("#!/bin/sh\necho begin >>{log}\nsleep 0.2\ncfn-signal SUCCESS Web\necho end >>{log}\n");
    let template = runs.template("group.yaml", &group(&script, 7));
    let (code, said) = runs.run(&[&template, "--parallel", "3"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Stack rehearsal is CREATE_COMPLETE"), "{said}");
    let log = lines(Path::new(&log));
    assert_eq!(log.len(), 14, "{log:?}");
    let mut at_a_time = 0;
    let most = log
        .iter()
        .map(|line| {
            at_a_time += if line == "begin" { 1 } else { -1 };
            at_a_time
        })
        .max();
    assert_eq!(most, Some(3), "{log:?}");
    let instances: std::collections::HashSet<_> =
        said.lines().filter_map(|line| line.split("signal with UniqueId ").nth(1)).collect();
    assert_eq!(instances.len(), 7, "{said}");
}

#[test]
fn an_update_is_run_from_what_was_before() {
    let runs = Runs::new();
    let before = runs.template("before.yaml", &group("#!/bin/sh\necho old\ncfn-signal SUCCESS Web", 3));
    let after = runs.template("after.yaml", &group("#!/bin/sh\necho new\ncfn-signal SUCCESS Web", 3));
    let (code, said) = runs.run(&[&after, "--update-from", &before]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("stack rehearsal is taken as created from "), "{said}");
    assert!(said.contains("Stack rehearsal is UPDATE_COMPLETE"), "{said}");
    assert!(!said.contains("CREATE_IN_PROGRESS") && !said.contains("| old"), "{said}");
    assert_eq!(said.matches("| new\n").count(), 3, "{said}");
}

#[test]
fn an_update_that_fails_goes_back_to_the_old_user_data() {
    let runs = Runs::new();
    let before = runs.template("before.yaml", &group("#!/bin/sh\necho old\ncfn-signal SUCCESS Web", 2));
    let after = runs.template("after.yaml", &group("#!/bin/sh\necho new\ncfn-signal FAILURE Web", 2));
    let (code, said) = runs.run(&[&after, "--update-from", &before]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Stack rehearsal is UPDATE_ROLLBACK_COMPLETE"), "{said}");
    let (new, old) = (said.find("| new\n").unwrap(), said.find("| old\n").unwrap());
    assert!(new < old, "{said}");
}

#[test]
fn an_update_that_changes_nothing_is_refused_in_the_services_words() {
    let runs = Runs::new();
    let template = runs.template("same.yaml", SERVER);
    let (code, said) = runs.run(&[&template, "--update-from", &template]);
    assert_eq!((code, said.as_str()), (Some(2), "cfn-rehearse: No updates are to be performed.\n"));
}

#[test]
fn silent_instances_cost_the_timeout_in_virtual_time_only() {
    let runs = Runs::new();
    let template = runs.template("group.yaml", &group("#!/bin/sh\necho hello", 2));
    let (code, said) = runs.run(&[&template]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("10 min in virtual time"), "{said}");
    assert_eq!(said.matches("| hello\n").count(), 2, "{said}");
    assert!(said.contains("Stack rehearsal is ROLLBACK_COMPLETE"), "{said}");
}

#[test]
fn a_group_can_be_chosen_and_a_single_instance_left_out() {
    let runs = Runs::new();
    let both =
        format!("{}{}", group("#!/bin/sh\ncfn-signal SUCCESS Web", 1), SERVER.replace("\nResources:\n", ""));
    let template = runs.template("both.yaml", &both);
    let (code, said) = runs.run(&[&template, "--resource", "Web"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Server: not rehearsed, so its policies are left out"), "{said}");
    let (code, said) = runs.run(&[&template, "--resource", "Launch"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("Launch is of type AWS::EC2::LaunchTemplate; the template's instances are"),
        "{said}"
    );
}
