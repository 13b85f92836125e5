//! Python, with `wasmtime` from PyPI.

use std::path::Path;

use cfn_signal_tests::{binaries, python};

use super::{delivers, examples, signs, tells_what_is_in_the_way};

#[test]
fn python_signs() {
    let Some(python) = python::interpreter() else { return };
    let mut command = binaries::isolated(&python);
    command
        .arg(examples::file("python/sign_request.py"))
        .args([binaries::component("signer.wasm"), examples::request()]);
    signs(command);
}

/// The signature that is expected is not ours alone.
#[test]
fn botocore_signs_the_same() {
    let Some(python) = python::interpreter() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/botocore_signature.py");
    let mut command = binaries::isolated(&python);
    command.arg(script).arg(examples::request());
    signs(command);
}

#[test]
fn python_with_the_signer_and_its_own_http() {
    let Some(python) = python::interpreter() else { return };
    delivers(|stack| {
        let mut command = stack.client(&python);
        command.arg(examples::file("python/signal_with_signer.py")).arg(binaries::component("signer.wasm"));
        command
    });
}

#[test]
fn python_tells_a_closed_port_from_a_broken_connection() {
    let Some(python) = python::interpreter() else { return };
    tells_what_is_in_the_way(|| {
        let mut command = binaries::isolated(&python);
        command.arg(examples::file("python/signal_with_signer.py")).arg(binaries::component("signer.wasm"));
        command
    });
}

#[test]
fn python_with_the_client_and_credentials_of_its_own() {
    let Some(python) = python::interpreter() else { return };
    delivers(|stack| {
        let mut command = stack.client(&python);
        command.arg(examples::file("python/signal_with_client.py")).arg(binaries::component("client.wasm"));
        command
    });
}
