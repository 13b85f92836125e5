//! What a failed request means, in words that hold neither path nor query.

use std::io::ErrorKind;

use cfn_signal_core::delivery::TransportError;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::{Error, Proxy, ProxyProtocol};

/// Who is talked to: the origin, and the proxy between if there is one.
#[derive(Debug)]
pub(super) struct Hop {
    origin: String,
    proxy: Option<String>,
}

impl Hop {
    /// Names both ends, without anything secret of either.
    pub(super) fn new(uri: &Uri, proxy: Option<&Proxy>) -> Self {
        let default = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
        let origin = format!("{}:{}", uri.host().unwrap_or_default(), uri.port_u16().unwrap_or(default));
        Self { origin, proxy: proxy.map(|proxy| format!("{}:{}", proxy.host(), proxy.port())) }
    }
}

/// Whether `proxy` speaks SOCKS, not HTTP.
pub(super) fn is_socks(proxy: &Proxy) -> bool {
    !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https)
}

/// Names the failure of a request whose connection has opened, or has not.
pub(super) fn classify(error: Error, hop: &Hop, opened: bool) -> TransportError {
    let origin = &hop.origin;
    match (error, &hop.proxy) {
        (Error::Timeout(_), _) => timeout(opened),
        (Error::HostNotFound, Some(proxy)) => {
            TransportError::Proxy(format!("{proxy}: its name cannot be resolved"))
        }
        (Error::HostNotFound, None) => TransportError::Dns(origin.clone()),
        (Error::ConnectProxyFailed(reason), Some(proxy)) => {
            TransportError::Proxy(format!("{proxy} refuses to connect to {origin}: {reason}"))
        }
        (Error::ConnectProxyFailed(reason), None) => TransportError::Proxy(reason),
        (Error::InvalidProxyUrl, _) => TransportError::Proxy("the proxy's URL cannot be read".into()),
        (Error::Rustls(error), _) => tls(format!("{origin}: {error}"), opened),
        (Error::Tls(reason), _) => tls(format!("{origin}: {reason}"), opened),
        (Error::TlsRequired, _) => TransportError::Tls(format!("{origin}: no TLS")),
        (Error::Io(error), proxy) => io(&error, origin, proxy.as_deref(), opened),
        (Error::Protocol(error), _) => {
            TransportError::Other(Some(format!("{origin} does not speak HTTP: {error}")))
        }
        (Error::LargeResponseHeader(..), _) => {
            TransportError::Other(Some(format!("the answer of {origin} has too large a head")))
        }
        // The rest could quote the address.
        (_, _) if opened => TransportError::Reset(format!("no answer from {origin}")),
        _ => TransportError::Refused(format!("{origin}: no connection")),
    }
}

fn timeout(opened: bool) -> TransportError {
    if opened { TransportError::Timeout } else { TransportError::ConnectTimeout }
}

/// TLS is agreed on before the request is sent: what breaks it later may have come after the request.
fn tls(why: String, opened: bool) -> TransportError {
    if opened { TransportError::Reset(why) } else { TransportError::Tls(why) }
}

fn io(error: &std::io::Error, origin: &str, proxy: Option<&str>, opened: bool) -> TransportError {
    match (error.kind(), proxy) {
        (ErrorKind::TimedOut | ErrorKind::WouldBlock, _) => timeout(opened),
        (ErrorKind::InvalidData, _) => tls(format!("{origin}: {error}"), opened),
        (ErrorKind::UnexpectedEof, _) if opened => {
            TransportError::Reset(format!("{origin} closed the connection"))
        }
        (_, _) if opened => TransportError::Reset(format!("{origin}: {}", brief(error))),
        (_, Some(proxy)) => TransportError::Proxy(format!("{proxy}: {}", brief(error))),
        (ErrorKind::UnexpectedEof, None) => {
            TransportError::Refused(format!("{origin} closed the connection before it was secure"))
        }
        (_, None) => TransportError::Refused(format!("{origin}: {}", brief(error))),
    }
}

/// The error's text without the system's number.
fn brief(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop() -> Hop {
        Hop { origin: "example.com:443".into(), proxy: None }
    }

    #[test]
    fn tls_that_breaks_after_the_handshake_may_have_carried_the_request() {
        let broken = || {
            let alert = rustls::Error::AlertReceived(rustls::AlertDescription::InternalError);
            let io = std::io::Error::new(ErrorKind::InvalidData, "a bad record");
            [Error::Rustls(alert), Error::Tls("broken"), Error::Io(io)]
        };
        for error in broken() {
            let shown = format!("{error:?}");
            assert!(matches!(classify(error, &hop(), false), TransportError::Tls(_)), "{shown}");
        }
        for error in broken() {
            let shown = format!("{error:?}");
            assert!(matches!(classify(error, &hop(), true), TransportError::Reset(_)), "{shown}");
        }
    }
}
