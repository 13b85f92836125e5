//! Deployment clients that are large to install (`make test-clients`), as their users type them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;

use cfn_signal_tests::clients;
use cfn_signal_tests::rehearsal::Served;

const TEMPLATE: &str = "
Parameters: {Name: {Type: String, Default: one}}
Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Name}}}
Outputs: {Name: {Value: !Ref Name}}
";

struct Client {
    account: Served,
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl Client {
    fn open(name: &str) -> Option<Self> {
        let program = clients::command(name)?;
        let client =
            Self { account: Served::account(&[]).unwrap(), program, folder: tempfile::tempdir().unwrap() };
        client.write("template.yaml", TEMPLATE);
        Some(client)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn said(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = self.account.client(&self.program);
        command.args(arguments).current_dir(self.folder.path()).env("HOME", self.folder.path());
        command.env("SAM_CLI_TELEMETRY", "0").env("LC_ALL", "C.UTF-8");
        let output = command.output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), out + &String::from_utf8_lossy(&output.stderr))
    }

    /// What it says, if it succeeds and says this too.
    fn run(&self, arguments: &[&str], expected: &str) {
        let (code, said) = self.said(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn sam_deploys_with_and_without_a_bucket_and_deletes() {
    let Some(sam) = Client::open("sam") else { return };
    let deploy = |name: &str, more: &[&str], expected: &str| {
        let deploy =
            ["deploy", "--no-confirm-changeset", "--template-file", "template.yaml", "--stack-name", name];
        sam.run(&[&deploy[..], more].concat(), expected);
    };
    deploy("plain", &[], "Successfully created/updated stack - plain");
    deploy("stored", &["--resolve-s3"], "Successfully created/updated stack - stored");
    deploy("stored", &["--resolve-s3", "--no-fail-on-empty-changeset"], "Stack stored is up to date");
    for name in ["plain", "stored"] {
        sam.run(
            &["delete", "--no-prompts", "--region", "us-east-1", "--stack-name", name],
            "Deleted successfully",
        );
    }
}

#[test]
fn sceptre_launches_updates_and_deletes() {
    let Some(sceptre) = Client::open("sceptre") else { return };
    sceptre.write("config/config.yaml", "project_code: p\nregion: us-east-1\n");
    sceptre.write("templates/web.yaml", TEMPLATE);
    let named = |name: &str| {
        let config = format!("template: {{path: web.yaml, type: file}}\nparameters: {{Name: '{name}'}}\n");
        sceptre.write("config/web.yaml", &config);
    };
    named("one");
    sceptre.run(&["launch", "-y", "web.yaml"], "CREATE_COMPLETE");
    sceptre.run(&["launch", "-y", "web.yaml"], "No updates to perform.");
    named("two");
    sceptre.run(&["update", "-y", "web.yaml"], "UPDATE_COMPLETE");
    let policy = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"Update:*\",\"Principal\":\"*\",\"Resource\":\"*\"}]}";
    sceptre.write("policy.json", policy);
    sceptre.run(&["set-policy", "web.yaml", "policy.json"], "Successfully set Stack Policy");
    sceptre.run(&["describe", "policy", "web.yaml"], "Update:*");
    sceptre.run(&["list", "outputs", "web.yaml"], "two");
    sceptre.run(&["delete", "-y", "web.yaml"], "delete complete");
}

/// A task of Ansible's that makes of the stack `web` what `more` says, and shows what comes of it.
fn task(more: &str) -> String {
    format!(
        "- hosts: localhost\n  connection: local\n  gather_facts: false\n  vars: {{ansible_python_interpreter: '{{{{ ansible_playbook_python }}}}'}}\n  tasks:\n    - amazon.aws.cloudformation: \
         {{stack_name: web, region: us-east-1, {more}}}\n"
    )
}

#[test]
fn ansible_makes_changes_protects_and_removes() {
    let Some(ansible) = Client::open("ansible-playbook") else { return };
    let play = |more: &str, expected: &str| {
        ansible.write("play.yaml", &task(more));
        ansible.run(&["-i", "localhost,", "play.yaml"], expected);
    };
    let of = |name: &str| {
        format!("state: present, template: template.yaml, template_parameters: {{Name: {name}}}")
    };
    play(&of("one"), "changed=1");
    play(&of("one"), "changed=0");
    play(&of("two"), "changed=1");
    play(&format!("{}, create_changeset: true, changeset_name: later", of("three")), "changed=1");
    play(&format!("{}, termination_protection: true", of("two")), "ok=1");
    ansible.write("play.yaml", &task("state: absent"));
    let (code, said) = ansible.said(&["-i", "localhost,", "play.yaml"]);
    assert_ne!(code, Some(0), "{said}");
    assert!(said.contains("TerminationProtection"), "{said}");
    play(&format!("{}, termination_protection: false", of("two")), "ok=1");
    play("state: absent", "changed=1");
}

#[test]
fn ansible_tells_why_a_stack_fails() {
    let Some(ansible) = Client::open("ansible-playbook") else { return };
    let bad = "Resources:\n  Group:\n    Type: AWS::AutoScaling::AutoScalingGroup\n    Properties: {MinSize: 2, MaxSize: 1, \
               AvailabilityZones: [us-east-1a]}\n";
    ansible.write("template.yaml", bad);
    ansible.write("play.yaml", &task("state: present, template: template.yaml"));
    let (code, said) = ansible.said(&["-i", "localhost,", "play.yaml"]);
    assert_ne!(code, Some(0), "{said}");
    assert!(said.contains("ROLLBACK_COMPLETE"), "{said}");
    assert!(said.contains("Max bound, 1, must be greater than or equal to min bound, 2"), "{said}");
}
