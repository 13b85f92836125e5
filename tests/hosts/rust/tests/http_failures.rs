//! What the clients make of a host's HTTP that fails: the same, over either version of wasi:http.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::pin::Pin;
use std::task::{Context, Poll};

use cfn_signal_tests::binaries;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes, Frame};
use hyper::{Request, Response};
use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView,
};

type Sent = Box<dyn Future<Output = wasmtime_wasi_http::Result<(Response<WasiBody>, Driven)>> + Send>;
type Driven = Box<dyn Future<Output = wasmtime_wasi_http::Result<()>> + Send>;

const HANDLE: &str = "https://bucket.example/handle?Signature=the-secret";

/// A way to fail.
type Failure = fn() -> Error;

/// What comes of every request.
#[derive(Clone, Copy)]
enum Reply {
    Fails(Failure),
    /// A status, and the beginning of a body.
    Breaks(u16, &'static str),
    /// The same, and then nothing for ever.
    Hangs(u16, &'static str),
}

impl WasiHttpHooks for Reply {
    fn send_request(&mut self, _: Request<WasiBody>, _: Option<RequestOptions>, _: Driven) -> Sent {
        let (status, text, breaks) = match *self {
            Self::Fails(error) => {
                let error = error();
                return Box::new(async { Err(error) });
            }
            Self::Breaks(status, text) => (status, text, true),
            Self::Hangs(status, text) => (status, text, false),
        };
        let begun = Begun { text: Some(Bytes::from_static(text.as_bytes())), breaks };
        let response = Response::builder().status(status).body(begun.boxed_unsync()).unwrap();
        Box::new(async { Ok((response, Box::new(async { Ok(()) }) as Driven)) })
    }
}

/// A body that is never whole.
struct Begun {
    text: Option<Bytes>,
    breaks: bool,
}

impl Body for Begun {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match self.text.take() {
            Some(text) => Poll::Ready(Some(Ok(Frame::data(text)))),
            None if self.breaks => Poll::Ready(Some(Err(Error::ConnectionTerminated))),
            None => Poll::Pending,
        }
    }
}

struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    hooks: Reply,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.hooks }
    }
}

fn store(engine: &Engine, reply: Reply) -> Store<Host> {
    let (wasi, http, table) = (WasiCtx::default(), WasiHttpCtx::default(), ResourceTable::new());
    Store::new(engine, Host { wasi, http, table, hooks: reply })
}

/// `client.wasm`.
mod p2 {
    use super::*;

    wasmtime::component::bindgen!({
        path: "../../../wit", world: "client", imports: { "cfn:signal/credentials": async }, exports: { default: async },
    });
    use cfn::signal::credentials;
    use cfn::signal::types::{CredentialsError, Identity, IdentityRequest};
    use exports::cfn::signal::delivery::{DeliverError, Signal, Status, Target};

    impl credentials::Host for Host {
        async fn get(&mut self, _: IdentityRequest) -> Result<Identity, CredentialsError> {
            Err(CredentialsError::Permanent("a handle needs none".to_owned()))
        }
    }

    /// What deliveries of one try say, each of which has one of these replies.
    pub(super) async fn delivered(replies: &[Reply]) -> Vec<String> {
        let engine = Engine::default();
        let component = Component::from_file(&engine, binaries::component("client.wasm")).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi_http::p2::add_to_linker_async(&mut linker).unwrap();
        credentials::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host: &mut Host| host).unwrap();
        let pre = ClientPre::new(linker.instantiate_pre(&component).unwrap()).unwrap();
        let mut said = Vec::new();
        for reply in replies {
            let mut store = store(&engine, *reply);
            let client = pre.instantiate_async(&mut store).await.unwrap();
            let guest = client.cfn_signal_delivery().delivery_options();
            let options = guest.call_constructor(&mut store).await.unwrap();
            guest.call_set_max_attempts(&mut store, options, 1).await.unwrap();
            let signal =
                Signal { status: Status::Success, unique_id: "i-1".into(), reason: None, data: None };
            let target = Target::WaitHandle(HANDLE.to_owned());
            let signaler = client.cfn_signal_signaler();
            said.push(
                match signaler.call_deliver(&mut store, &signal, &target, Some(options)).await.unwrap() {
                    Ok(outcome) => outcome.message,
                    Err(DeliverError::Misconfigured(why)) => format!("misconfigured: {why}"),
                    Err(other) => unreachable!("{other:?}"),
                },
            );
        }
        said
    }
}

/// `client-p3.wasm`.
mod p3 {
    use super::*;
    use wasmtime::component::Accessor;

    wasmtime::component::bindgen!({
        path: ["../../../wit", "../../../wit/p3"], world: "cfn:signal-p3/client-p3", exports: { default: async | store },
    });
    use cfn::signal::types::{CredentialsError, Identity, IdentityRequest};
    use cfn::signal_p3::credentials;
    use exports::cfn::signal::delivery::{DeliverError, Signal, Status, Target};

    impl credentials::Host for Host {}

    impl<T> credentials::HostWithStore<T> for HasSelf<Host> {
        async fn get(_: &Accessor<T, Self>, _: IdentityRequest) -> Result<Identity, CredentialsError> {
            Err(CredentialsError::Permanent("a handle needs none".to_owned()))
        }
    }

    /// What deliveries of one try say, each of which has one of these replies.
    pub(super) async fn delivered(replies: &[Reply]) -> Vec<String> {
        let engine = Engine::new(Config::new().wasm_component_model_async(true)).unwrap();
        let component = Component::from_file(&engine, binaries::component("client-p3.wasm")).unwrap();
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p3::add_to_linker(&mut linker).unwrap();
        wasmtime_wasi_http::p3::add_to_linker(&mut linker).unwrap();
        credentials::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host: &mut Host| host).unwrap();
        let pre = ClientP3Pre::new(linker.instantiate_pre(&component).unwrap()).unwrap();
        let mut said = Vec::new();
        for reply in replies {
            let mut store = store(&engine, *reply);
            let client = pre.instantiate_async(&mut store).await.unwrap();
            let guest = client.cfn_signal_delivery().delivery_options();
            let signal =
                Signal { status: Status::Success, unique_id: "i-1".into(), reason: None, data: None };
            let target = Target::WaitHandle(HANDLE.to_owned());
            let call = async |store: &Accessor<Host>| -> wasmtime::Result<_> {
                let options = guest.call_constructor(store).await?;
                guest.call_set_max_attempts(store, options, 1).await?;
                client.cfn_signal_p3_signaler().call_deliver(store, signal, target, Some(options)).await
            };
            said.push(match store.run_concurrent(call).await.unwrap().unwrap() {
                Ok(outcome) => outcome.message,
                Err(DeliverError::Misconfigured(why)) => format!("misconfigured: {why}"),
                Err(other) => unreachable!("{other:?}"),
            });
        }
        said
    }
}

/// Each kind of failure, and what is said of it. An alert of TLS may follow the request, so it is none of the handshake's failures,
/// after which nothing can have been sent.
#[tokio::test]
async fn both_clients_say_what_failed() {
    let cases: [(Failure, &str); 21] = [
        (|| Error::DnsTimeout, "the host's name was not resolved: bucket.example"),
        (
            || Error::DnsError { rcode: None, info_code: None },
            "the host's name was not resolved: bucket.example",
        ),
        (|| Error::DestinationNotFound, "the host's name was not resolved: bucket.example"),
        (|| Error::ConnectionRefused, "no connection: bucket.example: connection refused"),
        (|| Error::DestinationUnavailable, "no connection: bucket.example: no way there"),
        (|| Error::DestinationIpUnroutable, "no connection: bucket.example: no way there"),
        (|| Error::DestinationIpProhibited, "no connection: bucket.example: no way there"),
        (|| Error::ConnectionTimeout, "no connection within"),
        (|| Error::ConnectionReadTimeout, "no answer within"),
        (|| Error::ConnectionWriteTimeout, "no answer within"),
        (|| Error::HttpResponseTimeout, "no answer within"),
        (|| Error::TlsProtocolError, "no secure connection: bucket.example: the TLS handshake failed"),
        (
            || Error::TlsCertificateError,
            "no secure connection: bucket.example: its certificate is not trusted",
        ),
        (
            || Error::TlsAlertReceived { alert_id: Some(42), alert_message: None },
            "the connection failed: bucket.example broke off TLS",
        ),
        (|| Error::HttpRequestDenied, "misconfigured: the host allows no request to bucket.example"),
        (|| Error::ConfigurationError, "misconfigured: the host allows no request to bucket.example"),
        (|| Error::ConnectionTerminated, "the connection broke: bucket.example closed the connection"),
        (|| Error::HttpResponseIncomplete, "the connection broke: bucket.example closed the connection"),
        (
            || Error::HttpProtocolError,
            "the connection broke: bucket.example closed the connection, or does not speak HTTP",
        ),
        (
            || Error::InternalError(Some(format!("no sockets for {HANDLE}"))),
            "the connection failed: bucket.example: no sockets for ",
        ),
        (|| Error::LoopDetected, "the connection failed: bucket.example gave no answer"),
    ];
    let failures = cases.map(|(failing, _)| Reply::Fails(failing));
    for said in [p2::delivered(&failures).await, p3::delivered(&failures).await] {
        assert_eq!(said.len(), cases.len());
        for ((failing, says), said) in cases.iter().zip(said) {
            assert!(said.contains(says), "{:?}: {said}", failing());
            assert!(!said.contains("the-secret"), "{said}");
        }
    }
}

/// What matters stands in the head: a body that breaks off, or does not come, is taken as far as it came.
#[tokio::test]
async fn both_clients_take_a_body_as_far_as_it_comes() {
    const REFUSED: &str = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message><Req";
    const EXPIRED: &str = "AWS answered 403 AccessDenied: Request has expired";
    let cases = [
        (Reply::Breaks(200, ""), "delivered SUCCESS"),
        (Reply::Breaks(200, "{"), "delivered SUCCESS"),
        (Reply::Hangs(200, ""), "delivered SUCCESS"),
        (Reply::Hangs(200, "{"), "delivered SUCCESS"),
        (Reply::Breaks(403, REFUSED), EXPIRED),
        (Reply::Hangs(403, REFUSED), EXPIRED),
    ];
    let replies = cases.map(|(reply, _)| reply);
    let (p2, p3) = tokio::join!(p2::delivered(&replies), p3::delivered(&replies));
    for said in [p2, p3] {
        for ((_, says), said) in cases.iter().zip(said) {
            assert!(said.starts_with(says), "{said}");
        }
    }
}
