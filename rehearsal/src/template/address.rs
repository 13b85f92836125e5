//! Where an instance is in its network: one address, by which its attributes, its host's name and its metadata call it.
//!
//! Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html>,
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html>

use super::{error::Fault, functions::Resolver, launch::child, node::Node, sections, value::Value};

#[cfg(test)]
mod tests;

/// The attribute that all others go by.
const ADDRESS: &str = "PrivateIp";

/// How an instance is called in its network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Such as `10.0.0.10`.
    pub(crate) address: String,
    /// Such as `ip-10-0-0-10.eu-west-1.compute.internal`.
    pub(crate) host: String,
}

/// What an instance is called; none for what is no single instance, or cannot be known.
pub(super) fn of_instance<'n>(
    resolver: &Resolver<'n>,
    logical_id: &str,
    resource: &'n Node,
) -> Option<Address> {
    let text = |name: &str| match resolver.attribute(resource, logical_id, name) {
        Ok(Value::Text(text)) => Some(text),
        _ => None,
    };
    let is_single = sections::type_of(resource) == sections::INSTANCE;
    is_single.then(|| Some(Address { address: text(ADDRESS)?, host: text("PrivateDnsName")? })).flatten()
}

/// An attribute of an instance that follows from its address, or is it; none for any other, and where nothing says.
pub(super) fn attribute<'n>(
    resolver: &Resolver<'n>,
    logical_id: &str,
    resource: &'n Node,
    attribute: &str,
) -> Result<Option<String>, Fault> {
    match attribute {
        ADDRESS => of_interface(resolver, resource),
        "PrivateDnsName" => {
            let Value::Text(address) = resolver.attribute(resource, logical_id, ADDRESS)? else {
                return Ok(None);
            };
            let host = host(&address, &resolver.inputs.region);
            resolver.mark(format!("{logical_id}.{attribute}"), &host);
            Ok(Some(host))
        }
        _ => Ok(None),
    }
}

/// The address that the template gives the first of its network interfaces.
fn of_interface<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> Result<Option<String>, Fault> {
    let Some(properties) = child(resolver, resource, "Properties")? else { return Ok(None) };
    let Some(interfaces) = child(resolver, properties, "NetworkInterfaces")? else { return Ok(None) };
    for interface in interfaces.items().unwrap_or_default() {
        let Some(interface) = resolver.chosen(interface)? else { continue };
        let is_first = match child(resolver, interface, "DeviceIndex")? {
            Some(index) => resolver.string(index)? == "0",
            None => true,
        };
        if !is_first {
            continue;
        }
        if let Some(own) = child(resolver, interface, "PrivateIpAddress")? {
            return resolver.string(own).map(Some);
        }
        // An interface of its own, which the template may say the address of.
        let id = child(resolver, interface, "NetworkInterfaceId")?;
        let named =
            id.and_then(Node::function).filter(|(name, _)| *name == "Ref").and_then(|(_, it)| it.text());
        let Some(name) = named.filter(|name| sections::resource(resolver.root, name).is_some()) else {
            return Ok(None);
        };
        return match resolver.attribute(resource, name, "PrimaryPrivateIpAddress")? {
            Value::Text(address) => Ok(Some(address)),
            _ => Ok(None),
        };
    }
    Ok(None)
}

/// The name of a host by its address.
pub(crate) fn host(address: &str, region: &str) -> String {
    let name = address.replace('.', "-");
    match region {
        "us-east-1" => format!("ip-{name}.ec2.internal"),
        region => format!("ip-{name}.{region}.compute.internal"),
    }
}
