//! `NO_PROXY`: which hosts are reached directly.

use std::net::IpAddr;

/// A list of hosts that need no proxy; its forms are in `docs/operations.md`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NoProxy(Vec<Entry>);

/// Which hosts, and at which port, if it is not every one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    All,
    /// Those whose names have no dot.
    Local,
    /// Of a network, or one address.
    Range(IpAddr, u32),
    /// A host, and those under it.
    Name(String),
}

impl NoProxy {
    /// Reads the variable's value; what is not understood matches nothing.
    pub(super) fn parse(list: &str) -> Self {
        let entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
        Self(entries.map(Entry::parse).collect())
    }

    /// Whether `host` is reached directly at `port`.
    pub(super) fn matches(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let address = host.parse::<IpAddr>().ok().map(|address| address.to_canonical());
        self.0.iter().filter(|entry| entry.port.is_none_or(|wanted| wanted == port)).any(|entry| match &entry
            .hosts
        {
            Hosts::All => true,
            Hosts::Local => address.is_none() && !host.contains('.'),
            Hosts::Range(network, bits) => address.is_some_and(|address| within(address, *network, *bits)),
            Hosts::Name(name) => {
                let under = || host.strip_suffix(name.as_str()).is_some_and(|front| front.ends_with('.'));
                address.is_none() && !name.is_empty() && (host == *name || under())
            }
        })
    }
}

impl Entry {
    fn parse(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        // An address of IPv6 is full of colons: only after brackets is one a port's.
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => match port.parse() {
                Ok(port) => (host, Some(port)),
                Err(_) => (text.as_str(), None),
            },
            _ => (text.as_str(), None),
        };
        Self { hosts: Hosts::parse(host), port }
    }
}

impl Hosts {
    fn parse(text: &str) -> Self {
        if text == "*" {
            return Self::All;
        }
        // As Windows has it.
        if text == "<local>" {
            return Self::Local;
        }
        if let Some((network, bits)) = text.split_once('/')
            && let (Ok(network), Ok(bits)) = (bare(network).parse(), bits.parse())
        {
            return Self::Range(network, bits);
        }
        if let Ok(address) = bare(text).parse::<IpAddr>() {
            return Self::Range(address.to_canonical(), 128);
        }
        let name = text.trim_start_matches('*').trim_start_matches('.');
        Self::Name(name.strip_suffix('.').unwrap_or(name).to_owned())
    }
}

fn bare(address: &str) -> &str {
    address.trim_start_matches('[').trim_end_matches(']')
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
            // A name, and what is under it.
            ("example.com", "example.com", 443, true),
            ("example.com", "www.EXAMPLE.com", 443, true),
            ("example.com", "badexample.com", 443, false),
            ("EXAMPLE.com", "example.com", 443, true),
            (".example.com", "a.example.com", 80, true),
            (".example.com", "example.com", 80, true),
            ("*.example.com", "a.example.com", 80, true),
            // The root's dot, on either side or both.
            ("localhost.", "localhost", 80, true),
            ("localhost", "localhost.", 80, true),
            ("example.com.", "a.example.com.", 80, true),
            ("example.com.:8080", "example.com", 8080, true),
            // A port.
            ("example.com:8080", "example.com", 8080, true),
            ("example.com:8080", "a.example.com", 8080, true),
            ("example.com:8080", "example.com", 80, false),
            ("*:8080", "example.com", 8080, true),
            ("*:8080", "example.com", 80, false),
            ("example.com:http", "example.com", 80, false),
            // An address.
            ("other, 127.0.0.1", "127.0.0.1", 80, true),
            ("127.0.0.1:81", "127.0.0.1", 81, true),
            ("127.0.0.1:81", "127.0.0.1", 80, false),
            ("0.0.1", "127.0.0.1", 80, false),
            ("::1", "[::1]", 80, true),
            ("[::1]", "[::1]", 80, true),
            ("0:0:0:0:0:0:0:1", "::1", 80, true),
            ("[::1]:8080", "[::1]", 8080, true),
            ("[::1]:8080", "[::1]", 80, false),
            ("::1:8080", "[::1]", 8080, false),
            ("127.0.0.1", "[::ffff:127.0.0.1]", 80, true),
            // A network.
            ("10.0.0.0/8", "10.9.8.7", 80, true),
            ("10.0.0.0/8", "11.0.0.1", 80, false),
            ("10.0.0.0/8", "10.example.com", 80, false),
            ("0.0.0.0/0", "11.0.0.1", 80, true),
            ("fd00::/8", "[fd00:ec2::254]", 80, true),
            ("[fd00::]/8", "[fd00:ec2::254]", 80, true),
            ("10.0.0.0/99", "10.0.0.0", 1, true),
            // What is near.
            ("<local>", "intranet", 80, true),
            ("<local>", "intranet.example", 80, false),
            ("<local>", "[::1]", 80, false),
            // A list.
            ("*", "anything", 1, true),
            ("a.example b.example", "b.example", 1, true),
            ("a.example,b.example", "b.example", 1, true),
            ("", "anything", 1, false),
            (" ,, ", "anything", 1, false),
            (".", "anything", 1, false),
        ];
        for (list, host, port, direct) in cases {
            assert_eq!(NoProxy::parse(list).matches(host, port), direct, "{list} {host}:{port}");
        }
    }
}
