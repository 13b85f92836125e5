//! What wasi:http calls the same in each of its versions: the parts of a request, and what a host says of one that failed. A
//! world's version of it is its `crate::wasi`.

use alloc::string::{String, ToString as _};

use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::{TransportError, said_of};
use cfn_signal_core::http::Request;
use cfn_signal_core::uri;

use crate::wasi::http::types::{ErrorCode, Fields, Method, RequestOptions, Scheme};

/// The most that is read of an answer's body, in bytes; AWS's are a hundredth of it.
pub(crate) const MAX_BODY: usize = 64 << 10;

/// How long the body of a delivery's answer is waited for, in milliseconds: its head has said what matters. Of one that says that all
/// is well the body says no more; of any other, what is wrong.
pub(crate) const fn patience(status: u16) -> u32 {
    if matches!(status, 200..=299) { 2_000 } else { 5_000 }
}

/// What requests say they come from, as those of the native command do. Not signed.
const USER_AGENT: &str = concat!("cfn-signal/", env!("CARGO_PKG_VERSION"));

/// Where a request goes.
pub(crate) struct Address<'a> {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Option<&'a str>,
    pub(crate) path_with_query: String,
}

impl<'a> Address<'a> {
    pub(crate) fn of(request: &'a Request) -> Self {
        let parts = uri::split(&request.uri);
        let scheme = match parts.scheme {
            Some(scheme) if scheme.eq_ignore_ascii_case("http") => Scheme::Http,
            _ => Scheme::Https,
        };
        let mut path_with_query = String::from(if parts.path.is_empty() { "/" } else { parts.path });
        if let Some(query) = parts.query {
            path_with_query.push('?');
            path_with_query.push_str(query);
        }
        Self { scheme, authority: parts.authority, path_with_query }
    }
}

pub(crate) fn method(request: &Request) -> Method {
    match request.method.as_str() {
        "GET" => Method::Get,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        other => Method::Other(other.into()),
    }
}

/// The headers. The host sends `Host` itself, from the authority that was signed. A body goes out with its length, or it would
/// be sent in chunks, which S3 refuses.
pub(crate) fn fields(request: &Request) -> Result<Fields, SendError> {
    let fields = Fields::new();
    let append =
        |name: &str, value: &str| fields.append(name, value.as_bytes()).map_err(|_| unsendable(name));
    for (name, value) in &request.headers {
        append(name, value)?;
    }
    append("user-agent", USER_AGENT)?;
    let length = request.body.len();
    if length > 0 || !matches!(request.method.as_str(), "GET" | "HEAD" | "DELETE") {
        append("content-length", &length.to_string())?;
    }
    Ok(fields)
}

/// At most `connect` milliseconds for a connection, and `total` for an answer. A host may not know a limit; whoever sends has
/// to end the request at its time all the same.
pub(crate) fn options(connect: u32, total: u32) -> RequestOptions {
    let options = RequestOptions::new();
    // Before the request's own end, which cannot tell whether a connection opened.
    let _unknown = options.set_connect_timeout(Some(nanoseconds(connect.min(total - total / 8))));
    let _unknown = options.set_first_byte_timeout(Some(nanoseconds(total)));
    let _unknown = options.set_between_bytes_timeout(Some(nanoseconds(total)));
    options
}

/// What the host says, in words that hold neither path nor query.
pub(crate) fn failure(request: &Request, error: ErrorCode) -> SendError {
    use ErrorCode::*;

    let origin = uri::split(&request.uri).host().unwrap_or_default();
    let told = |what: &str| [origin, " ", what].concat();
    let because = |why: &str| [origin, ": ", why].concat();
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
            return SendError::Misconfigured(["the host allows no request to ", origin].concat());
        }
        // A host may quote the request, whose query can be its signature.
        InternalError(Some(why)) => TransportError::Other(Some(because(&said_of(request, &why)))),
        ConnectionTerminated | HttpResponseIncomplete => TransportError::Reset(told("closed the connection")),
        // wasmtime calls a connection so that was closed before there was an answer.
        HttpProtocolError => TransportError::Reset(told("closed the connection, or does not speak HTTP")),
        _ => TransportError::Other(Some(told("gave no answer"))),
    })
}

/// What the host does not take of a request.
pub(crate) fn unsendable(what: &str) -> SendError {
    TransportError::Other(Some(["the host refuses the request’s ", what].concat())).into()
}

/// As wasi:clocks counts.
pub(crate) fn nanoseconds(milliseconds: u32) -> u64 {
    u64::from(milliseconds) * 1_000_000
}
