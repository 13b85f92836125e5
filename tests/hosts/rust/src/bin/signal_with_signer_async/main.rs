//! Delivers a signal with signer.wasm and blocks no thread: what to send is decided inside, hyper sends it. To try it:
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signal_with_signer_async SIGNER.WASM ENDPOINT REGION STACK RESOURCE ID

mod http;

use std::{env, hash::BuildHasher, hash::RandomState, process::ExitCode, time::UNIX_EPOCH};
use tokio::time::{Duration, Instant, sleep};
use wasmtime::{Engine, Result, Store, component::Component, component::Linker};

// No call of it waits, so blocking bindings would do; with these one that takes its time gives way to others.
wasmtime::component::bindgen!({ path: "../../../wit", world: "signer", exports: { default: async } });
use cfn::sigv4::types::AccessKey;
use exports::cfn::signal::delivery::*;

async fn identity() -> Result<Identity, CredentialsError> {
    let absent = |name, why| CredentialsError::Permanent(format!("{name}: {why}")); // a temporary one is asked again
    let variable = |name| env::var(name).map_err(|why| absent(name, why));
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    let session_token = variable("AWS_SESSION_TOKEN").ok();
    Ok(Identity::AccessKey(AccessKey { id, secret, session_token, expires_at: None }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let argument = |n| env::args().nth(n).unwrap_or_default();
    let engine = Engine::default();
    let component = Component::from_file(&engine, argument(1))?;
    let linker = Linker::new(&engine); // stays empty: nothing is imported but types
    let mut store = Store::new(&engine, ());
    let signer = Signer::instantiate_async(&mut store, &component, &linker).await?;
    let interface = signer.cfn_signal_delivery();

    let signal = Signal { status: Status::Success, unique_id: argument(6), reason: None, data: None };
    let (region, stack, logical_id) = (argument(3), argument(4), argument(5));
    let target = Target::StackResource(StackResource { stack, logical_id, region });
    let (setters, guest) = (interface.delivery_options(), interface.signal_delivery());
    let options = setters.call_constructor(&mut store).await?; // with `None` in its place, the region's own endpoint
    setters.call_set_endpoint_url(&mut store, options, &argument(2)).await?;
    let seed = RandomState::new().hash_one(());
    let delivery = guest.call_prepare(&mut store, &signal, &target, Some(options), seed).await??;
    let (mut event, begun) = (Event::Start, Instant::now());
    let outcome = loop {
        let (now, elapsed) = (UNIX_EPOCH.elapsed()?.as_millis() as u64, begun.elapsed().as_millis() as u32);
        event = match guest.call_next(&mut store, delivery, &event, now, elapsed).await? {
            Step::NeedIdentity(_) => identity().await.map_or_else(Event::NoIdentity, Event::Identity),
            Step::Send(attempt) => http::send(attempt).await.map_or_else(Event::Failed, Event::Response),
            Step::Wait(pause) => {
                eprintln!("{}", pause.reason);
                sleep(Duration::from_millis(pause.duration.into())).await;
                Event::Waited
            }
            Step::Done(outcome) => break outcome,
        };
    };
    println!("{}", outcome.message); // a host that keeps its store has `options` and `delivery` to drop
    Ok(ExitCode::from(u8::from(outcome.kind != OutcomeKind::Delivered)))
}
