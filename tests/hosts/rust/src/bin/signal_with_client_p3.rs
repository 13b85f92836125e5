//! Delivers a signal with client-p3.wasm, over WASI 0.3: it, and the credentials that it asks for, are awaited. To try it:
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signal_with_client_p3 CLIENT-P3.WASM ENDPOINT REGION STACK RESOURCE ID
use std::{env, process::ExitCode};
use wasmtime::component::{Accessor, Component, HasSelf, Linker, ResourceTable};
use wasmtime::{Config, Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};
wasmtime::component::bindgen!({
    path: ["../../../wit", "../../../wit/p3"], world: "cfn:signal-p3/client-p3", exports: { default: async | store },
});
use cfn::{signal::types::*, signal_p3::credentials, sigv4::types::AccessKey};
use exports::cfn::signal::delivery::{OutcomeKind, Signal, StackResource, Status, Target};

#[derive(Default)]
struct Host(WasiCtx, WasiHttpCtx, ResourceTable);

impl credentials::Host for Host {}

impl<T> credentials::HostWithStore<T> for HasSelf<Host> {
    /// It may await whatever it has to: the delivery gives it up when its time is over.
    async fn get(_: &Accessor<T, Self>, _: IdentityRequest) -> Result<Identity, CredentialsError> {
        let variable = |name: &str| env::var(name).map_err(|_| CredentialsError::Permanent(name.into()));
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
    let engine = Engine::new(Config::new().wasm_component_model_async(true))?;
    let (component, mut linker) = (Component::from_file(&engine, argument(1))?, Linker::new(&engine));
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    credentials::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host: &mut Host| host)?;
    let mut store = Store::new(&engine, Host::default());
    let client = ClientP3::instantiate_async(&mut store, &component, &linker).await?;
    let signal = Signal { status: Status::Success, unique_id: argument(6), reason: None, data: None };
    let resource = StackResource { stack: argument(4), logical_id: argument(5), region: argument(3) };
    let target = Target::StackResource(resource);
    let guest = client.cfn_signal_delivery().delivery_options();
    let outcome = store
        .run_concurrent(async |store| -> Result<_> {
            let options = guest.call_constructor(store).await?;
            guest.call_set_endpoint_url(store, options, argument(2)).await?;
            client.cfn_signal_p3_signaler().call_deliver(store, signal, target, Some(options)).await
        })
        .await???;
    println!("{}", outcome.message);
    Ok(ExitCode::from(u8::from(outcome.kind != OutcomeKind::Delivered)))
}
