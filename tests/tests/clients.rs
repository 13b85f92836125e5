//! Real clients against a stack that waits: boto3, and `cfn-signal` by every outcome that a stack can cause.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Output;

use cfn_signal_tests::rehearsal::Served;
use cfn_signal_tests::{binaries, python};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/signal_resource.py");

fn boto3(python: &Path, stack: &Served, arguments: &[&str]) -> String {
    let output = stack.client(python).arg(SCRIPT).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn boto3_moves_the_stack() {
    let Some(python) = python::interpreter() else { return };
    let stack = Served::start("server.yaml", &[]).unwrap();
    let instance = stack.instance("Server").to_owned();
    assert_eq!(boto3(&python, &stack, &["web", "Server", "i-another"]), "CREATE_IN_PROGRESS");
    assert_eq!(boto3(&python, &stack, &["web", "Server", &instance]), "CREATE_COMPLETE");
}

#[test]
fn boto3_with_a_wrong_secret_does_not() {
    let Some(python) = python::interpreter() else { return };
    let stack = Served::start("server.yaml", &[]).unwrap();
    let instance = stack.instance("Server").to_owned();
    assert_eq!(
        boto3(&python, &stack, &["web", "Server", &instance, "not-the-secret"]),
        "SignatureDoesNotMatch"
    );
    // Nor did that count: the stack still waits, and takes the right one.
    assert_eq!(boto3(&python, &stack, &["web", "Server", &instance]), "CREATE_COMPLETE");
}

/// Signals by `cfn-signal`, with the instance's identity where `options` say nothing else.
fn signal(stack: &Served, options: &[&str]) -> (Option<i32>, Output) {
    let output = stack
        .client(&binaries::command("cfn-signal"))
        .args(["--stack", "web", "--max-delay", "50ms", "--deadline", "5s"])
        .args(options)
        .output()
        .unwrap();
    (output.status.code(), output)
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_instances_identity_completes_the_stack_and_a_second_signal_is_late() {
    let stack = Served::start("server.yaml", &[]).unwrap();
    let (code, output) = signal(&stack, &["--resource", "Server", "--output", "json"]);
    assert_eq!(code, Some(0), "{}", stderr(&output));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said.get("outcome").unwrap(), "delivered");

    let (code, output) = signal(&stack, &["--resource", "Server"]);
    assert_eq!(code, Some(10), "{}", stderr(&output));
    assert!(stderr(&output).contains("CREATE_COMPLETE"), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    let (code, output) = signal(&stack, &["--resource", "Server", "--if-complete", "ok"]);
    assert_eq!(code, Some(0), "{}", stderr(&output));
}

#[test]
fn keys_sign_as_well() {
    let stack = Served::start("server.yaml", &["--once"]).unwrap();
    let (code, output) = signal(&stack, &["--resource", "Server", "--auth", "sigv4", "-e", "1"]);
    assert_eq!(code, Some(0), "{}", stderr(&output));
    let (status, events) = stack.fate().unwrap();
    assert_eq!(status.code(), Some(1), "{events}");
    assert!(events.contains("Received FAILURE signal with UniqueId i-"), "{events}");
}

#[test]
fn what_the_stack_refuses_has_an_outcome_of_its_own() {
    let stack = Served::start("server.yaml", &[]).unwrap();
    for (what, options, expected, says) in [
        ("an unknown resource", &["--resource", "Servr"][..], 12, "Resource Servr does not exist for stack"),
        ("a resource without signals", &["--resource", "Profile"], 12, ""),
        (
            "another stack, by the instance's identity",
            &["--resource", "Server", "--stack", "elsewhere", "--auth", "instance"],
            14,
            "",
        ),
        (
            "an unknown stack, by the chain that a denied identity falls back to",
            &["--resource", "Server", "--stack", "elsewhere"],
            12,
            "does not exist",
        ),
        (
            "a wrong secret",
            &["--resource", "Server", "--access-key", "AKIDEXAMPLE", "--secret-key", "not-the-secret"],
            15,
            "",
        ),
    ] {
        let (code, output) = signal(&stack, options);
        let stderr = stderr(&output);
        assert_eq!(code, Some(expected), "{what}: {stderr}");
        assert!(stderr.contains(says), "{what}: {stderr}");
        assert!(!stderr.contains("not-the-secret"), "{what}: {stderr}");
        assert!(output.stdout.is_empty(), "{what}");
    }
}
