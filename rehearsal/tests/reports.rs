//! The reports' files, `--output json`, and what an interruption leaves.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::common::{SERVER, Served, file, rehearse, run, text};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::Value;
use tempfile::TempDir;

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_report_that_cannot_be_written_stops_everything_at_once() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing/report.html").display().to_string();
    let directory = folder.path().display().to_string();
    for (option, path, why) in [
        ("--html", &missing, "there is no folder"),
        ("--junit", &directory, "is a directory"),
        ("--junit", &missing, "there is no folder"),
    ] {
        let output = run(SERVER, &[option, path]);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains(option) && said.contains(why) && said.lines().count() == 1, "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn json_is_all_there_is_on_standard_output() {
    let folder = TempDir::new().unwrap();
    let junit = folder.path().join("report.xml");
    let output = run(SERVER, &["--output", "json", "--junit", junit.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&text(&output.stdout));
    assert_eq!(lines[0]["status"], "CREATE_IN_PROGRESS");
    assert!(lines.iter().any(|it| it["type"] == "not-run"));
    assert_eq!(lines.last().unwrap()["type"], "summary");
    assert_eq!(lines.iter().filter(|it| it["type"] == "summary").count(), 1);
    assert_eq!(lines.last().unwrap()["stacks"][0]["failure"]["logical_id"], "Server");
    // People still have their text.
    assert!(text(&output.stderr).contains("Stack rehearsal is ROLLBACK_COMPLETE"));
    let report = std::fs::read_to_string(&junit).unwrap();
    assert!(report.contains("failures=\"1\"") && report.contains("Failed to receive 1"), "{report}");
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["report.xml"]);
}

#[test]
fn standard_output_that_is_full_is_no_success() {
    let folder = TempDir::new().unwrap();
    let template = file(
        &folder,
        "template.yaml",
        "Resources: {Topic: {Type: AWS::SNS::Topic, CreationPolicy: {ResourceSignal: {}}}}\n",
    );
    for (arguments, reason) in [
        (&["run", "--output", "json"][..], "--output json: standard output has not all of it: "),
        (&["run"], "cfn-rehearse: standard output has not all of it: "),
        (&["run", "--only", "failed"], "cfn-rehearse: standard output has not all of it: "),
        (&["lint"], "standard output cannot be written: "),
        (&["lint", "--output", "json"], "standard output cannot be written: "),
        (&["lint", "--output", "sarif"], "standard output cannot be written: "),
        (&["params"], "standard output cannot be written: "),
        (&["faults", "--help"], "standard output cannot be written: "),
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = rehearse().args(arguments).arg(&template).stdout(full).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(reason), "{arguments:?}: {said}");
    }
}

#[test]
fn json_and_the_environment_do_not_share_standard_output() {
    let folder = TempDir::new().unwrap();
    let template = file(&folder, "template.yaml", SERVER);
    let output = rehearse().arg("serve").arg(template).args(["--env", "--output", "json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("leave one of them out"));
}

/// `run` with user data that never ends, once it runs.
fn endless(
    folder: &TempDir,
    script: &str,
    options: &[&str],
) -> (Child, BufReader<std::process::ChildStdout>, Pid) {
    let signal = file(folder, "cfn-signal", "#!/bin/sh\n");
    std::fs::set_permissions(&signal, std::fs::Permissions::from_mode(0o755)).unwrap();
    let template = file(folder, "template.yaml", SERVER);
    let script = file(folder, "script", script);
    #[expect(clippy::zombie_processes, reason = "the caller waits for it")]
    let mut child = rehearse()
        .arg("run")
        .args([&template, Path::new("--user-data"), &script, Path::new("--cfn-signal"), &signal])
        .args(["--output", "json"])
        .args(options)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while out.read_line(&mut line).unwrap() > 0 {
        let said: Value = serde_json::from_str(&line).unwrap();
        if let Some(id) = said["text"].as_str().and_then(|it| it.strip_prefix("pid ")) {
            return (child, out, Pid::from_raw(id.parse().unwrap()).unwrap());
        }
        line.clear();
    }
    unreachable!("it ended too early")
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), signal).unwrap();
}

#[test]
fn an_interruption_leaves_the_state_the_reports_and_no_process() {
    for signal in [Signal::INT, Signal::TERM] {
        let folder = TempDir::new().unwrap();
        let (html, junit) = (folder.path().join("a.html"), folder.path().join("a.xml"));
        let options = ["--html", html.to_str().unwrap(), "--junit", junit.to_str().unwrap()];
        let (child, mut out, script) = endless(&folder, "#!/bin/sh\necho pid $$\nexec sleep 600\n", &options);
        send(&child, signal);
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut out, &mut rest).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        let summary = lines(&rest).pop().unwrap();
        assert_eq!((&summary["result"], &summary["exit_code"]), (&"interrupted".into(), &130.into()));
        assert_eq!(summary["stacks"][0]["resources"][0]["waits"][0]["end"], "open");
        let said = text(&output.stderr);
        assert!(said.contains("Interrupted: stack rehearsal is CREATE_IN_PROGRESS"), "{said}");
        assert!(
            said.contains("  CREATE_IN_PROGRESS  Server  AWS::EC2::Instance  0 of 1 signal(s)\n"),
            "{said}"
        );
        assert!(std::fs::read_to_string(&junit).unwrap().contains("errors=\"1\""));
        assert!(std::fs::read_to_string(&html).unwrap().contains("interrupted before"));
        assert_gone(script);
    }
}

#[test]
fn a_second_interruption_ends_it_at_once() {
    // Where this machine is slow the second may come too late to be one: then once more.
    assert!((0..10).any(|_| interrupted_twice()), "the second interruption never counted");
}

/// Whether the second interruption came before the first had been dealt with.
fn interrupted_twice() -> bool {
    let folder = TempDir::new().unwrap();
    let html = folder.path().join("a.html");
    // It says when it was asked to end, and does not.
    let script = "#!/bin/bash\ntrap 'echo asked' TERM\necho pid $$\nwhile :; do sleep 0.05; done\n";
    let (mut child, mut out, script) = endless(&folder, script, &["--html", html.to_str().unwrap()]);
    send(&child, Signal::INT);
    let mut line = String::new();
    while !line.contains("asked") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0);
    }
    send(&child, Signal::INT);
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut out, &mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_gone(script);
    assert_eq!(rest.contains("summary"), html.exists());
    !html.exists()
}

/// What was killed is there until somebody has collected it.
fn assert_gone(process: Pid) {
    let started = Instant::now();
    while test_kill_process(process).is_ok() {
        assert!(started.elapsed() < Duration::from_secs(30), "the user data is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn serving_is_interrupted_with_the_same_words() {
    let folder = TempDir::new().unwrap();
    let html = folder.path().join("a.html");
    let served = Served::start(SERVER, &["--html", html.to_str().unwrap()]);
    served.await_event("Server waits for 1 of 1 signal(s)");
    served.signal("Server", "stranger", "SUCCESS");
    served.interrupt(Signal::TERM);
    let (status, events) = served.wait();
    assert_eq!(status.code(), Some(130));
    assert!(
        events.contains("  CREATE_IN_PROGRESS  Server  AWS::EC2::Instance  0 of 1 signal(s)\n"),
        "{events}"
    );
    assert!(std::fs::read_to_string(&html).unwrap().contains("accepted, not counted"));
}

#[test]
fn a_report_is_there_as_soon_as_the_fate_is_and_again_in_the_end() {
    let folder = TempDir::new().unwrap();
    let junit = folder.path().join("a.xml");
    let served = Served::start(SERVER, &["--junit", junit.to_str().unwrap()]);
    let instance = served.env["CFN_REHEARSE_INSTANCE_Server"].clone();
    served.signal("Server", &instance, "SUCCESS");
    served.await_event("still answering");
    assert!(std::fs::read_to_string(&junit).unwrap().contains("failures=\"0\""));
    std::fs::remove_file(&junit).unwrap();
    served.interrupt(Signal::INT);
    assert_eq!(served.wait().0.code(), Some(0));
    assert!(std::fs::read_to_string(&junit).unwrap().contains("errors=\"0\""));
}
