//! `cfn-rehearse lint` on what templates of strangers have: steps of Systems Manager for Windows, commands that are lists,
//! archives of cloud-config, requests without cfn-signal, and policies that ask for nothing.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use cfn_rehearse::lint::{Report, lint};

use super::{WAITS, found_strictly as found, instance, strict};

fn report(template: &str) -> Report {
    lint(template, "t.yaml", &strict()).unwrap()
}

/// The findings, as `CODE line message`.
fn told(template: &str) -> Vec<String> {
    let findings = &report(template).findings;
    findings.iter().map(|it| format!("{} {} {}", it.rule.code, it.place.line, it.message)).collect()
}

/// An instance that waits and has this user data.
fn waiting(user_data: &str) -> String {
    instance(WAITS, user_data)
}

const NAMES: &str = "--stack ${AWS::StackName} --region ${AWS::Region}";

#[test]
fn powershell_steps_of_documents_are_read() {
    let plugin = format!(
        r#"Resources:
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {{ResourceSignal: {{Timeout: PT15M}}}}
    Properties: {{ImageId: ami-1}}
  Setup:
    Type: AWS::SSM::Document
    Properties:
      DocumentType: Command
      Content:
        schemaVersion: '2.2'
        parameters: {{Feature: {{type: String}}}}
        mainSteps:
          - action: aws:runPowerShellScript
            name: setup
            inputs:
              runCommand:
                - Install-WindowsFeature {{{{ Feature }}}}
                - if ($LASTEXITCODE -ne 0) {{ throw "failed" }}
                - !Sub cfn-signal.exe -e 0 --resource Bx {NAMES}
"#
    );
    assert_eq!(told(&plugin), [r#"CFS101 20 the template has no resource "Bx""#]);
    // The commands of a document that a step of an automation runs by its name.
    let step = r#"Resources:
  Box: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}
  Book:
    Type: AWS::SSM::Document
    Properties:
      DocumentType: Automation
      Content:
        schemaVersion: '0.3'
        mainSteps:
          - name: tell
            action: aws:runCommand
            inputs:
              DocumentName: AWS-RunPowerShellScript
              Parameters:
                commands:
                  - !Sub |
                    Send-CFNResourceSignal -StackName ${AWS::StackName} -LogicalResourceId Bx -Status SUCCESS -Region ${AWS::Region} -UniqueId a
"#;
    assert_eq!(found(step), ["CFS101"]);
    // What a shell runs stays a shell's.
    let shell = step.replace("AWS-RunPowerShellScript", "AWS-RunShellScript");
    assert!(found(&shell).is_empty());
}

#[test]
fn a_command_of_cfn_init_may_be_a_list() {
    let with = |command: &str| {
        let init = format!(
            "    Metadata: {{AWS::CloudFormation::Init: {{config: {{commands: {{tell: {{command: {command}}}}}}}}}}}\n    Properties:"
        );
        let user_data = format!("#!/bin/bash\n/opt/aws/bin/cfn-init --resource Box {NAMES}");
        waiting(&user_data).replacen("    Properties:", &init, 1)
    };
    let list = |resource: &str, status: &str| {
        format!(
            "[/opt/aws/bin/cfn-signal, -e, {status}, --role, it's mine, --resource, {resource}, --stack, !Ref 'AWS::StackName', --region, !Ref 'AWS::Region']"
        )
    };
    assert_eq!(found(&with(&list("Bx", "0"))), ["CFS214", "CFS101"]);
    assert_eq!(found(&with(&list("Box", "0"))), ["CFS214"]);
    // No shell reads it, so that nothing is replaced.
    assert!(found(&with(&list("Box", "$?"))).contains(&"CFS208"));
}

#[test]
fn start_process_signals() {
    let script = |call: &str| {
        let call = call.replace("NAMES", NAMES);
        waiting(&format!("<powershell>\ncfn-init.exe -v\n{call}\n</powershell>"))
    };
    let wrong = [
        r#"Start-Process cfn-signal.exe -ArgumentList "-e $LASTEXITCODE --resource Bx NAMES" -Wait"#,
        r#"Start-Process -NoNewWindow -FilePath 'C:\Program Files\Amazon\cfn-bootstrap\cfn-signal.exe' -ArgumentList "-e", "$LASTEXITCODE", '--resource', 'Bx', "NAMES""#,
        r#"saps cfn-signal -Args @("-e", $LASTEXITCODE, "--resource Bx", "NAMES")"#,
        r#"Start-Process -FilePath cfn-signal.exe -WorkingDirectory C:\ "-e $LASTEXITCODE --role `"a b`" --resource Bx NAMES""#,
    ];
    for call in wrong {
        assert_eq!(found(&script(call)), ["CFS101"], "{call}");
        assert_eq!(found(&script(&call.replace("Bx", "Box"))), [""; 0], "{call}");
    }
    let constant = r#"Start-Process cfn-signal.exe -ArgumentList "-e 0 --resource Box NAMES""#;
    assert_eq!(found(&script(constant)), ["CFS210"]);
    // What it starts otherwise, and what is not to be told, is nobody's business.
    let others = [
        r#"Start-Process setup.exe -ArgumentList "-e 0 --resource Bx NAMES""#,
        "Start-Process cfn-signal.exe -ArgumentList $arguments",
        "Start-Process $tool -ArgumentList '--resource', 'Bx'",
    ];
    for call in others {
        assert_eq!(found(&script(call)), [""; 0], "{call}");
    }
}

#[test]
fn a_count_may_be_a_parameters_default() {
    let template = |parameter: &str| {
        format!(
            r#"Parameters: {{Signals: {{Type: Number{parameter}}}}}
Resources:
  Box:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-1
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          /opt/app/setup
          /opt/aws/bin/cfn-signal -e $? '${{Handle}}'
  Handle: {{Type: AWS::CloudFormation::WaitConditionHandle}}
  Ready:
    Type: AWS::CloudFormation::WaitCondition
    DependsOn: Box
    Properties: {{Handle: !Ref Handle, Timeout: 300, Count: !Ref Signals}}
"#
        )
    };
    assert_eq!(
        told(&template(", Default: 3")),
        ["CFS018 16 Ready waits for 3 signals, the default of Signals, and 1 machine sends one each"]
    );
    for silent in ["", ", Default: 1", ", Default: '1'"] {
        assert_eq!(told(&template(silent)), [""; 0], "{silent}");
    }
}

#[test]
fn archives_of_cloud_config() {
    let call = format!("/opt/aws/bin/cfn-signal -e 0 --resource Bx {NAMES}");
    let wrong = [
        format!(
            "#cloud-config-archive\n- type: text/x-shellscript\n  content: |\n    #!/bin/bash\n    {call}"
        ),
        format!("#cloud-config-archive\n- |\n  #!/bin/bash\n  {call}"),
        format!("#cloud-config-archive\n- |\n  runcmd:\n    - {call}"),
        format!(
            "#cloud-config-archive\n- type: text/cloud-config\n  content: |\n    #cloud-config\n    runcmd:\n      - {call}"
        ),
    ];
    for user_data in &wrong {
        let template = waiting(user_data);
        let line = template.lines().position(|line| line.contains("cfn-signal")).unwrap() + 1;
        assert_eq!(
            told(&template),
            [format!("CFS101 {line} the template has no resource \"Bx\"; Box waits")]
        );
        assert_eq!(found(&template.replace("Bx", "Box")), [""; 0], "{user_data}");
    }
    // All of it is shown, so that nobody signals where nobody does.
    assert_eq!(found(&waiting("#cloud-config-archive\n- |\n  #!/bin/bash\n  echo hello")), ["CFS001"]);
    // The later commands take the place of the earlier, and what is no list is nothing.
    let replaced = format!("{}\n- |\n  runcmd: [[echo, hello]]", wrong[2].replace("Bx", "Box"));
    assert_eq!(found(&waiting(&replaced)), ["CFS308"]);
    let merged =
        replaced.replace("- |\n  runcmd: [[", "- Merge-Type: list(append)\n  content: |\n    runcmd: [[");
    assert_eq!(found(&waiting(&merged)), [""; 0]);
    assert_eq!(
        found(&waiting("#cloud-config-archive\n- type: text/cloud-config-archive\n  content: '- a'")),
        [""; 0]
    );
}

#[test]
fn a_policy_that_asks_for_none_waits_for_nobody() {
    let script =
        format!("#!/bin/bash -e\ndnf install -y nginx\n/opt/aws/bin/cfn-signal -e $? --resource Box {NAMES}");
    let waits = waiting(&script);
    assert_eq!(found(&waits), ["CFS201"]);
    for count in ["0", "'0'"] {
        let none = waits.replace("Timeout: PT15M", &format!("Count: {count}, Timeout: PT15M"));
        assert_eq!(found(&none), ["CFS102"]);
        let unsignalled = none.replace("/opt/aws/bin/cfn-signal", "echo");
        assert_eq!(found(&unsignalled), ["CFS019"]);
    }
}

#[test]
fn loops_before_a_function_that_signals() {
    let script = |before: &str, after: &str| {
        waiting(&format!(
            "#!/bin/bash\ntell() {{\n  /opt/aws/bin/cfn-signal -e \"$1\" --resource Box NAMES\n}}\n{before}until ping -c 1 example.com; do sleep 5; done\n{after}"
        ).replace("NAMES", NAMES))
    };
    assert_eq!(found(&script("", "/opt/app/setup && tell 0 || tell 1")), ["CFS217"]);
    assert!(!found(&script("tell 0\n", "echo done")).contains(&"CFS217"));
}

#[test]
fn the_status_of_an_earlier_cfn_init() {
    let init = |set: &str| format!("/opt/aws/bin/cfn-init -c {set} --resource Box {NAMES}");
    let signal = format!("/opt/aws/bin/cfn-signal -e $? --resource Box {NAMES}");
    let (first, second) = (init("first"), init("second"));
    let script = |first: &str, head: &str| {
        let template = waiting(&format!("#!/bin/bash{head}\n{first}\n{second}\n{signal}"));
        let init = "    Metadata: {AWS::CloudFormation::Init: {configSets: {first: [c], second: [c]}, c: {}}}\n    Properties:";
        template.replacen("    Properties:", init, 1)
    };
    assert_eq!(
        told(&script(&first, "")),
        ["CFS202 13 $? is the status of the last cfn-init; that of the one before it is lost"]
    );
    for kept in [format!("{first} || exit 1"), format!("{first}\nstatus=$?"), String::new()] {
        assert!(!found(&script(&kept, "")).contains(&"CFS202"), "{kept}");
    }
    assert_eq!(found(&script(&first, " -e")), ["CFS201"]);
}

#[test]
fn requests_behind_set_e() {
    let script = |lines: &str| {
        let handle = "  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}\n  Ready:\n    Type: AWS::CloudFormation::WaitCondition\n    \
                      DependsOn: Box\n    Properties: {Handle: !Ref Handle, Timeout: 300}\n";
        let template = waiting(lines).replace("    CreationPolicy: {ResourceSignal: {Timeout: PT15M}}\n", "");
        format!("{template}{handle}")
    };
    let put = r#"curl -X PUT -H 'Content-Type:' --data-binary '{"Status":"SUCCESS","Reason":"r","UniqueId":"i","Data":"d"}' "${Handle}""#;
    let work = "sudo dnf install -y nginx";
    assert_eq!(
        told(&script(&format!("#!/bin/bash -ex\n{work}\n{put}"))),
        ["CFS201 10 not reached where dnf or another command before it fails: set -e ends the script there"]
    );
    assert_eq!(
        found(&script(&format!("#!/bin/bash -e\n{work}\nprintf '{{}}' | curl -T - '${{Handle}}'"))),
        ["CFS201"]
    );
    for silent in [
        format!("#!/bin/bash\n{work}\n{put}"),
        format!("#!/bin/bash -e\n{put}"),
        format!("#!/bin/bash -e\ntrap 'curl -T /tmp/failed \"${{Handle}}\"' ERR\n{work}\n{put}"),
    ] {
        assert!(!found(&script(&silent)).contains(&"CFS201"), "{silent}");
    }
}

#[test]
fn a_line_of_json_that_is_there_twice() {
    let template = |first: &str, second: &str| {
        let lines = format!("\t  {first}\n\t  {second}\n          \"ImageId\": \"ami-1\"\n");
        format!(
            "{{\"Resources\": {{\"Box\": {{\n  \"Type\": \"AWS::EC2::Instance\",\n  \"Properties\": {{\n{lines}  }}\n}}}}}}\n"
        )
    };
    let (one, other) = (r#""SecurityGroupIds": ["sg-1"],"#, r#""SecurityGroupIds": ["sg-2"],"#);
    assert_eq!(found(&template(one, one)), [""; 0]);
    assert_eq!(found(&template(one, other)), ["CFS402"]);
}

#[test]
fn a_handle_that_nobody_gets_beside_a_policy() {
    let template = |value: &str| {
        format!(
            "Resources:\n  Handle: {{Type: AWS::CloudFormation::WaitConditionHandle}}\n  Ready:\n    Type: AWS::CloudFormation::WaitCondition\n    \
             CreationPolicy: {{ResourceSignal: {{Timeout: PT1H}}}}\n    Properties: {{Handle: !Ref Handle, Timeout: '3600'}}\n  \
             Box: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, KeyName: {value}}}}}\n"
        )
    };
    // The condition is signalled by its logical id, and the handle is only there.
    assert!(!found(&template("a")).contains(&"CFS403"));
    assert!(found(&template("!Ref Handle")).contains(&"CFS403"));
}
