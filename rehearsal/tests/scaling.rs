//! Groups that somebody scales, and sizes that do not go together: what users are told of them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use crate::common::{Served, file, rehearse, run, text};
use serde_json::Value;
use tempfile::TempDir;

/// A group, `sizes` and all, whose instances signal or do not.
fn group(sizes: &str, kept: u32, image: &str) -> String {
    format!(
        "
Resources:
  Launch:
    Type: AWS::EC2::LaunchTemplate
    Properties: {{LaunchTemplateData: {{ImageId: {image}}}}}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    UpdatePolicy:
      AutoScalingRollingUpdate:
        {{MaxBatchSize: 9, MinInstancesInService: {kept}, PauseTime: PT5M, WaitOnResourceSignals: true}}
    Properties:
      {sizes}
      AvailabilityZones: [us-east-1a]
      LaunchTemplate: {{LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}}
"
    )
}

const SCALING: &str = "{MinSize: '3', MaxSize: '9'}";

fn flat(sizes: &str) -> String {
    sizes.trim_matches(['{', '}']).replace(", ", "\n      ")
}

/// `run` of an update, none of whose instances signals.
fn updated(before: &str, after: &str, options: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let signal = file(&folder, "cfn-signal", "#!/bin/sh\n");
    std::fs::set_permissions(&signal, std::fs::Permissions::from_mode(0o755)).unwrap();
    rehearse()
        .arg("run")
        .arg(file(&folder, "after.yaml", after))
        .arg("--update-from")
        .arg(file(&folder, "before.yaml", before))
        .arg("--cfn-signal")
        .arg(signal)
        .args(options)
        .output()
        .unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[test]
fn a_group_that_is_none_and_sizes_that_it_may_not_have_are_refused() {
    let (before, after) = (group(&flat(SCALING), 3, "ami-1"), group(&flat(SCALING), 3, "ami-2"));
    for (option, value, why) in [
        ("--scaled", "Launch=6", "the template has no Auto Scaling group Launch; it has Web"),
        ("--scale", "web=6@30s", "the template has no Auto Scaling group web; it has Web"),
        ("--scaled", "Web=2", "Auto Scaling lets Web have 3 to 9 instances, its MinSize and MaxSize"),
        ("--scale", "Web=10@30s", "Auto Scaling lets Web have 3 to 9 instances, its MinSize and MaxSize"),
    ] {
        let said = refused(&updated(&before, &after, &[option, value]));
        assert!(said.contains(option) && said.contains(why), "{said}");
    }
    let said = refused(&updated("Resources: {Web: {Type: AWS::SNS::Topic}}", &after, &["--scaled", "Web=6"]));
    assert!(said.contains("the template has no Auto Scaling group Web, nor any other"), "{said}");
    let said = refused(&run(&before, &["--scale", "Web=6@30s"]));
    assert!(said.contains("--scale is about an update, and there is none: say with --update-from"), "{said}");
    let output = updated(&before, &after, &["--scale", "Web=6"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("it is GROUP=N@TIME, such as Web=8@30s"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn the_command_tells_what_a_policy_did_and_what_came_too_late() {
    let (before, after) = (group(&flat(SCALING), 3, "ami-1"), group(&flat(SCALING), 3, "ami-2"));
    let options = ["--scaled", "Web=6", "--scale", "Web=8@30s", "--scale", "Web=4@2h"];
    let output = updated(&before, &after, &options);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Terminating 6 obsolete instance(s) in batches of 6"), "{said}");
    // Meanwhile the update has made it nine.
    assert!(said.contains("Web is scaled from 9 to 9: 8 is not within its sizes at this moment"), "{said}");
    assert!(said.contains("Web is not scaled to 4: the update is over before"), "{said}");

    let output = updated(&before, &after, &["--scale", "Web=8@30s", "--output", "json"]);
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let scaled: Vec<_> = lines.iter().filter(|it| it["type"] == "scaled").collect();
    assert_eq!(scaled.len(), 1);
    let of = |name: &str| scaled[0][name].clone();
    assert_eq!([of("asked"), of("from"), of("to")], [8, 6, 8]);
    assert_eq!(of("outcome"), "set");
    let capacity = lines
        .iter()
        .filter(|it| it["type"] == "capacity")
        .map(|it| ["instances", "in_service", "desired", "wanted"].map(|name| it[name].as_u64().unwrap()));
    let capacity: Vec<_> = capacity.collect();
    assert!(capacity.contains(&[8, 3, 8, 8]), "{capacity:?}");
    assert_eq!(lines.iter().filter(|it| it["type"] == "launched").count(), 3 + 2 + 5);
}

#[test]
fn a_served_group_has_been_scaled_by_its_first_update() {
    let before = group(&flat(SCALING), 3, "ami-1");
    let served = Served::start(
        &before,
        &["--clock", "virtual", "--quiet", "0.1", "--scaled", "Web=6", "--scale", "Web=7@1m"],
    );
    served.await_event("CREATE_COMPLETE");
    assert_eq!(served.instances().len(), 3);
    let again = served.call("UpdateStack", &[("StackName", "web"), ("TemplateBody", &before)]);
    assert_eq!(again.error().1, "No updates are to be performed.");
    let after = group(&flat(SCALING), 6, "ami-2");
    served.result("UpdateStack", &[("StackName", "web"), ("TemplateBody", &after)]);
    served.await_event("Terminating 6 obsolete instance(s) in batches of 3, while keeping at least 6");
    served.await_event("Web is scaled from 9 to 9: 7 is not within its sizes at this moment");
    served.await_event("UPDATE_ROLLBACK_FAILED");
}

#[test]
fn min_instances_in_service_is_looked_at_when_instances_have_to_be_replaced() {
    let sizes = flat("{MinSize: '2', MaxSize: '2'}");
    let (before, after) = (group(&sizes, 2, "ami-1"), group(&sizes, 2, "ami-2"));
    let served = Served::account(&[]);
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", &before)]);
    served.result("UpdateStack", &[("StackName", "web"), ("TemplateBody", &after)]);
    let status = || served.result("DescribeStacks", &[])["Stacks"][0]["StackStatus"].clone();
    assert_eq!(status(), "UPDATE_ROLLBACK_COMPLETE");
    served.await_event("MinInstancesInService must be less than the autoscaling group's MaxSize");
    let output = updated(&before, &after, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let warned =
        "! Web: MinInstancesInService, 2, is not less than the MaxSize, 2: every update that has to replace";
    assert!(text(&output.stdout).contains(warned), "{}", text(&output.stdout));
    assert!(
        text(&output.stdout).contains(
            "Why      Web: MinInstancesInService must be less than the autoscaling group's MaxSize"
        )
    );
    // The creation is good, and says what is to come.
    let folder = TempDir::new().unwrap();
    let output = rehearse()
        .arg("serve")
        .arg(file(&folder, "template.yaml", &before))
        .args(["--once"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains(warned), "{}", text(&output.stdout));
}

#[test]
fn sizes_are_auto_scalings_to_refuse_not_the_templates() {
    let bad = group(&flat("{MinSize: '2', MaxSize: '4', DesiredCapacity: '9'}"), 0, "ami-1");
    let good = group(&flat("{MinSize: '2', MaxSize: '4', DesiredCapacity: '3'}"), 0, "ami-1");
    let served = Served::account(&[]);
    let stacks = || {
        let all = served.result("DescribeStacks", &[]);
        let status = |it: &Value| it["StackStatus"].as_str().unwrap().to_owned();
        all["Stacks"].as_array().unwrap().iter().map(status).collect::<Vec<_>>()
    };
    served.result("CreateStack", &[("StackName", "one"), ("TemplateBody", &bad)]);
    assert_eq!(stacks(), ["ROLLBACK_COMPLETE"]);
    served.result("CreateStack", &[("StackName", "two"), ("TemplateBody", &good)]);
    served.result("UpdateStack", &[("StackName", "two"), ("TemplateBody", &bad)]);
    assert_eq!(stacks(), ["UPDATE_ROLLBACK_COMPLETE", "ROLLBACK_COMPLETE"]);
    let why = "Desired capacity:9 must be between the specified min size:2 and max size:4";
    served.await_event(why);
    for output in [run(&bad, &[]), updated(&good, &bad, &[])] {
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(&format!("Why      Web: {why}")), "{}", text(&output.stdout));
    }
}

/// `WillReplace`, of a group without instances or with one.
fn replaced(launch: &str, key: &str, image: &str, desired: u32) -> String {
    format!(
        "
Resources:
  Launch: {{Type: {launch}}}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {{ResourceSignal: {{Timeout: PT5M, Count: {desired}}}}}
    UpdatePolicy: {{AutoScalingReplacingUpdate: {{WillReplace: true}}}}
    Properties: {{MinSize: '0', MaxSize: '2', DesiredCapacity: '{desired}', AvailabilityZones: [us-east-1a], {key}}}
"
    )
    .replace("IMAGE", image)
}

#[test]
fn a_group_of_a_launch_template_that_has_no_instances_is_updated_in_place() {
    let template = "AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: IMAGE}}";
    let by_template =
        "LaunchTemplate: {LaunchTemplateId: !Ref Launch, Version: !GetAtt Launch.LatestVersionNumber}";
    let configuration = "AWS::AutoScaling::LaunchConfiguration, Properties: {ImageId: IMAGE}";
    let by_configuration = "LaunchConfigurationName: !Ref Launch";
    for (launch, key, desired, options, replaces) in [
        (template, by_template, 0, &[][..], false),
        (template, by_template, 1, &["--scaled", "Web=0"], false),
        (template, by_template, 0, &["--scaled", "Web=1"], true),
        (template, by_template, 1, &[], true),
        (configuration, by_configuration, 0, &[], true),
    ] {
        let before = replaced(launch, key, "ami-1", desired);
        let output = updated(&before, &replaced(launch, key, "ami-2", desired), options);
        let said = text(&output.stdout);
        let group: Vec<_> = said.lines().skip_while(|it| !it.ends_with("| Web")).collect();
        let new = "Requested update requires the creation of a new physical resource; hence creating one.";
        assert_eq!(
            group.get(1).is_some_and(|it| it.contains(new)),
            replaces,
            "{desired} {options:?}: {said}"
        );
        // What is made anew is waited for, and nobody signals here.
        let waited = replaces && desired > 0;
        assert_eq!(output.status.code(), Some(i32::from(waited)), "{desired} {options:?}: {said}");
        assert_eq!(said.contains("0 SUCCESS signal(s) out of 1"), waited, "{desired} {options:?}: {said}");
    }
}
