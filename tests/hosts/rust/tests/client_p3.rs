//! What client-p3.wasm can that a client of WASI 0.2 cannot: be given up, wait for others, and do two things at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::future::pending;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use cfn_signal_tests::binaries;
use tokio::time::{sleep, timeout};
use wasmtime::component::{Accessor, Component, HasSelf, Linker, ResourceTable};
use wasmtime::{Config, Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

wasmtime::component::bindgen!({
    path: ["../../../wit", "../../../wit/p3"], world: "cfn:signal-p3/client-p3", exports: { default: async | store },
});
use cfn::{signal::types::*, signal_p3::credentials};
use exports::cfn::signal::delivery::{OutcomeKind, Signal, StackResource, Status, Target};

#[derive(Default)]
struct Host(WasiCtx, WasiHttpCtx, ResourceTable);

impl credentials::Host for Host {}

impl<T> credentials::HostWithStore<T> for HasSelf<Host> {
    async fn get(_: &Accessor<T, Self>, _: IdentityRequest) -> Result<Identity, CredentialsError> {
        pending().await
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

async fn client() -> (Store<Host>, ClientP3) {
    let engine = Engine::new(Config::new().wasm_component_model_async(true)).unwrap();
    let component = Component::from_file(&engine, binaries::component("client-p3.wasm")).unwrap();
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p3::add_to_linker(&mut linker).unwrap();
    wasmtime_wasi_http::p3::add_to_linker(&mut linker).unwrap();
    credentials::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host: &mut Host| host).unwrap();
    let mut store = Store::new(&engine, Host::default());
    let client = ClientP3::instantiate_async(&mut store, &component, &linker).await.unwrap();
    (store, client)
}

/// A server that answers with `status` every time, after `after`, and how often it was asked.
fn server(status: u16, after: impl Fn() + Clone + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/h?Signature=x", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
            let after = after.clone();
            std::thread::spawn(move || {
                let _head = stream.read(&mut [0; 4096]);
                after();
                let _gone =
                    write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            });
        }
    });
    (url, count)
}

fn signal() -> Signal {
    Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None }
}

#[tokio::test]
async fn a_delivery_that_is_given_up_sends_nothing_more() {
    let (url, count) = server(503, || ());
    let (mut store, client) = client().await;
    let delivery = store.run_concurrent(async |store| {
        client.cfn_signal_p3_signaler().call_deliver(store, signal(), Target::WaitHandle(url), None).await
    });
    assert!(timeout(Duration::from_millis(2_500), delivery).await.is_err(), "it ended by itself");
    drop(store);
    let sent = count.load(Ordering::SeqCst);
    assert!(sent > 0, "nothing was sent before");
    sleep(Duration::from_secs(4)).await;
    assert_eq!(count.load(Ordering::SeqCst), sent);
}

#[tokio::test]
async fn credentials_that_never_come_are_given_up_at_the_deadline() {
    let (mut store, client) = client().await;
    let resource = StackResource { stack: "S".into(), logical_id: "R".into(), region: "eu-west-1".into() };
    let guest = client.cfn_signal_delivery().delivery_options();
    let outcome = store
        .run_concurrent(async |store| -> Result<_> {
            let options = guest.call_constructor(store).await?;
            guest.call_set_deadline(store, options, 1_500).await?;
            let target = Target::StackResource(resource);
            client.cfn_signal_p3_signaler().call_deliver(store, signal(), target, Some(options)).await
        })
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(outcome.kind, OutcomeKind::Credentials);
    assert!(outcome.message.contains("the host’s credentials gave no answer in time"), "{}", outcome.message);
    assert_eq!(outcome.attempts, 0);
}

/// Each server answers only once both have been asked.
#[tokio::test]
async fn two_deliveries_go_on_at_once() {
    let both = Arc::new(Barrier::new(2));
    let [first, second] = [(); 2].map(|()| {
        let both = Arc::clone(&both);
        server(200, move || drop(both.wait())).0
    });
    let (mut store, client) = client().await;
    let signaler = client.cfn_signal_p3_signaler();
    let outcomes = store
        .run_concurrent(async |store| {
            let one = signaler.call_deliver(store, signal(), Target::WaitHandle(first), None);
            let other = signaler.call_deliver(store, signal(), Target::WaitHandle(second), None);
            tokio::join!(one, other)
        })
        .await
        .unwrap();
    for outcome in [outcomes.0, outcomes.1] {
        let outcome = outcome.unwrap().unwrap();
        assert_eq!((outcome.kind, outcome.attempts), (OutcomeKind::Delivered, 1), "{}", outcome.message);
    }
}
