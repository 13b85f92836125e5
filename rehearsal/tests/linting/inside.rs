//! `cfn-rehearse lint`: scripts that stand somewhere else than in user data, and user data that is put together.

use super::{WAITS, found, instance, with_signals};

/// An instance that waits, with a script at the margin.
fn waiting(script: &str) -> String {
    with("", script)
}

fn with(attributes: &str, script: &str) -> String {
    with_signals(&instance(&format!("{WAITS}{attributes}"), script))
}

#[test]
fn scripts_that_are_written_line_by_line() {
    for (script, expected) in [
        // Whatever writes it, what is in it is a script.
        ("echo '#!/bin/bash' > /b\necho 'run' >> /b\necho 'WRONG' >> /b\nbash /b", ["CFS101"].as_slice()),
        ("echo 'run\nWRONG' >> /b\nsh -x /b", &["CFS101"]),
        ("printf '#!/bin/bash\\nrun\\nWRONG\\n' > /b\n/b", &["CFS101"]),
        ("printf '%s\\n' '#!/bin/bash' 'run' 'WRONG' > /b\n/b", &["CFS101"]),
        ("echo -e '#!/bin/bash\\nWRONG' | sudo tee /b\n/b", &["CFS101"]),
        ("echo 'run' | tee /b\necho 'WRONG' | tee -a /b\n. /b", &["CFS101"]),
        ("cat > /b <<'EOF'\nrun\nWRONG\nEOF\nnohup /b &", &["CFS101"]),
        ("cat <<'EOF' | sudo tee /b\nrun\nWRONG\nEOF\nbash /b", &["CFS101"]),
        (
            "cat > /b <<'EOF'\n#!/bin/bash\nset -e\nEOF\necho run >> /b\necho 'SIGNAL' >> /b\nbash /b",
            &["CFS201"],
        ),
        ("echo 'WRONG' >> /etc/rc.local\nreboot", &["CFS101"]),
        ("B=/opt/b\necho 'WRONG' > $B\nbash \"$B\"", &["CFS101"]),
        // Written, and no script: nothing runs it.
        ("echo 'WRONG' > /notes\nSIGNAL", &[]),
        ("bash /b\nSIGNAL", &[]),
    ] {
        assert_eq!(found(&waiting(&format!("#!/bin/bash\n{script}"))), expected, "{script}");
    }
}

#[test]
fn a_status_that_the_outer_shell_expands() {
    for (script, expected) in [
        ("su - app <<EOF\nrun\nSIGNAL\nEOF", ["CFS216"].as_slice()),
        ("bash -c \"run; SIGNAL\"", &["CFS216"]),
        ("cat > /b <<EOF\n#!/bin/bash\nrun && again\nSIGNAL\nEOF\n/b", &["CFS216"]),
        ("echo \"run\" > /b\necho \"SIGNAL\" >> /b\nbash /b", &["CFS216"]),
        ("su - app <<'EOF'\nrun\nSIGNAL\nEOF", &[]),
        ("bash -c 'run; SIGNAL'", &[]),
        (
            "bash -c \"run; /opt/aws/bin/cfn-signal -e \\$? --stack ${AWS::StackName} --resource Box --region ${AWS::Region}\"",
            &[],
        ),
        // What was before the inner script is meant.
        ("run\nsudo bash -c \"SIGNAL\"", &[]),
        ("run\ncat > /b <<EOF\n#!/bin/bash\necho done\nSIGNAL\nEOF\n/b", &[]),
    ] {
        assert_eq!(found(&waiting(&format!("#!/bin/bash\n{script}"))), expected, "{script}");
    }
}

#[test]
fn what_systems_manager_runs() {
    let machine = waiting("#!/bin/bash\nexit 0");
    let association = "  Run:\n    Type: AWS::SSM::Association\n    Properties:\n      Name: DOCUMENT\n      Targets: [{Key: InstanceIds, Values: [!Ref Box]}]\n";
    let steps = |action: &str, line: &str| {
        let line = with_signals(line);
        format!(
            "  Steps:\n    Type: AWS::SSM::Document\n    Properties:\n      DocumentType: Command\n      Content:\n        schemaVersion: '2.2'\n        \
             mainSteps:\n          - action: {action}\n            name: boot\n            inputs:\n              runCommand:\n                - run\n                \
             - echo now\n                - !Sub '{line}'\n"
        )
    };
    let by_document = association.replace("DOCUMENT", "!Ref Steps");
    let shell = "aws:runShellScript";
    for (rest, expected) in [
        (steps(shell, "SIGNAL"), ["CFS202"].as_slice()),
        (steps(shell, "WRONG"), &["CFS101"]),
        // Another language has other rules.
        (steps("aws:runPowerShellScript", "SIGNAL"), &[]),
        // Lines of a schema before, and of an association without a document of one's own.
        (
            format!(
                "  Steps:\n    Type: AWS::SSM::Document\n    Properties:\n      Content:\n        schemaVersion: '1.2'\n        runtimeConfig:\n          \
                 aws:runShellScript:\n            properties:\n              - runCommand: ['set -e', run, !Sub '{}']\n",
                with_signals("SIGNAL")
            ),
            &["CFS201"],
        ),
        (
            format!(
                "{}      Parameters: {{commands: ['set -e', run, !Sub '{}']}}\n",
                association.replace("DOCUMENT", "AWS-RunShellScript"),
                with_signals("SIGNAL")
            ),
            &["CFS201"],
        ),
        // A document that is text.
        (
            format!(
                "  Steps:\n    Type: AWS::SSM::Document\n    Properties:\n      Content: !Sub |\n        schemaVersion: '2.2'\n        mainSteps:\n          \
                 - action: aws:runShellScript\n            name: boot\n            inputs:\n              runCommand:\n                - run\n                \
                 - {}\n",
                with_signals("WRONG")
            ),
            &["CFS101"],
        ),
    ] {
        let runs = if rest.contains("Steps:") { &by_document } else { "" };
        let template = format!("{machine}{runs}{rest}");
        assert_eq!(found(&template), expected, "{template}");
    }
}

#[test]
fn an_automation_that_signals_is_a_signal() {
    let call = |resource: &str, stack: &str| {
        format!(
            "{}  Book:\n    Type: AWS::SSM::Document\n    Properties:\n      DocumentType: Automation\n      Content:\n        schemaVersion: '0.3'\n        \
             parameters: {{Stack: {{type: String}}}}\n        mainSteps:\n          - name: tell\n            action: aws:executeAwsApi\n            \
             inputs: {{Service: cloudformation, Api: SignalResource, StackName: {stack}, LogicalResourceId: {resource}, Status: SUCCESS, UniqueId: '{{{{ Id }}}}'}}\n",
            waiting("#!/bin/bash\nrun")
        )
    };
    assert_eq!(found(&waiting("#!/bin/bash\nrun")), ["CFS001"]);
    assert_eq!(found(&call("Box", "!Ref AWS::StackName")), [""; 0]);
    assert_eq!(found(&call("Box", "'{{ Stack }}'")), [""; 0]);
    assert_eq!(found(&call("Bx", "!Ref AWS::StackName")), ["CFS101"]);
    // Whose stack it is nobody knows.
    assert_eq!(found(&call("Bx", "'{{ Stack }}'")), [""; 0]);
    assert_eq!(found(&call("Box", "other")), ["CFS103"]);
}

#[test]
fn files_of_cloud_config_that_run() {
    let b64 = "IyEvYmluL2Jhc2gKcnVuCmVjaG8gbm93Ci9vcHQvYXdzL2Jpbi9jZm4tc2lnbmFsIC1lICQ/IC0tc3RhY2sgcyAtLXJlc291cmNlIEJveCAtLXVybCBodHRwOi8vYQo=";
    let plain = |path: &str, first: &str, run: &str| {
        format!(
            "#cloud-config\nwrite_files:\n  - path: {path}\n    content: |\n      {first}\n      run\n      echo now\n      SIGNAL\nruncmd:\n  - {run}"
        )
    };
    for (config, expected) in [
        (plain("/b", "#!/bin/bash", "/b"), ["CFS202"].as_slice()),
        (plain("/b", "true", "bash /b"), &["CFS202"]),
        (plain("/b", "true", "[sh, /b]"), &["CFS202"]),
        (plain("/b", "true", "cp /b /c"), &[]),
        (plain("/var/lib/cloud/scripts/per-instance/b", "#!/bin/bash", "run"), &["CFS202"]),
        (plain("/b", "#!/bin/bash", "run"), &[]),
        (
            format!(
                "#cloud-config\nwrite_files:\n  - path: /b\n    encoding: b64\n    content: {b64}\nruncmd:\n  - /b"
            ),
            &["CFS202", "CFS103"],
        ),
        // Another part of the message runs it.
        (
            format!(
                "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=\"\n\n--=\nContent-Type: text/cloud-config\n\n{}\n--=\n\
                 Content-Type: text/x-shellscript\n\n#!/bin/bash\n/b\n--=--",
                plain("/b", "#!/bin/bash", "run")
            ),
            &["CFS202"],
        ),
    ] {
        assert_eq!(found(&waiting(&config)), expected, "{config}");
    }
}

#[test]
fn lines_that_a_condition_chooses() {
    let joined = |delimiter: &str, lines: &str| {
        format!(
            "Conditions: {{Swap: !Equals [!Ref AWS::Region, eu-west-1]}}\nResources:\n  Box:\n    Type: AWS::EC2::Instance\n    \
             CreationPolicy: {{ResourceSignal: {{Timeout: PT30M}}}}\n    Properties:\n      ImageId: ami-1\n      UserData:\n        Fn::Base64:\n          \
             Fn::Join:\n            - \"{delimiter}\"\n            - {lines}"
        )
    };
    let signal = with_signals("!Sub 'WRONG'");
    let listed = format!(
        "- '#cloud-config'\n              - CHOICE\n              - 'runcmd:'\n              - '  - run'\n              - !Join ['', ['  - ', {signal}]]\n"
    );
    for choice in [
        "!If [Swap, 'mounts: [[xvdb, none]]', !Ref AWS::NoValue]",
        "!If [Swap, !Ref AWS::NoValue, 'mounts: [[xvdb, none]]']",
        "!If [Swap, 'bootcmd: [a]', 'bootcmd: [b]']",
    ] {
        assert_eq!(found(&joined("\\n", &listed.replace("CHOICE", choice))), ["CFS101"], "{choice}");
    }
    // The whole list.
    let lists = format!("!If [Swap, ['#!/bin/bash', run, {signal}], ['#!/bin/bash', go, {signal}]]\n");
    assert_eq!(found(&joined("\\n", &lists)), ["CFS101"]);
    // Less than a line stays unknown, and so does what it is part of.
    let words = format!("['#!/bin/bash', !If [Swap, a, b], {}]\n", with_signals("!Sub 'SIGNAL'"));
    assert_eq!(found(&joined(" ", &words)), ["CFS305"]);
}

#[test]
fn cfn_init_needs_metadata_where_it_looks() {
    let run = |resource: &str| {
        format!(
            "#!/bin/bash\n/opt/aws/bin/cfn-init -v --stack ${{AWS::StackName}} -r {resource} --region ${{AWS::Region}}\nSIGNAL"
        )
    };
    let init = "    Metadata: {AWS::CloudFormation::Init: {config: {packages: {yum: {httpd: []}}}}}\n";
    assert_eq!(found(&with(init, &run("Box"))), [""; 0]);
    assert_eq!(found(&with("", &run("Box"))), ["CFS307"]);
    assert_eq!(found(&with("", &run("Bx"))), ["CFS307"]);
    assert_eq!(found(&with(init, &run("Bx"))), ["CFS307"]);
    // What nobody knows may have some.
    assert_eq!(found(&with("", &run("${Name}"))), ["CFS304"]);
    assert_eq!(found(&with("    Metadata: {Fn::Transform: {Name: m}}\n", &run("Box"))), [""; 0]);
}

#[test]
fn user_data_of_jinja_is_what_it_becomes() {
    let config =
        "## template: jinja\n#cloud-config\nruncmd:\n  - run\n  - echo {{ v1.instance_id }}\n  - SIGNAL";
    assert_eq!(found(&waiting(config)), ["CFS202"]);
    let script = "## template: jinja\n#!/bin/bash -e\nrun {{ v1.region }}\nSIGNAL";
    assert_eq!(found(&waiting(script)), ["CFS201"]);
    // A region that cloud-init writes is the machine's.
    let region = "## template: jinja\n#!/bin/bash\nrun\ncfn-signal -e $? --stack ${AWS::StackName} --resource Box --region {{ v1.region }}";
    assert_eq!(found(&waiting(region)), [""; 0]);
    assert_eq!(found(&waiting(&script.replace("run", "{% if x %}run{% endif %}"))), [""; 0]);
}
