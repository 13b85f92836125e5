//! Attributes that are lists, of a documented form.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>,
//! the return values of each type. How forms are read is in `ids/form.rs`.

use super::{
    attributes::{home, property},
    error::Fault,
    functions::Resolver,
    launch::child,
    node::Node,
    physical::physical_id,
    sections,
    value::Value,
};
use crate::ids::{self, Subject};

#[cfg(test)]
mod tests;

/// How many there are.
enum Count {
    /// One of each form.
    Each,
    /// As many as this property has.
    Of(&'static str),
}

/// A type, its attribute, how many values it has, and their forms.
const LISTS: [(&str, &str, Count, &[&str]); 9] = [
    ("AWS::AmazonMQ::Broker", "IpAddresses", Count::Each, &["10.0.0.{host}"]),
    (
        "AWS::DirectoryService::MicrosoftAD",
        "DnsIpAddresses",
        Count::Each,
        &["10.0.0.{host}", "10.0.1.{host}"],
    ),
    ("AWS::DirectoryService::SimpleAD", "DnsIpAddresses", Count::Each, &["10.0.0.{host}", "10.0.1.{host}"]),
    ("AWS::EC2::Subnet", "Ipv6CidrBlocks", Count::Each, &["2001:db8:{x:4}:{x:2}00::/64"]),
    ("AWS::EC2::VPC", "CidrBlockAssociations", Count::Each, &["vpc-cidr-assoc-0{x:16}"]),
    ("AWS::EC2::VPC", "Ipv6CidrBlocks", Count::Each, &["2001:db8:{x:4}:{x:2}00::/56"]),
    ("AWS::EC2::VPCEndpoint", "NetworkInterfaceIds", Count::Of("SubnetIds"), &["eni-0{x:16}"]),
    (
        "AWS::GlobalAccelerator::Accelerator",
        "Ipv4Addresses",
        Count::Each,
        &["198.51.100.{host}", "203.0.113.{host}"],
    ),
    (
        "AWS::Route53::HostedZone",
        "NameServers",
        Count::Each,
        &[
            "ns-{n:3}.awsdns-{n:2}.com",
            "ns-{n:3}.awsdns-{n:2}.net",
            "ns-{n:4}.awsdns-{n:2}.org",
            "ns-{n:4}.awsdns-{n:2}.co.uk",
        ],
    ),
];

/// Attributes that are a property, where that is given.
const PROPERTIES: [(&str, &str, &str); 3] = [
    ("AWS::EC2::Subnet", "Ipv6CidrBlocks", "Ipv6CidrBlock"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "SecurityGroups", "SecurityGroups"),
    ("AWS::GlobalAccelerator::Accelerator", "Ipv4Addresses", "IpAddresses"),
];

impl Resolver<'_> {
    /// A list of texts.
    pub(super) fn texts(&self, node: &Node, texts: Vec<String>) -> Result<Value, Fault> {
        let values: Result<_, _> = texts.into_iter().map(|text| self.produce(node, text)).collect();
        values.map(Value::List)
    }
}

/// The attribute's values, marked where they are made up; none where only the real service knows them.
pub(super) fn attribute<'n>(
    resolver: &Resolver<'n>,
    logical_id: &str,
    resource: &'n Node,
    attribute: &str,
) -> Result<Option<Vec<String>>, Fault> {
    let resource_type = sections::type_of(resource);
    let same = PROPERTIES.iter().find(|(known, name, _)| *known == resource_type && *name == attribute);
    if let Some((.., name)) = same {
        if let Some(text) = property(resolver, resource, name)? {
            return Ok(Some(vec![text]));
        }
        if let Some(texts) = listed(resolver, resource, name)? {
            return Ok(Some(texts));
        }
    }
    let list = LISTS.iter().find(|(known, name, ..)| *known == resource_type && *name == attribute);
    let Some((_, _, count, forms)) = list else { return Ok(None) };
    let wanted = match count {
        Count::Each => forms.len(),
        Count::Of(name) => listed(resolver, resource, name)?.map_or(1, |it| it.len()),
    };
    let reference = physical_id(resolver, logical_id, resource)?;
    let values: Vec<String> = (0..wanted)
        .zip(forms.iter().cycle())
        .map(|(at, form)| {
            let seed = format!("{} {logical_id} {at}", resolver.inputs.stack_name);
            ids::fill(form, Subject { reference: &reference, home: home(resolver), seed: &seed })
        })
        .collect();
    resolver.mark(format!("{logical_id}.{attribute}"), &values.join(", "));
    Ok(Some(values))
}

/// A property's texts; none where it is not given, or is no list.
fn listed<'n>(resolver: &Resolver<'n>, resource: &'n Node, name: &str) -> Result<Option<Vec<String>>, Fault> {
    let Some(properties) = child(resolver, resource, "Properties")? else { return Ok(None) };
    let Some(node) = child(resolver, properties, name)? else { return Ok(None) };
    let text = |value| if let Value::Text(text) = value { Some(text) } else { None };
    resolver.deeper(node, || match resolver.value(node)? {
        Value::List(values) => Ok(values.into_iter().map(text).collect()),
        _ => Ok(None),
    })
}
