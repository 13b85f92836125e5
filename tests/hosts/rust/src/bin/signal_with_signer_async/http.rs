//! Requests, by hyper, which follows no redirect and is told not to try again.

use crate::{Attempt, HttpRequest, HttpResponse, TransportError};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::{Client, Error as ClientError, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use std::{error::Error, io, iter::successors, time::Duration};
use tokio::time::timeout;

/// One request and its answer, whatever its status: it is for the component to judge.
pub async fn send(attempt: Attempt) -> Result<HttpResponse, TransportError> {
    let time = |milliseconds: u32| Duration::from_millis(milliseconds.into());
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(time(attempt.connect_timeout)));
    let answer = timeout(time(attempt.timeout), exchange(tcp, attempt.request)).await;
    answer.map_err(|_| TransportError::Timeout)?.map_err(|error| failure(&*error))
}

async fn exchange(
    tcp: HttpConnector,
    request: HttpRequest,
) -> Result<HttpResponse, Box<dyn Error + Send + Sync>> {
    let tls =
        HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(tcp);
    let client = Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build(tls);
    let out = hyper::Request::builder().method(&*request.method).uri(request.uri);
    let out = request.headers.iter().fold(out, |out, (name, value)| out.header(name, value));
    let (head, body) = client.request(out.body(Full::<Bytes>::from(request.body))?).await?.into_parts();
    let headers = head.headers.iter();
    let headers = headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap_or("").to_owned())).collect();
    let body = Limited::new(body, 1 << 20).collect().await?.to_bytes().into();
    Ok(HttpResponse { status_code: head.status.as_u16(), headers, body })
}

/// What counts is whether the request can have arrived. No text holds its URI.
fn failure(error: &(dyn Error + 'static)) -> TransportError {
    let causes = || successors(Some(error), |cause| (*cause).source());
    let text = || causes().last().map(ToString::to_string).unwrap_or_default();
    let kind = causes().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    if !error.downcast_ref::<ClientError>().is_some_and(ClientError::is_connect) {
        return TransportError::Reset(text());
    }
    match kind {
        _ if causes().any(|cause| cause.to_string() == "dns error") => TransportError::Dns(text()),
        Some(io::ErrorKind::TimedOut) => TransportError::ConnectTimeout,
        Some(io::ErrorKind::Other) => TransportError::Tls(text()),
        _ => TransportError::Refused(text()),
    }
}
