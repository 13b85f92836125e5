//! `NO_PROXY`: which hosts are reached directly.

use std::net::IpAddr;

/// A list of hosts that need no proxy.
///
/// Entries are separated by commas: `*`, a name (it and what is under it; a leading `.` or `*.` is
/// dropped), an address, a range such as `10.0.0.0/8`; a name or an IPv4 address may have a `:port`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NoProxy(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    All,
    Range(IpAddr, u32),
    Name { name: String, port: Option<u16> },
}

impl NoProxy {
    /// Reads the variable's value; what is not understood matches nothing.
    pub(super) fn parse(list: &str) -> Self {
        Self(list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(Entry::parse).collect())
    }

    /// Whether `host` is reached directly at `port`.
    pub(super) fn matches(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let address = host.parse::<IpAddr>().ok();
        self.0.iter().any(|entry| match entry {
            Entry::All => true,
            Entry::Range(network, bits) => address.is_some_and(|address| within(address, *network, *bits)),
            Entry::Name { name, port: wanted } => {
                let under = address.is_none()
                    && host.strip_suffix(name.as_str()).is_some_and(|front| front.ends_with('.'));
                (host == *name || under) && wanted.is_none_or(|wanted| wanted == port)
            }
        })
    }
}

impl Entry {
    fn parse(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        if text == "*" {
            return Self::All;
        }
        if let Some((network, bits)) = text.split_once('/')
            && let (Ok(network), Ok(bits)) = (network.parse(), bits.parse())
        {
            return Self::Range(network, bits);
        }
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Self::Range(address, 128);
        }
        let name = text.trim_start_matches('*').trim_start_matches('.');
        match name.rsplit_once(':').map(|(name, port)| (name, port.parse())) {
            Some((name, Ok(port))) => Self::Name { name: name.to_owned(), port: Some(port) },
            _ => Self::Name { name: name.to_owned(), port: None },
        }
    }
}

fn within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits)).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(bits)).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::NoProxy;

    #[test]
    fn hosts_that_need_no_proxy() {
        let cases = [
            ("example.com", "example.com", 443, true),
            ("example.com", "www.EXAMPLE.com", 443, true),
            ("example.com", "badexample.com", 443, false),
            (".example.com", "a.example.com", 80, true),
            ("*.example.com", "a.example.com", 80, true),
            ("example.com:8080", "example.com", 8080, true),
            ("example.com:8080", "example.com", 80, false),
            ("other, 127.0.0.1", "127.0.0.1", 80, true),
            ("127.0.0.1:81", "127.0.0.1", 80, false),
            ("10.0.0.0/8", "10.9.8.7", 80, true),
            ("10.0.0.0/8", "11.0.0.1", 80, false),
            ("0.0.0.0/0", "11.0.0.1", 80, true),
            ("fd00::/8", "[fd00:ec2::254]", 80, true),
            ("::1", "[::1]", 80, true),
            ("*", "anything", 1, true),
            ("", "anything", 1, false),
            (" ,, ", "anything", 1, false),
            ("10.0.0.0/99", "10.0.0.0", 1, true),
        ];
        for (list, host, port, direct) in cases {
            assert_eq!(NoProxy::parse(list).matches(host, port), direct, "{list} {host}:{port}");
        }
    }
}
