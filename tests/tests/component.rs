//! `signer.wasm` as others meet it: what it imports and exports, in wasmtime and in Python.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Command;

use cfn_signal::engine::Signer;
use cfn_signal_component::delivery::{Event, Policy, Signal, Status, Step, Target};
use cfn_signal_component::http::Response;
use cfn_signal_tests::{binaries, python, sigv4_suite};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, WorldItem, WorldKey};

#[test]
fn every_case_of_the_suites_through_the_component() {
    let mut signer = Signer::new().unwrap();
    let checked = sigv4_suite::check(|case| {
        let signed = signer
            .sign(&case.request(), &case.access_key(), &case.scope()?, &case.settings())
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?;
        Ok(sigv4_suite::Signed {
            headers: signed.headers,
            uri: signed.uri,
            signature: signed.signature,
            canonical_request: signed.canonical_request,
            string_to_sign: signed.string_to_sign,
        })
    });
    assert_eq!(checked, Ok(122));
}

#[test]
fn imports_its_own_types_and_exports_its_two_interfaces() {
    let wasm = std::fs::read(binaries::signer_wasm()).unwrap();
    let DecodedWasm::Component(resolve, world) = decode(&wasm).expect("a component") else {
        unreachable!("signer.wasm is a WIT package, not a component");
    };
    let world = &resolve.worlds[world];
    assert_eq!(names(&resolve, world.imports.keys()), ["cfn:signal/types@0.1.0"]);
    assert_eq!(
        names(&resolve, world.exports.keys()),
        ["cfn:signal/sigv4@0.1.0", "cfn:signal/delivery@0.1.0"]
    );
    // The import is there for its types alone: nothing that a host would have to provide.
    for item in world.imports.values() {
        let WorldItem::Interface { id, .. } = item else { unreachable!("a bare import") };
        assert!(resolve.interfaces[*id].functions.is_empty());
    }
}

fn names<'a>(resolve: &Resolve, keys: impl Iterator<Item = &'a WorldKey>) -> Vec<String> {
    keys.map(|key| resolve.name_world_key(key)).collect()
}

#[test]
fn signs_a_case_of_the_suite_in_python() {
    let Some(python) = python::interpreter() else { return };
    const CASE: &str = "crt/get-header-key-duplicate/header";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python)
        .arg(here.join("python/sign_suite_case.py"))
        .arg(binaries::signer_wasm())
        .args([&here.join("data/sigv4-cases.json"), Path::new(CASE)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ours: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let suite: serde_json::Value = serde_json::from_str(include_str!("../data/sigv4-cases.json")).unwrap();
    let cases = suite.get("cases").and_then(serde_json::Value::as_array).unwrap();
    let expect = cases
        .iter()
        .find(|case| case.get("id").unwrap() == CASE)
        .and_then(|case| case.get("expect"))
        .unwrap();
    for (ours_name, theirs_name) in [
        ("signature", "signature"),
        ("canonical-request", "canonical_request"),
        ("string-to-sign", "string_to_sign"),
    ] {
        assert_eq!(ours.get(ours_name).unwrap(), expect.get(theirs_name).unwrap(), "{ours_name}");
    }
}

#[test]
fn no_answer_tires_the_component() {
    let target = Target::WaitHandle("http://127.0.0.1/handle?Signature=abcdefgh".to_owned().into());
    let signal = Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None };
    let parameters: String = (0..2_500).map(|index| format!("&p{index}=value%2F{index}")).collect();
    let answers = [
        Response {
            status: 503,
            body: format!("<Error><Message>{}</Message></Error>", "&".repeat(65_000)).into(),
            ..Response::default()
        },
        Response { status: 503, body: "[".repeat(65_000).into(), ..Response::default() },
        Response {
            status: 503,
            body: format!("{{\"Error\":{{\"Message\":\"{}", "\\u0041".repeat(10_000)).into(),
            ..Response::default()
        },
        Response {
            status: 307,
            headers: vec![("location".to_owned(), format!("/elsewhere?x=1{parameters}"))],
            ..Response::default()
        },
    ];
    let mut signer = Signer::new().unwrap();
    let mut delivery = signer.delivery(&signal, &target, &Policy::default(), 1).unwrap();
    let (mut event, mut elapsed) = (Event::Start, 0);
    for answer in answers.iter().cycle().take(40) {
        event = match delivery.next(event, 1_767_225_600_000 + elapsed, elapsed).expect("no trap") {
            Step::Send(_) => Event::Response(answer.clone()),
            Step::Wait(milliseconds) => {
                elapsed += u64::from(milliseconds);
                Event::Waited
            }
            Step::NeedIdentity(_) => unreachable!("a wait handle needs none"),
            Step::Done(_) => return,
        };
    }
}
