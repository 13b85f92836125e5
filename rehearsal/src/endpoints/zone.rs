//! Which names there are for an instance, and where they lead: pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use super::EndpointAddresses;
use crate::account::{Metadata, domain};
use crate::hosts::{self, Hosts};

/// Where instances have their metadata.
const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// Where DNS has names by addresses.
const REVERSE: [&str; 2] = [".in-addr.arpa", ".ip6.arpa"];

/// What a name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Addresses, perhaps of one family only.
    Addresses(Vec<IpAddr>),
    /// The name of an address.
    Name(String),
    /// There is no such name.
    Nothing {
        /// Whether whoever watches ought to know that it was asked for.
        is_news: bool,
    },
}

/// The names that there are for an instance.
pub(super) struct Zone {
    hosts: Arc<Hosts>,
    addresses: EndpointAddresses,
    /// The instance's own address, and its names.
    own: Option<Ipv4Addr>,
    names: Vec<String>,
    /// What internal names end with.
    domain: String,
}

impl Zone {
    pub(super) fn new(metadata: &Metadata, hosts: Arc<Hosts>, addresses: EndpointAddresses) -> Self {
        let public = metadata.facts.public.as_ref().map(|(_, host)| hosts::plain(host));
        Self {
            hosts,
            addresses,
            own: metadata.address.address.parse().ok(),
            // From within, the name for the world leads to the address within.
            names: [hosts::plain(&metadata.address.host)].into_iter().chain(public).collect(),
            domain: domain(&metadata.region),
        }
    }

    /// What there is under a name.
    pub(super) fn find(&self, name: &str) -> Found {
        let name = hosts::plain(name);
        if let Some(own) = self.own.filter(|_| self.names.contains(&name)) {
            return Found::Addresses(vec![own.into()]);
        }
        if self.is_instance_data(&name) {
            return Found::Addresses(vec![METADATA.into()]);
        }
        if let Some(named) = self.hosts.find(&name) {
            let v6 = self.addresses.v6.filter(|_| named.is_dual_stack).map(Ipv6Addr::into);
            return Found::Addresses([self.addresses.v4.into()].into_iter().chain(v6).collect());
        }
        if REVERSE.iter().any(|it| name.ends_with(it)) {
            return self.reverse(&name).map_or(Found::Nothing { is_news: false }, Found::Name);
        }
        Found::Nothing { is_news: self.is_news(&name) }
    }

    fn is_instance_data(&self, name: &str) -> bool {
        let rest = name.strip_prefix("instance-data.");
        rest.is_some_and(|rest| rest == self.domain || rest == "ec2.internal")
    }

    fn reverse(&self, name: &str) -> Option<String> {
        let digits = name.strip_suffix(".in-addr.arpa")?;
        let mut parts: Vec<_> = digits.split('.').collect();
        parts.reverse();
        let address: Ipv4Addr = parts.join(".").parse().ok()?;
        if address == METADATA {
            return Some(format!("instance-data.{}", self.domain));
        }
        self.names.first().filter(|_| self.own == Some(address)).cloned()
    }

    /// Whether somebody wanted to go there: neither what a resolver tries on its way, nor what is asked for because there is
    /// no such name.
    fn is_news(&self, name: &str) -> bool {
        let is_tried =
            name.starts_with('_') || name.ends_with(&format!(".{}", self.domain)) || name.ends_with(".local");
        let is_none =
            ["invalid", "test", "example", "localhost"].iter().any(|it| name.rsplit('.').next() == Some(it));
        // The names by which cloud-init finds out whether all names lead somewhere.
        let is_probe = name.starts_with("does-not-exist.") || name.starts_with("instance-data");
        name.contains('.') && !is_tried && !is_none && !is_probe
    }
}
