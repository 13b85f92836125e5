//! Node, with what jco transpiles.

use std::path::Path;

use cfn_signal_tests::binaries;
use cfn_signal_tests::rehearsal::Served;

use crate::{delivers, examples, signs};

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
    for (code, says) in [(0, "HTTP 400 Throttling; next try"), (10, "already-complete")] {
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
