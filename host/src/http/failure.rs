//! What a failed request means, in words that hold neither path nor query.

use std::io::ErrorKind;

use cfn_signal_core::delivery::TransportError;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::{Error, Proxy, ProxyProtocol};

use super::certificates;
use super::progress::Stage;
use super::resolver::Unresolved;

/// Who is talked to: the origin, and the proxy between if there is one.
#[derive(Debug)]
pub(super) struct Hop {
    origin: String,
    proxy: Option<String>,
    /// The proxy is sent the request itself, and never asked for a connection.
    forwards: bool,
    /// Who we are is told to the proxy.
    named: bool,
}

impl Hop {
    /// Names both ends, without anything secret of either.
    pub(super) fn new(uri: &Uri, proxy: Option<&Proxy>) -> Self {
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        Self {
            origin: format!("{}:{port}", uri.host().unwrap_or_default()),
            proxy: proxy.map(|proxy| format!("{}:{}", proxy.host(), proxy.port())),
            forwards: proxy.is_some_and(|proxy| !secure && !is_socks(proxy)),
            named: proxy.is_some_and(|proxy| proxy.username().is_some() || proxy.password().is_some()),
        }
    }

    /// Whether the proxy is sent the request itself, with a user name and a password.
    pub(super) fn forwards_with_password(&self) -> bool {
        self.forwards && self.named
    }

    /// The proxy, as long as it is the one that fails: until it has led to the origin.
    fn failing_proxy(&self, stage: Stage) -> Option<&str> {
        self.proxy.as_deref().filter(|_| stage < if self.forwards { Stage::Open } else { Stage::Connected })
    }

    /// Who answers over an open connection.
    fn speaker(&self) -> String {
        match &self.proxy {
            Some(proxy) if self.forwards => format!("the proxy {proxy}"),
            _ => self.origin.clone(),
        }
    }
}

/// Whether `proxy` speaks SOCKS, not HTTP.
pub(super) fn is_socks(proxy: &Proxy) -> bool {
    !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https)
}

/// The status by which a proxy refused to connect, if that is what `error` is.
pub(super) fn refusal(error: &Error) -> Option<u16> {
    let Error::ConnectProxyFailed(reason) = error else { return None };
    reason.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 3)?.parse().ok()
}

/// Names the failure of a request whose connection has come as far as `stage`.
pub(super) fn classify(error: Error, hop: &Hop, stage: Stage) -> TransportError {
    let opened = stage == Stage::Open;
    let origin = &hop.origin;
    let via = hop.failing_proxy(stage);
    match (error, via) {
        (Error::Timeout(_), _) => timeout(opened),
        (Error::Other(error), via) if error.is::<Unresolved>() => match via {
            // With some it is the origin's name that is looked up here.
            Some(proxy) if error.downcast_ref().is_some_and(|Unresolved(host)| is_at(proxy, host)) => {
                TransportError::Proxy(format!("{proxy}: its name cannot be resolved"))
            }
            _ => TransportError::Dns(origin.clone()),
        },
        (error @ Error::ConnectProxyFailed(_), _) => {
            let why = refusal(&error).map_or_else(
                || ", and gave no answer".to_owned(),
                |status| format!(": it answered {status}"),
            );
            let proxy = hop.proxy.as_deref().unwrap_or_default();
            TransportError::Proxy(format!("{proxy} does not connect to {origin}{why}"))
        }
        (Error::InvalidProxyUrl, _) => TransportError::Proxy("the proxy's URL cannot be read".into()),
        (Error::Tls(reason), _) => tls(format!("{origin}: {reason}"), opened),
        (Error::TlsRequired, _) => TransportError::Tls(format!("{origin}: no TLS")),
        (Error::Io(error), via) => io(&error, hop, via, opened),
        (Error::Protocol(_), Some(proxy)) => {
            TransportError::Proxy(format!("{proxy} does not speak HTTP as a proxy does"))
        }
        (Error::Protocol(error), None) => {
            TransportError::Other(Some(format!("{} does not speak HTTP: {error}", hop.speaker())))
        }
        (Error::LargeResponseHeader(..), _) => {
            TransportError::Other(Some(format!("the answer of {} has too large a head", hop.speaker())))
        }
        // The rest could quote the address.
        (_, _) if opened => TransportError::Reset(format!("no answer from {}", hop.speaker())),
        (_, Some(proxy)) => TransportError::Proxy(format!("{proxy}: no connection")),
        _ => TransportError::Refused(format!("{origin}: no connection")),
    }
}

/// Whether `address` is `host` and a port.
fn is_at(address: &str, host: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(name, _)| name.eq_ignore_ascii_case(host))
}

fn timeout(opened: bool) -> TransportError {
    if opened { TransportError::Timeout } else { TransportError::ConnectTimeout }
}

/// TLS is agreed on before the request is sent: what breaks it later may have come after the request.
fn tls(why: String, opened: bool) -> TransportError {
    if opened { TransportError::Other(Some(why)) } else { TransportError::Tls(why) }
}

fn io(error: &std::io::Error, hop: &Hop, via: Option<&str>, opened: bool) -> TransportError {
    let insecure = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match (error.kind(), via) {
        (ErrorKind::TimedOut | ErrorKind::WouldBlock, _) => timeout(opened),
        (_, Some(proxy)) => TransportError::Proxy(format!(
            "{proxy}: {}",
            insecure.map_or_else(|| brief(error), certificates::describe)
        )),
        (ErrorKind::InvalidData, None) => {
            let why = insecure.map_or_else(|| brief(error), certificates::describe);
            let why = format!("{}: {why}", hop.origin);
            match insecure {
                Some(error) if !opened && certificates::is_lasting(error) => TransportError::Certificate(why),
                _ => tls(why, opened),
            }
        }
        (ErrorKind::UnexpectedEof, None) if opened => {
            TransportError::Reset(format!("{} closed the connection", hop.speaker()))
        }
        (_, None) if opened => TransportError::Reset(format!("{}: {}", hop.speaker(), brief(error))),
        (ErrorKind::UnexpectedEof, None) => {
            TransportError::Refused(format!("{} closed the connection before it was secure", hop.origin))
        }
        (_, None) => TransportError::Refused(format!("{}: {}", hop.origin, brief(error))),
    }
}

/// The error's text without the system's number.
fn brief(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests;
