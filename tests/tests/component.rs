//! The components as others meet them: what each imports and exports; `signer.wasm` in wasmtime and in Python.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::Command;

use cfn_signal::engine::{Component, Delivery, EngineError, GuestLimits, Signer};
use cfn_signal_core::delivery::{Event, OutcomeKind, Policy, Signal, Status, Step, Target};
use cfn_signal_core::http::Response;
use cfn_signal_tests::{binaries, python, sigv4_suite};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{WorldItem, WorldKey};

#[test]
fn every_case_of_the_suites_through_the_component() {
    let mut signer = Signer::new().unwrap();
    let checked = sigv4_suite::check(|case| {
        let (request, key, settings) = (case.request(), case.access_key(), case.settings());
        let scope = case.scope()?;
        let instructions =
            signer.sign(&request, &key, &scope, &settings).map_err(|error| error.to_string())?;
        let explanation =
            signer.explain(&request, &key, &scope, &settings).map_err(|error| error.to_string())?;
        Ok(sigv4_suite::Signed::new(instructions, explanation))
    });
    assert_eq!(checked, Ok(122));
}

/// What a component imports and exports, and the imported interfaces that it calls.
struct Surface {
    imports: Vec<String>,
    exports: Vec<String>,
    called: Vec<String>,
}

fn surface(name: &str) -> Surface {
    let wasm = std::fs::read(binaries::component(name)).unwrap();
    let DecodedWasm::Component(resolve, world) = decode(&wasm).expect("a component") else {
        unreachable!("{name} is a WIT package, not a component");
    };
    let world = &resolve.worlds[world];
    let names = |keys: &mut dyn Iterator<Item = &WorldKey>| {
        keys.map(|key| resolve.name_world_key(key)).collect::<Vec<_>>()
    };
    let mut called = Vec::new();
    for (key, item) in &world.imports {
        let WorldItem::Interface { id, .. } = item else { unreachable!("a bare import") };
        if !resolve.interfaces[*id].functions.is_empty() {
            called.push(resolve.name_world_key(key));
        }
    }
    Surface { imports: names(&mut world.imports.keys()), exports: names(&mut world.exports.keys()), called }
}

#[test]
fn the_signer_imports_nothing_but_types() {
    let signer = surface("signer.wasm");
    assert_eq!(signer.imports, ["cfn:sigv4/types@0.1.0", "cfn:signal/types@0.1.0"]);
    assert_eq!(signer.called, <[String; 0]>::default());
    assert_eq!(signer.exports, ["cfn:sigv4/signing@0.1.0", "cfn:signal/delivery@0.1.0"]);
}

/// In the lowest version of WASI 0.2, so that hosts of any have it.
#[test]
fn the_client_imports_what_sending_takes() {
    let mut client = surface("client.wasm");
    client.imports.sort();
    let imports = [
        "cfn:signal/credentials@0.1.0",
        "cfn:signal/types@0.1.0",
        "cfn:sigv4/types@0.1.0",
        "wasi:clocks/monotonic-clock@0.2.0",
        "wasi:clocks/wall-clock@0.2.0",
        "wasi:http/outgoing-handler@0.2.0",
        "wasi:http/types@0.2.0",
        "wasi:io/error@0.2.0",
        "wasi:io/poll@0.2.0",
        "wasi:io/streams@0.2.0",
        "wasi:random/random@0.2.0",
    ];
    assert_eq!(client.imports, imports);
    let exports = ["cfn:sigv4/signing@0.1.0", "cfn:signal/delivery@0.1.0", "cfn:signal/signaler@0.1.0"];
    assert_eq!(client.exports, exports);
}

#[test]
fn the_client_of_wasi_0_3_imports_what_sending_takes() {
    if binaries::components_are_debians() {
        return;
    }
    let mut client = surface("client-p3.wasm");
    client.imports.sort();
    let imports = [
        "cfn:signal-p3/credentials@0.1.0",
        "cfn:signal/types@0.1.0",
        "cfn:sigv4/types@0.1.0",
        "wasi:clocks/monotonic-clock@0.3.0",
        "wasi:clocks/system-clock@0.3.0",
        "wasi:clocks/types@0.3.0",
        "wasi:http/client@0.3.0",
        "wasi:http/types@0.3.0",
        "wasi:random/random@0.3.0",
    ];
    assert_eq!(client.imports, imports);
    let exports = ["cfn:sigv4/signing@0.1.0", "cfn:signal/delivery@0.1.0", "cfn:signal-p3/signaler@0.1.0"];
    assert_eq!(client.exports, exports);
}

/// What a program of the standard library imports, and wasi:http.
#[test]
fn the_command_imports_what_a_command_has_and_http() {
    if binaries::components_are_debians() {
        return;
    }
    for name in ["command.wasm", "command-portable.wasm"] {
        let mut command = surface(name);
        command.imports.sort();
        let imports = [
            "wasi:cli/environment@0.2.12",
            "wasi:cli/exit@0.2.12",
            "wasi:cli/stderr@0.2.12",
            "wasi:cli/stdin@0.2.12",
            "wasi:cli/stdout@0.2.12",
            "wasi:cli/terminal-input@0.2.12",
            "wasi:cli/terminal-output@0.2.12",
            "wasi:cli/terminal-stderr@0.2.12",
            "wasi:cli/terminal-stdin@0.2.12",
            "wasi:cli/terminal-stdout@0.2.12",
            "wasi:clocks/monotonic-clock@0.2.12",
            "wasi:clocks/wall-clock@0.2.12",
            "wasi:filesystem/preopens@0.2.12",
            "wasi:filesystem/types@0.2.12",
            "wasi:http/outgoing-handler@0.2.12",
            "wasi:http/types@0.2.12",
            "wasi:io/error@0.2.12",
            "wasi:io/poll@0.2.12",
            "wasi:io/streams@0.2.12",
            "wasi:random/insecure-seed@0.2.12",
        ];
        assert_eq!(command.imports, imports, "{name}");
        assert_eq!(command.exports, ["wasi:cli/run@0.2.12"], "{name}");
    }
}

/// The one difference between the two: a host from before WASI 0.2.12 has no `exit-with-code` to give.
#[test]
fn only_one_command_has_exit_codes() {
    if binaries::components_are_debians() {
        return;
    }
    let has_codes = |name: &str| {
        let wasm = std::fs::read(binaries::component(name)).unwrap();
        let DecodedWasm::Component(resolve, _) = decode(&wasm).unwrap() else { unreachable!() };
        resolve.interfaces.iter().any(|(_, interface)| interface.functions.contains_key("exit-with-code"))
    };
    assert!(has_codes("command.wasm"));
    assert!(!has_codes("command-portable.wasm"));
}

/// In bytes; each is carried to where it runs.
#[test]
fn each_component_keeps_to_its_budget() {
    if binaries::components_are_debians() {
        return;
    }
    for (name, budget) in [
        ("signer.wasm", 170_000),
        ("client.wasm", 210_000),
        ("client-p3.wasm", 240_000),
        ("command.wasm", 400_000),
        ("command-portable.wasm", 400_000),
    ] {
        let size = std::fs::metadata(binaries::component(name)).unwrap().len();
        assert!(size <= budget, "{name} has {size} bytes, over its {budget}");
    }
}

#[test]
fn signs_a_case_of_the_suite_in_python() {
    let Some(python) = python::interpreter() else { return };
    const CASE: &str = "crt/get-header-key-duplicate/header";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python)
        .arg(here.join("python/sign_suite_case.py"))
        .arg(binaries::component("signer.wasm"))
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
    let almost = "a".repeat(1_800);
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
        // What is learnt from it is looked for in the next, which holds it almost.
        Response {
            status: 307,
            headers: vec![(
                "location".to_owned(),
                format!("/elsewhere?{}", format!("&p={almost}b").repeat(32)),
            )],
            ..Response::default()
        },
        Response { status: 503, body: almost.repeat(30).into(), ..Response::default() },
    ];
    let (component, limits) = (Component::embedded().unwrap(), GuestLimits::default());
    let mut delivery =
        Delivery::prepare(&component, limits, &signal, &target, &Policy::default(), 1).unwrap();
    let (mut event, mut elapsed) = (Event::Start, 0);
    for answer in answers.iter().cycle().take(40) {
        event = match delivery.next(event, 1_767_225_600_000 + elapsed, elapsed).expect("no trap") {
            Step::Send(_) => Event::Response(answer.clone()),
            Step::Wait(pause) => {
                elapsed += u64::from(pause.duration);
                Event::Waited
            }
            Step::Done(_) => return,
            other => unreachable!("a wait handle needs no identity: {other:?}"),
        };
    }
}

#[test]
fn a_delivery_that_lost_its_guest_goes_on_with_a_fresh_one() {
    let target = Target::WaitHandle("http://127.0.0.1/handle?Signature=abcdefgh".to_owned().into());
    let signal = Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None };
    let component = Component::embedded().unwrap();
    let limits = GuestLimits::default().with_memory(4 << 20);
    let policy = Policy::default().with_deadline(60_000);
    let prepare = || Delivery::prepare(&component, limits, &signal, &target, &policy, 1).unwrap();
    // More than the guest's memory holds.
    let huge = || Event::Response(Response { status: 503, body: vec![b'x'; 8 << 20], ..Response::default() });
    let (now, day) = (1_767_225_600_000, 86_400_000);
    let mut delivery = prepare();
    let Ok(Step::Send(first)) = delivery.next(Event::Start, now, day) else { unreachable!("a request") };
    let Ok(Step::Wait(breath)) = delivery.next(huge(), now, day + 30_000) else { unreachable!("a breath") };
    assert_eq!((breath.duration, breath.remaining), (1_000, 30_000));
    let Ok(Step::Send(second)) = delivery.next(Event::Waited, now, day + 31_000) else {
        unreachable!("another")
    };
    assert_eq!(first.request, second.request);
    assert!(second.timeout < first.timeout, "the time that passed has passed");
    let Ok(Step::Wait(pause)) =
        delivery.next(Event::Response(Response { status: 503, ..Response::default() }), now, day + 40_000)
    else {
        unreachable!("a wait")
    };
    assert_eq!(pause.remaining, 20_000);
    let Ok(Step::Send(_)) = delivery.next(Event::Waited, now, day + 41_000) else { unreachable!("a third") };
    let well = Event::Response(Response { status: 200, ..Response::default() });
    let Ok(Step::Done(outcome)) = delivery.next(well, now, day + 42_000) else { unreachable!("the end") };
    assert_eq!(outcome.kind, OutcomeKind::Delivered);

    // What fails always is one clear error in the end.
    let mut delivery = prepare();
    delivery.next(Event::Start, now, 0).unwrap();
    let mut sent = 1;
    let error = loop {
        match delivery.next(huge(), now, sent * 1_000) {
            Ok(Step::Wait(_)) => {
                let Ok(Step::Send(_)) = delivery.next(Event::Waited, now, sent * 1_000) else {
                    unreachable!("a try")
                };
                sent += 1;
            }
            Ok(other) => unreachable!("{other:?}"),
            Err(error) => break error,
        }
    };
    assert_eq!(sent, 4);
    assert!(matches!(error, EngineError::Trap { call: "next", .. }), "{error}");
    // So is what does not end.
    let limits = GuestLimits::default().with_fuel(400_000);
    let mut delivery = Delivery::prepare(&component, limits, &signal, &target, &policy, 1).unwrap();
    delivery.next(Event::Start, now, 0).unwrap();
    let long = || Event::Response(Response { status: 503, body: vec![b'x'; 60_000], ..Response::default() });
    let last = (0..9)
        .map(|second| {
            delivery.next(if second % 2 == 0 { long() } else { Event::Waited }, now, second * 1_000)
        })
        .find(Result::is_err)
        .unwrap();
    assert!(matches!(last, Err(EngineError::OutOfFuel { call: "next", fuel: 400_000 })), "{last:?}");
}

/// What a redirect teaches and what is looked through for it are both a server's choice.
#[test]
fn a_server_that_chooses_what_is_secret_and_what_it_says_stops_no_guest() {
    let random = |mut state: u64, long: usize| -> String {
        let letters = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'a' + u8::try_from(state >> 59).unwrap() % 26)
        });
        letters.take(long).collect()
    };
    let target = Target::WaitHandle("http://127.0.0.1/handle?Signature=abcdefgh".to_owned().into());
    let signal = Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None };
    let component = Component::embedded().unwrap();
    for (secrets, said) in [
        (random(1, 16_000), random(2, 16_000)),
        (random(1, 4_000), random(2, 16_000)),
        (random(1, 4_000), random(1, 4_000).repeat(4)),
        ("a".repeat(4_000), "a".repeat(16_000)),
        ("ab".repeat(2_000), random(3, 16_000)),
    ] {
        // A twentieth of what the command allows.
        let limits = GuestLimits::default().with_fuel(50_000_000);
        let policy = Policy::default();
        let mut delivery = Delivery::prepare(&component, limits, &signal, &target, &policy, 1).unwrap();
        delivery.next(Event::Start, 0, 0).unwrap();
        let location = ("location".to_owned(), format!("/elsewhere?X-Token={secrets}"));
        let moved = Response { status: 307, headers: vec![location], ..Response::default() };
        let Ok(Step::Send(_)) = delivery.next(Event::Response(moved), 0, 1) else {
            unreachable!("a redirect")
        };
        let failed = Response { status: 500, body: said.into_bytes(), ..Response::default() };
        let Ok(Step::Wait(pause)) = delivery.next(Event::Response(failed), 0, 2) else {
            unreachable!("a wait")
        };
        assert!(pause.reason.contains("answered 500"), "lost: {}", pause.reason);
    }
}
