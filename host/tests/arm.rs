//! `cfn-signal arm`: a failure at a deadline, unless a signal came before.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Server, answer};
use tempfile::TempDir;

/// A folder for what is armed. What is in it is disarmed when it goes.
struct Armed(TempDir);

impl Armed {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Self(folder)
    }

    fn command(&self, server: &Server, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cfn-signal"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL", &server.url).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "SK");
        command.args(arguments).arg("--state-dir").arg(self.0.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, server: &Server, arguments: &[&str]) -> (Option<i32>, String) {
        let Output { status, stdout, stderr } = self.command(server, arguments).output().unwrap();
        (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
    }

    fn arm(&self, server: &Server, more: &[&str]) -> String {
        let (code, said) = self.run(server, &[&["arm"], more].concat());
        assert_eq!(code, Some(0), "{said}");
        said
    }

    fn status(&self, server: &Server) -> (Option<i32>, String) {
        self.run(server, &["arm", "--status"])
    }

    /// The files with this extension.
    fn files(&self, extension: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|it| it == extension)).collect()
    }

    /// The ids and command lines of those that watch.
    fn watchers(&self) -> Vec<(String, String)> {
        let folder = self.0.path().to_str().unwrap();
        let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
        let lines =
            processes.filter_map(|path| Some((path.clone(), fs::read_to_string(path.join("cmdline")).ok()?)));
        let own = lines.filter(|(_, line)| line.contains("--watch") && line.contains(folder));
        own.map(|(path, line)| (path.file_name().unwrap().to_str().unwrap().to_owned(), line)).collect()
    }
}

const TARGET: [&str; 6] = ["--stack", "S", "--resource", "R", "-i", "i-1"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    [&TARGET[..], more].concat()
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn statuses(server: &Server) -> Vec<String> {
    let status = |target: &str| target.split("Status=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    server.received().iter().map(|request| status(&request.target)).collect()
}

#[test]
fn a_script_that_dies_has_its_failure_signalled_at_the_deadline() {
    let (server, armed) = (Server::ok(), Armed::new());
    let arm = armed.command(&server, &[&["arm", "--deadline", "1s"], &TARGET[..]].concat());
    let words: Vec<_> = [arm.get_program()].into_iter().chain(arm.get_args()).collect();
    // The script, and whatever is in its session, is killed at once.
    let mut script = Command::new("setsid");
    script.args(["--wait", "sh", "-c", "\"$@\"; kill -9 -$$", "sh"]).args(words).env_clear();
    script.envs(arm.get_envs().filter_map(|(name, value)| Some((name, value?)))).stdin(Stdio::null());
    let _killed = script.output().unwrap();
    wait_for("a signal", || !server.received().is_empty());
    wait_for("the watcher's end", || armed.watchers().is_empty());
    assert_eq!(statuses(&server), ["FAILURE"]);
    let (code, said) = armed.status(&server);
    assert!(
        code == Some(0) && said.contains("fired      R of S as i-1: the failure was signalled"),
        "{said}"
    );
    // Nothing of what was needed for it is left.
    let kept = fs::read_to_string(&armed.files("armed")[0]).unwrap();
    assert!(!kept.contains("AKIDEXAMPLE"), "{kept}");
}

#[test]
fn a_signal_that_is_delivered_disarms_it_and_no_other() {
    let (server, armed) = (Server::ok(), Armed::new());
    armed.arm(&server, &with(&["--deadline", "1h"]));
    armed.arm(&server, &["--deadline", "1h", "--stack", "S", "--resource", "Other", "-i", "i-1"]);
    let (code, said) = armed.run(&server, &with(&["-e", "0"]));
    assert_eq!(code, Some(0), "{said}");
    let (_, said) = armed.status(&server);
    assert!(
        said.contains("armed      Other of S as i-1: failure in ") && !said.contains(" R of S"),
        "{said}"
    );
    wait_for("one watcher's end", || armed.watchers().len() == 1);
    assert_eq!(statuses(&server), ["SUCCESS"]);
}

#[test]
fn a_signal_that_is_refused_disarms_nothing() {
    let (server, armed) = (
        Server::start(|_| {
            answer(
                400,
                "<Error><Code>ValidationError</Code><Message>Stack 'S' does not exist</Message></Error>",
            )
        }),
        Armed::new(),
    );
    armed.arm(&server, &with(&["--deadline", "1h"]));
    let (code, _) = armed.run(&server, &with(&["-e", "0"]));
    assert_eq!(code, Some(12));
    assert!(armed.status(&server).1.contains("armed      R of S"));
}

#[test]
fn disarmed_nothing_is_signalled() {
    let (server, armed) = (Server::ok(), Armed::new());
    armed.arm(&server, &with(&["--deadline", "1h"]));
    let (code, said) = armed.run(&server, &["disarm", "--stack", "S"]);
    assert!(code == Some(0) && said.contains("disarmed: R of S as i-1"), "{said}");
    wait_for("the watcher's end", || armed.watchers().is_empty());
    let (code, said) = armed.run(&server, &["disarm"]);
    assert!(code == Some(0) && said.contains("nothing is armed"), "{said}");
    assert!(server.received().is_empty());
}

#[test]
fn arming_again_moves_the_deadline() {
    let (server, armed) = (Server::ok(), Armed::new());
    assert!(armed.arm(&server, &with(&["--deadline", "1h"])).contains("armed: failure is signalled in 1h"));
    let moved = armed.arm(&server, &with(&["--deadline", "2h"]));
    assert!(moved.contains("the deadline is moved: failure is signalled in 2h"), "{moved}");
    assert_eq!((armed.files("armed").len(), armed.watchers().len()), (1, 1));
    armed.arm(&server, &with(&["--deadline", "1s"]));
    wait_for("the watcher's end", || armed.watchers().is_empty());
    assert_eq!(statuses(&server), ["FAILURE"]);
}

#[test]
fn a_watcher_that_died_is_told_of_and_replaced() {
    let (server, armed) = (Server::ok(), Armed::new());
    armed.arm(&server, &with(&["--deadline", "1h"]));
    assert_eq!(armed.status(&server).0, Some(0));
    let [(id, _)] = armed.watchers().try_into().unwrap();
    assert!(Command::new("kill").args(["-9", &id]).status().unwrap().success());
    wait_for("the watcher's death", || armed.status(&server).0 == Some(1));
    let (_, said) = armed.status(&server);
    assert!(said.contains("unwatched  R of S as i-1: its watcher has died: arm it again"), "{said}");
    armed.arm(&server, &with(&["--deadline", "1h"]));
    assert_eq!(armed.status(&server).0, Some(0));
}

#[test]
fn a_handle_gets_the_reason_and_is_in_no_list_of_processes() {
    let (server, armed) = (Server::ok(), Armed::new());
    let handle =
        format!("{}/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=s3cr3tsignature", server.url);
    let said = armed.arm(&server, &["--deadline", "2s", "--reason", "setup.sh hung", "-i", "x", &handle]);
    let (_, status) = armed.status(&server);
    assert!(!said.contains("s3cr3t") && !status.contains("s3cr3t"), "{said} {status}");
    for (_, line) in armed.watchers() {
        assert!(!line.contains("s3cr3t"), "{line}");
    }
    for file in armed.files("armed") {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    wait_for("a signal", || !server.received().is_empty());
    let body: serde_json::Value = serde_json::from_str(&server.received()[0].body).unwrap();
    assert_eq!(body["Status"], "FAILURE");
    assert_eq!(body["Reason"], "setup.sh hung; no signal within 2s (cfn-signal arm)");
}

#[test]
fn what_cannot_be_armed_is_refused() {
    let (server, armed) = (Server::ok(), Armed::new());
    for (arguments, code, says) in [
        (&["arm", "--stack", "S"][..], 2, "--deadline"),
        (
            &["arm", "--deadline", "1h", "--stack", "S"],
            1,
            "No WaitConditionHandle URL or logical resource id",
        ),
        (&["arm", "--deadline", "soon"], 2, "soon"),
        (&["arm", "--deadline", "1h", "https://no handle"], 1, "Invalid WaitConditionHandle URL specified"),
    ] {
        let (found, said) = armed.run(&server, arguments);
        assert!(found == Some(code) && said.contains(says), "{arguments:?}: {found:?} {said}");
    }
    fs::set_permissions(armed.0.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let (code, said) = armed.run(&server, &[&["arm"], &with(&["--deadline", "1h"])[..]].concat());
    assert!(code == Some(1) && said.contains("not this user's alone"), "{said}");
    assert!(armed.files("armed").is_empty());
    let page = armed.run(&server, &["arm", "--man"]).1;
    assert!(page.contains(".TH cfn-signal-arm"), "{page}");
}

/// Amazon's helper has no such words, and a resource may be called so.
#[test]
fn a_resource_named_arm_is_signalled() {
    let (server, armed) = (Server::ok(), Armed::new());
    let (code, said) = armed.run(&server, &["--stack", "disarm", "--resource", "arm", "-i", "x"]);
    assert_eq!((code, statuses(&server)), (Some(0), vec!["SUCCESS".to_owned()]), "{said}");
}

/// A folder with a `systemd-run` that notes its words, and starts what it is to.
fn stand_in() -> TempDir {
    let folder = TempDir::new().unwrap();
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >{}/words\nwhile [ \"$1\" != -- ]; do shift; done\nshift\nsetsid \"$@\" &\n",
        folder.path().display()
    );
    let program = folder.path().join("systemd-run");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

#[test]
fn a_unit_of_systemd_watches_where_that_is_asked_for() {
    let (server, armed, systemd) = (Server::ok(), Armed::new(), stand_in());
    let mut arm =
        armed.command(&server, &[&["arm", "--watcher", "systemd", "--deadline", "1s"], &TARGET[..]].concat());
    let output = arm.env("PATH", format!("{}:/usr/bin:/bin", systemd.path().display())).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    wait_for("its signal", || statuses(&server) == ["FAILURE"]);
    let words = fs::read_to_string(systemd.path().join("words")).unwrap();
    let (options, watches) = words.split_once("\n--\n").unwrap();
    assert!(watches.contains("\narm\n--watch\n"), "{watches}");
    assert!(options.contains("--unit\ncfn-signal-armed-"), "{options}");
    // The real one knows all of them.
    let Ok(help) = Command::new("systemd-run").arg("--help").output() else {
        eprintln!("its options are not compared: no systemd-run here");
        return;
    };
    let help = String::from_utf8(help.stdout).unwrap();
    let known: Vec<_> = help.split([' ', '=', '[', '\n']).collect();
    for option in options.lines().filter(|word| word.starts_with("--")) {
        let name = option.split('=').next().unwrap();
        assert!(known.contains(&name), "{name}: {help}");
    }
}

#[test]
fn a_systemd_that_starts_nothing_is_told_of_and_nothing_stays_armed() {
    let (server, armed) = (Server::ok(), Armed::new());
    let words = [&["arm", "--watcher", "systemd", "--deadline", "1h"], &TARGET[..]].concat();
    let output = armed.command(&server, &words).env("PATH", "/nonexistent").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("systemd starts no unit that watches: try --watcher process"), "{said}");
    assert!(armed.files("armed").is_empty());
}
