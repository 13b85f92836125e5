//! `cfn-signal resume`: what was interrupted is finished, once.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::support::Server;
use crate::support::kept::*;
use serde_json::Value;

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
    assert!(
        code == Some(0) && said.contains("cfn-signal run was killed before it knew how sleep ended"),
        "{said}"
    );
    assert_eq!(statuses(&server), ["FAILURE"]);
    assert!(fs::read_to_string(console).unwrap().contains("was killed before it knew how sleep ended"));
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
        code == Some(0) && said.contains("the machine restarted before cfn-signal run knew how sh ended"),
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

/// Whatever comes before the signal itself may take long.
#[test]
fn how_a_command_ended_is_written_before_its_reason_is_delivered() {
    let (server, slow, kept) = (Server::ok(), slow(60_000), Kept::new());
    let handle = format!("{}/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=s3cr3t", slow.url);
    let run = ["run", "--console", "off", "--success-exit-codes", "1", "--reason-handle", handle.as_str()];
    let run = [&with(&run)[..], &["--", "sh", "-c", "exit 1"]].concat();
    let child = kept.begin(&server.url, &run);
    wait_for("the reason", || !slow.received().is_empty());
    assert_eq!(kept.state(), "prepared");
    kill(child);
    assert_eq!(kept.resume(&server.url, &[]).0, Some(0));
    assert_eq!(statuses(&server), ["SUCCESS"]);
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

/// What a machine whose power failed remembers: that it is prepared is on the disk, that it left or arrived need not be.
fn lose_power(kept: &Kept) {
    for file in kept.files() {
        let text = fs::read_to_string(&file).unwrap();
        let prepared = text.lines().rev().find(|line| line.contains(r#""state":"prepared""#));
        let mut record: Value =
            serde_json::from_str(prepared.unwrap_or(text.lines().last().unwrap())).unwrap();
        record["machine"]["boot"] = "another".into();
        fs::write(file, record.to_string()).unwrap();
    }
}

/// It may have left.
#[test]
fn after_the_power_failed_a_script_that_was_about_to_signal_is_no_failure() {
    let (server, kept) = (Server::ok(), Kept::new());
    let signal = format!("{} -e 0 {}", env!("CARGO_BIN_EXE_cfn-signal"), TARGET.join(" "));
    let script = format!("{signal}; touch {}/reached; sleep 5", kept.path());
    let run = [&with(&["run", "--console", "off"])[..], &["--", "sh", "-c", &script]].concat();
    let child = kept.begin(&server.url, &run);
    wait_for("its end", || kept.0.path().join("reached").exists());
    kill(child);
    lose_power(&kept);
    let (code, said) = kept.resume(&server.url, &[]);
    let expected = "the command that was interrupted had begun a signal itself, which is resumed";
    assert!(code == Some(0) && said.contains(expected), "{said}");
    assert_eq!(statuses(&server), ["SUCCESS", "SUCCESS"]);
    assert_eq!(kept.state(), "confirmed");
}

#[test]
fn after_the_power_failed_what_is_armed_sends_what_was_prepared() {
    let (server, kept) = (Server::ok(), Kept::new());
    let arm = ["arm", "--deadline", "3s", "--url", &server.url, "--stack", "S", "--resource", "R"];
    assert_eq!(kept.run(&server.url, &arm).0, Some(0));
    let armed = fs::read_dir(kept.0.path()).unwrap().map(|entry| entry.unwrap().path());
    let armed = armed.filter(|path| path.extension().is_some_and(|it| it == "armed"));
    let armed: Vec<_> = armed.map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
    let signal = ["-e", "0", "--url", &server.url, "--stack", "S", "--resource", "R", "-i", "i-1"];
    assert_eq!(kept.run(&server.url, &signal).0, Some(0));
    lose_power(&kept);
    for (path, record) in armed {
        fs::write(path, record).unwrap();
    }
    wait_for("the end", || kept.run(&server.url, &["arm", "--status"]).1 == "nothing is armed\n");
    assert_eq!(statuses(&server), ["SUCCESS", "SUCCESS"]);
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
    // By no id that was typed, either: the one that was found is its own.
    let handle = format!("{}/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=s3cr3t", server.url);
    let down = ["--http-proxy", "http://127.0.0.1:9", "--max-attempts", "1", handle.as_str()];
    assert_eq!(kept.run(&server.url, &down).0, Some(18));
    assert_eq!(kept.run(&server.url, &["arm", "--deadline", "1h", &handle]).0, Some(0));
    assert_eq!(kept.resume(&server.url, &["--no-proxy", &handle]).0, Some(0));
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
