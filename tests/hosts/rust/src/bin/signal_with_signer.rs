//! Delivers a signal with signer.wasm: what to send is decided inside, ureq sends it. To try it:
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signal_with_signer SIGNER.WASM ENDPOINT REGION STACK RESOURCE ID

use std::time::{Duration, Instant, UNIX_EPOCH};
use std::{env, hash::BuildHasher, hash::RandomState, process::ExitCode, thread};
use wasmtime::{Engine, Result, Store, component::Component, component::Linker};

wasmtime::component::bindgen!({ path: "../../../wit", world: "signer" });
use cfn::signal::types::{AccessKey, HttpRequest, HttpResponse, Identity};
use exports::cfn::signal::delivery::{EndpointVariant, Event, OutcomeKind, ResourceTarget};
use exports::cfn::signal::delivery::{Signal, Status, Step, Target, TransportError};

fn main() -> Result<ExitCode> {
    let argument = |n| env::args().nth(n).unwrap_or_default();
    let (id, secret) = (env::var("AWS_ACCESS_KEY_ID")?, env::var("AWS_SECRET_ACCESS_KEY")?);
    let key = AccessKey { id, secret, session_token: env::var("AWS_SESSION_TOKEN").ok(), expires_at: None };
    let engine = Engine::default();
    let component = Component::from_file(&engine, argument(1))?;
    let linker = Linker::new(&engine); // stays empty: nothing is imported but types
    let mut store = Store::new(&engine, ());
    let signer = Signer::instantiate(&mut store, &component, &linker)?;
    let (interface, guest) = (signer.cfn_signal_delivery(), signer.cfn_signal_delivery().delivery());
    let signal = Signal { status: Status::Success, unique_id: argument(6), reason: None, data: None };
    let (region, stack, logical_id) = (argument(3), argument(4), argument(5));
    let (endpoint_variant, endpoint_url) = (EndpointVariant::Standard, Some(argument(2)));
    let target = ResourceTarget { stack, logical_id, region, endpoint_variant, endpoint_url };
    let (policy, seed) = (interface.call_default_policy(&mut store)?, RandomState::new().hash_one(()));
    let machine = guest.call_prepare(&mut store, &signal, &Target::Resource(target), policy, seed)??;
    let (mut event, begun) = (Event::Start, Instant::now());
    let outcome = loop {
        let (now, elapsed) = (UNIX_EPOCH.elapsed()?.as_millis() as u64, begun.elapsed().as_millis() as u64);
        event = match guest.call_next(&mut store, machine, &event, now, elapsed)? {
            Step::NeedIdentity(_) => Event::Identity(Identity::AccessKey(key.clone())),
            Step::Send(step) => send(step.request, step.timeout)
                .map_or_else(|e| Event::Failed(TransportError::Other(Some(e.to_string()))), Event::Response),
            Step::Wait(delay) => {
                thread::sleep(Duration::from_millis(delay.into()));
                Event::Waited
            }
            Step::Done(outcome) => break outcome,
        };
    };
    println!("{}", outcome.message);
    Ok(ExitCode::from(u8::from(outcome.kind != OutcomeKind::Delivered)))
}

/// Redirects and every status are answers: what they mean is the component's business.
fn send(request: HttpRequest, milliseconds: u32) -> Result<HttpResponse, ureq::Error> {
    let config = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false);
    let agent = config.timeout_global(Some(Duration::from_millis(milliseconds.into()))).build().new_agent();
    let out = ureq::http::Request::builder().method(&*request.method).uri(request.uri);
    let out = request.headers.iter().fold(out, |out, (name, value)| out.header(name, value));
    let none = request.body.is_empty();
    let mut answer = if none { agent.run(out.body(())?)? } else { agent.run(out.body(request.body)?)? };
    let headers = answer.headers().iter();
    let headers = headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap_or("").to_owned())).collect();
    let body = answer.body_mut().with_config().limit(1 << 20).read_to_vec()?;
    Ok(HttpResponse { status: answer.status().as_u16(), headers, body })
}
