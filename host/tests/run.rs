//! `cfn-signal run`: one signal for whatever becomes of a command.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::control_group::ControlGroup;
use crate::support::{Received, Server, answer};

/// `cfn-signal run` with `options` before what is run.
fn command(url: &str, options: &[&str], run: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cfn-signal"));
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("AWS_EC2_METADATA_DISABLED", "true");
    command
        .env("AWS_ENDPOINT_URL", url)
        .env("CFN_SIGNAL_STATE_DIR", "off")
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "SK");
    command
        .args(["run", "--region", "us-east-1", "-i", "i-1", "--console", "off"])
        .args(options)
        .arg("--")
        .args(run);
    command.stdin(Stdio::null());
    command
}

const RESOURCE: [&str; 4] = ["--stack", "S", "--resource", "R"];

fn of_resource(server: &Server, options: &[&str], run: &[&str]) -> Command {
    command(&server.url, &[&RESOURCE, options].concat(), run)
}

fn script(script: &str) -> [&str; 3] {
    ["sh", "-c", script]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The status of the only signal that `server` has had.
fn only_signal(server: &Server, output: &Output) -> String {
    let received = server.received();
    assert_eq!(received.len(), 1, "{received:?} {output:?}");
    status(&received[0])
}

fn status(signal: &Received) -> String {
    let (_, after) = signal.target.split_once("Status=").unwrap_or_else(|| panic!("{signal:?}"));
    after.split('&').next().unwrap().to_owned()
}

/// Runs it; returns the exit code, the status that was signalled, and what was said.
fn run(options: &[&str], run: &[&str]) -> (Option<i32>, String, String) {
    let server = Server::ok();
    let output = of_resource(&server, options, run).output().unwrap();
    (output.status.code(), only_signal(&server, &output), text(&output.stderr))
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(30), "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn runs(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

#[test]
fn every_ending_has_one_signal_and_the_commands_own_exit_code() {
    type Case<'a> = (&'a [&'a str], &'a [&'a str], i32, &'a str, &'a str);
    let cases: [Case<'_>; 9] = [
        (&[], &["true"], 0, "SUCCESS", ""),
        (&[], &["false"], 1, "FAILURE", "false exited with 1"),
        (&[], &script("exit 42"), 42, "FAILURE", "exited with 42"),
        (&[], &script("kill -SEGV $$"), 139, "FAILURE", "was killed by SIGSEGV"),
        (&[], &["/nonexistent/setup"], 127, "FAILURE", "/nonexistent/setup was not found"),
        (&[], &["/etc/passwd"], 126, "FAILURE", "could not be executed: Permission denied"),
        (&["--success-exit-codes", "0,2"], &script("exit 2"), 2, "SUCCESS", ""),
        (&["--success-exit-codes", "2"], &["true"], 0, "FAILURE", "true exited with 0"),
        (&["--timeout", "1s"], &["sleep", "30"], 143, "FAILURE", "had not ended within its 1s (--timeout)"),
    ];
    for (options, words, code, status, says) in cases {
        let (ended, signalled, said) = run(options, words);
        assert_eq!((ended, signalled.as_str()), (Some(code), status), "{words:?}: {said}");
        assert!(said.contains(says), "{words:?}: {said}");
        assert_eq!(said.is_empty(), says.is_empty(), "{words:?}: {said}");
    }
}

#[test]
fn who_does_not_end_when_asked_is_killed() {
    let stubborn = script("trap '' TERM; while :; do sleep 1; done");
    let (code, status, _) = run(&["--timeout", "1s", "--grace", "300ms"], &stubborn);
    assert_eq!((code, status.as_str()), (Some(137), "FAILURE"));
    let (code, status, _) = run(&["--timeout", "1s", "--grace", "0s"], &stubborn);
    assert_eq!((code, status.as_str()), (Some(137), "FAILURE"));
    // One that says success when it is asked for an end has not succeeded.
    let polite = script("trap 'exit 0' TERM; while :; do sleep 0.1; done");
    let (code, status, _) = run(&["--timeout", "1s"], &polite);
    assert_eq!((code, status.as_str()), (Some(124), "FAILURE"));
}

fn begun(mut command: Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().to_owned())
}

fn send(signal: &str, process: &str) {
    assert!(Command::new("kill").args(["-s", signal, process]).status().unwrap().success());
}

/// At shutdown, most of all. The output comes before it has ended: nothing is held back.
#[test]
fn asked_for_an_end_it_signals_a_failure() {
    for (signal, code) in [("TERM", 143), ("INT", 130), ("HUP", 129), ("QUIT", 131)] {
        let server = Server::ok();
        let (child, id) = begun(of_resource(&server, &[], &script("sleep 60 & echo $!; wait")));
        send(signal, &child.id().to_string());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert_eq!(only_signal(&server, &output), "FAILURE");
        let said = text(&output.stderr);
        assert!(said.contains(&format!("SIG{signal} asked for an end")), "{said}");
        wait_for("what it started ends", || !runs(&id));
    }
}

/// As `nohup` has it.
#[test]
fn where_all_are_asked_at_once_its_failure_is_the_shutdowns() {
    // The command's end is seen before this process is asked.
    let (code, signal, said) =
        run(&[], &script("(while kill -0 $$; do :; done; kill -TERM $PPID) 2>/dev/null & kill -TERM $$"));
    assert_eq!((code, signal.as_str()), (Some(143), "FAILURE"), "{said}");
    assert!(said.contains("had not ended when SIGTERM asked for an end"), "{said}");
    let (code, _, said) = run(&[], &script("kill -TERM $$"));
    assert_eq!(code, Some(143));
    assert!(said.contains("was killed by SIGTERM"), "{said}");
}

#[test]
fn a_signal_that_is_ignored_stays_ignored() {
    let server = Server::ok();
    let bare = of_resource(&server, &[], &script("echo begun; sleep 1"));
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(bare.get_program()).args(bare.get_args());
    command.env_clear().envs(bare.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let (child, _) = begun(command);
    send("HUP", &child.id().to_string());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), only_signal(&server, &output).as_str()), (Some(0), "SUCCESS"));
}

/// Orphans, and those with a session of their own, too.
#[test]
fn what_it_started_ends_with_it() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("id");
    let starts = format!(
        "setsid sh -c 'echo $$ > {0}; exec sleep 60 >/dev/null 2>&1' & until [ -s {0} ]; do sleep 0.01; done",
        path.display()
    );
    let (code, status, _) = run(&[], &script(&starts));
    assert_eq!((code, status.as_str()), (Some(0), "SUCCESS"));
    let orphan = fs::read_to_string(&path).unwrap();
    assert!(!runs(&orphan));

    fs::remove_file(&path).unwrap();
    let (code, status, _) = run(&["--leave-children"], &script(&starts));
    assert_eq!((code, status.as_str()), (Some(0), "SUCCESS"));
    let daemon = fs::read_to_string(&path).unwrap();
    assert!(runs(&daemon));
    send("KILL", daemon.trim());
}

#[test]
fn what_cannot_be_signalled_is_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("ran");
    let touch = ["touch", mark.to_str().unwrap()];
    let server = Server::ok();
    let cases: [(&[&str], i32, &str); 8] = [
        (&[], 1, "No WaitConditionHandle URL or logical resource id specified"),
        (&["--resource", "R"], 1, "You must specify a stack name"),
        (&["--stack", "${Token[AWS.StackName.1]}", "--resource", "R"], 1, "CDK token"),
        (&["--stack", "S", "--resource", "R", "http://handle"], 1, "Cannot specify both"),
        (&["https://no handle"], 1, "Invalid WaitConditionHandle URL specified"),
        (
            &["--stack", "S", "--resource", "R", "--reason-handle", "h"],
            1,
            "Invalid WaitConditionHandle URL specified",
        ),
        (&["--stack", "S", "--resource", "R", "--tmeout", "3"], 2, "a similar argument exists: '--timeout'"),
        (&["--stack", "S", "--resource", "R", "--timeout", "soon"], 2, "it has to be like 90s, 5m or 1h30m"),
    ];
    for (options, code, says) in cases {
        let output = command(&server.url, options, &touch).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(says), "{said}");
        assert!(!mark.exists(), "{options:?}");
    }
    assert!(server.received().is_empty());
}

#[test]
fn a_signal_that_is_lost_fails_a_success_unless_that_is_no_matter() {
    let lost = |options: &[&str], words: &[&str]| {
        let options = [&RESOURCE, ["--deadline", "1s"].as_slice(), options].concat();
        command("http://127.0.0.1:1", &options, words).output().unwrap().status.code()
    };
    assert_eq!(lost(&[], &["true"]), Some(20));
    assert_eq!(lost(&["--signal-failure", "ignore"], &["true"]), Some(0));
    assert_eq!(lost(&[], &script("exit 7")), Some(7));
    let only = ["--signal-failure", "only"];
    assert_eq!(lost(&only, &script("exit 7")), Some(20));
    let (code, signal, _) = run(&only, &script("exit 7"));
    assert_eq!((code, signal.as_str()), (Some(0), "FAILURE"), "it was told");
}

const HANDLE: &str = "/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=abc";

fn reason(put: &Received) -> String {
    let body: serde_json::Value = serde_json::from_str(&put.body).unwrap();
    body["Reason"].as_str().unwrap().to_owned()
}

/// The step first, then what it complained of, then how it ended, and the rest of the last lines.
#[test]
fn a_wait_condition_gets_the_reason() {
    let server = Server::ok();
    let handle = format!("{}{HANDLE}", server.url);
    let said = |options: &[&str], words: &[&str]| {
        let before = server.received().len();
        command(&server.url, &[options, &[handle.as_str()]].concat(), words).output().unwrap();
        let received = server.received();
        assert_eq!(received.len(), before + 1);
        reason(received.last().unwrap())
    };
    let folder = tempfile::tempdir().unwrap();
    let progress = folder.path().join("progress");
    fs::write(&progress, "\x1b[31mError: disk \rError: disk full\x1b[0m\nmore\n").unwrap();
    let steps = format!("set -x; cat {} >&2; false", progress.display());
    assert_eq!(
        said(&[], &script(&steps)),
        format!(
            "false failed; Error: disk full; sh -c {steps} exited with 1 | + cat {} | more",
            progress.display()
        )
    );
    let own = "echo 'migration 7 failed' > \"$CFN_SIGNAL_REASON_FILE\"; echo noise >&2; exit 3";
    assert!(said(&[], &script(own)).starts_with("migration 7 failed; noise; sh -c echo 'migration"));
    assert!(said(&["-r", "web tier"], &["false"]).starts_with("web tier; false exited with 1"));
    assert_eq!(said(&[], &["true"]), "true exited with 0");
    let masked = said(
        &["--mask", "hunter[0-9]"],
        &script("echo error: hunter2 https://b/x?Signature=s3cret >&2; false"),
    );
    assert!(masked.contains("****") && !masked.contains("hunter2") && !masked.contains("s3cret"), "{masked}");
    let long = said(
        &[],
        &script("yes 'error: ééééééééééééééééééééééééééééééééééééééééééé' | head -c 100000 >&2; false"),
    );
    assert!(long.len() <= 1_000 && long.ends_with('…'), "{}", long.len());
    assert_eq!(
        said(&["--tail", "0"], &script("echo error >&2; exit 5")),
        "sh -c echo error >&2; exit 5 exited with 5"
    );
}

/// The reason before the signal, after which nothing waits any more.
#[test]
fn a_resources_reason_goes_to_a_handle_and_to_the_console() {
    let folder = tempfile::tempdir().unwrap();
    let console = folder.path().join("console");
    let server = Server::ok();
    let handle = format!("{}{HANDLE}", server.url);
    let options = ["--reason-handle", &handle, "--console", console.to_str().unwrap()];
    let output =
        of_resource(&server, &options, &script("echo 'error: no route' >&2; exit 4")).output().unwrap();
    let received = server.received();
    assert_eq!(
        received.iter().map(|request| request.method.as_str()).collect::<Vec<_>>(),
        ["PUT", "GET"],
        "{output:?}"
    );
    assert!(reason(&received[0]).starts_with("error: no route; "));
    assert_eq!(status(&received[1]), "FAILURE");
    assert_eq!(output.status.code(), Some(4));
    let line = fs::read_to_string(console).unwrap();
    let object: serde_json::Value =
        serde_json::from_str(line.trim().strip_prefix("cfn-signal: ").unwrap()).unwrap();
    assert_eq!(
        (&object["status"], &object["stack"], &object["resource"]),
        (&"FAILURE".into(), &"S".into(), &"R".into())
    );
    assert_eq!(object["reason"], reason(&received[0]));

    // A handle that takes nothing does not keep the signal back.
    let server =
        Server::start(|request| if request.method == "PUT" { answer(403, "") } else { answer(200, "{}") });
    let handle = format!("{}{HANDLE}", server.url);
    let options = ["--reason-handle", &handle, "--deadline", "4s"];
    let output = of_resource(&server, &options, &["false"]).output().unwrap();
    let last = server.received().last().cloned().unwrap();
    assert_eq!(status(&last), "FAILURE", "{output:?}");
}

#[test]
fn output_passes_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bytes");
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    fs::write(&file, &bytes).unwrap();
    let server = Server::ok();
    let cat = format!("cat {0}; cat {0} >&2", file.display());
    let output = of_resource(&server, &[], &script(&cat)).output().unwrap();
    assert!(output.stdout == bytes && output.stderr == bytes);
}

/// A word that Amazon's helper takes for a handle's URL only where it stands alone.
#[test]
fn a_resource_may_be_called_run() {
    let server = Server::ok();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cfn-signal"));
    command.env_clear().env("AWS_EC2_METADATA_DISABLED", "true").env("CFN_SIGNAL_STATE_DIR", "off");
    let keys = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK", "--region", "us-east-1", "-i", "i-1"];
    command.args(keys).args(["--url", &server.url, "--stack", "run", "--resource", "run"]);
    assert_eq!(command.status().unwrap().code(), Some(0));
    assert!(server.received()[0].target.contains("LogicalResourceId=run"));
}

#[test]
fn killed_for_memory_is_told_from_killed() {
    let Some(group) = ControlGroup::of(64 << 20).unwrap() else {
        eprintln!("skipped: needs a control group for memory that this user may make, such as root's");
        return;
    };
    let server = Server::ok();
    // Doubles a text for as long as it may.
    let greedy = script("a=xxxxxxxxxxxxxxxx; while :; do a=$a$a; done");
    let mut command = of_resource(&server, &[], &greedy);
    group.confine(&mut command);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(137), "{said}");
    assert_eq!(status(&server.received()[0]), "FAILURE");
    assert!(
        said.contains("was killed by SIGKILL: memory ran out, and the kernel killed a process for it"),
        "{said}"
    );
}

/// It may be secret, and says nothing of what failed.
#[test]
fn what_env_sets_is_no_part_of_a_reason() {
    let (_, _, said) = run(&[], &["env", "-u", "HOME", "TOKEN=s3cret", "sh", "-c", "exit 3"]);
    assert!(said.contains("sh -c exit 3 exited with 3") && !said.contains("s3cret"), "{said}");
}
