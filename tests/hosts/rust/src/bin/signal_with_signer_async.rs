//! Delivers a signal with signer.wasm and blocks no thread: what to send is decided inside, hyper sends it. To try it:
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signal_with_signer_async SIGNER.WASM ENDPOINT REGION STACK RESOURCE ID
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use std::{env, error::Error, hash::BuildHasher, hash::RandomState, process::ExitCode, time::UNIX_EPOCH};
use tokio::time::{Duration, Instant, sleep, timeout_at};
use wasmtime::{Engine, Result, Store, component::Component, component::Linker};
wasmtime::component::bindgen!({ path: "../../../wit", world: "signer" }); // it never waits: no call need be async
use cfn::signal::types::{AccessKey, HttpRequest, HttpResponse, Identity};
use exports::cfn::signal::delivery::{EndpointVariant, Event, OutcomeKind, ResourceTarget};
use exports::cfn::signal::delivery::{Signal, Status, Step, Target, TransportError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let argument = |n| env::args().nth(n).unwrap_or_default();
    let (id, secret) = (env::var("AWS_ACCESS_KEY_ID")?, env::var("AWS_SECRET_ACCESS_KEY")?);
    let key = AccessKey { id, secret, session_token: env::var("AWS_SESSION_TOKEN").ok(), expires_at: None };
    let engine = Engine::default();
    let (component, linker) = (Component::from_file(&engine, argument(1))?, Linker::new(&engine));
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
            Step::Send(step) => (send(step.request, step.timeout).await)
                .map_or_else(|e| Event::Failed(TransportError::Other(Some(e.to_string()))), Event::Response),
            Step::Wait(delay) => {
                sleep(Duration::from_millis(delay.into())).await;
                Event::Waited
            }
            Step::Done(outcome) => break outcome,
        };
    };
    println!("{}", outcome.message);
    Ok(ExitCode::from(u8::from(outcome.kind != OutcomeKind::Delivered)))
}

/// One request and its answer, whatever its status: hyper follows no redirect, and is told not to try again.
async fn send(request: HttpRequest, milliseconds: u32) -> Result<HttpResponse, Box<dyn Error + Send + Sync>> {
    let end = Instant::now() + Duration::from_millis(milliseconds.into());
    let tls = hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
    let client = Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build(tls.build());
    let out = request.headers.iter().fold(hyper::Request::builder(), |out, (n, v)| out.header(n, v));
    let body = Full::<hyper::body::Bytes>::from(request.body);
    let out = out.method(&*request.method).uri(request.uri).body(body)?;
    let (head, body) = timeout_at(end, client.request(out)).await??.into_parts();
    let headers = head.headers.iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap_or("").into()));
    let body = timeout_at(end, Limited::new(body, 1 << 20).collect()).await??.to_bytes().into();
    Ok(HttpResponse { status: head.status.as_u16(), headers: headers.collect(), body })
}
