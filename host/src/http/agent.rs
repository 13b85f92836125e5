//! Sends one request over a connection of its own.

use std::io::Read as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cfn_signal_core::causes;
use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::TransportError;
use cfn_signal_core::http::{Request, Response};
use rustls::ClientConfig;
use ureq::config::{AutoHeaderValue, Config};
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, SocksConnector, TcpConnector};
use ureq::{Agent, Proxy};

use super::failure::{self, Hop};
use super::forward::ForwardConnector;
use super::progress::{Progress, Stage};
use super::resolver::Names;
use super::tls::{self, TlsConnector};
use super::watch::Watch;
use super::{
    Http, Misconfigured, Proxies, RequestLimits, RootsError, RootsSource, Route, has_unreadable_port,
};

/// What requests say they come from, unless they say something else.
pub const USER_AGENT: &str = concat!("cfn-signal/", env!("CARGO_PKG_VERSION"));

/// The most that is read of an answer's body, in bytes.
const MAX_BODY: u64 = 64 * 1024;

/// Of each request; what it is longer by has room besides.
const OUTPUT_BUFFER: usize = 16 * 1024;
/// An answer's head has to fit, which may have 64 KiB.
const INPUT_BUFFER: usize = 80 * 1024;

/// For the body of an answer that says that all is well, which says no more.
const THANKS: Duration = Duration::from_secs(2);
/// For the body of any other answer, which says what is wrong.
const REASON: Duration = Duration::from_secs(5);

/// The status of a proxy that wants to know who asks, or takes the password for wrong.
const UNAUTHORIZED: u16 = 407;
/// What some proxies say of a wrong password in its place, tinyproxy among them.
const ALSO_UNAUTHORIZED: u16 = 401;

/// How much of an answer's body there has to be.
#[derive(Clone, Copy, Debug)]
enum Reading {
    /// All of it: half a document is none.
    Whole,
    /// What comes while one listens: the head has said what matters, and the request need not be sent again.
    AsFarAsItComes,
}

/// How requests travel.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HttpSettings {
    /// Which proxy for which address.
    pub proxies: Proxies,
    /// The certificates to trust, read when TLS is first needed.
    pub roots: RootsSource,
}

impl HttpSettings {
    /// The same with these proxies.
    #[must_use]
    pub fn with_proxies(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// The same with certificates from there.
    #[must_use]
    pub fn with_roots(mut self, roots: RootsSource) -> Self {
        self.roots = roots;
        self
    }
}

/// A client. Redirects are answers; a status is never an error.
#[derive(Debug)]
pub struct Client {
    settings: HttpSettings,
    trust: OnceLock<Result<Arc<ClientConfig>, RootsError>>,
}

impl Client {
    /// A client that does nothing, opens nothing and reads nothing yet.
    #[must_use]
    pub fn new(settings: HttpSettings) -> Self {
        Self { settings, trust: OnceLock::new() }
    }

    /// How requests travel.
    #[must_use]
    pub fn settings(&self) -> &HttpSettings {
        &self.settings
    }

    /// Whether a request to `uri` could be sent at all: reads the roots for an `https` one.
    ///
    /// # Errors
    ///
    /// When `uri` is no address, the certificates cannot be read or the proxy's address is not one: no retry will
    /// change that.
    pub fn check(&self, uri: &str) -> Result<(), Misconfigured> {
        let uri: Uri = uri.parse().map_err(|_| Misconfigured::Address)?;
        if has_unreadable_port(&uri) {
            return Err(Misconfigured::Address);
        }
        self.settings.proxies.choose(&uri)?;
        if uri.scheme() == Some(&Scheme::HTTPS) {
            self.trust()?;
        }
        Ok(())
    }

    /// Sends `request` and reads the answer's head and the beginning of its body.
    ///
    /// # Errors
    ///
    /// When no answer came, or not all of it. No error holds the request's path or query.
    pub fn send(&self, request: &Request, limits: RequestLimits) -> Result<Response, TransportError> {
        self.exchange(request, limits, Reading::Whole)
    }

    fn exchange(
        &self,
        request: &Request,
        limits: RequestLimits,
        reading: Reading,
    ) -> Result<Response, TransportError> {
        let uri: Uri = request.uri.parse().map_err(|_| {
            TransportError::Other(Some("the address is not one this client can send to".into()))
        })?;
        let proxy = match limits.route {
            Route::Direct => None,
            _ => self
                .settings
                .proxies
                .choose(&uri)
                .map_err(|error| TransportError::Proxy(error.to_string()))?,
        };
        let hop = Hop::new(&uri, proxy.as_ref());
        let progress = Progress::default();
        let agent = self.agent(&uri, proxy, limits, &progress, length(request))?;
        // Without one the sockets' own timers have to do.
        let watch = Watch::start(&agent, limits.total);
        let failed = |error: ureq::Error| {
            let error = match &watch {
                Some(watch) if watch.is_over() => ureq::Error::Timeout(ureq::Timeout::Global),
                _ => error,
            };
            failure::classify(error, &hop, progress.stage())
        };
        let answer =
            if request.body.is_empty() && matches!(request.method.as_str(), "GET" | "HEAD" | "DELETE") {
                agent.run(message(request, &uri, ())?)
            } else {
                agent.run(message(request, &uri, request.body.as_slice())?)
            };
        let answer = match answer {
            // As the answer to a request that was sent through it: no other try changes it.
            Err(error) if matches!(failure::refusal(&error), Some(UNAUTHORIZED | ALSO_UNAUTHORIZED)) => {
                return Ok(Response { status: UNAUTHORIZED, ..Response::default() });
            }
            answer => answer.map_err(failed)?,
        };
        // AWS's services do not know it, so it is the proxy's.
        let status = match answer.status().as_u16() {
            ALSO_UNAUTHORIZED if hop.forwards_with_password() => UNAUTHORIZED,
            status => status,
        };
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut body = Vec::new();
        if let (Reading::AsFarAsItComes, Some(watch)) = (reading, &watch) {
            watch.at_most(if matches!(status, 200..=299) { THANKS } else { REASON });
        }
        // What came before a failure stays in `body`.
        let read = answer.into_body().into_reader().take(MAX_BODY).read_to_end(&mut body);
        match (read, reading) {
            (Err(error), Reading::Whole) => Err(failed(error.into())),
            _ => Ok(Response { status, headers, body }),
        }
    }

    fn checked(
        &self,
        request: &Request,
        limits: RequestLimits,
        reading: Reading,
    ) -> Result<Response, SendError> {
        if limits.route == Route::Configured {
            self.check(&request.uri).map_err(|error| SendError::Misconfigured(causes::line(&error)))?;
        }
        self.exchange(request, limits, reading).map_err(SendError::Failed)
    }

    /// An agent for one request: there is rarely a second one to the same place, and never soon.
    fn agent(
        &self,
        uri: &Uri,
        proxy: Option<Proxy>,
        limits: RequestLimits,
        progress: &Progress,
        length: usize,
    ) -> Result<Agent, TransportError> {
        let secure_proxy = proxy.as_ref().is_some_and(|proxy| proxy.uri().scheme() == Some(&Scheme::HTTPS));
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .input_buffer_size(INPUT_BUFFER)
            .output_buffer_size(OUTPUT_BUFFER + length)
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .user_agent(USER_AGENT)
            .timeout_connect(Some(limits.connect.min(limits.total)))
            .timeout_global(Some(limits.total))
            .proxy(proxy.clone())
            .build();
        let trust = if uri.scheme() == Some(&Scheme::HTTPS) || secure_proxy {
            Some(self.trust().map_err(|error| TransportError::Tls(causes::line(&error)))?)
        } else {
            None
        };
        let tls = TlsConnector::new(trust);
        let proxied = proxy.is_some();
        let forward = proxy.filter(|proxy| uri.scheme() == Some(&Scheme::HTTP) && !failure::is_socks(proxy));
        let connected = progress.at(Stage::Connected, proxied);
        let open = progress.at(Stage::Open, proxied);
        Ok(match forward {
            Some(proxy) => Agent::with_parts(config, ForwardConnector::new(proxy, tls).chain(open), Names),
            None => {
                let connector = ().chain(ConnectProxyConnector::default()).chain(SocksConnector::default());
                let connector =
                    connector.chain(TcpConnector::default()).chain(connected).chain(tls).chain(open);
                Agent::with_parts(config, connector, Names)
            }
        })
    }

    fn trust(&self) -> Result<Arc<ClientConfig>, RootsError> {
        let load =
            || self.settings.roots.load().and_then(|roots| tls::config(roots).map_err(RootsError::unusable));
        self.trust.get_or_init(load).clone()
    }
}

/// What could never be sent by the way that is configured stops a delivery.
impl Http for Client {
    fn send(&self, request: &Request, limits: RequestLimits) -> Result<Response, SendError> {
        self.checked(request, limits, Reading::Whole)
    }

    fn deliver(&self, request: &Request, limits: RequestLimits) -> Result<Response, SendError> {
        self.checked(request, limits, Reading::AsFarAsItComes)
    }
}

/// The bytes of `request`, roughly.
fn length(request: &Request) -> usize {
    let headers: usize = request.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    request.uri.len() + headers + request.body.len()
}

fn message<B>(request: &Request, uri: &Uri, body: B) -> Result<ureq::http::Request<B>, TransportError> {
    let mut builder = ureq::http::Request::builder().method(request.method.as_str()).uri(uri.clone());
    for (name, value) in &request.headers {
        builder = builder.header(name.as_str(), value.as_bytes());
    }
    // The cause could quote a header's value.
    builder.body(body).map_err(|_| TransportError::Other(Some("a header cannot be sent over HTTP".into())))
}
