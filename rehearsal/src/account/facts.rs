//! What is known of an instance: what its template says, and what is made up where that says nothing.
//!
//! What is made up follows from the instance's id: asked twice, it is the same.

use std::net::Ipv4Addr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::ids::{Home, Subject, fill};
use crate::template::{Address, Particulars, host};

#[cfg(test)]
mod tests;

/// The image of instances whose own is not known.
pub(crate) const IMAGE: &str = "ami-0123456789abcdef0";

/// What is known of an instance.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// Such as `ami-0123456789abcdef0`.
    pub(crate) image: String,
    /// Such as `t3.micro`.
    pub(crate) instance_type: String,
    /// A key pair's name, and its public half as OpenSSH writes it.
    pub(crate) key: Option<(String, String)>,
    /// Such as `eu-west-1a`.
    pub(crate) zone: String,
    /// Such as `euw1-az1`.
    pub(crate) zone_id: String,
    /// A placement group's name.
    pub(crate) placement_group: Option<String>,
    /// An instance profile's name, where it is not its role's.
    pub(crate) profile: Option<String>,
    /// Its network interface's hardware address.
    pub(crate) mac: String,
    /// The interface's id.
    pub(crate) interface: String,
    /// The id of what launched it.
    pub(crate) reservation: String,
    /// The subnet's id and addresses.
    pub(crate) subnet: (String, String),
    /// The VPC's id and addresses.
    pub(crate) vpc: (String, String),
    /// Ids of security groups, and their names.
    pub(crate) security_groups: Vec<(String, String)>,
    /// An address that the world sees, and its name.
    pub(crate) public: Option<(String, String)>,
    /// The devices of its volumes, but for the first.
    pub(crate) volumes: Vec<String>,
    /// Whether it runs on spare capacity.
    pub(crate) is_spot: bool,
    /// What it is marked with, but for what CloudFormation adds.
    pub(crate) tags: Vec<(String, String)>,
    /// Whether it is an Auto Scaling group's.
    pub(crate) is_in_group: bool,
}

impl Facts {
    /// Of the instance `instance_id`, which is at `address`.
    pub(super) fn new(said: &Particulars, instance_id: &str, address: &Address, home: Home<'_>) -> Self {
        let made = |form: &str, seed: &str| fill(form, Subject { reference: instance_id, home, seed });
        let own = |form: &str| made(form, instance_id);
        let zone = said.zone.clone().unwrap_or_else(|| format!("{}a", home.region));
        let own_address: Option<Ipv4Addr> = address.address.parse().ok();
        let subnet_range = range(said.subnet.detail.as_deref(), own_address, 24);
        let vpc_range = range(said.vpc.detail.as_deref(), own_address, 16);
        let id = |known: &Option<String>, form: &str, seed: &str| {
            known.clone().unwrap_or_else(|| made(form, seed))
        };
        let vpc = id(&said.vpc.id, "vpc-0{x:16}", home.region);
        Self {
            image: said.image.clone().unwrap_or_else(|| IMAGE.to_owned()),
            instance_type: said.instance_type.clone().unwrap_or_else(|| "t3.micro".to_owned()),
            key: said.key.clone().map(|name| {
                let material =
                    said.key_material.clone().unwrap_or_else(|| public_key(&made("{x:32}", &name), &name));
                (name, material)
            }),
            zone_id: zone_id(&zone),
            zone,
            placement_group: said.placement_group.clone(),
            profile: said.profile.clone(),
            // Amazon's instances have such: administered locally, and beginning with 06.
            mac: mac(&own("{x:10}")),
            interface: own("eni-0{x:16}"),
            reservation: own("r-0{x:16}"),
            subnet: (id(&said.subnet.id, "subnet-0{x:16}", &subnet_range), subnet_range),
            security_groups: security_groups(said, |seed| made("sg-0{x:16}", seed), &vpc),
            vpc: (vpc, vpc_range),
            public: public(said, &own("198.51.100.{host}"), home.region),
            volumes: said.volumes.clone(),
            is_spot: said.is_spot,
            tags: said.tags.clone(),
            is_in_group: said.is_in_group,
        }
    }

    /// Bits of the subnet's addresses that all have in common.
    pub(crate) fn prefix(&self) -> u8 {
        self.subnet.1.rsplit_once('/').and_then(|(_, bits)| bits.parse().ok()).unwrap_or(24)
    }
}

/// Ids and names; without any, the VPC's own group.
fn security_groups(said: &Particulars, made: impl Fn(&str) -> String, vpc: &str) -> Vec<(String, String)> {
    if said.security_groups.is_empty() {
        return vec![(made(vpc), "default".to_owned())];
    }
    let one = |it: &crate::template::Named| match (&it.id, &it.detail) {
        (Some(id), name) => (id.clone(), name.clone().unwrap_or_else(|| id.clone())),
        (None, name) => {
            let name = name.clone().unwrap_or_default();
            (made(&name), name)
        }
    };
    said.security_groups.iter().map(one).collect()
}

/// A single instance's where it is not said that it has none; a group's where it is said that they have.
fn public(said: &Particulars, made_up: &str, region: &str) -> Option<(String, String)> {
    match (said.is_public, &said.public_address) {
        (Some(false), _) => None,
        (_, Some(known)) => Some(known.clone()),
        (Some(true), None) => Some((made_up.to_owned(), public_host(made_up, region))),
        (None, None) => None,
    }
}

/// The name of a host by the address that the world sees.
fn public_host(address: &str, region: &str) -> String {
    let name = address.replace('.', "-");
    let suffix = cfn_signal_core::endpoint::Partition::of(region).dns_suffix();
    match region {
        "us-east-1" => format!("ec2-{name}.compute-1.{suffix}"),
        region => format!("ec2-{name}.{region}.compute.{suffix}"),
    }
}

/// The addresses that are said, if the own one is among them; else those around it.
fn range(said: Option<&str>, own: Option<Ipv4Addr>, bits: u32) -> String {
    let Some(own) = own else { return said.unwrap_or("10.0.0.0/16").to_owned() };
    if let Some(said) = said.filter(|it| contains(it, own)) {
        return said.to_owned();
    }
    format!("{}/{bits}", network(own, bits))
}

fn network(address: Ipv4Addr, bits: u32) -> Ipv4Addr {
    let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
    Ipv4Addr::from(u32::from(address) & mask)
}

fn contains(range: &str, address: Ipv4Addr) -> bool {
    let Some((first, bits)) = range.split_once('/') else { return false };
    let (Ok(first), Ok(bits)) = (first.parse::<Ipv4Addr>(), bits.parse::<u32>()) else { return false };
    bits <= 32 && network(first, bits) == network(address, bits)
}

/// `euw1-az1` of `eu-west-1a`.
pub(crate) fn zone_id(zone: &str) -> String {
    let letter = zone.chars().next_back().filter(char::is_ascii_lowercase);
    let region = zone.trim_end_matches(|it: char| it.is_ascii_lowercase());
    let mut parts = region.split('-');
    let first = parts.next().unwrap_or_default();
    let middle: String = parts.next().and_then(|it| it.chars().next()).into_iter().collect();
    let last = parts.next().unwrap_or_default();
    let number = letter.map_or(1, |it| u32::from(it) - u32::from('a') + 1);
    format!("{first}{middle}{last}-az{number}")
}

fn mac(digits: &str) -> String {
    let pairs = (0..digits.len()).step_by(2).filter_map(|from| digits.get(from..from + 2));
    ["06"].into_iter().chain(pairs).collect::<Vec<_>>().join(":")
}

/// A key that nobody has the other half of, in the form of OpenSSH.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc8709#section-4>
fn public_key(seed: &str, name: &str) -> String {
    const KIND: &[u8] = b"ssh-ed25519";
    let mut blob = Vec::new();
    for part in [KIND, seed.as_bytes()] {
        blob.extend(u32::try_from(part.len()).unwrap_or_default().to_be_bytes());
        blob.extend_from_slice(part);
    }
    format!("ssh-ed25519 {} {name}", STANDARD.encode(blob))
}

/// The domain in which instances are called by their addresses.
pub(crate) fn domain(region: &str) -> String {
    host("0", region).split_once('.').map(|(_, domain)| domain.to_owned()).unwrap_or_default()
}
