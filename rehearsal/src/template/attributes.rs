//! Attributes that follow from what a template says of a resource, and from what `Ref` gives for it.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>,
//! the return values of each type.

use super::{
    error::Fault, functions::Resolver, launch::child, node::Node, physical::physical_id, sections,
    value::Value,
};
use crate::ids::name_in;
use cfn_signal_core::endpoint::Partition;

#[cfg(test)]
mod tests;

/// What an attribute is made of.
enum Known {
    /// What `Ref` gives.
    Reference,
    /// The property of that name, where it is given.
    Property(&'static str),
    /// Text with `{ref}`, the `{name}` in it, `{partition}`, `{suffix}`, `{region}` and `{account}`.
    Pattern(&'static str),
    /// An IAM name below its path, such as `role`.
    Iam(&'static str),
}

fn known(resource_type: &str, attribute: &str) -> Option<Known> {
    Some(match (resource_type, attribute) {
        ("AWS::EC2::VPC", "VpcId")
        | ("AWS::EC2::Subnet", "SubnetId")
        | ("AWS::EC2::SecurityGroup", "GroupId")
        | ("AWS::EC2::Volume", "VolumeId")
        | ("AWS::EFS::FileSystem", "FileSystemId")
        | ("AWS::SNS::Topic", "TopicArn")
        | ("AWS::SQS::Queue", "QueueUrl")
        | ("AWS::SecretsManager::Secret", "Id")
        | (sections::LAUNCH_TEMPLATE, "LaunchTemplateId") => Known::Reference,
        ("AWS::EC2::VPC" | "AWS::EC2::Subnet", "CidrBlock") => Known::Property("CidrBlock"),
        ("AWS::EC2::Subnet", "AvailabilityZone") => Known::Property("AvailabilityZone"),
        ("AWS::EC2::Subnet", "VpcId") => Known::Property("VpcId"),
        ("AWS::S3::Bucket", "Arn") => Known::Pattern("arn:{partition}:s3:::{ref}"),
        ("AWS::S3::Bucket", "DomainName") => Known::Pattern("{ref}.s3.{suffix}"),
        ("AWS::SNS::Topic", "TopicName") | ("AWS::SQS::Queue", "QueueName") => Known::Pattern("{name}"),
        ("AWS::SQS::Queue", "Arn") => Known::Pattern("arn:{partition}:sqs:{region}:{account}:{name}"),
        ("AWS::DynamoDB::Table", "Arn") => {
            Known::Pattern("arn:{partition}:dynamodb:{region}:{account}:table/{ref}")
        }
        ("AWS::Lambda::Function", "Arn") => {
            Known::Pattern("arn:{partition}:lambda:{region}:{account}:function:{ref}")
        }
        ("AWS::Logs::LogGroup", "Arn") => {
            Known::Pattern("arn:{partition}:logs:{region}:{account}:log-group:{ref}:*")
        }
        ("AWS::IAM::Role", "Arn") => Known::Iam("role"),
        ("AWS::IAM::InstanceProfile", "Arn") => Known::Iam("instance-profile"),
        _ => return None,
    })
}

/// The attribute's value; none where only the real service knows it.
pub(super) fn attribute<'n>(
    resolver: &Resolver<'n>,
    logical_id: &str,
    resource: &'n Node,
    attribute: &str,
) -> Result<Option<String>, Fault> {
    let inputs = resolver.inputs;
    let resource_type = sections::type_of(resource);
    let Some(known) = known(resource_type, attribute) else { return Ok(None) };
    let reference = || physical_id(resolver, logical_id, resource);
    let partition = Partition::of(&inputs.region);
    let (partition, suffix) = (partition.name(), partition.dns_suffix());
    Ok(match known {
        Known::Reference => Some(reference()?),
        Known::Property(name) => property(resolver, resource, name)?,
        Known::Iam(kind) => {
            let path = property(resolver, resource, "Path")?.unwrap_or_else(|| "/".to_owned());
            Some(format!("arn:{partition}:iam::{}:{kind}{path}{}", inputs.account_id, reference()?))
        }
        Known::Pattern(pattern) => {
            let reference = reference()?;
            let text = pattern
                .replace("{partition}", partition)
                .replace("{suffix}", suffix)
                .replace("{region}", &inputs.region)
                .replace("{account}", &inputs.account_id)
                .replace("{name}", name_in(&reference))
                .replace("{ref}", &reference);
            Some(text)
        }
    })
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
