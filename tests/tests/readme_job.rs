//! The README's job for continuous integration: its steps are run, so that it stays true.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use cfn_signal_tests::binaries;
use cfn_signal_tests::rehearsal::template;
use saphyr::{LoadableYamlNode as _, Yaml};
use tempfile::TempDir;

/// The job, as the README's section has it.
fn job() -> String {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let section = readme.split("\n## ").find(|it| it.starts_with("Rehearse\n")).expect("a section Rehearse");
    let (_, after) = section.split_once("```yaml\n").expect("a job");
    after.split_once("```").unwrap().0.to_owned()
}

/// Stands for the build of this project, which is built already: leaves what `make build` leaves.
const MAKE: &str = r#"#!/bin/bash
[ "$*" = "-C cfn-signal build" ] || exit 2
mkdir -p cfn-signal/target/release
ln -s "$BUILT"/cfn-signal "$BUILT"/cfn-rehearse cfn-signal/target/release/
"#;

/// Runs the job's steps one after the other as a runner does, in a repository with this template.
struct Runner {
    repository: TempDir,
    path: String,
}

impl Runner {
    fn new(template: &str) -> Self {
        let repository = TempDir::new().unwrap();
        let within = |name: &str| repository.path().join(name);
        fs::write(within("template.yaml"), template).unwrap();
        fs::create_dir_all(within("bin")).unwrap();
        fs::create_dir_all(within("cfn-signal")).unwrap();
        fs::write(within("bin/make"), MAKE).unwrap();
        fs::set_permissions(within("bin/make"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(within("path"), "").unwrap();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", within("bin").display());
        Self { repository, path }
    }

    fn step(&self, script: &str) -> Output {
        let added = fs::read_to_string(self.repository.path().join("path")).unwrap();
        let path = added.lines().fold(self.path.clone(), |path, it| format!("{it}:{path}"));
        let built = binaries::command("cfn-signal");
        assert_eq!(built.parent(), binaries::command("cfn-rehearse").parent());
        Command::new("/bin/bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(self.repository.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", "/nonexistent")
            .env("GITHUB_PATH", self.repository.path().join("path"))
            .env("BUILT", built.parent().unwrap())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("CFN_SIGNAL_STATE_DIR", "off")
            .output()
            .unwrap()
    }

    fn has(&self, name: &str) -> bool {
        self.repository.path().join(name).is_file()
    }
}

/// The scripts of the steps that have one.
fn scripts(job: &Yaml<'_>) -> Vec<String> {
    let steps = job["rehearse"]["steps"].as_sequence().unwrap();
    steps.iter().filter_map(|it| it.as_mapping_get("run")?.as_str().map(str::to_owned)).collect()
}

#[test]
fn the_job_has_ten_lines_and_pinned_actions() {
    let text = job();
    assert_eq!(text.lines().count(), 10, "{text}");
    let documents = Yaml::load_from_str(&text).unwrap();
    let job = documents.first().unwrap();
    let steps = job["rehearse"]["steps"].as_sequence().unwrap();
    for step in steps {
        let uses = step.as_mapping_get("uses").map(|it| it.as_str().unwrap());
        let run = step.as_mapping_get("run");
        assert!(uses.is_some() != run.is_some(), "{step:?}");
        let Some((action, commit)) = uses.map(|it| it.split_once('@').unwrap()) else { continue };
        assert!(action.starts_with("actions/"), "{action}");
        assert!(commit.len() == 40 && commit.chars().all(|it| it.is_ascii_hexdigit()), "{commit}");
    }
    assert_eq!(steps.last().unwrap()["if"].as_str(), Some("always()"));
    assert_eq!(steps.last().unwrap()["with"]["path"].as_str(), Some("rehearsal.*"));
}

#[test]
fn the_job_s_steps_are_green_for_a_good_template() {
    let text = job();
    let documents = Yaml::load_from_str(&text).unwrap();
    let runner = Runner::new(&fs::read_to_string(template("server.yaml")).unwrap());
    for script in scripts(documents.first().unwrap()) {
        let output = runner.step(&script);
        assert!(output.status.success(), "{script}: {output:?}");
    }
    let report = fs::read_to_string(runner.repository.path().join("rehearsal.xml")).unwrap();
    assert!(report.contains("tests=\"1\" failures=\"0\""), "{report}");
    assert!(runner.has("rehearsal.html"));
}

#[test]
fn the_job_fails_where_the_stack_would_and_leaves_its_report() {
    let text = job();
    let documents = Yaml::load_from_str(&text).unwrap();
    let template = fs::read_to_string(template("server.yaml")).unwrap();
    let runner = Runner::new(&template.replace("echo configuring", "test -e /nonexistent/is-it"));
    let codes: Vec<_> =
        scripts(documents.first().unwrap()).iter().map(|script| runner.step(script).status.code()).collect();
    // The rules of lint cannot know that; the rehearsal does.
    assert_eq!(codes, [Some(0), Some(0), Some(1)]);
    assert!(runner.has("rehearsal.xml") && runner.has("rehearsal.html"));
}
