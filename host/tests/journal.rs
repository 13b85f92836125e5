//! The journal of signals, and `cfn-signal resume`.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Received, Server, answer};
use tempfile::TempDir;

/// A folder for a journal.
struct Kept(TempDir);

/// The exit code, and what was said.
type Said = (Option<i32>, String);

impl Kept {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Self(folder)
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    /// `cfn-signal` with a journal here.
    fn command(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cfn-signal"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ENDPOINT_URL", url).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "SK");
        command.env("CFN_SIGNAL_STATE_DIR", self.path()).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, url: &str, arguments: &[&str]) -> Said {
        said(&self.command(url, arguments).output().unwrap())
    }

    fn resume(&self, url: &str, more: &[&str]) -> Said {
        self.run(url, &[&["resume", "--max-attempts", "1", "--url", url], more].concat())
    }

    /// Until it is killed.
    fn begin(&self, url: &str, arguments: &[&str]) -> Child {
        let mut command = self.command(url, arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|it| it == "signal")).collect()
    }

    fn records(&self) -> Vec<Value> {
        self.files().iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
    }

    /// The only record's state.
    fn state(&self) -> String {
        let [record] = self.records().try_into().unwrap();
        text(&record["state"])
    }

    /// Puts something else into the only record.
    fn change(&self, change: impl FnOnce(&mut Value)) {
        let [file] = self.files().try_into().unwrap();
        let mut record: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        change(&mut record);
        fs::write(file, record.to_string()).unwrap();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

const TARGET: [&str; 6] = ["--stack", "S", "--resource", "R", "-i", "i-1"];
/// Where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9";

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [more, &TARGET[..]].concat()
}

/// One that could not be sent.
fn unsent(kept: &Kept) {
    let (code, said) = kept.run(NOWHERE, &with(&["-e", "0", "--max-attempts", "1"]));
    assert_eq!((code, kept.state().as_str()), (Some(18), "sent"), "{said}");
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn of(request: &Received, name: &str) -> String {
    let after = request.target.split(&format!("{name}=")).nth(1).unwrap_or_default();
    after.split('&').next().unwrap().to_owned()
}

fn statuses(server: &Server) -> Vec<String> {
    server.received().iter().map(|request| of(request, "Status")).collect()
}

/// One that answers after so many milliseconds.
fn slow(milliseconds: u64) -> Server {
    Server::start(move |_| {
        thread::sleep(Duration::from_millis(milliseconds));
        answer(200, "{}")
    })
}

#[test]
fn it_is_written_before_the_signal_leaves_and_done_only_once_it_has_arrived() {
    let kept = Kept::new();
    let server = slow(300);
    let mut child = kept.begin(&server.url, &with(&["-e", "0"]));
    wait_for("a request", || !server.received().is_empty());
    assert_eq!(kept.state(), "sent");
    assert!(child.wait().unwrap().success());
    assert_eq!(kept.state(), "confirmed");
    for file in kept.files() {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Another for the same stands for it.
    unsent(&kept);
}

#[test]
fn what_was_not_confirmed_is_sent_once_more_and_then_no_more() {
    let (server, kept) = (Server::ok(), Kept::new());
    let nothing = format!("cfn-signal: nothing to resume in {}\n", kept.path());
    assert_eq!(kept.resume(&server.url, &[]), (Some(0), nothing.clone()));
    unsent(&kept);
    assert_eq!(kept.resume(NOWHERE, &[]).0, Some(18));
    let (code, said) = kept.resume(&server.url, &[]);
    assert!(code == Some(0) && said.contains("R of S as i-1: CloudFormation has it"), "{said}");
    assert_eq!((statuses(&server), kept.state().as_str()), (vec!["SUCCESS".to_owned()], "confirmed"));
    assert_eq!(kept.resume(&server.url, &[]), (Some(0), nothing));
    assert_eq!(server.received().len(), 1);
    let (code, said) = kept.run(&server.url, &["resume", "--status"]);
    assert!(code == Some(0) && said.contains("confirmed  R of S as i-1: SUCCESS, "), "{said}");
}

/// Each is killed at some moment, every second one of them only once it is known to have begun.
#[test]
fn killed_at_any_moment_no_signal_is_lost_and_none_is_false() {
    const KILLED: usize = 200;
    let (server, kept) = (slow(10), Kept::new());
    let started = Instant::now();
    assert_eq!(kept.run(&server.url, &["--stack", "S", "--resource", "R", "-i", "first"]).0, Some(0));
    let whole = started.elapsed();
    let id = |number: usize| format!("i-{number}");
    let mut dice = support_dice(0x2545_f491_4f6c_dd1d);
    for number in 0..KILLED {
        let (id, exit) = (id(number), if number % 3 == 0 { "1" } else { "0" });
        let child =
            kept.begin(&server.url, &["-e", exit, "--stack", "S", "--resource", "R", "-i", id.as_str()]);
        let mut spread = whole + whole / 4;
        if number % 2 == 0 {
            wait_for("a record", || kept.files().len() > number + 1 || gone(&kept, number));
            spread = Duration::from_millis(40);
        }
        thread::sleep(spread.mul_f64(dice()));
        kill(child);
        if kept.files().len() < number + 2 {
            // Killed before it began: there is nothing to resume, and nothing has left.
            fs::write(kept.0.path().join(format!("{number}.signal")), "{\"version\":1}").unwrap();
            assert!(!server.received().iter().any(|request| of(request, "UniqueId") == id), "{id}");
        }
    }
    let stubs = (0..KILLED).map(|number| kept.0.path().join(format!("{number}.signal")));
    let never: Vec<bool> = stubs.map(|stub| fs::remove_file(stub).is_ok()).collect();
    let had = |id: &str| {
        let received = server.received();
        let own: Vec<_> = received.iter().filter(|it| of(it, "UniqueId") == id).collect();
        own.iter().map(|request| of(request, "Status")).collect::<Vec<_>>()
    };
    let confirmed: Vec<String> = kept
        .records()
        .iter()
        .filter(|record| record["state"] == "confirmed")
        .map(|record| text(&record["names"]["id"]))
        .collect();
    for id in &confirmed {
        assert_eq!(had(id).len(), 1, "{id} is said to be confirmed");
    }
    let interrupted = never.iter().filter(|never| !**never).count() + 1 - confirmed.len();
    assert!(interrupted > 0, "each was over before it was killed");
    // The machine fails while it recovers, too.
    for _ in 0..10 {
        let child = kept.begin(&server.url, &["resume"]);
        thread::sleep(Duration::from_millis(100).mul_f64(dice()));
        kill(child);
    }
    let (code, said) = kept.resume(&server.url, &[]);
    assert_eq!(code, Some(0), "{said}");
    for (number, never) in never.iter().enumerate() {
        let (id, status) = (id(number), if number % 3 == 0 { "FAILURE" } else { "SUCCESS" });
        let had = had(&id);
        assert_eq!(had.is_empty(), *never, "{id}: {had:?}");
        assert!(had.iter().all(|it| it == status), "{id}: {had:?}");
        assert!(!confirmed.contains(&id) || had.len() == 1, "{id} was sent again: {had:?}");
    }
    assert!(kept.records().iter().all(|record| record["state"] == "confirmed"));
    // What those who were killed have left beside it goes with the next.
    kept.run(&server.url, &["--stack", "S", "--resource", "R", "-i", "last"]);
    let left = fs::read_dir(kept.0.path()).unwrap().map(|it| it.unwrap().path());
    let left: Vec<_> = left.filter(|path| path.extension().is_some_and(|it| it == "new")).collect();
    assert!(left.is_empty(), "{left:?}");
}

fn gone(kept: &Kept, number: usize) -> bool {
    kept.0.path().join(format!("{number}.signal")).exists()
}

/// Fractions that look as if they were thrown, and are the same each time.
fn support_dice(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from(u32::try_from(state >> 40).unwrap()) / f64::from(1 << 24)
    }
}

const HANDLE: &str = "/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=s3cr3tsignature";

#[test]
fn no_secret_is_in_it_and_a_handle_is_found_where_it_was_given() {
    let (server, kept) = (Server::ok(), Kept::new());
    let handle = format!("{}{HANDLE}", server.url);
    // The service is not there yet: it answers once it is resumed.
    let down = ["--http-proxy", "http://u:s3cr3tproxy@127.0.0.1:9", "--max-attempts", "1"];
    let (code, said) = kept.run(&server.url, &[&["-e", "0", "-i", "x", handle.as_str()], &down[..]].concat());
    assert_eq!(code, Some(18), "{said}");
    let [record] = kept.files().try_into().unwrap();
    let record = fs::read_to_string(record).unwrap();
    assert!(!["s3cr3t", "AKIDEXAMPLE"].iter().any(|secret| record.contains(secret)), "{record}");
    let nowhere = TempDir::new().unwrap();
    let place = nowhere.path().to_str().unwrap();
    let (code, said) = kept.resume(&server.url, &["--handle-file", place]);
    let expected = "cannot be resumed: give the handle's URL, or --handle-file, again";
    assert!(code == Some(1) && said.contains(expected) && !said.contains("s3cr3t"), "{said}");
    let (code, _) =
        kept.resume(&server.url, &["--handle-file", place, "https://other.example/h?Signature=x"]);
    assert_eq!((code, kept.state().as_str()), (Some(0), "sent"), "it is another's");
    let scripts = nowhere.path().join("scripts");
    fs::create_dir(&scripts).unwrap();
    fs::write(scripts.join("part-001"), format!("#!/bin/sh\ncfn-signal -e $? -i x '{handle}'\n")).unwrap();
    let (code, said) = kept.resume(&server.url, &["--handle-file", place]);
    assert!(code == Some(0) && !said.contains("s3cr3t"), "{said}");
    let [request] = server.received().try_into().unwrap();
    assert!(request.body.contains("\"UniqueId\": \"x\"") || request.body.contains("\"UniqueId\":\"x\""));
    assert_eq!(kept.state(), "confirmed");
}

#[test]
fn data_and_commands_of_gates_have_to_be_given_again() {
    let (server, kept) = (Server::ok(), Kept::new());
    let handle = format!("{}{HANDLE}", server.url);
    let down = ["--http-proxy", "http://127.0.0.1:9", "--max-attempts", "1"];
    let data = ["-e", "0", "-i", "x", "--data", "s3cr3t token", "--wait-for", "exec:true s3cr3t"];
    kept.run(&server.url, &[&data[..], &down[..], &[handle.as_str()]].concat());
    assert!(!fs::read_to_string(&kept.files()[0]).unwrap().contains("s3cr3t"));
    for (more, lack) in [(&[][..], "--data"), (&["--data", "s3cr3t token"][..], "--wait-for")] {
        let (code, said) = kept.resume(&server.url, &[more, &[handle.as_str()]].concat());
        let expected = format!("cannot be resumed: give {lack} again, which the journal does not keep");
        assert!(code == Some(1) && said.contains(&expected), "{said}");
    }
    let again = ["--data", "s3cr3t token", "--wait-for", "exec:true", "--no-proxy", handle.as_str()];
    let (code, said) = kept.resume(&server.url, &again);
    assert_eq!(code, Some(0), "{said}");
    assert!(server.received()[0].body.contains("s3cr3t token"));
}

#[test]
fn what_is_no_journal_of_ours_is_told_of_and_left() {
    let (server, kept) = (Server::ok(), Kept::new());
    unsent(&kept);
    let whole = fs::read_to_string(&kept.files()[0]).unwrap();
    let half = &whole[..whole.len() / 2];
    let newer = whole.replacen("\"version\":1", "\"version\":2", 1);
    let file = kept.files()[0].clone();
    for (content, says) in [
        (half, "cannot be read, and is left as it is: EOF"),
        ("", "cannot be read, and is left as it is: EOF"),
        ("\0\0\0", "cannot be read, and is left as it is: "),
        ("{\"version\":1,\"state\":\"done\"}", "cannot be read, and is left as it is: unknown variant"),
        (&newer, "is of a later cfn-signal (version 2 of the journal): resume it with that one"),
    ] {
        fs::write(&file, content).unwrap();
        let (code, said) = kept.resume(&server.url, &[]);
        assert!(code == Some(1) && said.contains(says), "{content}: {said}");
        assert_eq!(fs::read_to_string(&file).unwrap(), content);
        // A signal is sent and kept beside it.
        let (code, said) = kept.run(&server.url, &with(&["-e", "0"]));
        assert_eq!((code, said.as_str()), (Some(0), ""), "{content}");
        assert_eq!(fs::read_to_string(&file).unwrap(), content);
    }
}

#[test]
fn another_machines_and_what_no_stack_waits_for_is_left() {
    let (server, kept) = (Server::ok(), Kept::new());
    unsent(&kept);
    let whole = fs::read_to_string(&kept.files()[0]).unwrap();
    kept.change(|record| record["machine"]["system"] = "another".into());
    let (code, said) = kept.resume(&server.url, &[]);
    if fs::read_to_string("/etc/machine-id").is_ok_and(|id| !id.trim().is_empty()) {
        assert!(code == Some(0) && said.contains("not resumed, it is of another machine"), "{said}");
    }
    fs::write(&kept.files()[0], &whole).unwrap();
    kept.change(|record| record["at"] = (record["at"].as_u64().unwrap() - 13 * 3_600_000).into());
    let (code, said) = kept.resume(&server.url, &[]);
    assert!(code == Some(0) && said.contains("not resumed, it began 13h ago, and no stack waits"), "{said}");
    assert!(server.received().is_empty());
}

#[test]
fn two_at_once_are_two_signals_and_a_living_one_is_not_resumed() {
    let (server, other, kept) = (slow(1_000), Server::ok(), Kept::new());
    let children: Vec<_> =
        ["0", "1"].iter().map(|exit| kept.begin(&server.url, &with(&["-e", exit]))).collect();
    wait_for("both", || server.received().len() == 2);
    let (code, said) = kept.resume(&other.url, &[]);
    assert!(code == Some(0) && said.contains("R of S as i-1: another process is at it"), "{said}");
    assert!(other.received().is_empty());
    for child in children {
        kill(child);
    }
    let (code, said) = kept.resume(&other.url, &[]);
    assert_eq!(code, Some(0), "{said}");
    // The first that is confirmed is the one that counts; whichever that is, the other is not lost before.
    assert!(!other.received().is_empty(), "{said}");
    assert!(kept.records().iter().all(|record| record["state"] == "confirmed"));
}

#[test]
fn the_last_word_stands_for_what_was_said_before() {
    let (server, kept) = (Server::ok(), Kept::new());
    kept.run(NOWHERE, &with(&["-e", "1", "--max-attempts", "1"]));
    kept.run(NOWHERE, &with(&["-e", "0", "--max-attempts", "1"]));
    assert_eq!(kept.resume(&server.url, &[]).0, Some(0));
    assert_eq!(statuses(&server), ["SUCCESS"]);
    // Killed before it could take the former away.
    kept.run(NOWHERE, &with(&["-e", "1", "--max-attempts", "1"]));
    let former = kept.files()[0].clone();
    let text = fs::read(&former).unwrap();
    kept.run(NOWHERE, &with(&["-e", "0", "--max-attempts", "1"]));
    fs::write(former, text).unwrap();
    assert_eq!(kept.resume(&server.url, &[]).0, Some(0));
    assert_eq!(statuses(&server), ["SUCCESS", "SUCCESS"]);
}

/// The signal goes out all the same.
#[test]
fn where_nothing_can_be_written_nothing_is_said_unless_somebody_expects_it() {
    let (server, kept) = (Server::ok(), Kept::new());
    fs::set_permissions(kept.0.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let why = format!("no journal is kept in {}: it is not this user's alone (chmod 700)", kept.path());
    let (code, said) = kept.run(&server.url, &with(&["-e", "0"]));
    assert!(code == Some(0) && said == format!("cfn-signal: {why}\n"), "{said}");
    assert!(kept.resume(&server.url, &[]).1.contains("cannot be used"));
    // The usual folder is not to be had, where no user but root has one; and root is not asked for it.
    let off = |more: &[&str]| {
        let mut command = kept.command(&server.url, &with(more));
        said_of(command.env("CFN_SIGNAL_STATE_DIR", "off"))
    };
    assert_eq!(off(&["-e", "0"]), (Some(0), String::new()));
    let (code, said) = said_of(kept.command(&server.url, &["resume"]).env("CFN_SIGNAL_STATE_DIR", "off"));
    assert!(
        code == Some(0) && said.contains("no journal is kept here: there is nothing to resume"),
        "{said}"
    );
    assert_eq!(server.received().len(), 2);
}

fn said_of(command: &mut Command) -> Said {
    said(&command.output().unwrap())
}

#[test]
fn where_the_disk_is_full_the_signal_goes_out_all_the_same() {
    let (server, kept) = (Server::ok(), Kept::new());
    // Full from the first byte on, and once one record is there.
    for (size, before, is_said) in [("8k", "head -c 1000000 /dev/zero > filler", true), ("4k", "true", false)]
    {
        let inner = kept.command(&server.url, &with(&["-e", "0"]));
        let script = format!(
            "mount -t tmpfs -o size={size},mode=700 none \"$0\" && cd \"$0\" || exit 77; {{ {before}; }} 2> /dev/null
             \"$@\"; code=$?; ls; exit $code"
        );
        let mut command = Command::new("unshare");
        command
            .args(["-rm", "sh", "-c", &script, kept.path()])
            .arg(inner.get_program())
            .args(inner.get_args());
        command.env_clear().envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let sent = server.received().len();
        let (code, said) = said_of(&mut command);
        if code != Some(0) && server.received().len() == sent && !said.contains("cfn-signal") {
            eprintln!("skipped: nothing can be mounted here: {said}");
            return;
        }
        assert_eq!((code, server.received().len()), (Some(0), sent + 1), "{said}");
        assert_eq!(said.contains("no journal is kept in"), is_said, "{said}");
        // What is done cannot be written, and is not left as if it were to be done.
        assert!(!said.contains(".signal") && !said.contains(".new"), "{said}");
    }
}

#[test]
fn a_command_that_is_interrupted_is_a_failure_that_says_so() {
    let (server, kept) = (Server::ok(), Kept::new());
    let console = kept.0.path().join("console");
    let run = ["run", "--console", console.to_str().unwrap()];
    let run = [&with(&run)[..], &["--", "sleep", "--", "86.4"]].concat();
    let child = kept.begin(&server.url, &run);
    wait_for("a record", || !kept.files().is_empty());
    wait_for("its command", || !children(child.id()).is_empty());
    assert_eq!(kept.state(), "running");
    assert!(
        !fs::read_to_string(&kept.files()[0]).unwrap().contains("86.4"),
        "what it is given may be secret"
    );
    let orphans = children(child.id());
    kill(child);
    let (code, said) = kept.resume(&server.url, &[]);
    assert!(code == Some(0) && said.contains("cfn-signal run was killed while sleep ran"), "{said}");
    assert_eq!(statuses(&server), ["FAILURE"]);
    assert!(fs::read_to_string(console).unwrap().contains("was killed while sleep ran"));
    for orphan in orphans {
        Command::new("kill").arg(orphan).status().unwrap();
    }
}

fn children(parent: u32) -> Vec<String> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    fs::read_to_string(path).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

#[test]
fn after_a_restart_the_reason_says_so_and_a_script_that_signalled_itself_is_none() {
    let (server, kept) = (Server::ok(), Kept::new());
    let interrupt = |script: &str| {
        let run = [&with(&["run", "--console", "off"])[..], &["--", "sh", "-c", script]].concat();
        let mut child = kept.begin(&server.url, &run);
        wait_for("its end", || kept.0.path().join("reached").exists());
        child.kill().unwrap();
        child.wait().unwrap();
        fs::remove_file(kept.0.path().join("reached")).unwrap();
    };
    let reached = format!("touch {}/reached; sleep 5", kept.path());
    interrupt(&reached);
    kept.change(|record| record["machine"]["boot"] = "another".into());
    let (code, said) = kept.resume(&server.url, &[]);
    assert!(
        code == Some(0) && said.contains("the machine restarted while sh ran (cfn-signal run)"),
        "{said}"
    );
    assert_eq!(statuses(&server), ["FAILURE"]);
    let signal = format!("{} -e 0 {}", env!("CARGO_BIN_EXE_cfn-signal"), TARGET.join(" "));
    interrupt(&format!("{signal}; {reached}"));
    let (code, said) = kept.resume(&server.url, &[]);
    assert!(
        code == Some(0) && said.contains("the command that was interrupted had signalled itself"),
        "{said}"
    );
    assert_eq!(statuses(&server), ["FAILURE", "SUCCESS"]);
}

#[test]
fn run_signals_as_it_did_and_leaves_a_confirmed_record() {
    let (server, kept) = (Server::ok(), Kept::new());
    let run = [&with(&["run", "--console", "off"])[..], &["--", "sh", "-c", "exit 3"]].concat();
    assert_eq!(kept.run(&server.url, &run).0, Some(3));
    assert_eq!((statuses(&server), kept.state().as_str()), (vec!["FAILURE".to_owned()], "confirmed"));
}

#[test]
fn a_gate_that_was_waited_for_is_waited_for_again() {
    let (server, kept) = (Server::ok(), Kept::new());
    let ready = kept.0.path().join("ready");
    let gate = format!("file:{}", ready.display());
    let child = kept.begin(&server.url, &with(&["-e", "0", "--wait-for", &gate]));
    wait_for("a record", || !kept.files().is_empty());
    kill(child);
    assert_eq!(kept.state(), "prepared");
    let child = kept.begin(&server.url, &["resume"]);
    thread::sleep(Duration::from_millis(300));
    assert!(server.received().is_empty());
    fs::write(ready, "").unwrap();
    wait_for("a signal", || !server.received().is_empty());
    assert!(child.wait_with_output().unwrap().status.success());
    assert_eq!(statuses(&server), ["SUCCESS"]);
}

/// Whether it left or arrived, the dead man's switch does not contradict it.
#[test]
fn what_is_armed_finishes_a_signal_that_has_left() {
    let kept = Kept::new();
    let (silent, server) = (slow(60_000), Server::ok());
    let arm = ["arm", "--deadline", "2s", "--url", &server.url, "--stack", "S", "--resource", "R"];
    assert_eq!(kept.run(&server.url, &arm).0, Some(0));
    let child = kept.begin(&silent.url, &["-e", "0", "--stack", "S", "--resource", "R", "-i", "i-1"]);
    wait_for("a request", || !silent.received().is_empty());
    kill(child);
    kept.change(|record| record["order"]["url"] = server.url.clone().into());
    wait_for("a signal", || !server.received().is_empty());
    wait_for("the end", || kept.run(&server.url, &["arm", "--status"]).1 == "nothing is armed\n");
    assert_eq!((statuses(&server), kept.state().as_str()), (vec!["SUCCESS".to_owned()], "confirmed"));
}

#[test]
fn what_is_armed_knows_of_a_signal_that_was_confirmed() {
    let (server, kept) = (Server::ok(), Kept::new());
    assert_eq!(kept.run(&server.url, &with(&["arm", "--deadline", "2s"])).0, Some(0));
    let entries = fs::read_dir(kept.0.path()).unwrap().map(|entry| entry.unwrap().path());
    let armed = entries.filter(|path| path.extension().is_some_and(|it| it == "armed"));
    let armed: Vec<_> = armed.map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
    kept.run(&server.url, &with(&["-e", "0"]));
    // Killed before it could disarm.
    for (path, record) in armed {
        fs::write(path, record).unwrap();
    }
    wait_for("the end", || kept.run(&server.url, &["arm", "--status"]).1 == "nothing is armed\n");
    assert_eq!(statuses(&server), ["SUCCESS"]);
}

#[test]
fn what_is_resumed_disarms() {
    let (server, kept) = (Server::ok(), Kept::new());
    unsent(&kept);
    kept.run(&server.url, &with(&["arm", "--deadline", "1h"]));
    assert_eq!(kept.resume(&server.url, &[]).0, Some(0));
    assert_eq!(kept.run(&server.url, &["arm", "--status"]).1, "nothing is armed\n");
}

/// Amazon's helper has no such word, and a resource may be called so.
#[test]
fn a_resource_named_resume_is_signalled_and_the_page_is_there() {
    let (server, kept) = (Server::ok(), Kept::new());
    let (code, said) = kept.run(&server.url, &["--stack", "resume", "--resource", "resume", "-i", "x"]);
    assert_eq!((code, statuses(&server).len()), (Some(0), 1), "{said}");
    assert!(kept.run(&server.url, &["resume", "--man"]).1.contains(".TH cfn-signal-resume"));
}
