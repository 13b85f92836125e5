//! The component in others' programs: the example in `hosts/` delivers a signal to a stack that waits for it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use cfn_signal_tests::rehearsal::Served;
use cfn_signal_tests::{binaries, python};

/// Runs an example against a stack whose server waits, and then once more, when nothing waits any longer.
fn delivers(component: &Path, example: impl Fn(&Served) -> Command) {
    let stack = Served::start("server.yaml", &[]).unwrap();
    for (delivered, says) in [(true, "delivered SUCCESS for Server of stack web"), (false, "CREATE_COMPLETE")]
    {
        let output = example(&stack)
            .arg(component)
            .args([stack.endpoint(), "us-east-1", "web", "Server", stack.instance("Server")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), delivered, "{said}{complaints}");
        assert!(said.contains(says), "{said}{complaints}");
    }
}

#[test]
fn python_with_the_signer_and_its_own_http() {
    let Some(python) = python::interpreter() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts/python/signal_with_signer.py");
    delivers(&binaries::component("signer.wasm"), |stack| {
        let mut command = stack.client(&python);
        command.arg(&script);
        command
    });
}
