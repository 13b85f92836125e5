//! What is around the signal, against a rehearsed stack: `cfn-signal check` and `cfn-signal arm`.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use cfn_signal_tests::binaries;
use cfn_signal_tests::rehearsal::Served;

/// `cfn-signal` with what `serve --env` says, but as the stack's instance: without keys.
fn on_the_instance(served: &Served, arguments: &[&str]) -> Command {
    let mut command = served.client(&binaries::command("cfn-signal"));
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").args(arguments);
    command
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
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let arm = ["arm", "--deadline", "1s", "--stack", "web", "--resource", "Server", "--state-dir"];
    let armed = on_the_instance(&served, &arm).arg(folder.path()).output().unwrap();
    assert_eq!(armed.status.code(), Some(0), "{}", said(&armed));
    // Its script does nothing more.
    let (status, events) = served.fate().unwrap();
    assert_eq!(status.code(), Some(1), "{events}");
    assert!(events.contains("Received FAILURE signal with UniqueId i-"), "{events}");
}
