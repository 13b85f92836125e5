//! Delivers a signal with client.wasm and blocks no thread: it sends over wasi:http and asks for credentials. To try it:
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signal_with_client_async CLIENT.WASM ENDPOINT REGION STACK RESOURCE ID
use std::{env, process::ExitCode};
use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView, p2};
wasmtime::component::bindgen!({
    path: "../../../wit", world: "client", imports: { "cfn:signal/credentials": async },
    exports: { "cfn:signal/signaler": async },
});
use cfn::signal::{credentials, credentials::CredentialsError, types::*};
use exports::cfn::signal::delivery::{EndpointVariant, OutcomeKind, Policy};
use exports::cfn::signal::delivery::{ResourceTarget, Signal, Status, Target};

#[derive(Default)]
struct Host(WasiCtx, WasiHttpCtx, ResourceTable);

impl credentials::Host for Host {
    async fn get(&mut self, _need: Freshness) -> Result<Identity, CredentialsError> {
        let variable = |name: &str| env::var(name).map_err(|_| CredentialsError::NotConfigured(name.into()));
        let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
        let session_token = variable("AWS_SESSION_TOKEN").ok();
        Ok(Identity::AccessKey(AccessKey { id, secret, session_token, expires_at: None }))
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.0, table: &mut self.2 }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.1, table: &mut self.2, hooks: Default::default() }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let argument = |n| env::args().nth(n).unwrap_or_default();
    let engine = Engine::default();
    let (component, mut linker) = (Component::from_file(&engine, argument(1))?, Linker::new(&engine));
    p2::add_to_linker_async(&mut linker)?; // what the world asks for: no files, no sockets, no environment
    credentials::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
    let mut store = Store::new(&engine, Host::default());
    let client = Client::instantiate_async(&mut store, &component, &linker).await?;
    let signal = Signal { status: Status::Success, unique_id: argument(6), reason: None, data: None };
    let (region, stack, logical_id) = (argument(3), argument(4), argument(5));
    let (endpoint_variant, endpoint_url) = (EndpointVariant::Standard, Some(argument(2)));
    let target = ResourceTarget { stack, logical_id, region, endpoint_variant, endpoint_url };
    let (deadline, attempt_timeout) = (300_000, 30_000); // milliseconds
    let policy = Policy { max_attempts: 10, deadline, attempt_timeout, base_delay: 1_000, max_delay: 20_000 };
    let target = Target::Resource(target);
    let outcome = client.cfn_signal_signaler().call_deliver(&mut store, &signal, &target, policy).await??;
    println!("{}", outcome.message);
    Ok(ExitCode::from(u8::from(outcome.kind != OutcomeKind::Delivered)))
}
