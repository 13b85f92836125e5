//! Groups and updates that are run: each instance boots and signals with the real `cfn-signal`, and no more boot at a
//! time than told.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::collections::HashSet;
use std::path::Path;

use cfn_signal_tests::binaries;
use tempfile::TempDir;

const SERVER: &str = "
Resources:
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}
";

const SUCCESS: &str = "/opt/aws/bin/cfn-signal -e 0 --stack rehearsal --resource Web";
const FAILURE: &str = "/opt/aws/bin/cfn-signal -e 1 --stack rehearsal --resource Web";

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
        std::fs::write(self.directory.path().join(name), template).unwrap();
        self.path(name)
    }

    /// `cfn-rehearse run`: the exit code, and what was said.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = binaries::cfn_rehearse().arg("run").args(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), format!("{}{}", text(&output.stdout), text(&output.stderr)))
    }
}

fn lines(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[test]
fn every_instance_of_a_group_boots_and_no_more_at_a_time_than_told() {
    let runs = Runs::new();
    let log = runs.path("log");
    // One line at its beginning and one at its end: how many there are at a time can be read from them. The first
    // three wait for each other, but not for ever.
    let script = format!(
        "#!/bin/sh
echo begin >>{log}
tries=0
while [ $(grep -c begin {log}) -lt 3 ] && [ $tries -lt 600 ]; do sleep 0.05; tries=$((tries + 1)); done
{SUCCESS}
echo end >>{log}"
    );
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
    let instances: HashSet<_> =
        said.lines().filter_map(|line| line.split("signal with UniqueId ").nth(1)).collect();
    assert_eq!(instances.len(), 7, "{said}");
}

#[test]
fn an_update_is_run_from_what_was_before() {
    let runs = Runs::new();
    let before = runs.template("before.yaml", &group(&format!("#!/bin/sh\necho old\n{SUCCESS}"), 3));
    let after = runs.template("after.yaml", &group(&format!("#!/bin/sh\necho new\n{SUCCESS}"), 3));
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
    let before = runs.template("before.yaml", &group(&format!("#!/bin/sh\necho old\n{SUCCESS}"), 2));
    let after = runs.template("after.yaml", &group(&format!("#!/bin/sh\necho new\n{FAILURE}"), 2));
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
        format!("{}{}", group(&format!("#!/bin/sh\n{SUCCESS}"), 1), SERVER.replace("\nResources:\n", ""));
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
