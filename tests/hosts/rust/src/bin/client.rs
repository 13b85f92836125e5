//! Delivers a signal with client.wasm in async code: the component sends it over wasi:http and asks for credentials.
//!
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… client CLIENT.WASM ENDPOINT REGION STACK RESOURCE ID
use bindings::cfn::signal::credentials::{self, CredentialsError, Freshness, Identity};
use bindings::cfn::signal::types::AccessKey;
use bindings::exports::cfn::signal::delivery as wit;
use cfn_signal_hosts::{Arguments, State, keys};
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Engine, Result, Store};

mod bindings {
    use wasmtime_wasi_http::p2::bindings as wasi_http;
    wasmtime::component::bindgen!({
        path: "../../../wit", world: "client", exports: { "cfn:signal/signaler.deliver": async },
        with: { "wasi:http": wasi_http::sync::http, "wasi": wasmtime_wasi::p2::bindings::sync },
    });
}

impl credentials::Host for State {
    fn get(&mut self, _need: Freshness) -> Result<Identity, CredentialsError> {
        let missing = || CredentialsError::NotConfigured("no AWS_ACCESS_KEY_ID".to_owned());
        let (id, secret) = keys().ok_or_else(missing)?;
        Ok(Identity::AccessKey(AccessKey { id, secret, session_token: None, expires_at: None }))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let Arguments { component, endpoint, region, stack, resource, id } = Arguments::read();
    let engine = Engine::default();
    let mut linker = Linker::<State>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    credentials::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)?;
    let mut store = Store::new(&engine, State::default());
    let component = Component::from_file(&engine, component)?;
    let client = bindings::Client::instantiate_async(&mut store, &component, &linker).await?;
    let (endpoint_url, endpoint_variant) = (Some(endpoint), wit::EndpointVariant::Standard);
    let target = wit::ResourceTarget { endpoint_url, region, stack, logical_id: resource, endpoint_variant };
    let signal = wit::Signal { status: wit::Status::Success, unique_id: id, reason: None, data: None };
    let policy = client.cfn_signal_delivery().call_default_policy(&mut store)?;
    let guest = client.cfn_signal_signaler();
    let outcome = guest
        .call_deliver(&mut store, &signal, &wit::Target::Resource(target), policy)
        .await?
        .expect("a signal");
    println!("{}", outcome.message);
    std::process::exit((outcome.kind != wit::OutcomeKind::Delivered).into())
}
