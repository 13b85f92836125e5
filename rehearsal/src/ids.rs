//! Names as AWS makes them up.

use aws_lc_rs::rand;
use cfn_signal_core::endpoint::Partition;

use crate::stack_name;

mod form;
mod reference;

pub use form::{Subject, fill, is_made_up};
pub use reference::{Home, name_in, reference};

/// Types whose ids are of EC2's form, and what they begin with.
const EC2: [(&str, &str); 24] = [
    ("AWS::EC2::CustomerGateway", "cgw"),
    ("AWS::EC2::DHCPOptions", "dopt"),
    ("AWS::EC2::EgressOnlyInternetGateway", "eigw"),
    ("AWS::EC2::FlowLog", "fl"),
    ("AWS::EC2::Instance", "i"),
    ("AWS::EC2::InternetGateway", "igw"),
    ("AWS::EC2::LaunchTemplate", "lt"),
    ("AWS::EC2::NatGateway", "nat"),
    ("AWS::EC2::NetworkAcl", "acl"),
    ("AWS::EC2::NetworkInterface", "eni"),
    ("AWS::EC2::PrefixList", "pl"),
    ("AWS::EC2::RouteTable", "rtb"),
    ("AWS::EC2::SecurityGroup", "sg"),
    ("AWS::EC2::Subnet", "subnet"),
    ("AWS::EC2::TransitGateway", "tgw"),
    ("AWS::EC2::Volume", "vol"),
    ("AWS::EC2::VPC", "vpc"),
    ("AWS::EC2::VPCEndpoint", "vpce"),
    ("AWS::EC2::VPCPeeringConnection", "pcx"),
    ("AWS::EC2::VPNGateway", "vgw"),
    ("AWS::EFS::AccessPoint", "fsap"),
    ("AWS::EFS::FileSystem", "fs"),
    ("AWS::EFS::MountTarget", "fsmt"),
    ("AWS::FSx::FileSystem", "fs"),
];

/// Random bytes.
///
/// # Errors
///
/// The system gives none.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// The system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandomness;

/// A request's or a stack's id, such as `0f8fad5b-d9cb-469f-a165-70867728950e`.
#[must_use]
pub fn uuid() -> String {
    // An id that is not random is still an id: nothing secret hangs on it.
    let bits = u128::from_be_bytes(random().unwrap_or_default());
    let versioned =
        bits & !(0xf000_u128 << 64) & !(0xc000_u128 << 48) | 0x4000_u128 << 64 | 0x8000_u128 << 48;
    let hex = format!("{versioned:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// A resource id of EC2, such as `i-0123456789abcdef0`.
#[must_use]
pub fn ec2(prefix: &str) -> String {
    let bits = u64::from_be_bytes(random().unwrap_or_default());
    format!("{prefix}-0{bits:016x}")
}

/// What `Ref` gives for a resource of this type that nobody named, such as `i-0123456789abcdef0` or
/// `stack-Group-1A2B3C4D5E6F`.
#[must_use]
pub fn physical(resource_type: &str, stack_name: &str, stack_id: &str, logical_id: &str) -> String {
    if let Some((_, prefix)) = EC2.iter().find(|(name, _)| *name == resource_type) {
        return ec2(prefix);
    }
    let name = format!("{stack_name}-{logical_id}-{}", suffix());
    match resource_type {
        "AWS::CloudFormation::Stack" => nested_stack(stack_name, stack_id, logical_id),
        // The ends of these are lower case, as all of them is.
        "AWS::S3::Bucket"
        | "AWS::RDS::DBInstance"
        | "AWS::RDS::DBCluster"
        | "AWS::DocDB::DBCluster"
        | "AWS::Neptune::DBCluster"
        | "AWS::ECR::Repository"
        | "AWS::ElastiCache::CacheCluster"
        | "AWS::ElastiCache::ReplicationGroup"
        | "AWS::Elasticsearch::Domain"
        | "AWS::OpenSearchService::Domain"
        | "AWS::Redshift::Cluster" => name.to_ascii_lowercase(),
        // An address of a network for documentation: RFC 5737.
        "AWS::EC2::EIP" => format!("198.51.100.{}", random::<1>().unwrap_or_default()[0].max(1)),
        _ => reference(resource_type, &name, Home::of(stack_id)),
    }
}

/// The ARN of a stack that is a resource of another.
fn nested_stack(stack_name: &str, stack_id: &str, logical_id: &str) -> String {
    let end = suffix();
    let room = stack_name::LONGEST.saturating_sub(end.len() + 1);
    let name: String = format!("{stack_name}-{logical_id}").chars().take(room).collect();
    let Home { region, account_id } = Home::of(stack_id);
    let partition = Partition::of(region).name();
    format!("arn:{partition}:cloudformation:{region}:{account_id}:stack/{name}-{end}/{}", uuid())
}

/// The name in a stack's ARN.
#[must_use]
pub fn stack_name_in(stack_id: &str) -> &str {
    stack_id.split('/').nth(1).unwrap_or(stack_id)
}

/// An access key id: `AKIA` (long-term) or `ASIA` (temporary) and 16 characters of base 32.
///
/// # Errors
///
/// [`NoRandomness`].
pub fn access_key_id(prefix: &str) -> Result<String, NoRandomness> {
    Ok(format!("{prefix}{}", base_32(&random::<16>()?)))
}

/// The random end of a generated name, in upper-case letters and digits.
#[must_use]
pub fn suffix() -> String {
    base_32(&random::<12>().unwrap_or_default())
}

fn base_32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte & 31)))
        .map(|byte| char::from(*byte))
        .collect()
}

#[cfg(test)]
mod tests;
