//! Each example delivers a signal to a stack that waits for it, and they sign as AWS's own library does.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use cfn_signal_tests::rehearsal::Served;
use cfn_signal_tests::{binaries, outage};

/// Runs an example against a stack whose server waits, then when nothing waits any longer, then with a secret that is wrong.
fn delivers(example: &str, component: &Path) {
    let stack = Served::start("server.yaml", &[]).unwrap();
    let signal = |secret: Option<&str>| {
        let output = stack
            .client(Path::new(example))
            .arg(component)
            .args([stack.endpoint(), "us-east-1", "web", "Server", stack.instance("Server")])
            .envs(secret.map(|secret| ("AWS_SECRET_ACCESS_KEY", secret)))
            .output()
            .unwrap();
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        (output.status.success(), said)
    };
    for (secret, delivered, says) in [
        (Some("not-the-secret"), false, "SignatureDoesNotMatch"),
        (None, true, "delivered SUCCESS for Server of stack web"),
        (None, false, "CREATE_COMPLETE"),
    ] {
        let (success, said) = signal(secret);
        assert_eq!(success, delivered, "{said}");
        assert!(said.contains(says), "{said}");
        assert!(!said.contains("not-the-secret"), "{said}");
    }
}

#[test]
fn the_signer_blocking() {
    delivers(env!("CARGO_BIN_EXE_signal_with_signer"), &binaries::component("signer.wasm"));
}

#[test]
fn the_signer_async() {
    delivers(env!("CARGO_BIN_EXE_signal_with_signer_async"), &binaries::component("signer.wasm"));
}

#[test]
fn the_client_blocking() {
    delivers(env!("CARGO_BIN_EXE_signal_with_client"), &binaries::component("client.wasm"));
}

#[test]
fn the_client_async() {
    delivers(env!("CARGO_BIN_EXE_signal_with_client_async"), &binaries::component("client.wasm"));
}

/// What the HTTP client says is told to the component as what it is.
#[test]
fn the_signers_tell_a_closed_port_from_a_broken_connection() {
    for example in [env!("CARGO_BIN_EXE_signal_with_signer"), env!("CARGO_BIN_EXE_signal_with_signer_async")]
    {
        for (endpoint, says) in outage::endpoints().unwrap() {
            let mut command = binaries::isolated(Path::new(example));
            let said = outage::complaint(command.arg(binaries::component("signer.wasm")), &endpoint).unwrap();
            assert!(said.starts_with(says), "{example}: {said}");
        }
    }
}

#[test]
fn the_client_of_wasi_0_3() {
    delivers(env!("CARGO_BIN_EXE_signal_with_client_p3"), &binaries::component("client-p3.wasm"));
}

/// A client is a signer, and signs alike.
#[test]
fn the_signature_is_the_expected_one() {
    let request = Path::new(env!("CARGO_MANIFEST_DIR")).join("../request.json");
    let asked: serde_json::Value = serde_json::from_slice(&std::fs::read(&request).unwrap()).unwrap();
    let expected = asked.get("expected-signature").unwrap().as_str().unwrap();
    let sign = |wasm: &Path| {
        Command::new(env!("CARGO_BIN_EXE_sign_request")).arg(wasm).arg(&request).output().unwrap()
    };
    let signed = sign(&binaries::component("signer.wasm"));
    let complaints = String::from_utf8_lossy(&signed.stderr);
    assert_eq!(String::from_utf8_lossy(&signed.stdout).trim(), expected, "{complaints}");
}
