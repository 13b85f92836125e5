//! Wait condition handles, signalled by the two commands called `cfn-signal` that know nothing of each other: Debian's
//! heat-cfntools and ours.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use cfn_signal_tests::rehearsal::Served;
use cfn_signal_tests::{binaries, heat, python};

const REASON: &str = "it's \"done\" & well";

fn signalled(stack: Served, signal: &mut Command) -> (Option<i32>, String) {
    let output = signal.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (status, events) = stack.fate().unwrap();
    (status.code(), events)
}

fn heat_signal(stack: &Served, arguments: &[&str]) -> Option<Command> {
    let (python, folder) = (python::interpreter()?, heat::folder()?);
    let mut command = stack.client(&python);
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/python/heat_signal.py")).arg(folder);
    // Its own id: it would ask the metadata service for one, at that service's real address.
    command.args(["-i", "i-heat"]).args(arguments).arg(stack.handle("Handle"));
    Some(command)
}

#[test]
fn heat_cfntools_completes_a_wait_condition() {
    let stack = Served::start("wait-condition.yaml", &["--once"]).unwrap();
    let Some(mut signal) = heat_signal(&stack, &["-e", "0", "-r", REASON]) else { return };
    let (code, events) = signalled(stack, &mut signal);
    assert_eq!(code, Some(0), "{events}");
    assert!(events.contains("CREATE_COMPLETE"), "{events}");
}

#[test]
fn heat_cfntools_fails_a_wait_condition_with_its_reason() {
    let stack = Served::start("wait-condition.yaml", &["--once"]).unwrap();
    let Some(mut signal) = heat_signal(&stack, &["-e", "1", "-r", REASON]) else { return };
    let (code, events) = signalled(stack, &mut signal);
    assert_eq!(code, Some(1), "{events}");
    let shown = format!("WaitCondition received failed message: '{REASON}' for uniqueId: i-heat");
    assert!(events.contains(&shown), "{events}");
}

#[test]
fn ours_does_the_same() {
    for (exit, expected, shown) in [
        ("0", Some(0), "CREATE_COMPLETE".to_owned()),
        ("1", Some(1), format!("WaitCondition received failed message: '{REASON}' for uniqueId: i-ours")),
    ] {
        let stack = Served::start("wait-condition.yaml", &["--once"]).unwrap();
        let mut signal = stack.client(&binaries::command("cfn-signal"));
        signal.args(["-i", "i-ours", "-e", exit, "-r", REASON, stack.handle("Handle")]);
        let (code, events) = signalled(stack, &mut signal);
        assert_eq!(code, expected, "{events}");
        assert!(events.contains(&shown), "{events}");
    }
}
