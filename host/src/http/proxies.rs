//! Which proxy for which address.

mod system;

use ureq::Proxy;
use ureq::http::Uri;
use ureq::http::uri::Scheme;

use super::has_unreadable_port;
use super::no_proxy::NoProxy;

/// An address that is not a proxy's. It may hold a password, and is not repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} is not a proxy's address: it has to be [scheme://][user:password@]host:port, with scheme http, https or socks5"
)]
pub struct InvalidProxy(String);

/// The proxies of one process.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    http: Option<Choice>,
    https: Option<Choice>,
    bypass: NoProxy,
}

/// One proxy, and where it was named.
#[derive(Clone)]
struct Choice {
    url: String,
    source: String,
    /// An explicit proxy is used for every host, whatever `NO_PROXY` says.
    explicit: bool,
}

/// The URL may hold a password.
impl std::fmt::Debug for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Choice").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Proxies {
    /// The proxies of the command line, for a scheme without one those of the environment, and where that names none those that
    /// Windows is set to use.
    ///
    /// Lower-case variables come before upper-case ones; `HTTP_PROXY` is ignored under CGI, where a client sets it.
    #[must_use]
    pub fn new(
        http: Option<&str>,
        https: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self::of(http, https, environment, system::Settings::read)
    }

    fn of(
        http: Option<&str>,
        https: Option<&str>,
        environment: &dyn Fn(&str) -> Option<String>,
        system: fn() -> Option<system::Settings>,
    ) -> Self {
        // One that is empty is named, too: it switches the system's off.
        let named = ["http_proxy", "https_proxy", "all_proxy"]
            .iter()
            .any(|name| environment(name).is_some() || environment(&name.to_ascii_uppercase()).is_some());
        let system = if named { None } else { system() };
        let from_system = |scheme: &str| {
            let url = system.as_ref()?.proxy(scheme)?;
            Some(Choice { url, source: "the system's settings".to_owned(), explicit: false })
        };
        let from_environment = |scheme: &str| {
            variable(&format!("{scheme}_proxy"), environment).or_else(|| variable("all_proxy", environment))
        };
        let listed = variable("no_proxy", environment).map(|choice| choice.url);
        let exceptions: Vec<_> =
            listed.into_iter().chain(system.as_ref().map(|it| it.exceptions())).collect();
        let explicit = |url: Option<&str>, option: &str| {
            url.filter(|url| !url.is_empty()).map(|url| Choice {
                url: url.to_owned(),
                source: option.to_owned(),
                explicit: true,
            })
        };
        Self {
            http: explicit(http, "--http-proxy")
                .or_else(|| from_environment("http"))
                .or_else(|| from_system("http")),
            https: explicit(https, "--https-proxy")
                .or_else(|| from_environment("https"))
                .or_else(|| from_system("https")),
            bypass: NoProxy::parse(&exceptions.join(",")),
        }
    }

    /// The proxy for a request to `uri`, if it needs one.
    ///
    /// # Errors
    ///
    /// When the one that is configured is no proxy's address.
    pub fn choose(&self, uri: &Uri) -> Result<Option<Proxy>, InvalidProxy> {
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        let Some(choice) = (if secure { &self.https } else { &self.http }) else { return Ok(None) };
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        if !choice.explicit && self.bypass.matches(uri.host().unwrap_or_default(), port) {
            return Ok(None);
        }
        Proxy::new(&choice.url)
            .ok()
            .filter(|proxy| !proxy.host().is_empty() && !has_unreadable_port(proxy.uri()))
            .map(Some)
            .ok_or_else(|| InvalidProxy(choice.source.clone()))
    }
}

impl Proxies {
    /// The proxy for a request to `uri` and where it was named, without user name and password.
    ///
    /// # Errors
    ///
    /// As [`choose`](Self::choose).
    pub fn named(&self, uri: &Uri) -> Result<Option<String>, InvalidProxy> {
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        let source = (if secure { &self.https } else { &self.http }).as_ref().map(|choice| &choice.source);
        let proxy = self.choose(uri)?.zip(source);
        Ok(proxy.map(|(proxy, source)| format!("{}:{} ({source})", proxy.host(), proxy.port())))
    }
}

fn variable(name: &str, environment: &dyn Fn(&str) -> Option<String>) -> Option<Choice> {
    let upper = name.to_ascii_uppercase();
    // Windows knows one case only: what a server made of a request's header cannot be told from what a person has set.
    if cfg!(windows) && upper == "HTTP_PROXY" && environment("REQUEST_METHOD").is_some() {
        return None;
    }
    let (source, url) = match environment(name) {
        // Set but empty: switched off, whatever the upper-case one says.
        Some(url) => (name.to_owned(), url),
        None if upper == "HTTP_PROXY" && environment("REQUEST_METHOD").is_some() => return None,
        None => (upper.clone(), environment(&upper)?),
    };
    (!url.is_empty()).then_some(Choice { url, source, explicit: false })
}

#[cfg(test)]
mod tests;
