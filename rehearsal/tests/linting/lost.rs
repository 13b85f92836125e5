//! `cfn-rehearse lint`: what is lost on the way to the shell, and what only looks like a signal.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use cfn_rehearse::lint::{Selection, lint};

use super::{SIGNAL, WAITS, found, instance, with_signals};

/// An instance that waits, with user data in a block of this style.
fn styled(style: &str, script: &str) -> String {
    instance(WAITS, &with_signals(script)).replacen("!Sub |", &format!("!Sub {style}"), 1)
}

fn joined(pieces: &str) -> String {
    let signal = r#""/opt/aws/bin/cfn-signal -e $? --stack ", {"Ref": "AWS::StackName"}, " --resource Box --region ", {"Ref": "AWS::Region"}, "\n""#;
    format!(
        r#"{{"Resources": {{"Box": {{"Type": "AWS::EC2::Instance", "CreationPolicy": {{"ResourceSignal": {{"Timeout": "PT15M"}}}},
        "Metadata": {{"AWS::CloudFormation::Init": {{"config": {{"packages": {{"yum": {{"httpd": []}}}}}}}}}},
        "Properties": {{"ImageId": "ami-1", "UserData": {{"Fn::Base64": {{"Fn::Join": ["", [{}]]}}}}}}}}}}}}"#,
        pieces.replace("SIGNAL", signal)
    )
}

#[test]
fn line_breaks_that_are_lost() {
    let init = r#""/opt/aws/bin/cfn-init -v --stack ", {"Ref": "AWS::StackName"}, " --resource Box --region ", {"Ref": "AWS::Region"}"#;
    for (template, expected) in [
        // The shell's name runs into the first command.
        (
            joined(&format!(r##""#!/bin/bash", "yum update -y\n", {init}, "\n", SIGNAL"##)),
            ["CFS305"].as_slice(),
        ),
        (joined(&format!(r##""#!/bin/bash", {init}, "\n", SIGNAL"##)), &["CFS305"]),
        // The signal is one more word of the command before it.
        (joined(&format!(r##""#!/bin/bash\n", {init}, SIGNAL"##)), &["CFS305"]),
        (
            joined(&format!(r##""#!/bin/bash\n", {init}, "\n", "systemctl start nginx ", SIGNAL"##)),
            &["CFS305"],
        ),
        (joined(&format!(r##""#!/bin/bash\n", {init}, "\n", SIGNAL"##)), &[]),
        (joined(&format!(r##""#!/bin/bash-5\n", {init}, "\n", SIGNAL"##)), &[]),
        (styled(">", "#!/bin/bash\n\ndnf install -y nginx\nSIGNAL"), &["CFS305"]),
        (styled(">", "#!/bin/bash\n\ndnf install -y nginx\n\nSIGNAL"), &[]),
        (styled("|", "#!/bin/bash\nchmod +x /opt/aws/bin/cfn-signal\n/opt/setup\nSIGNAL"), &[]),
        (styled("|", "#!/bin/bash\ndnf install -y nginx cfn-signal\nSIGNAL"), &[]),
    ] {
        assert_eq!(found(&template), expected, "{template}");
    }
}

#[test]
fn what_is_only_said_is_no_signal() {
    for (script, expected) in [
        ("dnf install -y nginx\necho \"to do: SIGNAL\"", ["CFS001"].as_slice()),
        ("dnf install -y nginx\nlogger 'SIGNAL'", &["CFS001"]),
        ("dnf install -y nginx\necho 'SIGNAL' >&2", &["CFS001"]),
        ("dnf install -y nginx\n: <<'LATER'\nSIGNAL\nLATER", &["CFS001"]),
        ("dnf install -y nginx\necho 'WRONG' > /x\nsh /x", &["CFS101"]),
        ("dnf install -y nginx\necho 'SIGNAL' >> /etc/rc.local", &[]),
        ("dnf install -y nginx\necho 'SIGNAL' | at now", &[]),
    ] {
        let template = styled("|", &format!("#!/bin/bash\n{script}"));
        assert_eq!(found(&template), expected, "{template}");
    }
}

#[test]
fn values_that_stand_in_variables() {
    for (script, expected) in [
        (
            "name=Bx\nrun\n/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource $name --region ${AWS::Region}",
            ["CFS101"].as_slice(),
        ),
        (
            "name=Box\nrun\n/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource \"$name\" --region ${AWS::Region}",
            &[],
        ),
        // Two values, and the second is the one that counts.
        (
            "name=Bx\nname=Box\nrun\n/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource $name --region ${AWS::Region}",
            &[],
        ),
        (
            "for name in Bx Box; do true; done\nname=Bx\nread name\nrun\n/opt/aws/bin/cfn-signal -e $? --stack ${AWS::StackName} --resource $name --region ${AWS::Region}",
            &[],
        ),
    ] {
        let template = styled("|", &format!("#!/bin/bash\n{script}"));
        assert_eq!(found(&template), expected, "{template}");
    }
}

#[test]
fn handles_that_stand_in_variables() {
    let with = |script: &str| {
        let script: String = script.lines().map(|line| format!("          {line}\n")).collect();
        format!(
            "Resources:\n  Box:\n    Type: AWS::EC2::Instance\n    Properties:\n      ImageId: ami-1\n      UserData:\n        Fn::Base64: !Sub |\n          \
             #!/bin/bash\n{script}  Handle: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  Ready:\n    \
             Type: AWS::CloudFormation::WaitCondition\n    DependsOn: Box\n    Properties: {{Handle: !Ref Handle, Timeout: 300}}\n"
        )
    };
    for (script, expected) in [
        ("url='${Handle}'\nrun\ncurl -X PUT --data-binary @/x \"$url\"", ["CFS111"].as_slice()),
        ("url='${Handle}'\nrun\ncurl -X PUT -H 'Content-Type: application/json' -d @/x $url", &["CFS111"]),
        // A shell does not read a variable's value again, so its `&` ends nothing.
        ("url='${Handle}'\nrun\ncurl -X PUT -H 'Content-Type:' --data-binary @/x $url", &[]),
    ] {
        assert_eq!(found(&with(script)), expected, "{script}");
    }
}

#[test]
fn more_places_where_scripts_hide() {
    for (script, expected) in [
        ("tee /x.sh > /dev/null <<'E'\nrun\nWRONG\nE\nsh -x /x.sh", ["CFS101"].as_slice()),
        ("eval 'run; WRONG'", &["CFS101"]),
        ("scl enable python36 'run; WRONG'", &["CFS101"]),
        ("at now <<'E'\nWRONG\nE", &["CFS101"]),
        ("echo 'WRONG' | at now + 1 minute", &["CFS101"]),
        ("echo 'run; WRONG' | sudo bash", &["CFS101"]),
        ("$(which bash) -c 'run; WRONG'", &["CFS101"]),
        ("echo 'run; WRONG' | bash /reader.sh", &[]),
        ("bash -ec 'run; SIGNAL'", &["CFS201"]),
        ("bash -e <<'E'\nrun\nSIGNAL\nE", &["CFS201"]),
        ("bash -c 'run; SIGNAL'", &[]),
        ("bash -xc 'run; SIGNAL'", &[]),
    ] {
        let template = styled("|", &format!("#!/bin/bash\n{script}"));
        assert_eq!(found(&template), expected, "{template}");
    }
    let config = |command: &str| {
        styled(
            "|",
            &format!(
                "#cloud-config\nwrite_files:\n - path: /x.sh\n   content: |\n     run\n     WRONG\nruncmd:\n - {command}"
            ),
        )
    };
    assert_eq!(found(&config("[bash, -x, /x.sh]")), ["CFS101"]);
    assert_eq!(found(&config("sh -e /x.sh")), ["CFS101"]);
    assert_eq!(found(&config("cat /x.sh")), ["CFS001"; 0]);
}

#[test]
fn files_of_cfn_init_that_a_shell_is_given() {
    let template = |command: &str| {
        let signal = SIGNAL.replace("Box", "Bx");
        format!(
            "Resources:\n  Box:\n    Type: AWS::EC2::Instance\n    CreationPolicy: {{ResourceSignal: {{Timeout: PT15M}}}}\n    Metadata:\n      \
             AWS::CloudFormation::Init:\n        config:\n          files:\n            /x.sh:\n              content: !Sub |\n                run\n                \
             {signal}\n          commands:\n            go: {{command: {command}}}\n    Properties:\n      ImageId: ami-1\n      UserData:\n        \
             Fn::Base64: !Sub |\n          #!/bin/bash\n          /opt/aws/bin/cfn-init -s ${{AWS::StackName}} -r Box --region ${{AWS::Region}}\n"
        )
    };
    assert_eq!(found(&template("bash -x /x.sh")), ["CFS101"]);
    assert_eq!(found(&template("[sh, /x.sh]")), ["CFS101"]);
    assert!(found(&template("cat /x.sh")).is_empty());
}

#[test]
fn what_is_fetched_is_no_signal() {
    // A download from an address of the template's is not one more way to signal.
    for fetch in
        ["curl -sf \"${Base}/x\" -o /x", "base='${Base}'\ncurl -sf \"$base/x\" -o /x", "wget -q ${Base}/x"]
    {
        let template = styled("|", &format!("#!/bin/bash\n{fetch}\nrun && SIGNAL"));
        assert_eq!(
            found(&format!("Parameters: {{Base: {{Type: String}}}}\n{template}")),
            ["CFS209"],
            "{fetch}"
        );
    }
}

#[test]
fn sizes_of_which_each_is_above_one() {
    let group = |before: &str, size: &str| {
        format!(
            "{before}Resources:\n  Group:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    CreationPolicy: {{ResourceSignal: {{Timeout: PT5M}}}}\n    \
             Properties: {{MinSize: {size}, MaxSize: 9, AvailabilityZones: !GetAZs '', LaunchTemplate: {{LaunchTemplateId: lt-1, Version: '1'}}}}\n"
        )
    };
    let condition = "Conditions: {C: !Equals [!Ref AWS::Region, x]}\n";
    let mapping = |small: u8| format!("Mappings: {{M: {{a: {{s: {small}}}, b: {{s: 3}}}}}}\n");
    for (template, expected) in [
        (group(condition, "!If [C, 2, 3]"), ["CFS007"].as_slice()),
        (group(condition, "!If [C, 1, 3]"), &[]),
        (group(&mapping(2), "!FindInMap [M, !Ref AWS::Region, s]"), &["CFS007"]),
        (group(&mapping(1), "!FindInMap [M, !Ref AWS::Region, s]"), &[]),
    ] {
        assert_eq!(found(&template), expected, "{template}");
    }
}

#[test]
fn a_second_document_is_a_finding_and_the_first_is_looked_at() {
    let first = styled("|", "#!/bin/bash\nrun\necho done\nSIGNAL");
    for second in ["---\nResources: {}\n", "...\n---\nx: [\n", "---\n"] {
        assert_eq!(found(&format!("---\n{first}{second}")), ["CFS202", "CFS401"], "{second}");
    }
    assert_eq!(found(&format!("---\n{first}...\n")), ["CFS202"]);
    // Other tools have settings of their own before the template.
    assert_eq!(found(&format!("name: x\nname: y\n---\n{first}")), ["CFS401", "CFS202"]);
    let error = lint("a: 1\n---\nb: 2\n", "t.yaml", &Selection::default()).unwrap_err().to_string();
    assert_eq!(error, "t.yaml:1:1: no template: it has no map of Resources");
}

#[test]
fn placeholders_of_build_tools() {
    let script = "#!/bin/bash\nrun\necho done\nSIGNAL";
    for name in ["@IMAGE@", "@@IMAGE@@", "%IMAGE%", "%%IMAGE%%/x", "%(image)s"] {
        let template = styled("|", script).replace("ami-1", name);
        assert_eq!(found(&template), ["CFS431", "CFS202"], "{name}");
    }
    // A loop's own lines are nobody's value.
    let looped = styled("|", script).replace(
        "Resources:\n",
        "Resources:\n{% for it in all %}\n  R{{ it }}: {Type: AWS::SNS::Topic}\n{% endfor %}\n",
    );
    assert_eq!(found(&looped), ["CFS431", "CFS202"]);
    // A script's variables are not told with another's placeholder.
    let tested = styled("|", "#!/bin/bash\nif [[ ${!x} == 1 ]]; then run; fi\nSIGNAL")
        .replace("ami-1", "{{resolve:ssm:/x}}");
    assert_eq!(
        found(
            &tested
                .replace("${!x}", "${x}")
                .replace("Resources:", "Parameters: {x: {Type: String}}\nResources:")
        ),
        ["CFS432"]
    );
}
