//! `cfn-rehearse run --init run`: the template's metadata, worked through, with the real `cfn-signal` in it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use cfn_signal_tests::binaries;
use tempfile::TempDir;

const TEMPLATE: &str = r##"
Resources:
  Key: {Type: Custom::Key, Properties: {ServiceToken: t}}
  Box:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT5M}}
    Metadata:
      AWS::CloudFormation::Init:
        configSets: {default: [install, signal], broken: [fails, signal]}
        install:
          packages: {yum: {nginx: []}}
          files:
            /etc/site.conf: {content: !Sub "site of ${AWS::StackName}\n", mode: "000600"}
            /opt/site/start: {content: "#!/bin/sh\ncat /etc/site.conf\n", mode: "000755"}
          commands:
            02_start: {command: /opt/site/start}
            01_key: {command: !Sub "echo ${Key.KeyId}"}
          services: {systemd: {nginx: {enabled: true, ensureRunning: true}}}
        fails:
          commands: {1_off: {command: "echo going; exit 7"}}
        signal:
          commands:
            99_signal:
              command: !Sub /opt/aws/bin/cfn-signal -e 0 --stack ${AWS::StackName} --resource Box --region ${AWS::Region}
    Properties:
      ImageId: ami-1
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          /opt/aws/bin/cfn-init -v --stack ${AWS::StackName} --resource Box --configsets SETS --region ${AWS::Region}
          echo "init: $?"
          cat /etc/site.conf
          cfn-get-metadata -s ${AWS::StackName} -r Box -k AWS::CloudFormation::Init.install.packages
"##;

/// The exit status and what is said.
fn rehearsed(template: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("template.yaml");
    fs::write(&path, template).unwrap();
    let output = binaries::cfn_rehearse().arg("run").arg(path).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    (output.status.code(), said.concat())
}

#[test]
fn the_metadatas_commands_run_and_signal() {
    let template = TEMPLATE.replace("SETS", "default");
    let (code, said) = rehearsed(&template, &["--init", "run"]);
    assert_eq!(code, Some(0), "{said}");
    for text in [
        "cfn-init runs the commands of the metadata (--init run)",
        "~ cfn-init -v --stack rehearsal --resource Box --configsets default --region us-east-1 (--init run)",
        "packages are not installed here: nginx",
        "command 01_key is not run: it has a value that only the real service knows",
        "~ site of rehearsal",
        "Command 02_start succeeded",
        "systemd: nginx: no service is touched here (start)",
        "Command 99_signal succeeded",
        "Received SUCCESS signal with UniqueId i-",
        "| init: 0",
        "| site of rehearsal",
        "|   \"yum\": {",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert!(!std::path::Path::new("/etc/site.conf").exists());
}

#[test]
fn a_command_that_fails_ends_the_build() {
    let template = TEMPLATE.replace("SETS", "broken");
    let (code, said) = rehearsed(&template, &["--init", "run"]);
    assert_eq!(code, Some(1), "{said}");
    for text in ["~ going", "| Error occurred during build: Command 1_off failed", "| init: 1"] {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert!(!said.contains("99_signal succeeded"), "{said}");
}

#[test]
fn a_service_is_started_by_its_stub() {
    let template = TEMPLATE.replace("SETS", "default");
    let (_, said) = rehearsed(&template, &["--init", "run", "--stub", "systemctl=5"]);
    assert!(said.contains("~ systemctl start nginx (stub) exits 5"), "{said}");
    assert!(said.contains("Error occurred during build: Could not start nginx"), "{said}");
}

#[test]
fn what_is_asked_of_cfn_init_has_to_be_there() {
    for (line, says) in [
        ("--stack other --resource Box", "Stack 'other' does not exist"),
        ("--stack ${AWS::StackName} --resource Bx", "Error: Bx has no metadata for cfn-init"),
        ("--stack ${AWS::StackName} --resource Box -c none", "there is no config set none"),
    ] {
        let template = TEMPLATE.replace("--stack ${AWS::StackName} --resource Box --configsets SETS", line);
        let (code, said) = rehearsed(&template, &["--init", "run"]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(says) && said.contains("| init: 1"), "{says}: {said}");
    }
}

#[test]
fn a_stub_that_is_asked_for_stays_one() {
    let template = TEMPLATE.replace("SETS", "default");
    let (code, said) = rehearsed(&template, &["--init", "run", "--stub", "cfn-init=3"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("(stub) exits 3") && said.contains("| init: 3"), "{said}");
}
