//! `cfn-signal run`, killed: how its command ended is known from the moment that it has, and nothing else is claimed.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Instant;

use crate::support::kept::*;
use crate::support::{Received, Server};
use serde_json::Value;

/// A wait condition, which has a field for the reason.
fn handle(server: &Server) -> String {
    format!("{}/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=s3cr3t", server.url)
}

fn body(request: &Received) -> [String; 3] {
    let body: Value = serde_json::from_str(&request.body).unwrap();
    ["UniqueId", "Status", "Reason"].map(|name| text(&body[name]))
}

/// What is signalled once `run`, killed at some moment after its command's end is decided, is resumed.
fn resumed(options: &[&str], script: &str, asked: Option<&str>) -> [String; 3] {
    let (server, kept) = (Server::ok(), Kept::new());
    let (handle, id) = (handle(&server), kept.0.path().join("id"));
    let script =
        format!("{script} echo $! > {}; {}", id.display(), if asked.is_some() { "wait" } else { ":" });
    let run =
        [&["run", "--grace", "10m", "-i", "i-1"], options, &[&handle, "--", "sh", "-c", &script]].concat();
    let child = kept.begin(&server.url, &run);
    wait_for("what it leaves", || fs::read_to_string(&id).is_ok_and(|id| id.ends_with('\n')));
    if let Some(signal) = asked {
        // Heard from the beginning on.
        Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
    }
    // What it left running does not end by itself, and is waited for: for ten minutes.
    wait_for("how it ended", || kept.state() == "prepared");
    kill(child);
    Command::new("kill").args(["-s", "KILL", fs::read_to_string(id).unwrap().trim()]).status().unwrap();
    let (code, said) = kept.resume(&server.url, &[&handle]);
    assert_eq!(code, Some(0), "{said}");
    let [request] = server.received().try_into().unwrap();
    body(&request)
}

const STUBBORN: &str = "(trap '' TERM HUP INT; exec sleep 300) &";

#[test]
fn a_command_that_ended_is_not_told_as_interrupted() {
    let [_, status, reason] = resumed(&[], STUBBORN, None);
    assert_eq!(status, "SUCCESS", "{reason}");
    let [_, status, reason] = resumed(&["--success-exit-codes", "3"], STUBBORN, None);
    assert!(status == "FAILURE" && reason.ends_with("exited with 0"), "{reason}");
}

#[test]
fn whoever_asked_for_the_end_is_known_before_it_comes() {
    let [_, status, reason] =
        resumed(&["--timeout", "1s"], &format!("trap '' TERM; {STUBBORN}"), Some("CONT"));
    assert!(status == "FAILURE" && reason.contains("had not ended within its 1s (--timeout)"), "{reason}");
    for (signal, name) in [("TERM", "SIGTERM"), ("HUP", "SIGHUP")] {
        let [_, status, reason] = resumed(&[], &format!("trap '' {signal}; {STUBBORN}"), Some(signal));
        let says = format!("had not ended when {name} asked for an end, such as at shutdown");
        assert!(status == "FAILURE" && reason.contains(&says), "{reason}");
    }
}

/// Each is killed at some moment from its beginning to a little after its end.
#[test]
fn killed_at_any_moment_it_claims_nothing_that_it_does_not_know() {
    const KILLED: usize = 100;
    let (server, kept) = (Server::ok(), Kept::new());
    let handle = handle(&server);
    let run = |id: &str, exit: &str| {
        let script = format!("exit {exit}");
        kept.begin(&server.url, &["run", "-i", id, &handle, "--", "sh", "-c", &script])
    };
    let started = Instant::now();
    assert!(run("first", "0").wait().unwrap().success());
    let whole = started.elapsed();
    for number in 0..KILLED {
        let child = run(&format!("i-{number}"), if number.is_multiple_of(2) { "0" } else { "4" });
        // Every moment once, in no order.
        let part = u32::try_from((number * 37) % KILLED).unwrap();
        thread::sleep(whole * part / u32::try_from(KILLED).unwrap() * 5 / 4);
        kill(child);
    }
    let states: Vec<[String; 2]> =
        kept.records().iter().map(|it| [text(&it["names"]["id"]), text(&it["state"])]).collect();
    let (code, said) = kept.resume(&server.url, &[&handle]);
    assert!(code == Some(0) || states.iter().all(|it| it[1] == "confirmed"), "{said}");
    let (mut unknown, received) = (0, server.received());
    for [id, _] in states.iter().filter(|[id, _]| id != "first") {
        let number: usize = id.strip_prefix("i-").unwrap().parse().unwrap();
        let right = if number.is_multiple_of(2) { "SUCCESS" } else { "FAILURE" };
        let own: Vec<_> = received.iter().map(body).filter(|it| it[0] == *id).collect();
        assert!(!own.is_empty(), "{id} is lost: {said}");
        // Whatever is sent again says the same.
        assert!(own.iter().all(|it| it[1] == own[0][1]), "{id} is told twice: {own:?}");
        for [_, status, reason] in &own {
            // Where nobody knows how it ended that is what is said.
            let honest = status == "FAILURE" && reason.contains("was killed before it knew how sh ended");
            assert!(honest || (status == right && reason.contains("exited with")), "{id}: {status} {reason}");
        }
        unknown += usize::from(own.iter().any(|it| it[2].contains("was killed before it knew how sh ended")));
    }
    assert!(states.iter().any(|it| it[1] != "confirmed"), "each was over before it was killed");
    assert!(unknown < KILLED, "of none it is known how it ended: {said}");
}

/// A rehearsal of the signal itself is none.
#[test]
fn a_dry_run_is_not_resumed() {
    let (server, kept) = (Server::ok(), Kept::new());
    let run = [&with(&["run", "--dry-run"])[..], &["--", "sh", "-c", "exit 3"]].concat();
    assert_eq!(kept.run(&server.url, &run).0, Some(3));
    let (code, said) = kept.resume(&server.url, &[]);
    assert!(code == Some(0) && said.contains("nothing to resume"), "{said}");
    assert!(server.received().is_empty());
}
