//! What programs read: `--output json`, `--log-format json`, `--dry-run`, verbosity; and that none of it tells a secret.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use crate::support::{QUICK, Server, Signal, answer, metadata};
use serde_json::{Value, json};

const SECRETS: [&str; 4] = ["hunter2", "S3CR3T", "role-secret", "role-token"];

fn resource<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["--stack", "S", "--resource", "R", "--region", "eu-west-1", "-i", "x", "--url", url], more].concat()
}

const KEYS: [&str; 4] = ["--access-key", "AKIAIOSFODNN7EXAMPLE", "--secret-key", "hunter2"];

#[test]
fn one_object_for_a_delivery() {
    let server =
        Server::start(|_| Some((200, vec![("x-amzn-RequestId", "rid-1".to_owned())], "{}".to_owned())));
    let run = Signal::new(&resource(&server.url, &[&KEYS[..], &["--output", "json"]].concat())).run();
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(run.code, 0);
    assert_eq!(run.stderr, "");
    for (key, value) in [
        ("outcome", json!("delivered")),
        ("status", json!("SUCCESS")),
        ("exit_code", json!(0)),
        ("http_status", json!(200)),
        ("request_id", json!("rid-1")),
        ("attempts", json!(1)),
        (
            "identity",
            json!({"kind": "access-key", "source": "the command line", "access_key_id": "AKIAIOSFODNN7EXAMPLE"}),
        ),
    ] {
        assert_eq!(object[key], value, "{key}");
    }
    run.assert_hides(&SECRETS);
}

#[test]
fn one_object_for_a_failure_and_for_a_refusal() {
    let body = r#"{"Error":{"Code":"ValidationError","Message":"Stack S does not exist","Type":"Sender"},"RequestId":"rid-2"}"#;
    let server = Server::start(move |_| answer(400, body));
    let run = Signal::new(&resource(&server.url, &[&KEYS[..], &["--output", "json"]].concat())).run();
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(run.code, 12);
    let told = ["outcome", "code", "request_id", "exit_code"].map(|key| object[key].clone());
    assert_eq!(told, [json!("wrong-resource"), json!("ValidationError"), json!("rid-2"), json!(12)]);
    assert_eq!(run.stderr.lines().count(), 1);

    let run = Signal::new(&["--output", "json", "--resource", "R", "http://h/"]).run();
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &object["outcome"], &object["exit_code"]), (1, &json!("refused"), &json!(1)));
}

#[test]
fn one_object_for_a_usage_error_too() {
    for arguments in [&["--output", "json", "--nope"][..], &["--deadline=0", "--out=json", "http://h/"]] {
        let run = Signal::new(arguments).run();
        let object: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(
            (run.code, &object["outcome"], &object["exit_code"]),
            (2, &json!("usage-error"), &json!(2))
        );
        assert_eq!(object["status"], Value::Null);
        assert!(run.stderr.ends_with(&format!("error: {}\n", object["message"].as_str().unwrap())));
    }
}

#[test]
fn a_dry_run_shows_the_request_and_sends_nothing() {
    let server = Server::ok();
    let handle = format!("{}/arn%3Aaws?AWSAccessKeyId=A&Signature=S3CR3T", server.url);
    let run = Signal::new(&["-i", "x", "--dry-run", &handle]).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with(&format!("PUT {}/arn%3Aaws?<redacted>\n", server.url)), "{}", run.stdout);
    assert!(
        run.stdout.ends_with(
            "\n\n{\"Status\": \"SUCCESS\", \"Reason\": \"\", \"Data\": \"\", \"UniqueId\": \"x\"}\n"
        )
    );
    run.assert_hides(&SECRETS);

    let run = Signal::new(&resource(&server.url, &[&KEYS[..], &["--dry-run"]].concat())).run();
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(
        lines[0],
        format!(
            "GET {}/?Action=SignalResource&LogicalResourceId=R&StackName=S&UniqueId=x&Status=SUCCESS&ContentType=JSON&Version=2010-05-15",
            server.url
        )
    );
    let authorization = lines.iter().find(|line| line.starts_with("authorization: ")).unwrap();
    assert!(authorization.ends_with(
        "/eu-west-1/cloudformation/aws4_request,SignedHeaders=accept;host;x-amz-date, Signature=<redacted>"
    ));
    run.assert_hides(&SECRETS);

    let imds = Server::start(metadata);
    let run = Signal::new(&resource(&server.url, &["--dry-run", "--output", "json", "--role", "web"]))
        .metadata(&imds)
        .run();
    let object: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(object["outcome"], "dry-run");
    assert!(
        object["request"]["headers"]
            .as_array()
            .unwrap()
            .contains(&json!(["x-amz-security-token", "<redacted>"]))
    );
    run.assert_hides(&SECRETS);
    assert!(server.received().is_empty());
}

#[test]
fn a_dry_run_without_credentials_fails_as_a_run_would() {
    let run = Signal::new(&["--stack", "S", "--resource", "R", "-i", "x", "--dry-run"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (15, ""), "{run:?}");
}

#[test]
fn the_most_verbose_log_tells_no_secret() {
    let server = Server::ok();
    let imds = Server::start(metadata);
    let run = Signal::new(&resource(&server.url, &["-vv", "--role", "web"])).metadata(&imds).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("the instance's role web"), "{}", run.stderr);
    run.assert_hides(&SECRETS);
    let handle = format!("{}/h?Signature=S3CR3T", server.url);
    let run = Signal::new(&["-vv", "--log-format", "json", &handle]).metadata(&imds).run();
    assert!(run.stderr.lines().count() > 2, "{run:?}");
    for line in run.stderr.lines() {
        assert!(serde_json::from_str::<Value>(line).unwrap().is_object());
    }
    run.assert_hides(&SECRETS);
}

#[test]
fn failures_tell_no_secret_either() {
    let down = "http://127.0.0.1:1/h?Signature=S3CR3T";
    let run = Signal::new(&[&["-i", "x", "-vv", down], &QUICK[..]].concat()).run();
    assert_eq!(run.code, 18, "{run:?}");
    assert!(run.stderr.lines().last().unwrap().contains("127.0.0.1:1: connection refused"), "{}", run.stderr);
    run.assert_hides(&SECRETS);
    let hangs = Server::start(|_| None);
    let handle = format!("{}/h?Signature=S3CR3T", hangs.url);
    let run = Signal::new(&[&["-i", "x", "--log-format", "json", &handle], &QUICK[..]].concat()).run();
    assert_eq!((run.code, hangs.received().len()), (18, 2), "{run:?}");
    run.assert_hides(&SECRETS);
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_takes_nothing_is_said() {
    use std::process::Command;

    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_cfn-signal"))
            .args(arguments)
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdout(full())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let full_disk = "cfn-signal: standard output cannot be written: No space left on device (os error 28)\n";
    let dry = [&resource("http://127.0.0.1:9", &KEYS)[..], &["--dry-run"]].concat();
    let for_programs = [&dry[..], &["--output", "json"]].concat();
    let checked = ["check", "--deadline", "1s", "--url", "http://127.0.0.1:9"];
    let checked_for_programs = [&checked[..], &["--output", "json"]].concat();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["--man"],
        &["--completions", "bash"],
        &["check", "--help"],
        &["arm", "--help"],
        &["run", "--help"],
        &["check", "--man"],
        &["arm", "--man"],
        &["disarm", "--man"],
        &["resume", "--man"],
        &["run", "--man"],
        &["arm", "--status"],
        &dry,
        &for_programs,
        &checked,
        &checked_for_programs,
    ] {
        let (code, said) = run(arguments);
        assert!(code.is_some_and(|it| it != 0 && it < 10), "{arguments:?}: {code:?} {said}");
        assert_eq!(said.matches(full_disk).count(), 1, "{arguments:?}: {said}");
    }
    // A signal that was delivered is delivered.
    let server = Server::start(|_| Some((200, Vec::new(), "{}".to_owned())));
    let signal = [&resource(&server.url, &KEYS)[..], &["--output", "json"]].concat();
    let (code, said) = run(&signal);
    assert_eq!((code, said.as_str()), (Some(0), full_disk));
}

/// As where it goes to a log on a full disk: nobody can be told, and what was asked for is done.
#[cfg(target_os = "linux")]
#[test]
fn standard_error_that_takes_nothing_changes_nothing() {
    use std::process::Command;

    let code = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_cfn-signal"))
            .args(arguments)
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stderr(std::fs::File::options().write(true).open("/dev/full").unwrap())
            .output()
            .unwrap()
            .status
            .code()
    };
    for (arguments, expected) in
        [(&["rnu"][..], 1), (&["--stakc", "x"], 2), (&["run"], 2), (&["-v", "run"], 1)]
    {
        assert_eq!(code(arguments), Some(expected), "{arguments:?}");
    }
    for log in [&["-v"][..], &["-vv"], &["-v", "--log-format", "json"], &["--log-format", "json"]] {
        let server = Server::start(|_| Some((200, Vec::new(), "{}".to_owned())));
        assert_eq!(code(&[&resource(&server.url, &KEYS)[..], log].concat()), Some(0), "{log:?}");
        assert_eq!(server.received().len(), 1, "{log:?}");
    }
}
