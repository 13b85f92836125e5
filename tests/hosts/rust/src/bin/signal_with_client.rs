//! Delivers a signal with client.wasm: it sends and waits by itself, over wasi:http, and asks for credentials. To try it:
//! AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… signal_with_client CLIENT.WASM ENDPOINT REGION STACK RESOURCE ID

use std::{env, process::ExitCode};
use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView, p2};

wasmtime::component::bindgen!({ path: "../../../wit", world: "client" });
use {cfn::signal::credentials, cfn::sigv4::types::AccessKey, exports::cfn::signal::delivery::*};

#[derive(Default)]
struct Host(WasiCtx, WasiHttpCtx, ResourceTable);

impl credentials::Host for Host {
    fn get(&mut self, _request: IdentityRequest) -> Result<Identity, CredentialsError> {
        let absent = |name, why| CredentialsError::Permanent(format!("{name}: {why}")); // is not asked again
        let variable = |name| env::var(name).map_err(|why| absent(name, why));
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

fn main() -> Result<ExitCode> {
    let argument = |n| env::args().nth(n).unwrap_or_default();
    let engine = Engine::default();
    let (component, mut linker) = (Component::from_file(&engine, argument(1))?, Linker::new(&engine));
    p2::add_to_linker_sync(&mut linker)?; // what the world asks for: no files, no sockets, no environment
    credentials::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
    let mut store = Store::new(&engine, Host::default());
    let client = Client::instantiate(&mut store, &component, &linker)?;

    let signal = Signal { status: Status::Success, unique_id: argument(6), reason: None, data: None };
    let (region, stack, logical_id) = (argument(3), argument(4), argument(5));
    let target = Target::StackResource(StackResource { stack, logical_id, region });
    let setters = client.cfn_signal_delivery().delivery_options();
    let options = setters.call_constructor(&mut store)?; // with `None` in its place, the region's own endpoint
    setters.call_set_endpoint_url(&mut store, options, &argument(2))?;
    let outcome =
        client.cfn_signal_signaler().call_deliver(&mut store, &signal, &target, Some(options))??;
    options.resource_drop(&mut store)?;
    println!("{}", outcome.message);
    Ok(ExitCode::from(u8::from(outcome.kind != OutcomeKind::Delivered)))
}
