//! `--wait-for`: a success is signalled once what has to hold does.
#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::{Server, Signal, answer};

fn signal(server: &Server, options: &[&str]) -> (i32, String, String) {
    let keys = ["--access-key", "AKIDEXAMPLE", "--secret-key", "SK", "-e", "0", "--gate-timeout", "1s"];
    let run = Signal::resource(server, &[&keys, options].concat()).env("PATH", "/usr/bin:/bin").run();
    let received = server.received();
    let signals: Vec<_> =
        received.iter().filter(|request| request.target.contains("SignalResource")).collect();
    assert!(signals.len() < 2, "{signals:?}");
    let status = signals
        .first()
        .map_or("", |signal| if signal.target.contains("Status=SUCCESS") { "SUCCESS" } else { "FAILURE" });
    (run.code, status.to_owned(), run.stderr)
}

#[test]
fn a_gate_that_holds_lets_a_success_through() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(at("ready"), "").unwrap();
    let _socket = UnixListener::bind(at("socket")).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let web = Server::start(|request| match request.target.as_str() {
        "/busy" => answer(503, "wait"),
        _ => answer(200, "status: ok\n"),
    });
    for gate in [
        format!("file:{}", at("ready")),
        format!("unix:{}", at("socket")),
        format!("tcp:{}", port.local_addr().unwrap()),
        format!("{}/", web.url),
        format!("{}/busy status=200,503", web.url),
        format!("{}/ body=^status: ok$", web.url).replace('$', ""),
        "exec:test 1 = 1".to_owned(),
    ] {
        let server = Server::ok();
        let (code, status, said) = signal(&server, &["--wait-for", &gate]);
        assert_eq!((code, status.as_str()), (0, "SUCCESS"), "{gate}: {said}");
        assert!(!said.contains("waiting"), "{gate}: {said}");
    }
}

#[test]
fn a_gate_that_does_not_hold_is_a_failure_that_names_it() {
    let web = Server::start(|_| answer(503, "wait"));
    let cases = [
        ("file:/nonexistent/ready".to_owned(), "No such file or directory"),
        ("unix:/nonexistent/socket".to_owned(), "No such file or directory"),
        ("tcp:127.0.0.1:1".to_owned(), "Connection refused"),
        (format!("{}/", web.url), "it answers 503"),
        (format!("{}/ status=503 body=ready", web.url), "its answer does not match ready: wait"),
        ("exec:echo still migrating; false".to_owned(), "still migrating"),
        ("systemd:no-such-unit-of-any-machine.service".to_owned(), ""),
    ];
    for (gate, says) in cases {
        let server = Server::ok();
        let (code, status, said) = signal(&server, &["--wait-for", "file:/", "--wait-for", &gate]);
        // The signal is delivered: that is what the exit code of a signal says.
        assert_eq!((code, status.as_str()), (0, "FAILURE"), "{gate}: {said}");
        assert!(
            said.contains("did not hold within 1s (--wait-for): ") && said.contains(says),
            "{gate}: {said}"
        );
    }
}

/// Each look is at all of them.
#[test]
fn a_gate_may_open_while_it_is_waited_for() {
    let asked = AtomicU32::new(0);
    let web = Server::start(move |_| {
        let status = if asked.fetch_add(1, Ordering::Relaxed) < 2 { 503 } else { 200 };
        answer(status, "")
    });
    let server = Server::ok();
    let (code, status, said) = signal(&server, &["--gate-timeout", "60s", "--wait-for", &web.url]);
    assert_eq!((code, status.as_str()), (0, "SUCCESS"), "{said}");
    assert_eq!(said.matches("waiting for").count(), 1, "{said}");
    assert_eq!(web.received().len(), 3);
}

#[test]
fn what_is_no_gate_and_what_cannot_be_signalled_is_told_at_once() {
    let server = Server::ok();
    let (code, status, said) = signal(&server, &["--wait-for", "nginx"]);
    assert_eq!((code, status.as_str()), (1, ""), "{said}");
    assert!(said.contains("--wait-for nginx: a gate is http://URL"), "{said}");
    let run = Signal::new(&["--wait-for", "file:/nonexistent", "--gate-timeout", "1h"]).run();
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("No WaitConditionHandle URL"), "{}", run.stderr);
}

/// A failure is one whatever holds.
#[test]
fn a_failure_does_not_wait() {
    let server = Server::ok();
    let options = ["-e", "1", "--gate-timeout", "1h", "--wait-for", "file:/nonexistent"];
    let (code, status, said) = signal(&server, &options);
    assert_eq!((code, status.as_str()), (0, "FAILURE"), "{said}");
}

#[test]
fn a_wait_condition_gets_the_gate_as_the_reason_and_no_secret() {
    let server =
        Server::start(|request| if request.method == "PUT" { answer(200, "") } else { answer(500, "") });
    let handle = format!("{}/handle?AWSAccessKeyId=A&Expires=2000000000&Signature=abc", server.url);
    let gate = format!("{}/health?token=s3cret&Signature=s3cret", server.url);
    let run =
        Signal::new(&["-e", "0", "-i", "x", "--gate-timeout", "1s", "--wait-for", &gate, &handle]).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let put = server.received().last().cloned().unwrap();
    let body: serde_json::Value = serde_json::from_str(&put.body).unwrap();
    assert_eq!(body["Status"], "FAILURE");
    let reason = body["Reason"].as_str().unwrap();
    assert!(reason.contains("did not hold within 1s (--wait-for): it answers 500"), "{reason}");
    assert!(!reason.contains("s3cret") && !run.stderr.contains("s3cret"), "{reason} {}", run.stderr);
}

/// After the command, before the signal.
#[test]
fn run_waits_for_gates_too() {
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready");
    let server = Server::ok();
    let gates = ["--wait-for".to_owned(), format!("file:{}", ready.display())];
    let keys =
        ["run", "--access-key", "AKIDEXAMPLE", "--secret-key", "SK", "--region", "us-east-1", "-i", "x"];
    let target =
        ["--stack", "S", "--resource", "R", "--console", "off", "--url", &server.url, "--wait-for", "file:/"];
    let touch = ["--", "touch", ready.to_str().unwrap()];
    let gates = gates.each_ref().map(String::as_str);
    let run = Signal::new(&[&keys[..], &target, &gates, &touch].concat()).env("PATH", "/usr/bin:/bin").run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(server.received()[0].target.contains("Status=SUCCESS"));
    let late = ["--gate-timeout", "1s", "--wait-for", "file:/nonexistent", "--", "true"];
    let run = Signal::new(&[&keys[..], &target, &late].concat()).env("PATH", "/usr/bin:/bin").run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(server.received()[1].target.contains("Status=FAILURE"), "{}", run.stderr);
}
