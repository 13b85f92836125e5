//! Attributes that follow from what a template says of a resource and from what `Ref` gives for it, or whose form is known.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>,
//! the return values of each type.

use super::{
    address, error::Fault, forms, functions::Resolver, launch::child, node::Node, physical::physical_id,
    sections, value::Value,
};
use crate::ids::{self, Home, Subject};
use cfn_signal_core::endpoint::Partition;

#[cfg(test)]
mod tests;

/// Attributes that are a property, where that is given.
const PROPERTIES: [(&str, &str, &str); 16] = [
    ("AWS::CodeCommit::Repository", "Name", "RepositoryName"),
    ("AWS::DocDB::DBCluster", "Port", "Port"),
    ("AWS::EC2::Instance", "PrivateIp", "PrivateIpAddress"),
    ("AWS::EC2::NetworkInterface", "PrimaryPrivateIpAddress", "PrivateIpAddress"),
    ("AWS::EC2::Subnet", "AvailabilityZone", "AvailabilityZone"),
    ("AWS::EC2::Subnet", "CidrBlock", "CidrBlock"),
    ("AWS::EC2::Subnet", "VpcId", "VpcId"),
    ("AWS::EC2::VPC", "CidrBlock", "CidrBlock"),
    ("AWS::EFS::MountTarget", "IpAddress", "IpAddress"),
    ("AWS::ElastiCache::ReplicationGroup", "PrimaryEndPoint.Port", "Port"),
    ("AWS::Lambda::Url", "FunctionArn", "TargetFunctionArn"),
    ("AWS::RDS::DBCluster", "Endpoint.Port", "Port"),
    ("AWS::RDS::DBInstance", "Endpoint.Port", "Port"),
    ("AWS::Redshift::Cluster", "Endpoint.Port", "Port"),
    ("AWS::SSM::Parameter", "Type", "Type"),
    ("AWS::SSM::Parameter", "Value", "Value"),
];

/// Ports of databases, by what their engine begins with.
const PORTS: [(&str, &str); 8] = [
    ("aurora-postgresql", "5432"),
    ("aurora", "3306"),
    ("mysql", "3306"),
    ("mariadb", "3306"),
    ("postgres", "5432"),
    ("oracle", "1521"),
    ("sqlserver", "1433"),
    ("db2", "50000"),
];

/// The DNS name of a network load balancer.
const NETWORK: &str = "{second}-{name}.elb.{region}.{suffix}";

/// The attribute's value, marked where it is made up; none where only the real service knows it.
pub(super) fn attribute<'n>(
    resolver: &Resolver<'n>,
    logical_id: &str,
    resource: &'n Node,
    attribute: &str,
) -> Result<Option<String>, Fault> {
    let resource_type = sections::type_of(resource);
    let same = PROPERTIES.iter().find(|(known, name, _)| *known == resource_type && *name == attribute);
    if let Some((.., name)) = same
        && let Some(value) = property(resolver, resource, name)?
    {
        return Ok(Some(value));
    }
    if resource_type == sections::INSTANCE
        && let Some(value) = address::attribute(resolver, logical_id, resource, attribute)?
    {
        return Ok(Some(value));
    }
    if let Some(kind) = iam(resource_type, attribute) {
        return arn(resolver, logical_id, resource, kind).map(Some);
    }
    if let Some(port) = port(resolver, resource, attribute)? {
        resolver.mark(format!("{logical_id}.{attribute}"), port);
        return Ok(Some(port.to_owned()));
    }
    let reference = || physical_id(resolver, logical_id, resource);
    let form = match forms::form(resource_type, attribute) {
        None => return Ok(None),
        // A network load balancer's name has the end of its ARN.
        Some(_) if attribute == "DNSName" && reference()?.contains(":loadbalancer/net/") => NETWORK,
        Some(form) => form,
    };
    let reference = reference()?;
    let seed = format!("{} {logical_id}", resolver.inputs.stack_name);
    let value = ids::fill(form, Subject { reference: &reference, home: home(resolver), seed: &seed });
    // What has no part of the resource's own is no fact either.
    if ids::is_made_up(form) || form == NETWORK || !form.contains('{') {
        resolver.mark(format!("{logical_id}.{attribute}"), &value);
    }
    Ok(Some(value))
}

/// What stands before an IAM path in an ARN.
fn iam(resource_type: &str, attribute: &str) -> Option<&'static str> {
    match (resource_type, attribute) {
        ("AWS::IAM::Group", "Arn") => Some("group"),
        ("AWS::IAM::InstanceProfile", "Arn") => Some("instance-profile"),
        ("AWS::IAM::Role", "Arn") => Some("role"),
        ("AWS::IAM::User", "Arn") => Some("user"),
        _ => None,
    }
}

fn arn<'n>(
    resolver: &Resolver<'n>,
    logical_id: &str,
    resource: &'n Node,
    kind: &str,
) -> Result<String, Fault> {
    let path = property(resolver, resource, "Path")?.unwrap_or_else(|| "/".to_owned());
    let Home { region, account_id } = home(resolver);
    let reference = physical_id(resolver, logical_id, resource)?;
    let arn = format!("arn:{}:iam::{account_id}:{kind}{path}{reference}", Partition::of(region).name());
    resolver.mark(format!("{logical_id}.Arn"), &arn);
    Ok(arn)
}

/// The port of a database that does not say.
fn port<'n>(
    resolver: &Resolver<'n>,
    resource: &'n Node,
    attribute: &str,
) -> Result<Option<&'static str>, Fault> {
    match (sections::type_of(resource), attribute) {
        ("AWS::RDS::DBCluster" | "AWS::RDS::DBInstance", "Endpoint.Port") => {
            let engine = property(resolver, resource, "Engine")?.unwrap_or_default();
            Ok(PORTS.iter().find(|(known, _)| engine.starts_with(known)).map(|(_, port)| *port))
        }
        ("AWS::DocDB::DBCluster", "Port") => Ok(Some("27017")),
        ("AWS::Neptune::DBCluster", "Port") => Ok(Some("8182")),
        ("AWS::Redshift::Cluster", "Endpoint.Port") => Ok(Some("5439")),
        _ => Ok(None),
    }
}

pub(super) fn home<'r>(resolver: &'r Resolver<'_>) -> Home<'r> {
    Home { region: &resolver.inputs.region, account_id: &resolver.inputs.account_id }
}

/// A property's text; none where it is not given, or is a list.
pub(super) fn property<'n>(
    resolver: &Resolver<'n>,
    resource: &'n Node,
    name: &str,
) -> Result<Option<String>, Fault> {
    let Some(properties) = child(resolver, resource, "Properties")? else { return Ok(None) };
    let Some(node) = child(resolver, properties, name)? else { return Ok(None) };
    resolver.deeper(node, || match resolver.value(node)? {
        Value::Text(text) => Ok(Some(text)),
        _ => Ok(None),
    })
}
