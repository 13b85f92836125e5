//! A hostile guest: what it answers is whatever it was given, or nothing at all.
//!
//! Input: a letter, and bytes. `s` and `e` sign and explain, `t` traps, `l` loops, `m` takes all memory; any other is a
//! step of a delivery.

use std::error::Error;
use std::path::Path;
use std::sync::OnceLock;

use cfn_signal::engine::{CallError, Component, Delivery, EngineError, GuestLimits, Signer};
use cfn_signal_core::delivery::{Event, Policy, Signal, Status, Target};
use cfn_signal_core::http::Response;
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::sigv4::{Payload, Request, Scope, SigningSettings};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::checks;

const GUEST: &str = include_str!("guest/guest.wat");

/// Gives `input` to the guest, and takes it back as an answer.
pub fn run(input: &[u8]) {
    static COMPONENT: OnceLock<Result<Component, String>> = OnceLock::new();
    let component = COMPONENT.get_or_init(|| component().map_err(|error| format!("{error:#}")));
    let Ok(component) = component else {
        assert_eq!(component.as_ref().err().map(String::as_str), None, "the guest does not compile");
        return;
    };
    let (letter, bytes) = input.split_first().unwrap_or((&0, &[]));
    match letter {
        b's' => call(signed(component, bytes, |signer, request, key, scope, settings| {
            signer.sign(request, key, scope, settings).map(drop)
        })),
        b'e' => call(signed(component, bytes, |signer, request, key, scope, settings| {
            signer.explain(request, key, scope, settings).map(drop)
        })),
        b't' => {
            let trapped = step(component, 601, bytes);
            assert!(matches!(trapped, Err(EngineError::Trap { .. })), "{trapped:?}");
            call(trapped);
        }
        b'l' => {
            let looped = step(component, 602, bytes);
            assert!(matches!(looped, Err(EngineError::OutOfFuel { .. })), "{looped:?}");
            call(looped);
        }
        b'm' => {
            let starved = step(component, 603, bytes);
            assert!(matches!(starved, Err(EngineError::Trap { .. })), "{starved:?}");
            call(starved);
        }
        _ => call(step(component, 200, bytes)),
    }
}

fn limits() -> GuestLimits {
    GuestLimits::default().with_memory(4 << 20).with_fuel(200_000)
}

/// A failure is told in one line.
fn call(result: Result<(), EngineError>) {
    if let Err(error) = result {
        let told = error.to_string();
        assert!(!told.is_empty() && told.len() < 1_024 && !told.chars().any(char::is_control), "{told:?}");
    }
}

fn step(component: &Component, status: u16, bytes: &[u8]) -> Result<(), EngineError> {
    let signal = Signal { status: Status::Success, unique_id: "i-0".to_owned(), reason: None, data: None };
    let handle = Target::WaitHandle("https://h.example/?Signature=x".to_owned().into());
    let prepared = Delivery::prepare(component, limits(), &signal, &handle, &Policy::default(), 1);
    let mut delivery = match prepared {
        Ok(delivery) => delivery,
        Err(CallError::Engine(error)) => return Err(error),
        Err(_) => return Ok(()),
    };
    let response = Response { status, headers: Vec::new(), body: bytes.to_vec() };
    delivery.next(Event::Response(response), 0, 0).map(drop)
}

type Call<E> =
    fn(&mut Signer, &Request<'_>, &AccessKey, &Scope<'_>, &SigningSettings) -> Result<(), CallError<E>>;

fn signed<E: Error>(component: &Component, bytes: &[u8], call: Call<E>) -> Result<(), EngineError> {
    let mut signer = Signer::with(component, limits())?;
    let secret = checks::SECRET.to_owned().into();
    let key = AccessKey { id: "AKIDEXAMPLE".to_owned(), secret, session_token: None, expires_at: None };
    let scope = Scope { region: "us-east-1", service: "sts", signed_at: 0 };
    let payload = Payload::Bytes(bytes);
    let request = Request { method: "GET", uri: "https://h.example/", headers: &[], payload };
    match call(&mut signer, &request, &key, &scope, &SigningSettings::s3()) {
        Err(CallError::Engine(error)) => Err(error),
        _ => Ok(()),
    }
}

fn component() -> Result<Component, Box<dyn Error>> {
    let mut resolve = Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some("signer"))?;
    let mut module = wat::parse_str(GUEST)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    let component = ComponentEncoder::default().validate(true).module(&module)?.encode()?;
    Ok(Component::compile(&component)?)
}
