//! Node, with what jco transpiles.

use std::fs;
use std::path::Path;

use cfn_signal_tests::binaries;
use cfn_signal_tests::rehearsal::Served;

use super::{delivers, examples, signs, tells_what_is_in_the_way};

#[test]
fn node_signs() {
    let Some(folder) = examples::node() else { return };
    let mut command = binaries::isolated(Path::new("node"));
    command.arg(folder.join("sign-request.mjs")).arg(examples::request());
    signs(command);
}

#[test]
fn node_with_the_signer_and_fetch() {
    let Some(folder) = examples::node() else { return };
    delivers(|stack| {
        let mut command = stack.client(Path::new("node"));
        command.arg(folder.join("signal-with-signer.mjs"));
        command
    });
}

#[test]
fn node_tells_a_closed_port_from_a_broken_connection() {
    let Some(folder) = examples::node() else { return };
    tells_what_is_in_the_way(|| {
        let mut command = binaries::isolated(Path::new("node"));
        command.arg(folder.join("signal-with-signer.mjs"));
        command
    });
}

#[test]
fn node_with_the_client_and_credentials_of_its_own() {
    let Some(folder) = examples::node() else { return };
    delivers(|stack| {
        let mut command = stack.client(Path::new("node"));
        command.arg(folder.join("signal-with-client.mjs"));
        command
    });
}

/// jco as a stock runtime: what the command needs it finds in the environment, and its exit codes come through.
#[test]
fn node_runs_the_command() {
    let Some(folder) = examples::node() else { return };
    if binaries::components_are_debians() {
        return;
    }
    let stack = Served::start("server.yaml", &["--fault", "SignalResource:throttling,first=1"]).unwrap();
    for (code, says) in
        [(0, "AWS answered 400 Throttling: Rate exceeded; next try in"), (10, "already-complete")]
    {
        let output = stack
            .client(&folder.join("node_modules/.bin/jco"))
            .arg("run")
            .arg(binaries::component("command.wasm"))
            .args(["-e0", "--stack", "web", "--resource", "Server", "--id", stack.instance("Server")])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(says), "{said}");
    }
}

/// The examples are what the types that jco makes of the contract allow.
#[test]
fn node_examples_fit_the_types() {
    let Some(folder) = examples::node() else { return };
    examples::run(folder, "types", &[]);
}

/// What is said in a host whose wasi:http misbehaves as `how` says, and the exit code.
fn in_an_odd_host(folder: &Path, how: &str) -> (Option<i32>, String) {
    // A module finds packages above itself, and these are no examples whose types are checked.
    let odd = folder.join("odd");
    fs::create_dir_all(&odd).unwrap();
    let script = odd.join(format!("{how}.mjs"));
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("node/odd-host.mjs"), &script).unwrap();
    let output = binaries::isolated(Path::new("node")).arg(script).arg(how).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code(), said.into_owned())
}

#[test]
fn node_that_never_answers_is_given_up() {
    let Some(folder) = examples::node() else { return };
    let (_, said) = in_an_odd_host(folder, "silent");
    assert!(said.starts_with("unreachable after 2: gave up: no answer within "), "{said}");
}

#[test]
fn node_that_quotes_the_request_is_not_quoted_with_its_secrets() {
    let Some(folder) = examples::node() else { return };
    if binaries::components_are_debians() {
        return;
    }
    let transpiled = binaries::isolated(&folder.join("node_modules/.bin/jco"))
        .args(["transpile", "--quiet", "--instantiation", "async", "--out-dir"])
        .args([&folder.join("command"), &binaries::component("command.wasm")])
        .output()
        .unwrap();
    assert!(transpiled.status.success(), "{}", String::from_utf8_lossy(&transpiled.stderr));
    let (code, said) = in_an_odd_host(folder, "quoting");
    assert_eq!(code, Some(18), "{said}");
    assert!(said.contains("error sending request for url (http://127.0.0.1:9/...?<redacted>"), "{said}");
    assert!(said.contains("next try in"), "{said}");
    assert!(!said.contains("0123456789abcdef"), "{said}");
}
