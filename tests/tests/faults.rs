//! What our `cfn-signal` makes of each fault: the outcomes it promises, against a rehearsal that fails on demand.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Output;

use cfn_signal_tests::binaries;
use cfn_signal_tests::rehearsal::{Served, template};

const KEYS: &[&str] = &["--auth", "sigv4"];
const INSTANCE: &[&str] = &["--auth", "instance"];
const ROLE: &[&str] = &["--role", "rehearsal-role"];

/// A stack whose clients meet `rule`, until its fate.
fn faulty(rule: &str) -> Served {
    Served::start("server.yaml", &["--once", "--fault", rule]).unwrap()
}

/// Signals as the stack's server; tries come quickly one after another.
fn signal(served: &Served, arguments: &[&str]) -> Output {
    served
        .client(&binaries::command("cfn-signal"))
        .args(["--stack", "web", "--resource", "Server", "--id", served.instance("Server")])
        .args(["--max-delay", "20ms"])
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The signal arrives in spite of `rule`, which comes true and is told as `told`.
fn survives(rule: &str, arguments: &[&str], told: &str) -> String {
    let served = faulty(rule);
    let output = signal(&served, arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{rule}: {said}");
    let (status, events) = served.fate().unwrap();
    assert_eq!(status.code(), Some(0), "{rule}: {events}");
    assert!(events.contains("Received SUCCESS signal with UniqueId i-"), "{rule}: {events}");
    assert!(events.contains(told), "{rule}: {events}");
    said
}

/// The signal does not arrive, and `cfn-signal` says why.
fn fails(rule: &str, arguments: &[&str], code: i32, says: &str) {
    let served = faulty(rule);
    let output = signal(&served, arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{rule}: {said}");
    assert!(said.contains(says), "{rule}: {said}");
}

#[test]
fn failures_that_pass_are_survived() {
    for (rule, told) in [
        ("SignalResource:throttling,first=3", "! SignalResource: Throttling"),
        ("SignalResource:500,first=2", "! SignalResource: 500"),
        ("SignalResource:503,first=5", "! SignalResource: 503"),
        ("SignalResource:reset,first=1", "! SignalResource: reset"),
        ("SignalResource:slow=300ms", "! SignalResource: answered after 300 ms"),
        ("unpropagated,first=2", "! SignalResource: InvalidClientTokenId, not propagated yet"),
    ] {
        survives(rule, KEYS, told);
    }
    let patient = [KEYS, &["--max-attempts", "1000"]].concat();
    survives("refused=500ms,first=1", &patient, "! connections: refused for 500 ms");
}

#[test]
fn a_service_that_throttles_for_ever_costs_the_deadline() {
    let arguments = [KEYS, &["--deadline", "2s"]].concat();
    fails("SignalResource:throttling", &arguments, 16, "Rate exceeded");
}

#[test]
fn a_policy_that_denies_is_final() {
    fails("denied", KEYS, 14, "is not authorized to perform: cloudformation:SignalResource");
}

#[test]
fn a_lost_answer_was_a_delivery() {
    let lost = ["--once", "--fault", "SignalResource:lost,first=1"];
    let served = Served::start("two-signals.yaml", &lost).unwrap();
    // Each of them is refused the second time, for the first time it arrived.
    for id in ["one", "two"] {
        let last = ["--resource", "Ready", "--id", id, "--if-complete", "ok", "--deadline", "10s"];
        let output = signal(&served, &[KEYS, &last].concat());
        let said = text(&output.stderr);
        assert!(said.contains("; next try in "), "{id}: {said}");
        // The stack is complete with the second, and may be gone before it is asked again.
        if id == "one" {
            assert_eq!(output.status.code(), Some(0), "{said}");
        }
    }
    let (status, events) = served.fate().unwrap();
    assert_eq!(status.code(), Some(0), "{events}");
    assert_eq!(events.matches("! SignalResource: carried out, and the answer lost").count(), 2, "{events}");
    for id in ["one", "two"] {
        assert!(events.contains(&format!("Received SUCCESS signal with UniqueId {id}")), "{events}");
    }
}

#[test]
fn another_clock_is_followed() {
    survives("skew=15m", KEYS, "! SignalResource: the service's clock is 15 min ahead");
    survives("skew=-15m", KEYS, "! SignalResource: the service's clock is 15 min behind");
}

#[test]
fn an_instance_that_is_no_member_yet_tries_again() {
    survives("not-member,first=2", INSTANCE, "! SignalResource: not a member yet");
}

#[test]
fn expired_credentials_are_renewed() {
    survives("expired-token,first=1", ROLE, "! SignalResource: ExpiredToken");
    // Whoever renews them may be late: they are waited for.
    fails("expired-token", &[ROLE, &["--deadline", "5s"]].concat(), 15, "ExpiredToken");
}

#[test]
fn metadata_without_tokens_does() {
    survives("imds=v1", INSTANCE, "! PUT /latest/api/token: no tokens, version 1 only");
    survives("imds:503,first=1", INSTANCE, ": 503");
}

#[test]
fn metadata_that_cannot_be_had_is_said() {
    let soon = [INSTANCE, &["--deadline", "6s"]].concat();
    let lack = "; --auth instance works on an EC2 instance only (nothing sent, ";
    for (rule, why) in [
        ("imds=off", "no credentials: instance metadata answers 403 for "),
        (
            "imds=hop-limited",
            "no credentials: instance metadata answers, and its token does not arrive (in a container the instance's \
             metadata hop limit has to be 2); --auth instance works on an EC2 instance only (nothing sent, ",
        ),
        (
            "imds=slow",
            "no credentials: instance metadata cannot be reached: no answer in time; --auth instance works ",
        ),
    ] {
        fails(rule, &soon, 15, why);
        fails(rule, &soon, 15, lack);
    }
}

#[test]
fn an_expired_handle_is_said() {
    // The user data's exit status is that of its cfn-signal.
    let output = binaries::cfn_rehearse()
        .arg("run")
        .arg(template("wait-condition.yaml"))
        .args(["--fault", "expired-handle"])
        .output()
        .unwrap();
    let events = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{events}{}", text(&output.stderr));
    assert!(events.contains("! PUT handle: Request has expired"), "{events}");
    assert!(events.contains("Server: the user data exited with status 19"), "{events}");
    assert!(events.contains("WaitCondition timed out"), "{events}");
    assert!(events.contains("Faults   expired-handle came true once; replay with --seed "), "{events}");
    assert!(!events.contains("Signature="), "{events}");
}
