//! Nested stacks whose instances signal with the real `cfn-signal`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Output;

use cfn_signal_tests::binaries;

const PARENT: &str = "
Resources:
  Web:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: web.yaml, Parameters: {Zones: 'a,b'}}
  Own:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
    Properties:
      ImageId: ami-0abcdef1234567890
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          echo 'given ${Web.Outputs.Data}'
          cfn-signal -e 0 --stack ${AWS::StackName} --resource Own --region ${AWS::Region}
";

/// Two instances and a wait condition, which only the nested stack's own can signal.
const WEB: &str = "
Transform: AWS::LanguageExtensions
Parameters: {Zones: {Type: CommaDelimitedList}}
Resources:
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Ready: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: 300}}
  Fn::ForEach::Boxes:
    - Zone
    - !Ref Zones
    - Box${Zone}:
        Type: AWS::EC2::Instance
        CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
        Properties:
          ImageId: ami-0abcdef1234567890
          UserData:
            Fn::Base64: !Sub |
              #!/bin/bash
              cfn-signal -e 0 --data by-${Zone} '${Handle}'
              cfn-signal -e STATUS --stack ${AWS::StackName} --resource Box${Zone} --region ${AWS::Region}
Outputs: {Data: {Value: !GetAtt Ready.Data}}
";

fn rehearsed(status: &str) -> (Output, String) {
    let folder = tempfile::tempdir().unwrap();
    let parent = folder.path().join("parent.yaml");
    std::fs::write(&parent, PARENT).unwrap();
    std::fs::write(folder.path().join("web.yaml"), WEB.replace("STATUS", status)).unwrap();
    let output = binaries::cfn_rehearse().arg("run").arg(parent).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    (output, told)
}

#[test]
fn every_stack_is_signalled_by_its_own() {
    let (output, told) = rehearsed("0");
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("given {\"i-") && told.contains("by-"), "{told}");
    assert!(told.contains("Web/Boxa: the user data exited with status 0"), "{told}");
    assert!(told.contains("Web/Boxb: the user data exited with status 0"), "{told}");
}

#[test]
fn a_failure_below_is_a_failure_above() {
    let (output, told) = rehearsed("1");
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("was not successfully created: The following resource(s) failed to create: ["),
        "{told}"
    );
    assert!(
        told.contains("says why: Box") && told.contains("Received FAILURE signal with UniqueId i-"),
        "{told}"
    );
    assert!(!told.contains("given {"), "{told}");
}

/// An instance that only what its `cfn-init` runs signals, in a stack of its own; so there are two of a name.
const INITIALISED: &str = r#"
Resources:
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
    Metadata:
      AWS::CloudFormation::Init:
        config:
          commands:
            signal: {command: !Sub 'cfn-signal -e 0 --stack ${AWS::StackName} --resource Box --region ${AWS::Region}'}
    Properties:
      ImageId: ami-0abcdef1234567890
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          /opt/aws/bin/cfn-init -v --stack ${AWS::StackName} --resource Box --region ${AWS::Region}
"#;

#[test]
fn cfn_init_works_through_the_metadata_of_its_own_stack() {
    let folder = tempfile::tempdir().unwrap();
    let nested = |id: &str| {
        format!("  {id}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: box.yaml}}}}\n")
    };
    let parent = folder.path().join("parent.yaml");
    std::fs::write(&parent, format!("Resources:\n{}{}", nested("One"), nested("Two"))).unwrap();
    std::fs::write(folder.path().join("box.yaml"), INITIALISED).unwrap();
    let run = |options: &[&str]| {
        let output = binaries::cfn_rehearse().arg("run").arg(&parent).args(options).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), told.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let (code, told) = run(&["--init", "run"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("One/Box ~ cfn-init: Command signal succeeded"), "{told}");
    assert!(told.contains("Two/Box ~ cfn-init: Command signal succeeded"), "{told}");
    // Without it, the advice says where the signal is.
    let (code, told) = run(&[]);
    assert_eq!(code, Some(1), "{told}");
    let place = "the signal for Box is in Box's Metadata.AWS::CloudFormation::Init.config.commands.signal";
    assert!(told.contains(place) && told.contains("rehearse with --init run"), "{told}");
}

/// Each of its stacks has the handle of the condition that waits beside them.
fn hooked(stacks: &[(&str, &str)]) -> String {
    let nested = |(id, file): &(&str, &str)| {
        format!(
            "  {id}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {file}, Parameters: {{Hook: !Ref \
             Handle}}}}}}\n"
        )
    };
    format!(
        "Resources:\n  Handle: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  Ready: {{Type: \
         AWS::CloudFormation::WaitCondition, Properties: {{Handle: !Ref Handle, Timeout: 300}}}}\n{}",
        stacks.iter().map(nested).collect::<String>()
    )
}

fn hooked_box(user_data: &str) -> String {
    format!(
        "Parameters: {{Hook: {{Type: String}}}}\nResources:\n  Box:\n    Type: AWS::EC2::Instance\n    Properties:\n      \
         ImageId: ami-0abcdef1234567890\n      UserData: {{Fn::Base64: !Sub \"{user_data}\"}}\n"
    )
}

#[test]
fn a_condition_that_only_windows_below_could_signal_counts_as_met() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("windows.yaml", &hooked_box("<powershell>\\ncfn-signal.exe -e 0 ${Hook}\\n</powershell>"));
    write("unix.yaml", &hooked_box("#!/bin/sh\\ncfn-signal -e 1 -r broken '${Hook}'\\n"));
    let deeper = hooked(&[("Deep", "windows.yaml")]).replace("!Ref Handle}}}", "!Ref Hook}}}");
    let deeper = deeper.lines().filter(|it| !it.contains("Handle")).collect::<Vec<_>>().join("\n");
    write("deeper.yaml", &format!("Parameters: {{Hook: {{Type: String}}}}\n{deeper}\n"));
    let run = |stacks: &[(&str, &str)]| {
        write("parent.yaml", &hooked(stacks));
        let parent = folder.path().join("parent.yaml");
        let output = binaries::cfn_rehearse().arg("run").arg(parent).output().unwrap();
        let told =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code(), told.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    for (file, path) in [("windows.yaml", "First/Box"), ("deeper.yaml", "First/Deep/Box")] {
        let (code, told) = run(&[("First", file)]);
        assert_eq!(code, Some(0), "{told}");
        let met = format!(
            "Ready: {path}, and nothing that runs here, has the URL of its handle Handle, so it counts as met"
        );
        assert!(told.contains(&met), "{told}");
        assert!(!told.contains("timed out"), "{told}");
    }
    // Another stack has somebody who does, whichever of them is made first.
    for stacks in [
        [("First", "windows.yaml"), ("Second", "unix.yaml")],
        [("First", "unix.yaml"), ("Second", "windows.yaml")],
    ] {
        let (code, told) = run(&stacks);
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("WaitCondition received failed message: 'broken'"), "{told}");
    }
}

#[test]
fn an_output_that_a_nested_stack_does_not_give_fails_what_asks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "child.yaml",
        "Conditions: {Never: !Equals [a, b]}\nResources: {T: {Type: Custom::T, Properties: {ServiceToken: arn}}}\nOutputs:\n  There: {Value: a}\n  Gone: \
         {Condition: Never, Value: b}\n  Later: {Value: !GetAtt T.Unheard}\n",
    );
    let serve = |value: &str, options: &[&str]| {
        write(
            "parent.yaml",
            &format!(
                "Conditions: {{Never: !Equals [a, b]}}\nResources:\n  Child: {{Type: AWS::CloudFormation::Stack, Properties: \
                 {{TemplateURL: child.yaml}}}}\n  Q: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {value}}}}}\n"
            ),
        );
        let parent = folder.path().join("parent.yaml");
        let output = binaries::cfn_rehearse()
            .arg("serve")
            .arg(parent)
            .args(["--once", "--clock", "virtual", "--quiet", "0"])
            .args(options)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    for (value, missing) in [
        ("!GetAtt Child.Outputs.Nope", "Nope"),
        ("!Sub 'x-${Child.Outputs.Gone}'", "Gone"),
        ("!If [Never, a, !GetAtt [Child, Outputs.there]]", "there"),
    ] {
        let (code, told) = serve(value, &[]);
        assert_eq!(code, Some(1), "{told}");
        let why = format!("Output '{missing}' not found in stack 'arn:aws:cloudformation:");
        assert!(told.contains("CREATE_FAILED") && told.contains(&why), "{told}");
        assert!(told.contains("Q: Output"), "{told}");
    }
    let (code, told) = serve("q}}\nOutputs: {O: {Value: !GetAtt Child.Outputs.Nope", &[]);
    let why = "Output 'Nope' not found in stack 'arn:aws:cloudformation:";
    assert!(code == Some(1) && told.contains("ROLLBACK_COMPLETE") && told.contains(why), "{told}");
    for value in [
        "!GetAtt Child.Outputs.There",
        "!GetAtt Child.Outputs.Later",
        "!If [Never, !GetAtt Child.Outputs.Nope, a]",
    ] {
        let (code, told) = serve(value, &[]);
        assert_eq!(code, Some(0), "{value}\n{told}");
    }
    let (code, told) = serve("!GetAtt Child.Outputs.Nope", &["--attribute", "Child.Outputs.Nope=q"]);
    assert_eq!(code, Some(0), "{told}");
}
