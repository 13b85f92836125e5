//! Signals that come from somewhere that a rehearsal does not run.

#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::common::folder::Folder;
use crate::common::{file, run, text};
use tempfile::TempDir;

/// What is said of this template, and the exit status. Its `cfn-signal` puts a success to the handle that it is given.
fn rehearsed(template: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let directory = TempDir::new().unwrap();
    let script = "#!/bin/sh\nfor url; do :; done\necho \"signals ${url%%\\?*}\"\n\
        case $url in http*) curl -fsS -X PUT -H Content-Type: --noproxy '*' --data-binary \
        '{\"Status\":\"SUCCESS\",\"UniqueId\":\"1\",\"Reason\":\"\",\"Data\":\"\"}' \"$url\" ;; esac\n";
    let signal = file(&directory, "cfn-signal", script);
    fs::set_permissions(&signal, fs::Permissions::from_mode(0o755)).unwrap();
    let signal = signal.display().to_string();
    let output = run(template, &[&["--cfn-signal", signal.as_str()], arguments].concat());
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

const WINDOWS: &str = "
Resources:
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT30M}}
    Properties:
      ImageId: ami-1
      UserData:
        Fn::Base64: !Sub |
          <powershell>
          cfn-signal.exe -e 0 --stack ${AWS::StackName} --resource Box
          </powershell>
";

const SHUT: &str = "
  Shut:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
    Properties: {UserData: {Fn::Base64: \"#!/bin/sh\\nexit 1\\n\"}}
";

#[test]
fn windows_alone_cannot_be_rehearsed() {
    for template in [
        WINDOWS.to_owned(),
        WINDOWS.replace("<powershell>", "<script>"),
        // What only the real service knows is in nobody's way.
        WINDOWS.replace("--resource Box", "--resource Box ${Key.KeyId}") + "  Key: {Type: AWS::KMS::Key}\n",
        WINDOWS
            .replace("<powershell>", "version: 1.0")
            .replace("ami-1", "'{{resolve:ssm:/aws/service/ami-windows-latest/x}}'"),
    ] {
        let (code, said) = rehearsed(&template, &[]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("could not be rehearsed: the user data of Box is for Windows"), "{said}");
        assert!(!said.contains("rolls back") && !said.contains("ROLLBACK"), "{said}");
    }
}

#[test]
fn windows_beside_others_counts_as_created() {
    let (code, said) = rehearsed(&(WINDOWS.to_owned() + SHUT), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("Box: its user data is for Windows") && said.contains("it counts as created"),
        "{said}"
    );
    assert!(said.contains("[Shut]") && !said.contains("[Box"), "{said}");
    let well =
        SHUT.replace("    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}\n", "").replace("exit 1", "true");
    let (code, said) = rehearsed(&(WINDOWS.to_owned() + &well), &[]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn windows_is_said_once_whatever_becomes_of_the_stack() {
    let unknown = WINDOWS.replace("--resource Box", "--resource Box ${Key.KeyId}");
    for windows in [WINDOWS, &(unknown + "  Key: {Type: AWS::KMS::Key}\n")] {
        for (script, code) in [(SHUT.to_owned(), 1), (SHUT.replace("PT5M}}", "PT5M, Count: 0}}"), 0)] {
            let (ended, said) = rehearsed(&(windows.to_owned() + &script), &[]);
            assert_eq!(ended, Some(code), "{said}");
            assert_eq!(said.matches("for Windows").count(), 1, "{said}");
        }
    }
}

/// `WINDOWS` beside a stack of this template.
fn above(windows: &str) -> String {
    format!(
        "{windows}  Below: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: below.yaml}}}}\n"
    )
}

#[test]
fn windows_in_one_stack_is_nothing_to_another() {
    let folder = Folder::new();
    let linux = format!("Resources:{SHUT}Outputs: {{Id: {{Value: a}}}}\n").replace("Shut", "Box");
    let below = linux
        .replace("    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}\n", "")
        .replace("exit 1", "echo it runs");
    folder.write("below.yaml", &below);
    // What the stack below gives is learnt after the policy was left out.
    for windows in
        [WINDOWS.to_owned(), WINDOWS.replace("--resource Box", "--resource Box ${Below.Outputs.Id}")]
    {
        folder.write("above.yaml", &above(&windows));
        let (code, said) = folder.run(&["above.yaml"]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("Below/Box | it runs"), "{said}");
        assert_eq!(said.matches("for Windows").count(), 1, "{said}");
    }
}

#[test]
fn windows_in_a_stack_below_counts_as_created_too() {
    let folder = Folder::new();
    folder.write("below.yaml", WINDOWS);
    folder.write("above.yaml", &above("Resources:\n"));
    let (code, said) = folder.run(&["above.yaml"]);
    assert_eq!(code, 0, "{said}");
    let left = "Below/Box: its user data is for Windows, and that is not run here: its policies are left out, and it counts as created";
    assert!(said.contains(left) && said.matches("for Windows").count() == 1, "{said}");
    // And what an update brings.
    folder.write("below.yaml", &WINDOWS.replace("ami-1", "ami-2"));
    fs::create_dir(folder.0.path().join("old")).unwrap();
    folder.write("old/below.yaml", WINDOWS);
    folder.write("old/above.yaml", &above("Resources:\n"));
    let (code, said) = folder.run(&["above.yaml", "--update-from", "old/above.yaml"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(left) && said.contains("Stack rehearsal is UPDATE_COMPLETE"), "{said}");
}

#[test]
fn a_script_in_place_of_windows_is_run() {
    let directory = TempDir::new().unwrap();
    let script = file(&directory, "boot.sh", "#!/bin/sh\necho in its place\n").display().to_string();
    let (code, said) = rehearsed(WINDOWS, &["--user-data", &script]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("| in its place"), "{said}");
}

const HANDLES: &str = "
Resources:
  First: {Type: AWS::CloudFormation::WaitConditionHandle}
  Second: {Type: AWS::CloudFormation::WaitConditionHandle}
  FirstDone: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref First, Timeout: 300}}
  SecondDone: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Second, Timeout: 300}}
  One:
    Type: AWS::EC2::Instance
    Properties: {UserData: {Fn::Base64: !Sub \"#!/bin/sh\\ncfn-signal -e 0 '${First}'\\n\"}}
  Two:
    Type: AWS::EC2::Instance
    Properties: {UserData: {Fn::Base64: !Sub \"#!/bin/sh\\ncfn-signal -e 0 '${Second}'\\n\"}}
";

#[test]
fn a_condition_that_another_instance_signals_counts_as_met() {
    let (code, said) = rehearsed(HANDLES, &["--resource", "One"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("SecondDone: Two, and nothing that runs here, has the URL of its handle Second"),
        "{said}"
    );
    assert!(said.contains("counts as met") && !said.contains("FirstDone: "), "{said}");
    // Its own is waited for.
    let silent = HANDLES.replace("cfn-signal -e 0 '${First}'", ": '${First}'");
    let (code, said) = rehearsed(&silent, &["--resource", "One"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("[FirstDone]"), "{said}");
    // And where everything runs, nothing is taken for met.
    let lost = HANDLES.replace("'${Second}'", "nowhere");
    let (code, said) = rehearsed(&lost, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("[SecondDone]") && !said.contains("counts as met"), "{said}");
}

#[test]
fn a_condition_whose_handle_is_in_the_metadata_of_the_chosen_instance_is_waited_for() {
    let template = HANDLES.replace(
        "  One:\n    Type: AWS::EC2::Instance\n",
        "  One:\n    Type: AWS::EC2::Instance\n    Metadata: {AWS::CloudFormation::Init: {config: {commands: {a: {command: !Sub \"cfn-signal '${Second}'\"}}}}}\n",
    );
    let (code, said) = rehearsed(&template, &["--resource", "One"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("[SecondDone]") && !said.contains("counts as met"), "{said}");
}

#[test]
fn a_condition_that_is_signalled_by_its_name_is_left_to_whoever_has_that() {
    let template = HANDLES.replace(
        "Properties: {Handle: !Ref Second, Timeout: 300}",
        "CreationPolicy: {ResourceSignal: {Timeout: PT5M}}",
    );
    let template = template.replace("'${Second}'", "--stack rehearsal --resource SecondDone");
    let (code, said) = rehearsed(&template, &["--resource", "One"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("SecondDone: Two, and nothing that runs here, has its name, so it counts as met"),
        "{said}"
    );
    let (code, said) = rehearsed(&template, &["--resource", "Two"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("[SecondDone]") && said.contains("FirstDone: One, and nothing"), "{said}");
}

#[test]
fn a_condition_that_windows_signals_counts_as_met() {
    let template = format!("{WINDOWS}{}", HANDLES.replace("\nResources:\n", ""))
        .replace(
            "cfn-signal.exe -e 0 --stack ${AWS::StackName} --resource Box",
            "cfn-signal.exe -e 0 ${Second}",
        )
        .replace("cfn-signal -e 0 '${Second}'", "true");
    let (code, said) = rehearsed(&template, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("SecondDone: Box, and nothing that runs here, has the URL"), "{said}");
}

#[test]
fn a_condition_that_windows_signals_in_a_stack_below_counts_as_met_too() {
    let conditions = HANDLES.replace("\nResources:\n", "");
    for (signal, met) in [
        ("cfn-signal.exe -e 0 ${Second}", "has the URL of its handle Second"),
        // The same where the rest of the user data cannot be known.
        ("cfn-signal.exe -e 0 ${Second} ${Key.KeyId}", "has the URL of its handle Second"),
        ("cfn-signal.exe --stack ${AWS::StackName} --resource Named", "has its name"),
    ] {
        let template = format!("{WINDOWS}{conditions}  Key: {{Type: AWS::KMS::Key}}\n")
            .replace("cfn-signal.exe -e 0 --stack ${AWS::StackName} --resource Box", signal)
            .replace("cfn-signal -e 0 '${First}'", "true")
            .replace("cfn-signal -e 0 '${Second}'", "true")
            .replace("  FirstDone: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref First, Timeout: 300}}\n", "");
        let template = match met.contains("name") {
            true => template.replace("SecondDone", "Named").replace(
                "Properties: {Handle: !Ref Second, Timeout: 300}",
                "CreationPolicy: {ResourceSignal: {Timeout: PT5M}}",
            ),
            false => template,
        };
        let folder = Folder::new();
        folder.write("below.yaml", &template);
        folder.write("above.yaml", &above("Resources:\n"));
        let (code, said) = folder.run(&["above.yaml"]);
        assert_eq!(code, 0, "{said}");
        let told = format!("Done: Below/Box, and nothing that runs here, {met}, so it counts as met");
        let told = if met.contains("name") { told.replace("Done", "Below/Named") } else { told };
        assert!(said.contains(&told) && said.matches("counts as met").count() == 1, "{said}");
        // What runs here has it too, and does not signal.
        let hushed = template.replacen("\\ntrue", "\\n: '${Second}' Named", 1);
        folder.write("below.yaml", &hushed);
        let (code, said) = folder.run(&["above.yaml"]);
        assert_eq!(code, 1, "{said}");
        assert!(!said.contains("counts as met"), "{said}");
    }
}

#[test]
fn a_group_that_starts_nobody_and_waits_is_told_what_it_lacks() {
    const EMPTY: &str = "
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
    UpdatePolicy: {AutoScalingRollingUpdate: {WaitOnResourceSignals: true, PauseTime: PT5M}}
    Properties:
      MinSize: 0
      MaxSize: 2
      LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {ImageId: ami-1, UserData: {Fn::Base64: \"#!/bin/sh\\ntrue\\n\"}}}
";
    let told = "Group starts no instance, by its sizes, so nobody is there to signal what its CreationPolicy waits for: give it a DesiredCapacity or a MinSize, or Count: 0";
    let folder = Folder::new();
    folder.write("old.yaml", EMPTY);
    folder.write("new.yaml", &EMPTY.replace("ami-1", "ami-2"));
    let (code, said) = folder.run(&["new.yaml", "--update-from", "old.yaml"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains(&format!("even with every signal received: {told}\n")), "{said}");
    // The same where it is created, and not that its user data has no signal: nobody runs it.
    let (code, said) = folder.run(&["old.yaml"]);
    assert_eq!(code, 1, "{said}");
    let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(told) && !flat.contains("nobody in this template"), "{said}");
    // Of others the reason is the service's.
    folder.write("old.yaml", &EMPTY.replace("MinSize: 0", "MinSize: 3"));
    let (code, said) = folder.run(&["new.yaml", "--update-from", "old.yaml"]);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("every signal received: Group: ")
            && said.contains("must be greater than or equal to min bound, 3"),
        "{said}"
    );
}
