//! The component in others' programs: each example in `hosts/` signs the same request to the same signature, or delivers
//! a signal to a stack that waits for it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../../rehearsal/tests/browser/mod.rs"]
mod chromium;
mod examples;
mod node;
mod page;
mod python;

use std::process::Command;

use cfn_signal_tests::outage;
use cfn_signal_tests::rehearsal::Served;

/// Runs an example that signs.
fn signs(mut example: Command) {
    let output = example.output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), examples::signature(), "{complaints}");
}

/// Runs an example against a stack whose server waits, and which takes a signal at the second try only, and then once
/// more, when nothing waits any longer.
fn delivers(example: impl Fn(&Served) -> Command) {
    let stack = Served::start("server.yaml", &["--fault", "SignalResource:throttling,first=1"]).unwrap();
    for (delivered, says) in
        [(true, "delivered SUCCESS for Server of stack web (2 tries"), (false, "CREATE_COMPLETE")]
    {
        let output = example(&stack)
            .args([stack.endpoint(), "us-east-1", "web", "Server", stack.instance("Server")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), delivered, "{said}{complaints}");
        assert!(said.contains(says), "{said}{complaints}");
    }
}

/// Runs an example where nobody answers: what its HTTP client says is told to the component as what it is.
fn tells_what_is_in_the_way(example: impl Fn() -> Command) {
    for (endpoint, says) in outage::endpoints().unwrap() {
        let said = outage::complaint(&mut example(), &endpoint).unwrap();
        assert!(said.starts_with(says), "{said}");
    }
}
