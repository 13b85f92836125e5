//! AWS's SDK over this crate's HTTP client, without an async runtime: every future is ready when it is polled.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use cfn_signal_core::delivery::TransportError;
use cfn_signal_core::http::Request;
use ureq::http::Uri;

use super::asked::{Asked, Reply};
use super::near::{host, is_local, is_metadata};
use crate::http::{Client, RequestLimits, Route};

/// To connect, where the SDK does not say.
const CONNECT: Duration = Duration::from_millis(3100);
/// For an answer, where the SDK does not say.
const ANSWER: Duration = Duration::from_secs(10);

/// The HTTP client, as the SDK wants it.
#[derive(Clone, Debug)]
pub(super) struct Bridge {
    http: Arc<Client>,
    /// Where the metadata service is, if not at its own addresses.
    metadata: Option<String>,
    /// The metadata service is known not to answer: it is not asked again.
    without_metadata: bool,
    last: Arc<Mutex<Option<Asked>>>,
}

impl Bridge {
    /// A bridge to `http`. `metadata` is the URL of the metadata service, if it has one of its own.
    pub(super) fn new(http: Arc<Client>, metadata: Option<&str>, without_metadata: bool) -> Self {
        let metadata = metadata.and_then(|url| Some(host(&url.parse().ok()?)));
        Self { http, metadata, without_metadata, last: Arc::default() }
    }

    /// What came of the last request, if there was one.
    pub(super) fn last(&self) -> Option<Asked> {
        self.last.lock().ok().and_then(|last| last.clone())
    }

    fn note(&self, asked: Asked) {
        if let Ok(mut last) = self.last.lock() {
            *last = Some(asked);
        }
    }
}

impl HttpClient for Bridge {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let connect = settings.connect_timeout().unwrap_or(CONNECT);
        let total = connect + settings.read_timeout().unwrap_or(ANSWER);
        SharedHttpConnector::new(Connector { bridge: self.clone(), connect, total })
    }
}

#[derive(Debug)]
struct Connector {
    bridge: Bridge,
    connect: Duration,
    total: Duration,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(self.exchange(&request))
    }
}

impl Connector {
    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let uri: Uri = request.uri().parse().map_err(|_| ConnectorError::user("no address".into()))?;
        let host = host(&uri);
        let is_metadata = is_metadata(&host) || self.bridge.metadata.as_ref() == Some(&host);
        if self.bridge.without_metadata && is_metadata && uri.path().starts_with("/latest/") {
            self.bridge.note(Asked { host, reply: Reply::None });
            return Err(ConnectorError::user("instance metadata is not there".into()));
        }
        let headers =
            request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let message = Request {
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            headers,
            body: request.body().bytes().unwrap_or_default().to_vec(),
        };
        let route = if is_metadata || is_local(&host) { Route::Direct } else { Route::Configured };
        let limits = RequestLimits { connect: self.connect, total: self.total, route };
        let answer = self.bridge.http.send(&message, limits);
        self.bridge.note(Asked { host, reply: answer.as_ref().map_or(Reply::None, Reply::of) });
        let answer = answer.map_err(convert)?;
        let status = answer.status.try_into().map_err(|_| ConnectorError::user("no HTTP status".into()))?;
        let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
        for (name, value) in answer.headers {
            // The only failure is a header that is not text, which no credential provider reads.
            let _unreadable = response.headers_mut().try_append(name, value);
        }
        Ok(response)
    }
}

fn convert(error: TransportError) -> ConnectorError {
    let text = error.to_string().into();
    match error {
        TransportError::Timeout | TransportError::ConnectTimeout => ConnectorError::timeout(text),
        _ => ConnectorError::io(text),
    }
}

/// Sleeps where it is polled. The SDK polls what it waits for first, which is ready by then.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockingSleep;

impl AsyncSleep for BlockingSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(async move { thread::sleep(duration) })
    }
}
