//! The AWS SDK for JavaScript, by the variables that `serve --env` prints and nothing else.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use cfn_signal_tests::clients;
use cfn_signal_tests::rehearsal::Served;

#[test]
fn the_sdk_waits_pages_uploads_and_names_its_errors() {
    let Some(packages) = clients::node_sdk() else { return };
    // Where its packages are found.
    let script = packages.join("clients.mjs");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("node/sdk/clients.mjs"), &script).unwrap();
    let account = Served::account(&[]).unwrap();
    let output = account.client("node".as_ref()).arg(script).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<_> = said.lines().collect();
    let expected = [
        "[6291459]",
        "[\"abc\"]",
        "[200]",
        "[\"by url\"]",
        "[\"SUCCESS\"]",
        "[[\"one\",\"three\",\"two\"]]",
        "[[\"CREATE_COMPLETE\",\"CREATE_COMPLETE\",\"CREATE_IN_PROGRESS\",\"CREATE_IN_PROGRESS\",\"CREATE_IN_PROGRESS\"]]",
        "[\"SUCCESS\"]",
        "[\"NoSuchBucket\",\"The specified bucket does not exist\"]",
        "[\"ParameterNotFound\",\"No stack here has the parameter /none; put it, or start cfn-\"]",
        "[\"SignatureDoesNotMatch\",\"The request signature we calculated does not match the signa\"]",
    ];
    assert_eq!(lines, expected);
}
