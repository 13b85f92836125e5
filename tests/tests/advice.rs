//! What `cfn-rehearse run` says of stacks that did not come to be, or came to be in a way worth a word; with the real
//! `cfn-signal`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use cfn_signal_tests::binaries;
use tempfile::TempDir;

/// The exit status, and what is said, each run of blanks and line breaks one blank.
fn rehearsed(template: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("template.yaml");
    fs::write(&path, template).unwrap();
    let output = binaries::cfn_rehearse().arg("run").arg(path).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned()).concat();
    (output.status.code(), said.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// One instance that waits, with this user data and whatever else its template has.
fn server(user_data: &str, rest: &str) -> String {
    let indented: String = user_data.lines().map(|line| format!("          {line}\n")).collect();
    format!(
        "Resources:\n  Server:\n    Type: AWS::EC2::Instance\n    CreationPolicy: {{ResourceSignal: {{Timeout: PT5M}}}}\n    \
         Properties:\n      UserData:\n        Fn::Base64: !Sub |\n{indented}{rest}"
    )
}

/// Asserts how it ends, and what is said.
fn told(template: &str, arguments: &[&str], code: i32, wanted: &[&str], never: &[&str]) {
    let (status, said) = rehearsed(template, arguments);
    assert_eq!(status, Some(code), "{said}");
    for text in wanted {
        assert!(said.contains(text), "{text}: {said}");
    }
    for text in never {
        assert!(!said.contains(text), "{text}: {said}");
    }
}

const GUESSES: [&str; 2] = ["its last line should be", "With set -e"];
const SIGNAL: &str = "cfn-signal -e 0 --stack ${AWS::StackName} --resource Server --region ${AWS::Region}";

#[test]
fn a_literal_name_of_a_stack_is_told_with_what_to_do() {
    let template =
        server("#!/bin/bash\ncfn-signal -e 0 --stack WorkshopStack --resource Server --region us-east-1", "");
    told(
        &template,
        &[],
        1,
        &[
            "a signal for Server of stack WorkshopStack, from i-",
            "Stack WorkshopStack does not exist): this stack is called rehearsal",
            "rehearse with --stack-name WorkshopStack",
        ],
        &GUESSES,
    );
    told(&template, &["--stack-name", "WorkshopStack"], 0, &[], &[]);
}

#[test]
fn a_wrong_region_is_told() {
    let template = server(
        "#!/bin/bash\ncfn-signal -e 0 --stack rehearsal --resource Server --region eu-west-1 --deadline 1s",
        "",
    );
    told(&template, &[], 1, &["it was sent to another region, and the stack is in us-east-1"], &GUESSES);
}

fn message(parts: &[(&str, &str)]) -> String {
    let mut text = "Content-Type: multipart/mixed; boundary=B\nMIME-Version: 1.0\n".to_owned();
    for (headers, content) in parts {
        text.push_str(&format!("\n--B\n{headers}\n\n{content}\n"));
    }
    text + "--B--\n"
}

#[test]
fn a_part_without_an_interpreter_is_named() {
    let user_data = message(&[("Content-Type: text/x-shellscript", SIGNAL)]);
    told(
        &server(&user_data, ""),
        &[],
        1,
        &[
            "of the user data of Server part-001 (exec format error: it does not begin with #!) could not be started",
        ],
        &GUESSES,
    );
}

#[test]
fn a_list_of_cloud_config_that_another_replaces_is_named() {
    let first = format!("runcmd:\n- {SIGNAL}");
    let part = "Content-Type: text/cloud-config";
    let merged = format!("{part}\nMerge-Type: list(append)+dict(recurse_array)+str()");
    told(
        &server(&message(&[(part, &first), (part, "runcmd: [[echo, two]]")]), ""),
        &[],
        1,
        &[
            "Advice Server: runcmd: that of part-002 takes the place of that of part-001, whose commands are not run",
        ],
        &GUESSES,
    );
    let both = server(&message(&[(part, &first), (&merged, "runcmd: [[echo, two]]")]), "");
    told(&both, &[], 0, &["| two"], &["takes the place of"]);
}

#[test]
fn what_cloud_init_does_not_set_is_named() {
    let template = server(&format!("#!/bin/bash -u\nmkdir -p \"$HOME/.config\"\n{SIGNAL}"), "");
    told(&template, &[], 1, &["HOME is not set under cloud-init", "export HOME=/root"], &[]);
    let trapped = server(
        &format!("#!/bin/bash\nset -eu\ntrap '{SIGNAL}' EXIT\n: \"$USER\"").replace("-e 0", "-e $?"),
        "",
    );
    told(
        &trapped,
        &[],
        1,
        &["Received FAILURE signal with UniqueId i-", "USER is not set under cloud-init"],
        &[],
    );
}

#[test]
fn a_count_above_the_groups_size_is_told_as_such() {
    let template = format!(
        "Resources:
  Launch:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties: {{ImageId: ami-1, UserData: {{Fn::Base64: !Sub \"#!/bin/sh\\n{}\\n\"}}}}
  Pool:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {{ResourceSignal: {{Count: 3, Timeout: PT5M}}}}
    Properties: {{MinSize: '1', MaxSize: '3', LaunchConfigurationName: !Ref Launch}}
",
        SIGNAL.replace("Server", "Pool")
    );
    told(&template, &[], 1, &["1 of 3 counted; the group starts 1 instance"], &["no signal", GUESSES[0]]);
    let none = template.replace("Count: 3", "Count: 0");
    told(&none, &[], 0, &["Pool: its Count is 0, so it is complete at once, and nobody is waited for"], &[]);
}

#[test]
fn a_signal_in_the_metadata_is_named_where_it_is() {
    let metadata = format!(
        "    Metadata: {{AWS::CloudFormation::Init: {{config: {{commands: {{9-tell: {{command: !Sub '{SIGNAL}'}}}}}}}}}}\n"
    );
    let call = "#!/bin/sh\ncfn-init -s ${AWS::StackName} -r Server --region ${AWS::Region}";
    let template = server(call, &metadata);
    told(
        &template,
        &["--stub", "cfn-init=0"],
        1,
        &[
            "the signal for Server is in Server's Metadata.AWS::CloudFormation::Init.config.commands.9-tell, and cfn-init is a \
             stub here",
            "rehearse with --init run",
            "Server: its metadata for cfn-init is not worked through",
        ],
        &GUESSES,
    );
    told(&template, &["--init", "run"], 0, &[], &["is not worked through"]);
    let other = template.replace("-r Server", "-r Server -c other");
    told(
        &other,
        &["--init", "run"],
        1,
        &["commands.9-tell, which was not run: does the user data call cfn-init"],
        &[],
    );
}

#[test]
fn nobody_in_the_template_is_called_that() {
    told(
        &server("#!/bin/sh\ntrue", ""),
        &[],
        1,
        &[
            "nobody in this template signals Server",
            "give that with --user-data FILE",
            "last line should be cfn-signal -e $?",
        ],
        &[],
    );
    let lambda = "  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Done: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: 300}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {URL: !Ref Handle}}}}
";
    told(
        &server(&format!("#!/bin/sh\n{SIGNAL}"), lambda),
        &[],
        1,
        &[
            "metadata of cfn-init signals Done; its handle is given to Fn (AWS::Lambda::Function), which is not run here",
        ],
        &GUESSES,
    );
}

#[test]
fn stubs_that_failed_before_success_are_named() {
    let template = server(&format!("#!/bin/sh\ndnf install -y nginx\n{SIGNAL}"), "");
    told(
        &template,
        &["--stub", "dnf=1"],
        0,
        &["But Server: success was signalled although stubs failed: dnf=1"],
        &[],
    );
    told(&template, &["--stub", "dnf=0"], 0, &[], &["But Server"]);
}

#[test]
fn an_update_that_reaches_no_instance_says_so() {
    let directory = TempDir::new().unwrap();
    let template = |version: &str, says: &str| {
        format!(
            "Resources:
  LT: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{UserData: {{Fn::Base64: \"#!/bin/sh\\necho {says}\\n\"}}}}}}}}
  Pool:
    Type: AWS::AutoScaling::AutoScalingGroup
    UpdatePolicy: {{AutoScalingRollingUpdate: {{MinInstancesInService: 0}}}}
    Properties: {{MinSize: '1', MaxSize: '1', LaunchTemplate: {{LaunchTemplateId: !Ref LT, Version: {version}}}}}
"
        )
    };
    let old = directory.path().join("old.yaml");
    for (version, stale) in [("$Latest", true), ("!GetAtt LT.LatestVersionNumber", false)] {
        fs::write(&old, template(version, "old")).unwrap();
        let (code, said) = rehearsed(&template(version, "new"), &["--update-from", old.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{said}");
        let note =
            "Pool: its launch template has other user data, and the group names its version by $Latest";
        assert_eq!(said.contains(note), stale, "{version}: {said}");
    }
}
