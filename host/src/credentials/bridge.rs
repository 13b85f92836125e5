//! AWS's SDK over this crate's HTTP client, without an async runtime: every future is ready when it is polled.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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

use crate::http::{Client, RequestLimits, Route};

/// To connect, where the SDK does not say.
const CONNECT: Duration = Duration::from_millis(3100);
/// For an answer, where the SDK does not say.
const ANSWER: Duration = Duration::from_secs(10);

/// The HTTP client, as the SDK wants it.
#[derive(Clone, Debug)]
pub(super) struct Bridge {
    http: Arc<Client>,
    /// The metadata service is known not to answer: it is not asked again.
    without_metadata: bool,
    /// Whether the last request found nobody, or a service that fails or throttles.
    failing: Arc<AtomicBool>,
}

impl Bridge {
    /// A bridge to `http`.
    pub(super) fn new(http: Arc<Client>, without_metadata: bool) -> Self {
        Self { http, without_metadata, failing: Arc::default() }
    }

    /// Whether what the SDK makes of the last request may pass: nobody answered, or a service that fails or throttles.
    pub(super) fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
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
        let host = host(request.uri());
        if self.bridge.without_metadata && request.uri().contains("/latest/") && is_local(host) {
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
        let route = if is_local(host) { Route::Direct } else { Route::Configured };
        let limits = RequestLimits { connect: self.connect, total: self.total, route };
        let answer = self.bridge.http.send(&message, limits);
        let failing = answer.as_ref().map_or(true, |answer| matches!(answer.status, 429 | 500..));
        self.bridge.failing.store(failing, Ordering::Relaxed);
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

fn host(uri: &str) -> &str {
    let authority = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Whether `host` is this machine or the hypervisor's: metadata and container credentials, which no proxy knows.
fn is_local(host: &str) -> bool {
    const EC2: u16 = 0xfd00;
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address == Ipv6Addr::LOCALHOST
                || (address.segments().first() == Some(&EC2) && host.contains("ec2"))
        }
        Err(_) => host == "localhost",
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

#[cfg(test)]
mod tests {
    use super::{host, is_local};

    #[test]
    fn local_addresses_are_reached_directly() {
        for uri in [
            "http://169.254.170.2/v2?x",
            "http://[fd00:ec2::23]:80/v1",
            "http://127.0.0.1:8080",
            "http://localhost/x",
        ] {
            assert!(is_local(host(uri)), "{uri}");
        }
        for uri in ["https://sts.us-east-1.amazonaws.com/", "http://10.0.0.1/", "http://[fd00:abcd::1]/"] {
            assert!(!is_local(host(uri)), "{uri}");
        }
    }
}
