//! `cfn-rehearse lint`: what a rule says of one small change more, and where it is silent.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use cfn_rehearse::lint::{Report, Selection, lint};

use super::{SIGNAL, WAITS, codes, found, instance, with_signals};

fn report(template: &str) -> Report {
    lint(template, "t.yaml", &Selection::default()).unwrap()
}

/// An instance with a script, whose lines are at the margin, and with attributes.
fn with(attributes: &str, script: &str) -> String {
    instance(attributes, &with_signals(script))
}

/// One that waits.
fn waiting(script: &str) -> String {
    with(WAITS, script)
}

#[test]
fn what_a_script_does_is_told_from_how_it_looks() {
    let cases: [(&str, &[&str]); 51] = [
        // A trap is a command, and it counts where it may signal.
        ("#!/bin/bash -e\n# fetch the aws-cfn-bootstrap tools\ndnf install x\nSIGNAL", &["CFS201"]),
        ("#!/bin/bash -e\ncfn-init --configsets bootstrap x\nSIGNAL", &["CFS201"]),
        ("#!/bin/bash -e\ntrap 'rm -f /tmp/x' EXIT\ndnf install x\nSIGNAL", &["CFS201"]),
        ("#!/bin/bash -e\ntrap 'SIGNAL' EXIT\ndnf install x", &[]),
        ("#!/bin/bash -e\nfail() { FAILURE; }\ntrap fail ERR\ndnf install x\nSUCCESS", &[]),
        ("#!/bin/bash -e\ntrap /opt/fail ERR\ndnf install x\nSIGNAL", &[]),
        // Redirections are no work, and the first real command is named.
        ("#!/bin/bash -e\nexec > >(tee /var/log/x) 2>&1\nSIGNAL", &[]),
        ("#!/bin/bash -e\nexec > >(tee /var/log/x) 2>&1\ndnf install x\nSIGNAL", &["CFS201"]),
        // Branches, loops, functions, and what is behind `||`.
        ("#!/bin/bash -e\ndnf install x\nif run; then\n  SUCCESS\nelse\n  FAILURE\nfi", &["CFS201"]),
        ("#!/bin/bash -e\nif run; then\n  SUCCESS\nelse\n  FAILURE\nfi", &[]),
        ("#!/bin/bash -e\ndnf install x\nrun || ( echo x; FAILURE )", &["CFS201"]),
        ("#!/bin/bash -e\nrun || ( echo x; FAILURE )\nSUCCESS", &[]),
        ("#!/bin/bash -e\nmain() {\n  dnf install x\n  SIGNAL\n}\nmain", &["CFS201"]),
        ("#!/bin/bash -e\nfor i in 1 2; do\n  dnf install x\ndone\nSIGNAL", &["CFS201"]),
        ("#!/bin/bash -e\nuntil run; do\n  echo again\ndone\nSIGNAL", &[]),
        ("#!/bin/bash\n( set -e\ndnf install x )\nSIGNAL", &[]),
        ("#!/bin/bash\nif grep y /f; then\n  run\n  echo now\n  SIGNAL\nelse\n  FAILURE\nfi", &["CFS202"]),
        ("#!/bin/bash\ncase x in\n  x)\n    run\n    echo now\n    SIGNAL;;\nesac", &["CFS202"]),
        ("#!/bin/bash\nend() {\n  run\n  echo now\n  SIGNAL\n}\nend", &["CFS202"]),
        ("#!/bin/bash\nend() {\n  SIGNAL\n}\nrun\nend", &[]),
        // Success, and nothing else.
        ("#!/bin/bash\nrun && SUCCESS", &["CFS209"]),
        ("#!/bin/bash\nrun && again && SIGNAL", &["CFS209"]),
        ("#!/bin/bash\nif run; then\n  SUCCESS\nfi", &["CFS209"]),
        ("#!/bin/bash\nif run; then\n  SUCCESS\nelse\n  FAILURE\nfi", &[]),
        ("#!/bin/bash\nrun && SUCCESS || FAILURE", &[]),
        ("#!/bin/bash\nif grep -q leader /etc/role; then\n  SUCCESS\nfi", &[]),
        ("#!/bin/bash\nwhile true; do\n  if run; then\n    SUCCESS\n    break\n  fi\ndone", &[]),
        // cfn-init's status.
        ("#!/bin/bash\ncfn-init -v -s x\nSUCCESS", &["CFS210"]),
        ("#!/bin/bash\ncfn-init -v -s x\nstatus=$?\nSUCCESS", &["CFS210"]),
        ("#!/bin/bash\ncfn-init -v -s x\nstatus=$?\n[ $status -eq 0 ] || FAILURE\nSUCCESS", &[]),
        ("#!/bin/bash\ncheck() { [ $? -eq 0 ] || exit 1; }\ncfn-init -v -s x\ncheck\nSUCCESS", &["CFS206"]),
        ("#!/bin/bash\ncfn-init -v -s x || FAILURE\nSUCCESS", &[]),
        ("#!/bin/bash\nif [ -f /x ]; then\n  cfn-init -v -s x\n  SUCCESS\nfi", &["CFS210"]),
        // Exits that nobody hears of.
        ("#!/bin/bash\nrun || exit 1\nSIGNAL", &["CFS206"]),
        ("#!/bin/bash -e\nrun || exit 1\nSIGNAL", &["CFS201"]),
        ("#!/bin/bash\nrun || { echo x; exit 1; }\nSIGNAL", &["CFS206"]),
        ("#!/bin/bash\nrun || { FAILURE; exit 1; }\nSIGNAL", &[]),
        ("#!/bin/bash\nfail() { FAILURE; exit 1; }\nrun || { fail; exit 1; }\nSIGNAL", &[]),
        ("#!/bin/bash\n[ -f /x ] || exit 1\nrun || exit 0\nSIGNAL", &[]),
        ("#!/bin/bash\ntrap 'SIGNAL' EXIT\nrun || exit 1", &[]),
        // Constant success.
        ("#!/bin/bash\nrun\nSUCCESS", &["CFS211"]),
        ("#!/bin/bash\necho x\nSUCCESS", &[]),
        ("#!/bin/bash\nrun || exit 1\nagain\nSUCCESS", &["CFS206"]),
        // Scripts inside scripts.
        ("#!/bin/bash\nsu - x <<'EOF'\nrun\necho now\nSIGNAL\nEOF", &["CFS202"]),
        ("#!/bin/bash\nbash -c 'set -e; run; SIGNAL'", &["CFS201"]),
        ("#!/bin/bash\ncat > /x <<'EOF'\n#!/bin/bash -e\nrun\nSIGNAL\nEOF\nbash /x", &["CFS201"]),
        (
            "#!/bin/bash\ncat <<EOF | bash\nrun\necho now\n/opt/aws/bin/cfn-signal -e \\$? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}\nEOF",
            &["CFS202"],
        ),
        // A comment signals nobody.
        ("#!/bin/bash\ndnf install x\n# SIGNAL", &["CFS001"]),
        // `$?` that is no status.
        (
            "#!/bin/bash\nrun\n/opt/aws/bin/cfn-signal -e \\$? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}",
            &["CFS208"],
        ),
        (
            "#!/bin/bash\nrun\n/opt/aws/bin/cfn-signal -e \\$? --stack $(AWS::StackName) --resource Box --region $(AWS::Region)",
            &["CFS431"],
        ),
        ("#!/bin/bash -e -x\nSIGNAL", &["CFS305"]),
    ];
    for (script, expected) in cases {
        assert_eq!(found(&waiting(script)), expected, "{script}");
    }
}

#[test]
fn messages_name_what_is_meant() {
    let said = |script: &str| report(&waiting(script)).findings.first().unwrap().message.clone();
    let message = said("#!/bin/bash -e\nexec > >(tee /var/log/x) 2>&1\ndnf install x\nSIGNAL");
    assert!(message.starts_with("not reached where dnf or"), "{message}");
    let message = said("#!/bin/bash -e\nrun || exit 1\nSIGNAL");
    assert!(message.starts_with("not reached where run or"), "{message}");
    let message = said(
        "#!/bin/bash\nrun\n/opt/aws/bin/cfn-signal -e \\$? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}",
    );
    assert_eq!(message, "no shell expands $? after a backslash");
}

#[test]
fn where_nobody_waits_no_timeout_is_foretold() {
    let script = "#!/bin/bash -e\ndnf install x\nSIGNAL";
    assert_eq!(found(&with("", script)), ["CFS102"]);
    assert_eq!(found(&waiting(script)), ["CFS201"]);
    // What a parameter names may wait somewhere else.
    let elsewhere = with("", script).replace("${AWS::StackName}", "${Parent}");
    assert_eq!(found(&format!("Parameters: {{Parent: {{Type: String}}}}\n{elsewhere}")), ["CFS201"]);
}

#[test]
fn the_cdk_names_its_stacks_itself() {
    let named = |attributes: &str| {
        with(
            attributes,
            "#!/bin/bash\nrun\n/opt/aws/bin/cfn-signal -e $? --stack app --resource Box --region eu-west-1",
        )
    };
    let policy = "    CreationPolicy: {ResourceSignal: {Timeout: PT15M}}\n";
    // One call is one finding, and where nobody waits that is what is wrong.
    assert_eq!(found(&named(policy)), ["CFS103"]);
    assert_eq!(found(&named("")), ["CFS102"]);
    let by_cdk = "    Metadata: {aws:cdk:path: app/Box/Resource}\n";
    assert_eq!(found(&named(&format!("{policy}{by_cdk}"))), [""; 0]);
    assert_eq!(found(&named(by_cdk)), ["CFS102"]);
}

#[test]
fn a_handle_that_is_found_otherwise_is_signalled() {
    let template = |attributes: &str, script: &str| {
        format!(
            "{}  Handle: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  Ready:\n    Type: AWS::CloudFormation::WaitCondition\n\
             {attributes}    Properties: {{Handle: !Ref Handle, Timeout: '3600'}}\n",
            with("", script)
        )
    };
    let asked = "url=$(aws cloudformation describe-stack-resource --logical-resource-id Handle)\ncfn-signal -e $? \"$url\"";
    assert_eq!(found(&template("", "#!/bin/bash\nrun")), ["CFS010"]);
    assert_eq!(found(&template("", &format!("#!/bin/bash\n{asked}"))), [""; 0]);
    assert_eq!(found(&template("", "#!/bin/bash\nrun Handles")), ["CFS010"]);
    // With a policy it is signalled by its own name.
    let policy = "    CreationPolicy: {ResourceSignal: {Timeout: PT1H}}\n";
    assert_eq!(found(&template(policy, "#!/bin/bash\nrun")), [""; 0]);
    assert!(found(&template(policy, "#!/bin/bash\ncfn-signal -e $? '${Handle}'")).contains(&"CFS403"));
}

#[test]
fn what_is_out_of_sight_may_signal() {
    let template = waiting("#!/bin/bash\ndnf install x");
    assert_eq!(found(&template), ["CFS001"]);
    for (resource, expected) in [
        ("{Type: AWS::Lambda::Function, Properties: {Code: {S3Bucket: b, S3Key: k}}}", [].as_slice()),
        ("{Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: 'pass'}}}", &["CFS001"]),
        ("{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: u}}", &[]),
        ("{Type: 'Custom::Signal', Properties: {ServiceToken: t}}", &[]),
        ("{Type: AWS::SSM::Association, Properties: {Name: n}}", &[]),
        ("{Type: AWS::S3::Bucket}", &["CFS001"]),
    ] {
        assert_eq!(found(&format!("{template}  Other: {resource}\n")), expected, "{resource}");
    }
}

#[test]
fn one_cause_is_one_finding() {
    let script = |id: &str| {
        waiting("#!/bin/bash\nrun\necho now\nSIGNAL")
            .replace("Resources:\n", "")
            .replace("  Box:\n", &format!("  {id}:\n"))
            .replace("--resource Box", &format!("--resource {id}"))
    };
    let machines: String = (1..=6).map(|number| script(&format!("Box{number}"))).collect();
    let folded = report(&format!("Resources:\n{machines}"));
    assert_eq!(codes(&folded), ["CFS202"]);
    let finding = folded.findings.first().unwrap();
    assert_eq!(finding.also.len(), 5);
    assert_eq!(
        finding.message,
        "$? is the status of echo, not of run; the same in Box2, Box3, Box4 and 2 more"
    );
    assert_eq!(finding.also.first().unwrap().resource, "Box2");
    // Another script is another cause.
    let other = script("Other").replace("          run\n", "          go\n");
    assert_eq!(found(&format!("Resources:\n{machines}{other}")), ["CFS202", "CFS202"]);
    // A fragment without its parameters has one.
    let fragment = report(&waiting("#!/bin/bash\nrun ${One} ${Two} ${Three} ${One}\nSIGNAL"));
    assert_eq!(codes(&fragment), ["CFS304"]);
    let finding = fragment.findings.first().unwrap();
    assert_eq!(finding.also.len(), 3);
    assert!(finding.message.ends_with("; nor do \"${Three}\", \"${Two}\""), "{}", finding.message);
}

#[test]
fn a_default_above_one_is_a_capacity() {
    let template = |default: &str| {
        format!(
            "Parameters: {{Size: {{Type: Number, {default}}}}}\nResources:\n  Group:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    \
             CreationPolicy: {{ResourceSignal: {{Timeout: PT30M}}}}\n    Properties: {{MinSize: 1, MaxSize: 9, DesiredCapacity: !Ref Size}}\n"
        )
    };
    assert_eq!(found(&template("Default: 3")), ["CFS007"]);
    assert_eq!(found(&template("Default: 1")), [""; 0]);
    assert_eq!(found(&template("MinValue: 3")), [""; 0]);
}

#[test]
fn requests_that_other_clients_spoil() {
    let template = |command: &str| {
        format!(
            "{}  Handle: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  Ready:\n    Type: AWS::CloudFormation::WaitCondition\n    \
             DependsOn: Box\n    Properties: {{Handle: !Ref Handle, Timeout: '3600'}}\n",
            with("", &format!("#!/bin/bash\n{command} '${{Handle}}'"))
        )
    };
    for (command, expected) in [
        ("curl -f -T /tmp/s.json", [].as_slice()),
        ("curl -f -T /tmp/s.json -H 'Content-Type:'", &[]),
        ("curl -f -T /tmp/s.json -H 'Content-Type: application/json'", &["CFS111"]),
        ("curl -fsS --json '{}' -X PUT", &["CFS111"]),
        ("wget -q -O- --method=PUT --body-data='{}'", &["CFS111"]),
        ("wget -q -O- --method PUT --body-file=/tmp/s.json", &["CFS111"]),
        ("wget -q -O- --method=PUT --body-data='{}' --header='Content-Type:'", &[]),
        ("wget -q -O- --post-data='{}'", &["CFS111"]),
    ] {
        assert_eq!(found(&template(command)), expected, "{command}");
    }
}

#[test]
fn files_that_are_written_and_run_are_scripts() {
    let config = |path: &str| {
        waiting(&format!(
            "#cloud-config\nwrite_files:\n  - path: /opt/boot\n    content: |\n      #!/bin/bash\n      run\n      echo now\n      SIGNAL\nruncmd:\n  - {path}"
        ))
    };
    assert_eq!(found(&config("/opt/boot")), ["CFS202"]);
    assert_eq!(found(&config("/opt/other")), [""; 0]);
    let files = "    CreationPolicy: {ResourceSignal: {Timeout: PT15M}}\n    Metadata:\n      AWS::CloudFormation::Init:\n        config:\n          files:\n            \
                 /opt/boot:\n              content: !Sub |\n                #!/bin/bash\n                run\n                echo now\n                SIGNAL\n"
        .replace("SIGNAL", SIGNAL);
    assert_eq!(found(&with(&files, "#!/bin/bash\ncfn-init -s x\n/opt/boot")), ["CFS202"]);
}

#[test]
fn lines_that_are_chosen_do_not_hide_the_others() {
    let template = |resource: &str| {
        format!(
            "Conditions: {{Swap: !Equals [!Ref AWS::Region, eu-west-1]}}\nResources:\n  Box:\n    Type: AWS::EC2::Instance\n    \
             CreationPolicy: {{ResourceSignal: {{Timeout: PT30M}}}}\n    Properties:\n      ImageId: ami-1\n      UserData:\n        Fn::Base64:\n          \
             Fn::Join:\n            - ''\n            - - \"#cloud-config\\n\"\n              - !If [Swap, \"mounts:\\n  - [xvdb, none]\\n\", !Ref AWS::NoValue]\n              \
             - \"runcmd:\\n  - run\\n\"\n              - !Sub \"  - /opt/aws/bin/cfn-signal -e $? --stack ${{AWS::StackName}} --resource {resource} --region ${{AWS::Region}}\\n\"\n"
        )
    };
    assert_eq!(found(&template("Bx")), ["CFS101"]);
    assert_eq!(found(&template("Box")), [""; 0]);
}

#[test]
fn sizes_that_do_not_go_together() {
    for (sizes, serving, expected) in [
        ("MinSize: 1, MaxSize: 2", 1, [].as_slice()),
        ("MinSize: 2, MaxSize: 2", 2, &["CFS020"]),
        ("MinSize: 3, MaxSize: 2", 1, &["CFS020"]),
        ("MinSize: 1, MaxSize: 2, DesiredCapacity: 3", 1, &["CFS020"]),
        ("MinSize: 2, MaxSize: 4, DesiredCapacity: 1", 1, &["CFS020"]),
        ("MinSize: 2, MaxSize: !Ref Most", 2, &[]),
    ] {
        let template = format!(
            "Parameters: {{Most: {{Type: Number}}}}\nResources:\n  Group:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    \
             UpdatePolicy: {{AutoScalingRollingUpdate: {{MinInstancesInService: {serving}}}}}\n    Properties: {{{sizes}}}\n"
        );
        assert_eq!(found(&template), expected, "{sizes}");
    }
}

#[test]
fn parts_are_scripts_of_their_own() {
    let message = |parts: &[(&str, &str)]| {
        let head = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=\"\n\n";
        let parts: String =
            parts.iter().map(|(kind, body)| format!("--=\nContent-Type: text/{kind}\n\n{body}\n")).collect();
        waiting(&format!("{head}{parts}--=--"))
    };
    let shell = "x-shellscript";
    let config = "cloud-config";
    for (parts, expected) in [
        (vec![(shell, "#!/bin/bash\nrun"), (shell, "#!/bin/bash\nSIGNAL")], ["CFS212"].as_slice()),
        (vec![(shell, "#!/bin/bash\nrun"), (config, "#cloud-config\nruncmd:\n  - SIGNAL")], &["CFS212"]),
        (vec![(shell, "#!/bin/bash\necho x"), (shell, "#!/bin/bash\nrun\nSIGNAL")], &[]),
        (
            vec![
                (config, "#cloud-config\nruncmd:\n  - run\n  - SIGNAL"),
                (config, "#cloud-config\nruncmd:\n  - run"),
            ],
            &["CFS308"],
        ),
        (
            vec![
                (config, "#cloud-config\nruncmd:\n  - run\n  - SIGNAL"),
                (
                    config,
                    "#cloud-config\nmerge_how: list(append)+dict(recurse_array)+str()\nruncmd:\n  - run",
                ),
            ],
            &[],
        ),
        (
            vec![
                (config, "#cloud-config\nbootcmd:\n  - run"),
                (config, "#cloud-config\nruncmd:\n  - run\n  - SIGNAL"),
            ],
            &[],
        ),
    ] {
        assert_eq!(found(&message(&parts)), expected, "{parts:?}");
    }
}

#[test]
fn a_key_that_says_the_same_twice_costs_nothing() {
    let template = |metadata: &str, resources: &str| format!("Metadata:\n{metadata}Resources:\n{resources}");
    let topic = |name: &str| {
        format!("  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      DisplayName: {name}\n")
    };
    let labels = "  Labels:\n    One: {default: a}\n    One: {default: b}\n";
    let none = "  A: b\n";
    for (metadata, resources, expected) in [
        (none, format!("{}{}", topic("a"), topic("b")), ["CFS402"].as_slice()),
        (none, format!("{}{}", topic("a"), topic("a")), &[]),
        (labels, topic("a"), &[]),
        // Several of one are one.
        (none, format!("{}{}{}", topic("a"), topic("b"), topic("c")), &["CFS402"]),
        (none, format!("{}      FifoTopic: true\n{}", topic("a"), topic("a")), &["CFS402"]),
        (none, topic("a").replace("a\n", "{A: b, A: c}\n"), &["CFS402"]),
    ] {
        assert_eq!(found(&template(metadata, &resources)), expected, "{resources}");
    }
}
