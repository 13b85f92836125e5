//! One request over wasi:http 0.3, answered within its time or given up.
//!
//! The host sends `Host` itself, from the authority that was signed. A body goes out with its length, or it would be
//! sent in chunks, which S3 refuses.
//!
//! Source: <https://github.com/WebAssembly/wasi-http>, `wit/p3/deps/wasi-http-0.3.0.wit`

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::said_of;
use cfn_signal_core::delivery::{Attempt, TransportError};
use cfn_signal_core::http::Response;
use cfn_signal_core::uri;
use wit_bindgen::StreamResult;

use crate::bindings::{wit_future, wit_stream};
use crate::clock::{nanoseconds, pass};
use crate::race::{Winner, beside, race};
use crate::wasi::http::client;
use crate::wasi::http::types::{
    ErrorCode, Fields, Method, Request, RequestOptions, Response as Answer, Scheme,
};

/// The most that is read of an answer's body, in bytes; AWS's are a hundredth of it.
const MAX_BODY: usize = 64 << 10;

/// What is read of it at once.
const CHUNK: usize = 4 << 10;

/// What requests say they come from, as those of the native command do. Not signed.
const USER_AGENT: &str = concat!("cfn-signal/", env!("CARGO_PKG_VERSION"));

/// Sends the request and waits for its answer, for as long as `attempt` says, whatever the host does.
pub(crate) async fn send(attempt: &Attempt) -> Result<Response, SendError> {
    match race(exchange(attempt), pass(attempt.timeout)).await {
        Winner::First(answer) => answer,
        Winner::Second(()) => Err(TransportError::Timeout.into()),
    }
}

async fn exchange(attempt: &Attempt) -> Result<Response, SendError> {
    let body = &attempt.request.body;
    let (writer, contents) = if body.is_empty() {
        (None, None)
    } else {
        let (writer, reader) = wit_stream::new();
        (Some(writer), Some(reader))
    };
    // No trailers, and a host that asks for them is told so when the other end is gone.
    let (_trailers, no_trailers) = wit_future::new(|| Ok(None));
    let (request, _sent) = Request::new(fields(attempt)?, contents, no_trailers, Some(options(attempt)));
    address(attempt, &request)?;
    let write = async {
        if let Some(mut writer) = writer {
            // The answer, or what became of the connection, says more than what could not be written.
            let _unwritten = writer.write_all(body.clone()).await;
        }
    };
    let answer = beside(client::send(request), write).await;
    read(attempt, answer.map_err(|error| failure(attempt, error))?).await
}

async fn read(attempt: &Attempt, answer: Answer) -> Result<Response, SendError> {
    let status = answer.get_status_code();
    let headers = answer.get_headers().copy_all();
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
        .collect();
    let (_result, done) = wit_future::new(|| Ok(()));
    let (mut stream, end) = Answer::consume_body(answer, done);
    let mut body = Vec::new();
    while body.len() < MAX_BODY {
        let (result, mut chunk) = stream.read(Vec::with_capacity(CHUNK.min(MAX_BODY - body.len()))).await;
        body.append(&mut chunk);
        if !matches!(result, StreamResult::Complete(_)) {
            // How it ended is told where the trailers would be.
            return match end.await {
                Ok(_) => Ok(Response { status, headers, body }),
                Err(error) => Err(failure(attempt, error)),
            };
        }
    }
    Ok(Response { status, headers, body })
}

fn fields(attempt: &Attempt) -> Result<Fields, SendError> {
    let request = &attempt.request;
    let mut headers: Vec<(String, Vec<u8>)> = Vec::with_capacity(request.headers.len() + 2);
    for (name, value) in &request.headers {
        headers.push((name.clone(), value.clone().into_bytes()));
    }
    headers.push(("user-agent".into(), USER_AGENT.into()));
    let length = request.body.len();
    if length > 0 || !matches!(request.method.as_str(), "GET" | "HEAD" | "DELETE") {
        headers.push(("content-length".into(), length.to_string().into_bytes()));
    }
    Fields::from_list(&headers).map_err(|_| unsendable("headers"))
}

/// A host may not know a limit; the request ends at its own all the same.
fn options(attempt: &Attempt) -> RequestOptions {
    let options = RequestOptions::new();
    let (connect, total) = (nanoseconds(attempt.connect_timeout), nanoseconds(attempt.timeout));
    // Before the request's own end, which cannot tell whether a connection opened.
    let _unknown = options.set_connect_timeout(Some(connect.min(total - total / 8)));
    let _unknown = options.set_first_byte_timeout(Some(total));
    let _unknown = options.set_between_bytes_timeout(Some(total));
    options
}

fn address(attempt: &Attempt, request: &Request) -> Result<(), SendError> {
    let parts = uri::split(&attempt.request.uri);
    let scheme = match parts.scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case("http") => Scheme::Http,
        _ => Scheme::Https,
    };
    let path = if parts.path.is_empty() { "/" } else { parts.path };
    let target = match parts.query {
        Some(query) => format!("{path}?{query}"),
        None => path.into(),
    };
    let method = match attempt.request.method.as_str() {
        "GET" => Method::Get,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        other => Method::Other(other.into()),
    };
    request
        .set_method(&method)
        .and_then(|()| request.set_scheme(Some(&scheme)))
        .and_then(|()| request.set_authority(parts.authority))
        .and_then(|()| request.set_path_with_query(Some(&target)))
        .map_err(|()| unsendable("address"))
}

/// What the host says, in words that hold neither path nor query.
fn failure(attempt: &Attempt, error: ErrorCode) -> SendError {
    use ErrorCode::*;

    let origin = uri::split(&attempt.request.uri).host().unwrap_or_default();
    let told = |what: &str| format!("{origin} {what}");
    let because = |why: &str| format!("{origin}: {why}");
    SendError::Failed(match error {
        DnsTimeout | DnsError(_) | DestinationNotFound => TransportError::Dns(origin.into()),
        ConnectionRefused => TransportError::Refused(because("connection refused")),
        DestinationUnavailable | DestinationIpUnroutable | DestinationIpProhibited => {
            TransportError::Refused(because("no way there"))
        }
        ConnectionTimeout => TransportError::ConnectTimeout,
        ConnectionReadTimeout | ConnectionWriteTimeout | HttpResponseTimeout => TransportError::Timeout,
        TlsProtocolError => TransportError::Tls(because("the TLS handshake failed")),
        // In TLS 1.3 it may follow the request: RFC 8446, 6.2.
        TlsAlertReceived(_) => TransportError::Other(Some(told("broke off TLS"))),
        TlsCertificateError => TransportError::Tls(because("its certificate is not trusted")),
        HttpRequestDenied | ConfigurationError => {
            return SendError::Misconfigured(format!("the host allows no request to {origin}"));
        }
        // A host may quote the request, whose query can be its signature.
        InternalError(Some(why)) => TransportError::Other(Some(because(&said_of(&attempt.request, &why)))),
        ConnectionTerminated | HttpResponseIncomplete => TransportError::Reset(told("closed the connection")),
        // wasmtime calls a connection so that was closed before there was an answer.
        HttpProtocolError => TransportError::Reset(told("closed the connection, or does not speak HTTP")),
        _ => TransportError::Other(Some(told("gave no answer"))),
    })
}

fn unsendable(what: &str) -> SendError {
    TransportError::Other(Some(format!("the host refuses the request’s {what}"))).into()
}
