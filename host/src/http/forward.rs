//! Plain HTTP through a proxy, as proxies expect it: the absolute address in the request line (RFC 9112, 3.2.2).
//!
//! `ureq` itself only knows `CONNECT`, which most proxies refuse for port 80.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, NextTimeout, TcpConnector, Transport,
};
use ureq::{Error, Proxy};

use super::tls::TlsConnector;

/// Connects to the proxy instead of the origin, whose name it does not resolve.
#[derive(Debug)]
pub(super) struct ForwardConnector {
    proxy: Proxy,
    tcp: TcpConnector,
    tls: TlsConnector,
}

impl ForwardConnector {
    /// A connector through `proxy`, which speaks HTTP; by `tls`, if it is an `https` one.
    pub(super) fn new(proxy: Proxy, tls: TlsConnector) -> Self {
        Self { proxy, tcp: TcpConnector::default(), tls }
    }

    /// The header that names us to the proxy, as a line.
    fn authorization(&self) -> String {
        if self.proxy.username().is_none() && self.proxy.password().is_none() {
            return String::new();
        }
        let user = self.proxy.username().unwrap_or_default();
        let password = self.proxy.password().unwrap_or_default();
        format!("proxy-authorization: Basic {}\r\n", BASE64_STANDARD.encode(format!("{user}:{password}")))
    }
}

impl Connector<()> for ForwardConnector {
    type Out = ForwardTransport;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Self::Out>, Error> {
        let uri = self.proxy.uri();
        let details_of_proxy = ConnectionDetails {
            uri,
            addrs: details.resolver.resolve(uri, details.config, details.timeout)?,
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        let tcp = Connector::<()>::connect(&self.tcp, &details_of_proxy, None)?;
        let stream = match tcp {
            Some(Either::B(stream)) => self.tls.connect(&details_of_proxy, Some(stream))?,
            _ => None,
        };
        let Some(inner) = stream else { return Err(Error::ConnectionFailed) };
        let authority = details.uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
        // Credentials of the origin do not belong in a request line.
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        Ok(Some(ForwardTransport {
            inner: Box::new(inner),
            head: Some(Head { prefix: format!("http://{host}"), line: self.authorization() }),
        }))
    }
}

/// What the head of the next request lacks.
struct Head {
    /// Goes before the path.
    prefix: String,
    /// Goes after the request line.
    line: String,
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// A connection to the proxy that carries one request, whose head it amends on the way out.
#[derive(Debug)]
pub(super) struct ForwardTransport {
    inner: Box<dyn Transport>,
    head: Option<Head>,
}

impl Transport for ForwardTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let Some(head) = self.head.take() else { return self.inner.transmit_output(amount, timeout) };
        let written = self.inner.buffers().output().get(..amount).unwrap_or_default().to_vec();
        for chunk in amend(&written, &head).chunks(self.inner.buffers().output().len().max(1)) {
            if let Some(space) = self.inner.buffers().output().get_mut(..chunk.len()) {
                space.copy_from_slice(chunk);
            }
            self.inner.transmit_output(chunk.len(), timeout)?;
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }
}

/// `METHOD /path …` becomes `METHOD http://host/path …`, with the proxy's header after that line.
fn amend(written: &[u8], head: &Head) -> Vec<u8> {
    let method_end = written.iter().position(|&byte| byte == b' ').map_or(0, |space| space + 1);
    let line_end =
        written.iter().position(|&byte| byte == b'\n').map_or(written.len(), |newline| newline + 1);
    let (line, rest) = written.split_at(line_end.max(method_end));
    let (method, target) = line.split_at(method_end);
    [method, head.prefix.as_bytes(), target, head.line.as_bytes(), rest].concat()
}

#[cfg(test)]
mod tests {
    use super::{Head, amend};

    #[test]
    fn the_request_line_becomes_absolute_and_the_proxy_is_told_who_asks() {
        let head = Head { prefix: "http://h:81".into(), line: "proxy-authorization: Basic eA==\r\n".into() };
        assert_eq!(
            amend(b"PUT /a?b HTTP/1.1\r\nhost: h:81\r\n\r\nbody", &head),
            b"PUT http://h:81/a?b HTTP/1.1\r\nproxy-authorization: Basic eA==\r\nhost: h:81\r\n\r\nbody"
        );
    }
}
