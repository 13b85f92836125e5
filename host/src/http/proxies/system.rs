//! The proxies that Windows is set to use, as its browsers and other programs have them.

/// What is set, in the words of Windows' registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// `ProxyServer`: one for all schemes, or `scheme=proxy` parted by semicolons.
    pub(super) server: String,
    /// `ProxyOverride`: hosts that are reached directly, parted by semicolons.
    pub(super) exceptions: String,
}

impl Settings {
    /// No other system has any that every program knows.
    #[cfg(not(windows))]
    pub(super) fn read() -> Option<Self> {
        None
    }

    /// Those of this user, and where there are none those of the machine.
    #[cfg(windows)]
    pub(super) fn read() -> Option<Self> {
        use windows_registry::{CURRENT_USER, LOCAL_MACHINE};

        const PATH: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
        [CURRENT_USER, LOCAL_MACHINE].into_iter().find_map(|root| {
            let key = root.open(PATH).ok()?;
            let enabled = key.get_u32("ProxyEnable").is_ok_and(|it| it != 0);
            let server = key.get_string("ProxyServer").ok().filter(|it| enabled && !it.is_empty())?;
            Some(Self { server, exceptions: key.get_string("ProxyOverride").unwrap_or_default() })
        })
    }

    /// The proxy for `scheme`, as an address.
    pub(super) fn proxy(&self, scheme: &str) -> Option<String> {
        let server = self.server.trim();
        if !server.contains('=') {
            return Some(address(server, "http"));
        }
        let named = |wanted: &str| {
            let parts = server.split(';').filter_map(|part| part.split_once('='));
            let mut found = parts.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            found.next().map(|(_, proxy)| proxy.trim()).filter(|proxy| !proxy.is_empty())
        };
        let socks = || named("socks").map(|proxy| address(proxy, "socks4"));
        named(scheme).map(|proxy| address(proxy, "http")).or_else(socks)
    }

    /// The exceptions as `NO_PROXY` has them; hosts without a dot are in `<local>`.
    pub(super) fn exceptions(&self) -> String {
        let listed = self.exceptions.split(';').map(str::trim).filter(|it| !it.is_empty());
        listed.map(exception).collect::<Vec<_>>().join(",")
    }
}

fn address(proxy: &str, scheme: &str) -> String {
    if proxy.contains("://") { proxy.to_owned() } else { format!("{scheme}://{proxy}") }
}

/// An address that ends in a star is a network.
fn exception(host: &str) -> String {
    let host = host.rsplit_once("://").map_or(host, |(_, host)| host);
    let front = host.trim_end_matches(['*', '.']);
    let parts: Vec<_> = front.split('.').collect();
    if front == host || parts.len() > 3 || parts.iter().any(|part| part.parse::<u8>().is_err()) {
        return host.to_owned();
    }
    let rest = vec!["0"; 4 - parts.len()].join(".");
    format!("{front}.{rest}/{}", 8 * parts.len())
}

#[cfg(test)]
mod tests {
    use super::Settings;

    fn settings(server: &str, exceptions: &str) -> Settings {
        Settings { server: server.to_owned(), exceptions: exceptions.to_owned() }
    }

    #[test]
    fn one_proxy_for_all_or_one_for_each() {
        let cases = [
            ("proxy:8080", Some("http://proxy:8080"), Some("http://proxy:8080")),
            ("http://proxy:8080", Some("http://proxy:8080"), Some("http://proxy:8080")),
            ("http=a:1;https=b:2", Some("http://a:1"), Some("http://b:2")),
            ("HTTPS = b:2 ; ftp=c:3", None, Some("http://b:2")),
            ("socks=s:1080;http=a:1", Some("http://a:1"), Some("socks4://s:1080")),
            ("http=;https=b:2", None, Some("http://b:2")),
        ];
        for (server, http, https) in cases {
            let settings = settings(server, "");
            assert_eq!(
                [settings.proxy("http").as_deref(), settings.proxy("https").as_deref()],
                [http, https]
            );
        }
    }

    #[test]
    fn exceptions_are_names_networks_and_what_is_local() {
        let given = "*.corp.example; 10.*;192.168.*.*;<local>;1.2.3.4;http://a.example;*";
        let read = "*.corp.example,10.0.0.0/8,192.168.0.0/16,<local>,1.2.3.4,a.example,*";
        assert_eq!(settings("p:1", given).exceptions(), read);
    }
}
