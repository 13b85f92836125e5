//! What client-p3.wasm can that a client of WASI 0.2 cannot: be given up, wait for others, and do two things at once; and that it
//! leaves nothing behind.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::future::pending;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use cfn_signal_tests::binaries;
use cfn_signal_tests::rehearsal::Served;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response};
use tokio::time::sleep;
use wasmtime::component::{Accessor, Component, HasSelf, Linker, ResourceAny, ResourceTable};
use wasmtime::{Config, Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
    default_send_request,
};

wasmtime::component::bindgen!({
    path: ["../../../wit", "../../../wit/p3"], world: "cfn:signal-p3/client-p3", exports: { default: async | store },
});
use cfn::{signal::types::*, signal_p3::credentials, sigv4::types::AccessKey};
use exports::cfn::signal::delivery::{Outcome, OutcomeKind, Signal, StackResource, Status, Target};

type Sent = Box<dyn Future<Output = wasmtime_wasi_http::Result<(Response<WasiBody>, Driven)>> + Send>;
type Driven = Box<dyn Future<Output = wasmtime_wasi_http::Result<()>> + Send>;

/// Sends as wasmtime does.
struct AtOnce;

impl WasiHttpHooks for AtOnce {}

/// Sends nothing before it has the whole request, as the host in a browser.
struct Whole;

impl WasiHttpHooks for Whole {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Driven,
    ) -> Sent {
        Box::new(async move {
            let (head, body) = request.into_parts();
            let whole = body.collect().await?;
            if whole.trailers().is_some() {
                return Err(Error::HttpRequestTrailerSectionSize(None));
            }
            let body = Full::new(whole.to_bytes()).map_err(|never| match never {});
            let (response, io) = default_send_request(Request::from_parts(head, body), options).await?;
            Ok((response.map(|body| body.boxed_unsync()), Box::new(io) as Driven))
        })
    }
}

struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    hooks: Box<dyn WasiHttpHooks>,
    /// Without one, whoever asks waits for ever.
    key: Option<AccessKey>,
}

impl credentials::Host for Host {}

impl<T: Send> credentials::HostWithStore<T> for HasSelf<Host> {
    async fn get(from: &Accessor<T, Self>, _: IdentityRequest) -> Result<Identity, CredentialsError> {
        match from.with(|mut host| host.get().key.clone()) {
            Some(key) => Ok(Identity::AccessKey(key)),
            None => pending().await,
        }
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut *self.hooks }
    }
}

/// An instance of the component.
struct Client {
    store: Store<Host>,
    exports: ClientP3,
}

impl Client {
    async fn new(hooks: impl WasiHttpHooks + 'static, key: Option<AccessKey>) -> Self {
        let engine = Engine::new(Config::new().wasm_component_model_async(true)).unwrap();
        let component = Component::from_file(&engine, binaries::component("client-p3.wasm")).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p3::add_to_linker(&mut linker).unwrap();
        wasmtime_wasi_http::p3::add_to_linker(&mut linker).unwrap();
        credentials::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host: &mut Host| host).unwrap();
        let (wasi, http, table) = (WasiCtx::default(), WasiHttpCtx::default(), ResourceTable::new());
        let mut store = Store::new(&engine, Host { wasi, http, table, hooks: Box::new(hooks), key });
        let exports = ClientP3::instantiate_async(&mut store, &component, &linker).await.unwrap();
        Self { store, exports }
    }

    /// Options with short pauses between tries, a time for each and one for all, in milliseconds.
    async fn options(&mut self, endpoint: &str, attempt: u32, deadline: u32) -> ResourceAny {
        let guest = self.exports.cfn_signal_delivery().delivery_options();
        let build = async |store: &Accessor<Host>| -> Result<ResourceAny> {
            let options = guest.call_constructor(store).await?;
            guest.call_set_endpoint_url(store, options, endpoint.to_owned()).await?;
            guest.call_set_attempt_timeout(store, options, attempt).await?;
            guest.call_set_deadline(store, options, deadline).await?;
            guest.call_set_base_delay(store, options, 10).await?;
            guest.call_set_max_delay(store, options, 10).await?;
            Ok(options)
        };
        self.store.run_concurrent(build).await.unwrap().unwrap()
    }

    async fn call(&mut self, id: &str, target: Target, options: Option<ResourceAny>) -> Result<Outcome> {
        let signaler = self.exports.cfn_signal_p3_signaler();
        let call =
            async |store: &Accessor<Host>| signaler.call_deliver(store, signal(id), target, options).await;
        Ok(self.store.run_concurrent(call).await??.unwrap())
    }

    /// What becomes of a delivery, of which nothing is left then: neither in the host nor in the component.
    async fn deliver(&mut self, id: &str, target: Target, options: Option<ResourceAny>) -> Outcome {
        let outcome = self.call(id, target, options).await.unwrap();
        assert!(self.store.data().table.is_empty(), "the host has something left");
        assert_eq!(self.store.concurrent_state_table_size(), 0, "the component has something left");
        outcome
    }
}

fn signal(id: &str) -> Signal {
    Signal { status: Status::Success, unique_id: id.to_owned(), reason: None, data: None }
}

fn resource() -> Target {
    let (stack, logical_id) = ("web".to_owned(), "Server".to_owned());
    Target::StackResource(StackResource { stack, logical_id, region: "us-east-1".to_owned() })
}

fn key(id: &str, secret: &str) -> AccessKey {
    AccessKey { id: id.to_owned(), secret: secret.to_owned(), session_token: None, expires_at: None }
}

/// What a server saw.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Seen {
    /// A whole request.
    Request,
    /// The end of a connection.
    End,
}

/// A server that answers each request as `answer` says or, without one, not at all.
struct Server {
    url: String,
    seen: Receiver<Seen>,
}

impl Server {
    fn start(answer: impl Fn() -> Option<u16> + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, seen) = channel();
        // It goes with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tell, answer) = (tell.clone(), answer.clone());
                thread::spawn(move || {
                    converse(stream, answer, |what| {
                        let _nobody_listens = tell.send(what);
                    })
                });
            }
        });
        Self { url, seen }
    }

    fn handle(&self) -> Target {
        Target::WaitHandle(format!("{}/h?Signature=x", self.url))
    }

    /// Waits for what happens next.
    async fn next(&self) -> Seen {
        loop {
            if let Ok(seen) = self.seen.try_recv() {
                return seen;
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

fn converse(mut stream: TcpStream, answer: impl Fn() -> Option<u16>, tell: impl Fn(Seen)) {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        request.extend_from_slice(&buffer[..count]);
        if !is_whole(&request) {
            continue;
        }
        request.clear();
        tell(Seen::Request);
        if let Some(status) = answer() {
            let _gone =
                write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            return;
        }
    }
    tell(Seen::End);
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() == length.map_or(0, |length| length.parse().unwrap())
}

#[tokio::test]
async fn a_delivery_that_is_given_up_sends_nothing_more() {
    let server = Server::start(|| Some(503));
    let mut client = Client::new(AtOnce, None).await;
    tokio::select! {
        _ = client.call("i-1", server.handle(), None) => unreachable!("it ended by itself"),
        seen = async { server.next().await; server.next().await } => assert_eq!(seen, Seen::Request),
    }
    drop(client);
    // What was on its way.
    sleep(Duration::from_millis(200)).await;
    while server.seen.try_recv().is_ok() {}
    // Longer than it would have waited.
    sleep(Duration::from_secs(4)).await;
    assert!(server.seen.try_recv().is_err(), "it went on");
}

#[tokio::test]
async fn a_delivery_that_is_given_up_closes_its_connection() {
    let server = Server::start(|| None);
    let mut client = Client::new(AtOnce, None).await;
    tokio::select! {
        _ = client.call("i-1", server.handle(), None) => unreachable!("it ended by itself"),
        seen = server.next() => assert_eq!(seen, Seen::Request),
    }
    drop(client);
    assert_eq!(server.next().await, Seen::End);
}

/// With a body and without one.
#[tokio::test]
async fn a_request_that_is_never_answered_is_given_up_at_its_time_and_closes_its_connection() {
    let mut client = Client::new(AtOnce, Some(key("AK", "SK"))).await;
    for handle in [true, false] {
        let server = Server::start(|| None);
        let target = if handle { server.handle() } else { resource() };
        let options = client.options(&server.url, 500, 1_800).await;
        let outcome = client.deliver("i-1", target, Some(options)).await;
        assert_eq!(outcome.kind, OutcomeKind::Deadline, "{}", outcome.message);
        assert!(outcome.message.contains("no answer within"), "{}", outcome.message);
        assert!(outcome.attempts > 1, "{}", outcome.message);
        let mut ended = 0;
        while ended < outcome.attempts {
            ended += u32::from(server.next().await == Seen::End);
        }
    }
}

/// It has to be told that no trailers follow, after a body and where there is none.
#[tokio::test]
async fn a_host_that_wants_the_whole_request_first_gets_it() {
    let server = Server::start(|| Some(200));
    let mut client = Client::new(Whole, Some(key("AK", "SK"))).await;
    for target in [server.handle(), resource()] {
        let options = client.options(&server.url, 5_000, 5_000).await;
        let outcome = client.deliver("i-1", target, Some(options)).await;
        assert_eq!((outcome.kind, outcome.attempts), (OutcomeKind::Delivered, 1), "{}", outcome.message);
    }
}

#[tokio::test]
async fn a_throttled_delivery_is_tried_again() {
    let stack = Served::start("server.yaml", &["--fault", "SignalResource:throttling,first=1"]).unwrap();
    let [id, secret] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(|name| stack.variable(name));
    let mut client = Client::new(AtOnce, Some(key(id, secret))).await;
    let options = client.options(stack.endpoint(), 30_000, 60_000).await;
    let outcome = client.deliver(stack.instance("Server"), resource(), Some(options)).await;
    assert_eq!((outcome.kind, outcome.attempts), (OutcomeKind::Delivered, 2), "{}", outcome.message);
}

#[tokio::test]
async fn options_are_used_up_by_a_delivery() {
    let server = Server::start(|| Some(200));
    let mut client = Client::new(AtOnce, None).await;
    let options = client.options("http://unused.example", 30_000, 60_000).await;
    let outcome = client.deliver("i-1", server.handle(), Some(options)).await;
    assert_eq!(outcome.kind, OutcomeKind::Delivered, "{}", outcome.message);
    let again = client.call("i-1", server.handle(), Some(options)).await;
    assert!(again.is_err(), "{again:?}");
}

#[tokio::test]
async fn credentials_that_never_come_are_given_up_at_the_deadline() {
    let server = Server::start(|| None);
    let mut client = Client::new(AtOnce, None).await;
    let options = client.options(&server.url, 30_000, 1_500).await;
    let outcome = client.deliver("i-1", resource(), Some(options)).await;
    assert_eq!(outcome.kind, OutcomeKind::Credentials);
    assert!(outcome.message.contains("the host’s credentials gave no answer in time"), "{}", outcome.message);
    assert_eq!(outcome.attempts, 0);
    assert!(server.seen.try_recv().is_err(), "nothing can be signed, so nothing is sent");
}

/// Each server answers only once both have been asked.
#[tokio::test]
async fn two_deliveries_go_on_at_once() {
    let both = Arc::new(Barrier::new(2));
    let [first, second] = [(); 2].map(|()| {
        let both = Arc::clone(&both);
        Server::start(move || {
            both.wait();
            Some(200)
        })
    });
    let mut client = Client::new(AtOnce, None).await;
    let signaler = client.exports.cfn_signal_p3_signaler();
    let calls = async |store: &Accessor<Host>| {
        let one = signaler.call_deliver(store, signal("i-1"), first.handle(), None);
        let other = signaler.call_deliver(store, signal("i-1"), second.handle(), None);
        tokio::join!(one, other)
    };
    let outcomes = client.store.run_concurrent(calls).await.unwrap();
    for outcome in [outcomes.0, outcomes.1] {
        let outcome = outcome.unwrap().unwrap();
        assert_eq!((outcome.kind, outcome.attempts), (OutcomeKind::Delivered, 1), "{}", outcome.message);
    }
}
