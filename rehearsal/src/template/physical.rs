//! What `Ref` gives for a resource: the name that the template gives it, or one that is made up.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html>

use super::{attributes::property, error::Fault, functions::Resolver, node::Node, sections};
use crate::ids::{Home, reference};

#[cfg(test)]
mod tests;

/// The property that is the name, of types whose `Ref` follows from it. A launch configuration is not among them: what
/// replaces one goes by its id.
const NAMES: [(&str, &str); 30] = [
    (sections::GROUP, "AutoScalingGroupName"),
    ("AWS::CloudWatch::Alarm", "AlarmName"),
    ("AWS::CodeBuild::Project", "Name"),
    ("AWS::CodeDeploy::Application", "ApplicationName"),
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName"),
    ("AWS::DynamoDB::Table", "TableName"),
    ("AWS::EC2::KeyPair", "KeyName"),
    ("AWS::EC2::PlacementGroup", "GroupName"),
    ("AWS::ECR::Repository", "RepositoryName"),
    ("AWS::ECS::Cluster", "ClusterName"),
    ("AWS::ElastiCache::CacheCluster", "ClusterName"),
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"),
    ("AWS::ElasticLoadBalancing::LoadBalancer", "LoadBalancerName"),
    ("AWS::Events::Rule", "Name"),
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::User", "UserName"),
    ("AWS::Kinesis::Stream", "Name"),
    ("AWS::KMS::Alias", "AliasName"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName"),
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::SNS::Topic", "TopicName"),
    ("AWS::SQS::Queue", "QueueName"),
    ("AWS::SSM::Parameter", "Name"),
];

/// Types for which `Ref` gives what no template tells, such as an address.
const ELSEWHERE: [&str; 2] = ["AWS::CloudFormation::CustomResource", "AWS::EC2::EIP"];

/// Whether only whoever makes the resource knows what `Ref` gives.
pub(super) fn is_elsewhere(resource: &Node) -> bool {
    let resource_type = sections::type_of(resource);
    sections::is_module(resource)
        || ELSEWHERE.contains(&resource_type)
        || resource_type.starts_with("Custom::")
}

/// What `Ref` gives.
///
/// # Errors
///
/// [`Fault`] where the template gives a name that cannot be known.
pub(super) fn physical_id<'n>(
    resolver: &Resolver<'n>,
    logical_id: &str,
    resource: &'n Node,
) -> Result<String, Fault> {
    let inputs = resolver.inputs;
    let resource_type = sections::type_of(resource);
    let named = NAMES.iter().find(|(known, _)| *known == resource_type);
    let name = named.map_or(Ok(None), |(_, name)| property(resolver, resource, name))?;
    Ok(match name {
        Some(name) => {
            let home = Home { region: &inputs.region, account_id: &inputs.account_id };
            reference(resource_type, &name, home)
        }
        None => (inputs.physical_id)(logical_id, resource_type),
    })
}
