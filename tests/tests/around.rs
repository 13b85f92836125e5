//! What is around the signal, against a rehearsed stack: `cfn-signal check`, `cfn-signal arm` and `cfn-signal resume`.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cfn_signal_tests::binaries;
use cfn_signal_tests::rehearsal::Served;
use tempfile::TempDir;

/// `cfn-signal` with what `serve --env` says, but as the stack's instance: without keys.
fn on_the_instance(served: &Served, arguments: &[&str]) -> Command {
    let mut command = served.client(&binaries::command("cfn-signal"));
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").args(arguments);
    command
}

/// For a journal, or for what is armed.
fn of_ones_own() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn check_finds_nothing_amiss_before_the_signal_and_the_stack_complete_after_it() {
    let served = Served::start("server.yaml", &[]).unwrap();
    let target = ["--stack", "web", "--resource", "Server"];
    let check =
        || on_the_instance(&served, &[&["check", "--strict"], &target[..]].concat()).output().unwrap();
    let before = check();
    assert_eq!(before.status.code(), Some(0), "{}", said(&before));
    assert!(said(&before).contains(served.instance("Server")), "{}", said(&before));
    let signal = on_the_instance(&served, &[&["-e", "0"], &target[..]].concat()).output().unwrap();
    assert_eq!(signal.status.code(), Some(0), "check has sent no signal: {}", said(&signal));
    let after = check();
    assert_eq!(after.status.code(), Some(2), "{}", said(&after));
    assert!(said(&after).contains("is CREATE_COMPLETE: it waits for no signal"), "{}", said(&after));
    let wrong =
        on_the_instance(&served, &["check", "--stack", "web", "--resource", "Servr"]).output().unwrap();
    assert!(said(&wrong).contains("Resource Servr does not exist for stack web"), "{}", said(&wrong));
}

#[test]
fn what_is_armed_fails_the_stack_at_its_deadline() {
    let served = Served::start("server.yaml", &["--once"]).unwrap();
    let folder = of_ones_own();
    let arm = ["arm", "--deadline", "1s", "--stack", "web", "--resource", "Server", "--state-dir"];
    let armed = on_the_instance(&served, &arm).arg(folder.path()).output().unwrap();
    assert_eq!(armed.status.code(), Some(0), "{}", said(&armed));
    // Its script does nothing more.
    let (status, events) = served.fate().unwrap();
    assert_eq!(status.code(), Some(1), "{events}");
    assert!(events.contains("Received FAILURE signal with UniqueId i-"), "{events}");
}

/// The power fails while `arguments` are carried out; the instance starts again, where `ready` is a file by now, and what is to run at each
/// boot does. Returns how that ended.
fn restart(served: &Served, folder: &TempDir, arguments: &[&str], ready: Option<&str>) -> Output {
    let on_the_instance = |arguments: &[&str]| {
        let mut command = on_the_instance(served, arguments);
        command.env("CFN_SIGNAL_STATE_DIR", folder.path());
        command
    };
    let mut interrupted = on_the_instance(arguments).spawn().unwrap();
    let started = Instant::now();
    let written = || std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    while !written().any(|path| path.extension().is_some_and(|it| it == "signal")) {
        assert!(started.elapsed() < Duration::from_secs(60), "nothing is written down");
        sleep(Duration::from_millis(5));
    }
    interrupted.kill().unwrap();
    interrupted.wait().unwrap();
    if let Some(ready) = ready {
        std::fs::write(folder.path().join(ready), "").unwrap();
    }
    on_the_instance(&["resume"]).output().unwrap()
}

#[test]
fn a_success_that_a_restart_interrupts_completes_the_stack_once_its_gate_holds() {
    let (served, folder) = (Served::start("server.yaml", &["--once"]).unwrap(), of_ones_own());
    let gate = format!("file:{}", folder.path().join("ready").display());
    let arguments = ["-e", "0", "--stack", "web", "--resource", "Server", "--wait-for", &gate];
    let resumed = restart(&served, &folder, &arguments, Some("ready"));
    assert_eq!(resumed.status.code(), Some(0), "{}", said(&resumed));
    let (status, events) = served.fate().unwrap();
    assert_eq!(status.code(), Some(0), "{events}");
    assert!(events.contains("Received SUCCESS signal with UniqueId i-"), "{events}");
}

#[test]
fn a_command_that_a_restart_interrupts_fails_the_stack_at_the_next_boot() {
    let (served, folder) = (Served::start("server.yaml", &["--once"]).unwrap(), of_ones_own());
    let arguments = ["run", "--console", "off", "--stack", "web", "--resource", "Server", "--", "sleep", "1"];
    let resumed = restart(&served, &folder, &arguments, None);
    assert_eq!(resumed.status.code(), Some(0), "{}", said(&resumed));
    assert!(said(&resumed).contains("before it knew how sleep ended"), "{}", said(&resumed));
    let (status, events) = served.fate().unwrap();
    assert_eq!(status.code(), Some(1), "{events}");
    assert!(events.contains("Received FAILURE signal with UniqueId i-"), "{events}");
}
