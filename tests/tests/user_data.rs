//! User data run by `cfn-rehearse`, signalling with the real `cfn-signal`; and what people get wrong.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::TcpListener;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use cfn_signal_tests::binaries;
use cfn_signal_tests::rehearsal::template;

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_server_that_signals_completes_its_stack() {
    let output = binaries::cfn_rehearse().arg("run").arg(template("server.yaml")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    let events = stdout(&output);
    assert!(events.contains("configuring rehearsal"), "{events}");
    assert!(events.contains("Received SUCCESS signal with UniqueId i-"), "{events}");
    assert!(events.contains("Stack rehearsal is CREATE_COMPLETE"), "{events}");
}

#[test]
fn a_reason_reaches_the_wait_condition_by_its_handle() {
    let output = binaries::cfn_rehearse().arg("run").arg(template("wait-condition.yaml")).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}{}", stdout(&output), stderr(&output));
    let events = stdout(&output);
    assert!(
        events.contains("WaitCondition received failed message: 'the disk is full' for uniqueId: i-"),
        "{events}"
    );
    // The handle's URL is a secret also where the script's output is shown.
    assert!(!events.contains("Signature="), "{events}");
}

#[test]
fn the_demo_plays_its_five_acts() {
    let bin = binaries::command("cfn-signal").parent().unwrap().to_path_buf();
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../rehearsal/demo/run");
    let output = binaries::isolated(demo.as_ref()).arg(bin).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert_eq!(stdout(&output).matches('✔').count(), 5, "{}", stdout(&output));
}

/// Runs what a user got wrong: one line on standard error, soon, and this exit status.
fn mistake(what: &str, command: &mut Command, code: i32, says: &str) {
    let begun = Instant::now();
    let output = command.output().unwrap();
    // Three seconds are promised; the rest is for a busy machine.
    assert!(begun.elapsed() < Duration::from_secs(20), "{what}: {:?}", begun.elapsed());
    assert_eq!(output.status.code(), Some(code), "{what}: {}", stderr(&output));
    assert!(stderr(&output).contains(says), "{what}: {}", stderr(&output));
    assert_eq!(stderr(&output).trim_end().lines().count(), 1, "{what}: {}", stderr(&output));
    assert!(stdout(&output).is_empty(), "{what}: {}", stdout(&output));
}

#[test]
fn mistakes_are_one_clear_line() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().to_string();
    let rehearse = |arguments: &[&str]| {
        let mut command = binaries::cfn_rehearse();
        command.args(arguments);
        command
    };
    let server = template("server.yaml");
    let server = server.to_str().unwrap();
    mistake("no such template", &mut rehearse(&["run", "/nonexistent/x.yaml"]), 2, "/nonexistent/x.yaml");
    mistake("a folder", &mut rehearse(&["run", "/"]), 2, "/");
    mistake("an unknown resource", &mut rehearse(&["run", server, "--resource", "Servr"]), 2, "Servr");
    mistake("a port in use", &mut rehearse(&["serve", server, "--listen", &port]), 2, &port);
    mistake("not loopback", &mut rehearse(&["serve", server, "--listen", "192.0.2.1:0"]), 2, "loopback");
    mistake("an unknown parameter", &mut rehearse(&["run", server, "--param", "Nobody=x"]), 2, "Nobody");
    mistake(
        "no such user data",
        &mut rehearse(&["run", server, "--user-data", "/nonexistent/x.sh"]),
        2,
        "/nonexistent/x.sh",
    );

    let signal = |arguments: &[&str]| {
        let mut command = binaries::cfn_signal();
        command.args(arguments);
        command
    };
    mistake("not a URL", &mut signal(&["notaurl"]), 1, "Invalid WaitConditionHandle URL");
    mistake("base64 of no URL", &mut signal(&["aGVsbG8gd29ybGQ="]), 1, "Invalid WaitConditionHandle URL");
    mistake("not http", &mut signal(&["ftp://127.0.0.1/x"]), 1, "Invalid WaitConditionHandle URL");
    mistake(
        "a garbage endpoint",
        &mut signal(&[
            "--stack",
            "s",
            "--resource",
            "r",
            "--url",
            "::",
            "--access-key",
            "a",
            "--secret-key",
            "b",
        ]),
        1,
        "http",
    );
    mistake(
        "no credentials",
        &mut signal(&["--stack", "s", "--resource", "r", "--url", "http://127.0.0.1:1"]),
        15,
        "",
    );
    mistake(
        "a missing credential file",
        &mut signal(&["--stack", "s", "--resource", "r", "-f", "/nonexistent/c"]),
        1,
        "/nonexistent/c",
    );
}

/// It may be late: credentials are waited for until the deadline, and what is missing is said at once.
#[test]
fn metadata_that_is_absent_is_waited_for_and_named() {
    // A port that was just given back may be another test's by now; nothing is ever given the first.
    let closed = "127.0.0.1:1";
    let mut command = binaries::cfn_signal();
    command
        .env_remove("AWS_EC2_METADATA_DISABLED")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://{closed}"))
        .args(["--stack", "s", "--resource", "r", "--url", "http://127.0.0.1:1", "--deadline", "3s"]);
    let output = command.output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(15), "{said}");
    // First for the instance's id and its region, then for what signs.
    let (first, last) = (said.lines().next().unwrap(), said.lines().last().unwrap());
    let lack = "no credentials: instance metadata cannot be reached: ";
    let waits = "cfn-signal: waiting for the instance's metadata: instance metadata cannot be reached: ";
    assert!(first.starts_with(waits), "{said}");
    let again =
        |line: &str| line.starts_with(&format!("cfn-signal: {lack}")) && line.contains("; next try in ");
    assert!(said.lines().any(again), "{said}");
    let end = "cfn-signal: credentials: no more time before the deadline of 3 s: ";
    assert!(last.starts_with(&format!("{end}{lack}")), "{said}");
    assert!(
        last.ends_with("give the instance a role, or credentials by the environment, a profile or an option"),
        "{said}"
    );
}
