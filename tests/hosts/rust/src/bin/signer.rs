//! Delivers a signal with signer.wasm, to which nothing is linked: it decides what to send, the application sends it.
//!
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signer SIGNER.WASM ENDPOINT REGION STACK RESOURCE ID
use std::time::{Duration, Instant};

use bindings::cfn::signal::types::{AccessKey, HttpResponse, Identity};
use bindings::exports::cfn::signal::delivery as wit;
use cfn_signal_hosts::{Arguments, exchange, keys, now};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Result, Store};
use wit::{Event, Step};

mod bindings {
    wasmtime::component::bindgen!({ path: "../../../wit", world: "signer" });
}

fn send(wit::Send { request, timeout }: wit::Send) -> Event {
    match exchange(&request.method, &request.uri, &request.headers, request.body, timeout) {
        Some((status, headers, body)) => Event::Response(HttpResponse { status, headers, body }),
        None => Event::Failed(wit::TransportError::Other(None)),
    }
}

fn identity((id, secret): (String, String)) -> Event {
    Event::Identity(Identity::AccessKey(AccessKey { id, secret, session_token: None, expires_at: None }))
}

fn main() -> Result<()> {
    let Arguments { component, endpoint, region, stack, resource, id } = Arguments::read();
    let engine = Engine::default();
    let component = Component::from_file(&engine, component)?;
    let mut store = Store::new(&engine, ());
    let signer = bindings::Signer::instantiate(&mut store, &component, &Linker::new(&engine))?;
    let (endpoint_url, endpoint_variant) = (Some(endpoint), wit::EndpointVariant::Standard);
    let target = wit::ResourceTarget { endpoint_url, region, stack, logical_id: resource, endpoint_variant };
    let signal = wit::Signal { status: wit::Status::Success, unique_id: id, reason: None, data: None };
    let guest = signer.cfn_signal_delivery();
    let policy = guest.call_default_policy(&mut store)?;
    let (delivery, begun, seed) = (guest.delivery(), Instant::now(), u64::from(std::process::id()));
    let machine = delivery
        .call_prepare(&mut store, &signal, &wit::Target::Resource(target), policy, seed)?
        .expect("a signal");
    let mut event = Event::Start;
    loop {
        let elapsed = begun.elapsed().as_millis().try_into()?;
        event = match delivery.call_next(&mut store, machine, &event, now(), elapsed)? {
            Step::NeedIdentity(_) => keys().map_or_else(|| Event::NoIdentity("no keys".into()), identity),
            Step::Send(request) => send(request),
            Step::Wait(milliseconds) => {
                std::thread::sleep(Duration::from_millis(milliseconds.into()));
                Event::Waited
            }
            Step::Done(outcome) => {
                println!("{}", outcome.message);
                std::process::exit((outcome.kind != wit::OutcomeKind::Delivered).into())
            }
        }
    }
}
