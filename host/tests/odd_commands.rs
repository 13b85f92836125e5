//! `cfn-signal run`: what is told of commands that cannot be started, and of those that do odd things.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::Server;
use crate::support::kept::*;
use serde_json::Value;

/// The exit code, and the reason that a wait condition gets of it; with what is said before that.
fn reason_of(options: &[&str], command: &[&str]) -> (Said, String) {
    let (server, kept) = (Server::ok(), Kept::new());
    let handle = format!("{}/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=s3cr3t", server.url);
    let run = [&["run", "-i", "x"], options, &[&handle, "--"], command].concat();
    let said = kept.run(&server.url, &run);
    let [request] = server.received().try_into().unwrap();
    let body: Value = serde_json::from_str(&request.body).unwrap();
    (said, text(&body["Reason"]))
}

#[test]
fn why_a_command_cannot_be_started_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8], mode: u32| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (program, code, says) in [
        (
            file("crlf", b"#!/bin/sh\r\ntrue\r\n", 0o755),
            127,
            "was not found: it is there, but its first line ends with CR LF",
        ),
        (
            file("none", b"#!/no/such/bash\n", 0o755),
            127,
            "it is there, but its interpreter /no/such/bash is not",
        ),
        (file("bare", b"echo hello\n", 0o755), 126, "its first line names no interpreter, such as #!/bin/sh"),
        (file("empty", b"", 0o755), 126, "it is empty"),
        (file("elf", b"\x7fELFrest", 0o755), 126, "it was built for another machine, or is damaged"),
        (file("plain", b"#!/bin/sh\n", 0o644), 126, "it is not marked as executable (chmod +x)"),
        (folder.path().to_str().unwrap().to_owned(), 126, "it is a folder"),
        ("sh -c true".to_owned(), 127, "each of its arguments has to be a word of its own"),
        (String::new(), 127, "its name is empty"),
        ("Cargo.toml".to_owned(), 127, "it is in the current folder, as ./Cargo.toml"),
    ] {
        let ((ended, _), reason) = reason_of(&[], &[&program]);
        assert!(ended == Some(code) && reason.contains(says), "{program}: {ended:?} {reason}");
    }
    let ((_, _), reason) = reason_of(&[], &["/no/such/command"]);
    assert_eq!(reason, "/no/such/command was not found");
}

#[test]
fn a_command_that_does_not_stand_apart_is_told_where_to_stand() {
    let kept = Kept::new();
    for command in [&["sh", "-c", "true"][..], &["/opt/app/setup.sh"], &[]] {
        let (code, said) = kept.run(NOWHERE, &[&with(&["run"])[..], command].concat());
        assert!(code == Some(2) && said.contains("tip: the command comes after `--`"), "{command:?}: {said}");
    }
    // What is mistyped before it is told as ever.
    let (_, said) = kept.run(NOWHERE, &["run", "--tmeout", "3s", "--", "true"]);
    assert!(said.contains("'--timeout'") && !said.contains("comes after"), "{said}");
}

/// A shell's `trap '' CHLD` goes on to what it runs, and the system then forgets how children end.
#[test]
fn how_a_command_ends_is_known_also_where_nobody_wanted_to_know() {
    for (script, status) in [("exit 3", 3), ("(sleep 0.2 &); exit 0", 0)] {
        let (server, kept) = (Server::ok(), Kept::new());
        let handle = format!("{}/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=s3cr3t", server.url);
        let run = kept.command(&server.url, &["run", "-i", "x", &handle, "--", "sh", "-c", script]);
        let mut ignoring = Command::new("timeout");
        ignoring.args(["30", "bash", "-c", r#"trap '' CHLD; exec "$0" "$@""#]).arg(run.get_program());
        ignoring.args(run.get_args()).env_clear();
        ignoring.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = ignoring.output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
        let [request] = server.received().try_into().unwrap();
        assert!(request.body.contains(if status == 0 { "SUCCESS" } else { "FAILURE" }), "{}", request.body);
    }
}

/// As a shell tells of its last command.
#[test]
fn a_signal_is_named_where_a_shell_tells_it() {
    let ((code, _), reason) = reason_of(&[], &["sh", "-c", "sh -c 'kill -KILL $$'; exit $?"]);
    assert!(code == Some(137) && reason.ends_with("exited with 137, as after SIGKILL"), "{reason}");
    let (_, reason) = reason_of(&[], &["sh", "-c", "exit 128"]);
    assert!(reason.ends_with("exited with 128"), "{reason}");
}

/// A pipe in its place would be waited for, for ever.
#[test]
fn whatever_becomes_of_the_file_for_a_reason_there_is_one() {
    let file = "$CFN_SIGNAL_REASON_FILE";
    for (does, begins) in [
        (format!("rm {file}; mkfifo {file}"), "noise; sh"),
        (format!("rm {file}; mkdir {file}"), "noise; sh"),
        (format!("rm {file}"), "noise; sh"),
        (format!("ln -sf /dev/zero {file}"), "noise; sh"),
        (format!("head -c 100000 /dev/zero >{file}"), "noise; sh"),
        (format!("printf '\\033[31mdisk\\033[0m\\r\\n10%%\\rfull\\n\\n' >{file}"), "disk full; noise; sh"),
    ] {
        let started = Instant::now();
        let ((code, said), reason) =
            reason_of(&[], &["sh", "-c", &format!("{does}; echo noise >&2; exit 3")]);
        assert!(code == Some(3) && reason.starts_with(begins), "{does}: {reason} {said}");
        assert!(started.elapsed() < Duration::from_secs(30), "{does}");
    }
}

/// Each is a process until whoever adopts it collects it, and a service may have no more than so many.
#[test]
fn orphans_that_have_ended_do_not_count() {
    let script = "i=0; while [ $i -lt 50 ]; do (true &); i=$((i+1)); done
        until n=$(grep -ls '^State:.Z' $(sed 's|[0-9]*|/proc/&/status|g' /proc/$PPID/task/*/children) | wc -l); [ $n -lt 5 ]; do
            tries=$((tries+1)); [ $tries -lt 100 ] || break; sleep 0.05
        done
        echo \"$n are left\" >$CFN_SIGNAL_REASON_FILE";
    let (said, reason) = reason_of(&[], &["sh", "-c", script]);
    let left: u32 = reason.split(' ').next().unwrap().parse().unwrap();
    assert!(left < 5, "{reason} {said:?}");
    // And the command's own end is seen among them.
    let (said, reason) = reason_of(&[], &["sh", "-c", "(sleep 0.1 &); (sleep 0.2 &); sleep 0.3; exit 7"]);
    assert!(said.0 == Some(7) && reason.ends_with("exited with 7"), "{reason}");
}

/// All of it is one reason: on the console, for the handle of the reason, and once.
#[test]
fn a_gate_that_does_not_hold_is_told_like_any_failure() {
    let (server, kept) = (Server::ok(), Kept::new());
    let handle = format!("{}/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=s3cr3t", server.url);
    let console = kept.0.path().join("console");
    let gate = ["--wait-for", "exec:echo not yet >&2; false", "--gate-timeout", "2s"];
    let run = ["run", "--reason-handle", &handle, "--console", console.to_str().unwrap()];
    let run = [&with(&run)[..], &gate, &["--", "true"]].concat();
    let started = Instant::now();
    let (code, said) = kept.run(&server.url, &run);
    assert_eq!(code, Some(0), "{said}");
    let received = server.received();
    assert_eq!(received.len(), 2, "{received:?}");
    let body: Value = serde_json::from_str(&received[0].body).unwrap();
    let reason = text(&body["Reason"]);
    assert_eq!(body["Status"], "FAILURE");
    assert_eq!(of(&received[1], "Status"), "FAILURE");
    let says = "did not hold within 2s (--wait-for): not yet; true exited with 0";
    assert!(reason.contains(says) && fs::read_to_string(console).unwrap().contains(says), "{reason}");
    assert!(!said.contains("--reason"), "nobody gave that: {said}");
    // It is waited for once: twice would be four seconds.
    assert!(started.elapsed() < Duration::from_secs(30));
    assert_eq!(said.matches("waiting for exec").count(), 1, "{said}");
}

/// What is masked in the rest of a reason is masked in a gate's part too, and in the gate itself.
#[test]
fn what_a_gate_says_is_masked() {
    let (server, kept) = (Server::ok(), Kept::new());
    let handle = format!("{}/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=s3cr3t", server.url);
    let console = kept.0.path().join("console");
    let gate =
        ["--wait-for", "exec:echo not plum7 yet >&2; false", "--gate-timeout", "1s", "--mask", "plum[0-9]"];
    let run = ["run", "--reason-handle", &handle, "--console", console.to_str().unwrap()];
    let (code, said) = kept.run(&server.url, &[&with(&run)[..], &gate, &["--", "true"]].concat());
    assert_eq!(code, Some(0), "{said}");
    let (received, console) = (server.received(), fs::read_to_string(console).unwrap());
    let reason = received[0].body.as_str();
    let told = said.lines().filter(|line| line.contains("did not hold")).collect::<Vec<_>>().join(" ");
    for text in [reason, console.as_str(), told.as_str()] {
        assert!(text.contains("not **** yet") && !text.contains("plum7"), "{text}");
    }
}
