//! One request over wasi:http 0.2, answered within its time or given up.
//!
//! The host sends `Host` itself, from the authority that was signed. A body goes out with its length, or it would be
//! sent in chunks, which S3 refuses.
//!
//! Source: <https://github.com/WebAssembly/wasi-http>, `wit/deps/wasi-http-0.2.0.wit`

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::Cell;

use crate::wasi::clocks::monotonic_clock::subscribe_duration;
use crate::wasi::http::outgoing_handler::handle;
use crate::wasi::http::types::{
    ErrorCode, Fields, IncomingResponse, Method, OutgoingBody, OutgoingRequest, RequestOptions, Scheme,
};
use crate::wasi::io::poll::{Pollable, poll};
use crate::wasi::io::streams::{InputStream, OutputStream, StreamError};

use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::TransportError;
use cfn_signal_core::delivery::said_of;
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::uri;

/// The most that is read of an answer's body, in bytes; AWS's are a hundredth of it.
const MAX_BODY: usize = 64 << 10;

/// What requests say they come from, as those of the native command do. Not signed.
const USER_AGENT: &str = concat!("cfn-signal/", env!("CARGO_PKG_VERSION"));

/// Events that still count after the time is over: more than an answer takes that has arrived.
const MOST_LATE: u32 = 16;

/// Sends `request` and waits for its answer: at most `connect` milliseconds for a connection, and `total` for everything.
pub(crate) fn send(request: &Request, connect: u32, total: u32) -> Result<Response, SendError> {
    let exchange = Exchange { request, alarm: subscribe_duration(nanoseconds(total)), late: Cell::new(0) };
    exchange.run(connect.min(total), total)
}

/// A request under way, and when to give it up.
struct Exchange<'a> {
    request: &'a Request,
    alarm: Pollable,
    /// Events that came after it.
    late: Cell<u32>,
}

impl Exchange<'_> {
    fn run(&self, connect: u32, total: u32) -> Result<Response, SendError> {
        let message = message(self.request)?;
        let options = RequestOptions::new();
        // A host may not know a limit; the alarm ends the request all the same.
        // Before the alarm, which cannot tell whether a connection opened.
        let _unknown = options.set_connect_timeout(Some(nanoseconds(connect.min(total - total / 8))));
        let _unknown = options.set_first_byte_timeout(Some(nanoseconds(total)));
        let _unknown = options.set_between_bytes_timeout(Some(nanoseconds(total)));
        let body = message.body().map_err(|()| unsendable("body"))?;
        let answer = handle(message, Some(options)).map_err(|error| self.failure(error))?;
        self.write(body)?;
        loop {
            match answer.get() {
                Some(Ok(Ok(response))) => return self.read(response),
                Some(Ok(Err(error))) => return Err(self.failure(error)),
                Some(Err(())) => return Err(other("the host gave the answer away")),
                None => self.wait_for(&answer.subscribe())?,
            }
        }
    }

    /// Writes the body as fast as the host takes it.
    fn write(&self, body: OutgoingBody) -> Result<(), SendError> {
        let mut rest = self.request.body.as_slice();
        if !rest.is_empty() {
            let stream = body.write().map_err(|()| unsendable("body"))?;
            let ready = stream.subscribe();
            while !rest.is_empty() {
                self.wait_for(&ready)?;
                match write_some(&stream, rest) {
                    Ok(left) => rest = left,
                    // The answer, or what became of the connection, says more.
                    Err(_) => break,
                }
            }
        }
        let _told_by_the_answer = OutgoingBody::finish(body, None);
        Ok(())
    }

    fn read(&self, response: IncomingResponse) -> Result<Response, SendError> {
        let headers = response
            .headers()
            .entries()
            .into_iter()
            .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
            .collect();
        let mut answer = Response { status: response.status(), headers, body: Vec::new() };
        let unreadable = || other("the answer has no body to read");
        let body = response.consume().map_err(|()| unreadable())?;
        let stream = body.stream().map_err(|()| unreadable())?;
        let ready = stream.subscribe();
        while self.read_some(&stream, &mut answer.body)? {
            self.wait_for(&ready)?;
        }
        Ok(answer)
    }

    /// Reads what has arrived; `false` at the end.
    fn read_some(&self, stream: &InputStream, body: &mut Vec<u8>) -> Result<bool, SendError> {
        let room = MAX_BODY.saturating_sub(body.len());
        match stream.read(room as u64) {
            Ok(mut bytes) => {
                body.append(&mut bytes);
                Ok(body.len() < MAX_BODY)
            }
            Err(StreamError::Closed) => Ok(false),
            Err(StreamError::LastOperationFailed(_)) => Err(self.broke("closed the connection")),
        }
    }

    /// Waits for `event`, and gives up when the time is over. What has arrived by then is still taken, but an event that
    /// comes and comes with nothing keeps no request alive.
    fn wait_for(&self, event: &Pollable) -> Result<(), SendError> {
        poll(&[event, &self.alarm]);
        if self.alarm.ready() {
            self.late.set(self.late.get() + 1);
        }
        if event.ready() && self.late.get() <= MOST_LATE {
            Ok(())
        } else {
            Err(SendError::Failed(TransportError::Timeout))
        }
    }

    /// What the host says, in words that hold neither path nor query.
    fn failure(&self, error: ErrorCode) -> SendError {
        use ErrorCode::*;

        SendError::Failed(match error {
            DnsTimeout | DnsError(_) | DestinationNotFound => TransportError::Dns(self.origin()),
            ConnectionRefused => self.refused("connection refused"),
            DestinationUnavailable | DestinationIpUnroutable | DestinationIpProhibited => {
                self.refused("no way there")
            }
            ConnectionTimeout => TransportError::ConnectTimeout,
            ConnectionReadTimeout | ConnectionWriteTimeout | HttpResponseTimeout => TransportError::Timeout,
            TlsProtocolError => self.tls("the TLS handshake failed"),
            // In TLS 1.3 it may follow the request: RFC 8446, 6.2.
            TlsAlertReceived(_) => return self.told("broke off TLS"),
            TlsCertificateError => self.tls("its certificate is not trusted"),
            HttpRequestDenied | ConfigurationError => {
                return SendError::Misconfigured(["the host allows no request to ", &self.origin()].concat());
            }
            // A host may quote the request, whose query can be its signature.
            InternalError(Some(why)) => {
                TransportError::Other(Some([&self.origin(), ": ", &said_of(self.request, &why)].concat()))
            }
            ConnectionTerminated | HttpResponseIncomplete => return self.broke("closed the connection"),
            // wasmtime calls a connection so that was closed before there was an answer.
            HttpProtocolError => return self.broke("closed the connection, or does not speak HTTP"),
            _ => return self.told("gave no answer"),
        })
    }

    /// Once the request was on its way.
    fn broke(&self, what: &str) -> SendError {
        SendError::Failed(TransportError::Reset([&self.origin(), " ", what].concat()))
    }

    fn told(&self, what: &str) -> SendError {
        SendError::Failed(TransportError::Other(Some([&self.origin(), " ", what].concat())))
    }

    fn refused(&self, why: &str) -> TransportError {
        TransportError::Refused([&self.origin(), ": ", why].concat())
    }

    fn tls(&self, why: &str) -> TransportError {
        TransportError::Tls([&self.origin(), ": ", why].concat())
    }

    fn origin(&self) -> String {
        uri::split(&self.request.uri).host().unwrap_or_default().into()
    }
}

/// The request, as wasi:http has it.
fn message(request: &Request) -> Result<OutgoingRequest, SendError> {
    let headers = Fields::new();
    for (name, value) in &request.headers {
        headers.append(name, value.as_bytes()).map_err(|_| unsendable(name))?;
    }
    headers.append("user-agent", USER_AGENT.as_bytes()).map_err(|_| unsendable("user-agent"))?;
    let length = request.body.len();
    if length > 0 || !matches!(request.method.as_str(), "GET" | "HEAD" | "DELETE") {
        let length = length.to_string();
        headers.append("content-length", length.as_bytes()).map_err(|_| unsendable("content-length"))?;
    }
    let parts = uri::split(&request.uri);
    let scheme = match parts.scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case("http") => Scheme::Http,
        _ => Scheme::Https,
    };
    let mut target = String::from(parts.path);
    if target.is_empty() {
        target.push('/');
    }
    if let Some(query) = parts.query {
        target.push('?');
        target.push_str(query);
    }
    let message = OutgoingRequest::new(headers);
    message
        .set_method(&method(&request.method))
        .and_then(|()| message.set_scheme(Some(&scheme)))
        .and_then(|()| message.set_authority(parts.authority))
        .and_then(|()| message.set_path_with_query(Some(&target)))
        .map_err(|()| unsendable("address"))?;
    Ok(message)
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        other => Method::Other(other.into()),
    }
}

/// Writes as much as the stream takes now; returns the rest.
fn write_some<'a>(stream: &OutputStream, bytes: &'a [u8]) -> Result<&'a [u8], StreamError> {
    let room = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
    let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
    stream.write(now)?;
    Ok(later)
}

fn unsendable(what: &str) -> SendError {
    other(&["the host refuses the request’s ", what].concat())
}

fn other(why: &str) -> SendError {
    SendError::Failed(TransportError::Other(Some(why.into())))
}

fn nanoseconds(milliseconds: u32) -> u64 {
    u64::from(milliseconds) * 1_000_000
}
