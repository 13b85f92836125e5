//! The journal of signals: what is in it, and when.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Server;
use crate::support::kept::*;
use serde_json::Value;
use tempfile::TempDir;

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

/// Each is killed at some moment, every second one of them only once it is known to have begun.
#[test]
fn killed_at_any_moment_no_signal_is_lost_and_none_is_false() {
    const KILLED: usize = 200;
    let (server, kept) = (slow(10), Kept::new());
    let target = ["--stack", "S", "--resource", "R", "-i"];
    let started = Instant::now();
    assert_eq!(kept.run(&server.url, &[&target[..], &["first"]].concat()).0, Some(0));
    let whole = started.elapsed();
    let ids: Vec<String> = (0..KILLED).map(|number| format!("i-{number}")).collect();
    let is_failure = |number: usize| number.is_multiple_of(3);
    let mut dice = dice(0x2545_f491_4f6c_dd1d);
    for (number, id) in ids.iter().enumerate() {
        let before = kept.files().len();
        let exit = if is_failure(number) { "1" } else { "0" };
        let child = kept.begin(&server.url, &[&["-e", exit], &target[..], &[id.as_str()]].concat());
        let spread = if number.is_multiple_of(2) {
            wait_for("a record", || kept.files().len() > before);
            Duration::from_millis(40)
        } else {
            whole + whole / 4
        };
        thread::sleep(spread.mul_f64(dice()));
        kill(child);
    }
    let had = |id: &str| {
        let received = server.received();
        let own = received.iter().filter(|request| of(request, "UniqueId") == id);
        own.map(|request| of(request, "Status")).collect::<Vec<_>>()
    };
    let state = |record: &Value| (text(&record["names"]["id"]), text(&record["state"]));
    let states: BTreeMap<String, String> = kept.records().iter().map(state).collect();
    for id in &ids {
        match states.get(id).map(String::as_str) {
            // It never began, and nothing has left.
            None => assert!(had(id).is_empty(), "{id}: {:?}", had(id)),
            Some("confirmed") => assert_eq!(had(id).len(), 1, "{id}"),
            Some(_) => {}
        }
    }
    assert!(states.values().any(|state| state != "confirmed"), "each was over before it was killed");
    // The machine fails while it recovers, too.
    for _ in 0..10 {
        let child = kept.begin(&server.url, &["resume"]);
        thread::sleep(Duration::from_millis(100).mul_f64(dice()));
        kill(child);
    }
    let (code, said) = kept.resume(&server.url, &[]);
    assert_eq!(code, Some(0), "{said}");
    for (number, id) in ids.iter().enumerate().filter(|(_, id)| states.contains_key(*id)) {
        let (had, status) = (had(id), if is_failure(number) { "FAILURE" } else { "SUCCESS" });
        assert!(!had.is_empty() && had.iter().all(|it| it == status), "{id}: {had:?}");
        assert!(states[id] != "confirmed" || had.len() == 1, "{id} was sent again: {had:?}");
    }
    assert!(kept.records().iter().all(|record| record["state"] == "confirmed"));
    let (_, said) = kept.resume(&server.url, &[]);
    assert!(said.contains("nothing to resume"), "{said}");
    // What those who were killed have left beside it goes with the next.
    kept.run(&server.url, &[&target[..], &["last"]].concat());
    let left = fs::read_dir(kept.0.path()).unwrap().map(|it| it.unwrap().path());
    let left: Vec<_> = left.filter(|path| path.extension().is_some_and(|it| it == "new")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_the_power_cut_off_hides_nothing_that_was_written_before() {
    let (server, kept) = (Server::ok(), Kept::new());
    unsent(&kept);
    let [file] = kept.files().try_into().unwrap();
    let whole = fs::read_to_string(&file).unwrap();
    let (before, last) = whole.rsplit_once('\n').unwrap();
    for left in [format!("{before}\n{}", &last[..last.len() / 2]), format!("{before}\n\0\0\0\0")] {
        fs::write(&file, left).unwrap();
        let (code, said) = kept.run(&server.url, &["resume", "--status"]);
        assert!(code == Some(0) && said.contains("R of S as i-1: SUCCESS"), "{said}");
    }
    let (code, said) = kept.resume(&server.url, &[]);
    assert!(code == Some(0) && !said.contains("cannot be read"), "{said}");
    assert_eq!(statuses(&server), ["SUCCESS"]);
}

/// Fractions that look as if they were thrown, and are the same each time.
fn dice(mut state: u64) -> impl FnMut() -> f64 {
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
    let whole = fs::read_to_string(&kept.files()[0]).unwrap().lines().last().unwrap().to_owned();
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

/// Whoever looks around is not kept waiting by it, and no signal is.
#[test]
fn what_is_no_file_is_told_of_too() {
    let (server, kept) = (Server::ok(), Kept::new());
    let path = kept.0.path().join("0123456789abcdef.signal");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let (code, said) = kept.resume(&server.url, &[]);
    assert!(
        code == Some(1) && said.contains("cannot be read, and is left as it is: it is no file"),
        "{said}"
    );
    assert_eq!(kept.run(&server.url, &with(&["-e", "0"])), (Some(0), String::new()));
    // Nor is what is in the folder's place taken for one.
    let link = kept.0.path().join("link");
    std::os::unix::fs::symlink(kept.0.path(), &link).unwrap();
    for (folder, says) in [(link.to_str().unwrap(), "it is a link"), ("/etc/passwd", "not a directory")] {
        let mut command = kept.command(&server.url, &with(&["-e", "0"]));
        let (code, said) = said_of(command.env("CFN_SIGNAL_STATE_DIR", folder));
        assert!(code == Some(0) && said.contains(says), "{said}");
    }
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

#[test]
fn where_the_disk_is_full_the_signal_goes_out_all_the_same() {
    let (server, kept) = (Server::ok(), Kept::new());
    // Full from the first byte on, and in the midst of the second line.
    let gate = format!("file:{}/proc/self", "/proc/..".repeat(180));
    for (size, before, is_said) in [("8k", "head -c 1000000 /dev/zero > filler", true), ("4k", "true", false)]
    {
        let inner = kept.command(&server.url, &with(&["-e", "0", "--wait-for", &gate]));
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
