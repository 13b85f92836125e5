//! `cfn-rehearse lint`: how scripts end, and what they send.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use cfn_rehearse::lint::{Selection, lint};

use super::{WAITS, found, found_of, instance, with_signals};

/// An instance that waits, with a script at the margin.
fn waiting(script: &str) -> String {
    instance(WAITS, &with_signals(script))
}

fn bash(script: &str) -> String {
    waiting(&format!("#!/bin/bash\n{script}"))
}

#[test]
fn traps_on_errors_miss_what_ends_the_script_otherwise() {
    let work = "set -e\nTRAP\nsetup() {\n  dnf install x\n  systemctl start x\n}\nsetup\nSUCCESS";
    for (script, expected) in [
        (work.replace("TRAP", "trap 'FAILURE' ERR"), ["CFS218"].as_slice()),
        (work.replace("TRAP", "fail() { FAILURE; }\ntrap fail ERR"), &["CFS218"]),
        (work.replace("TRAP", "trap 'FAILURE' ERR EXIT"), &[]),
        (work.replace("TRAP", "set -E\ntrap 'FAILURE' ERR"), &[]),
        (work.replace("TRAP", "set -o errtrace\ntrap 'FAILURE' ERR"), &[]),
        (work.replace("TRAP", "trap 'FAILURE' ERR\ntrap 'SIGNAL' EXIT"), &[]),
        // `set -e` ends the script inside the function, at its last command too.
        (work.replace("TRAP", "trap 'FAILURE' ERR").replace("  systemctl start x\n", ""), &["CFS218"]),
        // What it returns is a failure outside of it.
        (
            work.replace("TRAP", "trap 'FAILURE' ERR")
                .replace("install x\n  systemctl start x\n", "install x || return 1\n"),
            &[],
        ),
        // Without `set -e` the function goes on.
        (work.replace("set -e\nTRAP", "trap 'FAILURE' ERR"), &[]),
        (
            "trap 'FAILURE' ERR\nif [ -z \"$x\" ]; then\n  echo none\n  exit 1\nfi\nrun\nSUCCESS".to_owned(),
            &["CFS218"],
        ),
        ("trap 'FAILURE' ERR\nif [ -z \"$x\" ]; then\n  FAILURE\n  exit 1\nfi\nrun\nSUCCESS".to_owned(), &[]),
        ("trap 'FAILURE' ERR\nrun || exit 1\nSUCCESS".to_owned(), &["CFS218"]),
        ("fail() {\n  FAILURE\n  exit 1\n}\ntrap fail ERR\nrun\nSUCCESS".to_owned(), &[]),
        ("trap 'FAILURE' ERR\n(\n  run || exit 1\n)\nSUCCESS".to_owned(), &[]),
        ("trap 'FAILURE' ERR\nrun || exit 0\nSUCCESS".to_owned(), &[]),
    ] {
        assert_eq!(found(&bash(&script)), expected, "{script}");
    }
}

#[test]
fn a_pipe_that_cannot_fail_is_not_heard_of() {
    let fail = "fail() {\n  FAILURE\n  exit 1\n}\n";
    for (script, expected) in [
        ("run 2>&1 | tee /log || fail\nSUCCESS", ["CFS203"].as_slice()),
        ("run | tee /log || FAILURE\nSUCCESS", &["CFS203"]),
        ("a && run | tee /log || fail\nSUCCESS", &["CFS203"]),
        ("set -o pipefail\nrun | tee /log || fail\nSUCCESS", &[]),
        ("echo x | tee /log || fail\nrun || fail\nSUCCESS", &[]),
        ("run | grep x || fail\nSUCCESS", &[]),
        ("run | tee /log || true\nrun || fail\nSUCCESS", &[]),
    ] {
        assert_eq!(found(&bash(&format!("{fail}{script}"))), expected, "{script}");
    }
}

#[test]
fn success_alone_is_told_however_it_is_asked_for() {
    for (script, expected) in [
        ("run\nstatus=$?\nif [ $status -eq 0 ]; then\n  SUCCESS\nfi", ["CFS209"].as_slice()),
        ("run\nstatus=$?\n[ \"${!status}\" = 0 ] && SUCCESS", &["CFS209"]),
        ("run\nif [ $? -eq 0 ]; then\n  SIGNAL\nelse\n  echo failed\nfi", &["CFS209"]),
        ("run && \\\n  SUCCESS", &["CFS209"]),
        // What `set -e` does not end.
        ("set -e\nrun && SUCCESS", &["CFS209"]),
        ("set -e\nif run; then\n  SUCCESS\nfi", &["CFS209"]),
        ("set -e\nagain\nrun && SUCCESS", &["CFS201"]),
        ("run\nstatus=$?\nif [ $other -eq 0 ]; then\n  SUCCESS\nfi", &[]),
        ("run\nstatus=$?\nif [ $status -eq 0 ]; then\n  SUCCESS\nelse\n  FAILURE\nfi", &[]),
    ] {
        assert_eq!(found(&bash(script)), expected, "{script}");
    }
}

#[test]
fn packages_of_cloud_config_have_no_status() {
    let config = |keys: &str| waiting(&format!("#cloud-config\n{keys}runcmd:\n  - SIGNAL"));
    assert_eq!(found(&config("packages: [nginx]\n")), ["CFS212"]);
    assert_eq!(found(&config("packages:\n  - nginx\n")), ["CFS212"]);
    assert_eq!(found(&config("hostname: x\n")), [""; 0]);
    assert_eq!(found(&waiting("#cloud-config\npackages: [nginx]\nruncmd:\n  - run\n  - SIGNAL")), [""; 0]);
}

#[test]
fn loops_without_an_end() {
    for (script, expected) in [
        ("until mount /data; do\n  sleep 5\ndone\nSIGNAL", ["CFS217"].as_slice()),
        ("trap 'SIGNAL' EXIT\nwhile ! mount /data; do\n  sleep 5\ndone", &["CFS217"]),
        ("while true; do\n  if mount /data; then\n    break\n  fi\ndone\nSIGNAL", &["CFS217"]),
        ("until a; do\n  sleep 1\ndone\nuntil b; do\n  sleep 1\ndone\nSIGNAL", &["CFS217"]),
        ("n=0\nuntil mount /data; do\n  n=$((n + 1))\n  [ $n -lt 9 ] || break\ndone\nSIGNAL", &[]),
        ("for i in 1 2 3; do\n  mount /data\ndone\nSIGNAL", &[]),
        ("while read line; do\n  run $line\ndone < /list\nSIGNAL", &[]),
        ("SIGNAL\nuntil mount /data; do\n  sleep 5\ndone", &[]),
    ] {
        assert_eq!(found_of("CFS217", &bash(script)), expected, "{script}");
        assert_eq!(found(&bash(script)), [""; 0], "{script}");
    }
}

/// A template whose instance has a handle.
fn with_handle(script: &str, machines: &str, count: &str) -> String {
    let script: String = script.lines().map(|line| format!("          {line}\n")).collect();
    format!(
        "Parameters:\n  Most: {{Type: Number, MaxValue: 3}}\n  Some: {{Type: Number, AllowedValues: [1, 2]}}\n  Any: {{Type: Number, Default: 1}}\n\
         Resources:\n  Handle: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  Ready:\n    Type: AWS::CloudFormation::WaitCondition\n    \
         DependsOn: Box\n    Properties: {{Handle: !Ref Handle, Timeout: '3600', Count: {count}}}\n{machines}      UserData:\n        \
         Fn::Base64: !Sub |\n          #!/bin/bash\n{script}"
    )
}

const ONE: &str = "  Box:\n    Type: AWS::EC2::Instance\n    Properties:\n      ImageId: ami-1\n";

#[test]
fn requests_that_every_client_spoils() {
    for (command, expected) in [
        ("curl -fsSX PUT --data-binary '{}' '${Handle}'", ["CFS111"].as_slice()),
        ("curl -sfd '{}' -X PUT '${Handle}'", &["CFS111"]),
        ("curl -sf -XPUT -F 'x=1' '${Handle}'", &["CFS111"]),
        ("curl -sX POST -d '{}' '${Handle}'", &["CFS111"]),
        ("curl --json '{}' '${Handle}'", &["CFS111"]),
        ("curl -fsSX PUT -H 'Content-Type:' --data-binary '{}' '${Handle}'", &[]),
        ("curl -sfT /s.json '${Handle}'", &[]),
        ("curl -K /etc/curlrc '${Handle}'", &[]),
        ("wget -qO- --method=POST --body-data='{}' '${Handle}'", &["CFS111"]),
        ("wget -qO- --post-file=/s.json '${Handle}'", &["CFS111"]),
        ("http PUT '${Handle}' Status=SUCCESS", &["CFS111"]),
        ("http --ignore-stdin POST '${Handle}' Status=SUCCESS", &["CFS111"]),
        ("xh PUT '${Handle}' Content-Type: < /s.json", &[]),
        (
            "python3 -c \"import requests; requests.put('${Handle}', json={'Status': 'SUCCESS'})\"",
            &["CFS111"],
        ),
        ("python3 - <<'EOF'\nimport requests\nrequests.post('${Handle}', data='{}')\nEOF", &["CFS111"]),
        (
            "python3 - <<'EOF'\nimport json, requests\nrequests.put('${Handle}', data=json.dumps({'Status': 'SUCCESS'}))\nEOF",
            &[],
        ),
        (
            "python3 - <<'EOF'\nimport requests\nrequests.put('${Handle}', data=body, headers={'Content-Type': 'application/json'})\nEOF",
            &["CFS111"],
        ),
        (
            "python3 - <<'EOF'\nimport requests\nrequests.put('${Handle}', data=body, headers={'Content-Type': ''})\nEOF",
            &[],
        ),
        (
            "python3 - <<'EOF'\nimport requests\nrequests.post('http://localhost/x', json={})\nrequests.put('${Handle}', data=body)\nEOF",
            &[],
        ),
    ] {
        assert_eq!(found(&with_handle(command, ONE, "1")), expected, "{command}");
    }
}

#[test]
fn counts_that_no_machine_reaches() {
    let group = |most: &str| {
        format!(
            "  Box:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    Properties: {{MinSize: 1, MaxSize: {most}, LaunchConfigurationName: !Ref Launch}}\n  \
             Launch:\n    Type: AWS::AutoScaling::LaunchConfiguration\n    Properties:\n      ImageId: ami-1\n"
        )
    };
    let by_id = "cfn-signal -e 0 '${Handle}'";
    for (script, machines, count, expected) in [
        (by_id, ONE.to_owned(), "1", [].as_slice()),
        (by_id, ONE.to_owned(), "2", &["CFS018"]),
        (by_id, group("2"), "4", &["CFS018"]),
        (by_id, group("4"), "4", &[]),
        (by_id, group("!Ref Most"), "4", &["CFS018"]),
        (by_id, group("!Ref Most"), "3", &[]),
        (by_id, group("!Ref Some"), "3", &["CFS018"]),
        // A default is not the most.
        (by_id, group("!Ref Any"), "4", &[]),
        // The call in a script inside.
        ("su - x <<'EOF'\ncfn-signal -e 0 '${Handle}'\nEOF", ONE.to_owned(), "2", &["CFS018"]),
        ("cfn-signal -i $(uuidgen) -e 0 '${Handle}'", ONE.to_owned(), "2", &[]),
        ("curl -fT /s.json '${Handle}'", ONE.to_owned(), "2", &[]),
    ] {
        assert_eq!(found(&with_handle(script, &machines, count)), expected, "{script} {machines} {count}");
    }
}

/// Two machines that have the handle of a condition.
fn two_machines(second: &str, count: &str) -> String {
    let machine = "    Type: AWS::EC2::Instance\n    Properties:\n      ImageId: ami-1\n      UserData:\n        \
                   Fn::Base64: !Sub |\n          #!/bin/bash\n          /opt/app/setup\n          cfn-signal -e $? '${Handle}'\n";
    format!(
        "Conditions: {{Large: !Equals [!Ref AWS::Region, eu-west-1]}}\nResources:\n  Handle: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  \
         Ready:\n    Type: AWS::CloudFormation::WaitCondition\n    DependsOn: First\n    Properties: {{Handle: !Ref Handle, \
         Timeout: '3600'{count}}}\n  First:\n{machine}  Second:\n{second}{machine}"
    )
}

#[test]
fn conditions_that_the_first_machine_meets() {
    for (second, count, expected) in [
        ("", "", ["CFS023"].as_slice()),
        ("", ", Count: 1", &["CFS023"]),
        ("", ", Count: 2", &[]),
        ("", ", Count: !Ref Most", &[]),
        // One in place of the other, or one after the other.
        ("    Condition: Large\n", "", &[]),
        ("    DependsOn: Ready\n", "", &[]),
    ] {
        let template = two_machines(second, count)
            .replace("Conditions:", "Parameters: {Most: {Type: Number, Default: 2}}\nConditions:");
        assert_eq!(found(&template), expected, "{second} {count}");
    }
    // What only ever fails meets nothing.
    let (before, after) =
        two_machines("", "").rsplit_once("-e $?").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(found(&format!("{before}-e 1{after}")), [""; 0]);
    // A group is as many machines as it starts with.
    let group = two_machines("", "").replacen(
        "  First:\n    Type: AWS::EC2::Instance\n    Properties:\n",
        "  Fleet:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    Properties: {MinSize: 3, MaxSize: 3, LaunchConfigurationName: !Ref First}\n  \
         First:\n    Type: AWS::AutoScaling::LaunchConfiguration\n    Properties:\n",
        1,
    );
    let report = lint(&group, "t.yaml", &Selection::default()).unwrap();
    assert!(
        report.findings.iter().any(|it| it.message.contains("4 machines have its handle (Fleet, Second)")),
        "{:?}",
        report.findings
    );
}

#[test]
fn steps_of_an_automation_that_end_it() {
    let template = |step: &str| {
        include_str!("../lint/CFS219/bad.yaml").replace(
            "            action: aws:runCommand\n",
            &format!("            action: aws:runCommand\n{step}"),
        )
    };
    for (step, expected) in [
        ("", ["CFS219"].as_slice()),
        ("            onFailure: Abort\n", &["CFS219"]),
        ("            onFailure: step:failure\n", &[]),
        ("            onFailure: Continue\n", &[]),
    ] {
        assert_eq!(found(&template(step)), expected, "{step}");
    }
    // Its own script may signal, and a step that cannot fail ends nothing.
    for (from, to) in
        [("[/opt/app/setup]", "['/opt/app/setup || cfn-signal -e 1']"), ("aws:runCommand", "aws:sleep")]
    {
        assert!(!found(&template("").replacen(from, to, 1)).contains(&"CFS219"), "{to}");
    }
    // For what nobody waits for nothing is late.
    let none = template("").replace("    CreationPolicy: {ResourceSignal: {Timeout: PT30M}}\n", "");
    assert!(!found(&none).contains(&"CFS219"));
}

#[test]
fn what_a_resource_lacks_is_told_once() {
    let template = bash("fail() {\n  FAILURE\n}\nrun || fail\nSUCCESS")
        .replace("    CreationPolicy: {ResourceSignal: {Timeout: PT15M}}\n", "");
    assert_eq!(found(&template), ["CFS102"]);
}

#[test]
fn what_leaves_a_subshell_does_not_end_the_script() {
    for (script, expected) in [
        ("run || ( echo failed; exit 1 )\nSIGNAL", [].as_slice()),
        ("run || { echo failed; exit 1; }\nSIGNAL", &["CFS206"]),
        ("run || exit 1\nSIGNAL", &["CFS206"]),
    ] {
        assert_eq!(found(&bash(script)), expected, "{script}");
    }
}

/// Its deadline signals whatever the script does not; what says success for a failure is wrong all the same.
#[test]
fn a_script_that_arms_needs_no_trap() {
    const ARM: &str = "/opt/aws/bin/cfn-signal arm --deadline 9m --stack ${AWS::StackName} --resource Box --region ${AWS::Region}\n";
    for (script, without, with) in [
        ("set -e\ndnf install x\nSIGNAL", ["CFS201"].as_slice(), [].as_slice()),
        ("dnf install x || exit 1\nSUCCESS", &["CFS206"], &[]),
        ("if dnf install x; then SUCCESS; fi", &["CFS209"], &[]),
        ("trap 'FAILURE' ERR\nrun || exit 1\nSUCCESS", &["CFS218"], &[]),
        ("dnf install x\nSUCCESS", &["CFS211"], &["CFS211"]),
    ] {
        assert_eq!(found(&bash(script)), without, "{script}");
        assert_eq!(found(&bash(&format!("{ARM}{script}"))), with, "armed: {script}");
    }
    // It signals no success.
    assert_eq!(found(&bash(&format!("{ARM}dnf install x"))), ["CFS001"]);
}
