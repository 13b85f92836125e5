//! What `Ref` gives for a resource: the name that the template gives it, or one that is made up.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html>

use super::{attributes::property, error::Fault, functions::Resolver, node::Node, sections};
use crate::ids::{self, Home};

#[cfg(test)]
mod tests;

/// The property that is the name, of types whose `Ref` follows from it. A launch configuration is not among them: what
/// replaces one goes by its id.
const NAMES: [(&str, &str); 47] = [
    ("AWS::ApiGateway::DomainName", "DomainName"),
    ("AWS::ApiGateway::Stage", "StageName"),
    (sections::GROUP, "AutoScalingGroupName"),
    ("AWS::CloudWatch::Alarm", "AlarmName"),
    ("AWS::CodeBuild::Project", "Name"),
    ("AWS::CodeDeploy::Application", "ApplicationName"),
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName"),
    ("AWS::Cognito::UserPoolDomain", "Domain"),
    ("AWS::DocDB::DBCluster", "DBClusterIdentifier"),
    ("AWS::DynamoDB::Table", "TableName"),
    ("AWS::EC2::KeyPair", "KeyName"),
    ("AWS::EC2::PlacementGroup", "GroupName"),
    ("AWS::ECR::Repository", "RepositoryName"),
    ("AWS::ECS::Cluster", "ClusterName"),
    ("AWS::ECS::Service", "ServiceName"),
    ("AWS::EKS::Cluster", "Name"),
    ("AWS::ElastiCache::CacheCluster", "ClusterName"),
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"),
    ("AWS::ElasticLoadBalancing::LoadBalancer", "LoadBalancerName"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name"),
    ("AWS::Elasticsearch::Domain", "DomainName"),
    ("AWS::Events::EventBus", "Name"),
    ("AWS::Events::Rule", "Name"),
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::User", "UserName"),
    ("AWS::Kinesis::Stream", "Name"),
    ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName"),
    ("AWS::KMS::Alias", "AliasName"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::Neptune::DBCluster", "DBClusterIdentifier"),
    ("AWS::OpenSearchService::Domain", "DomainName"),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    ("AWS::RDS::DBProxy", "DBProxyName"),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName"),
    ("AWS::Redshift::Cluster", "ClusterIdentifier"),
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::SecretsManager::Secret", "Name"),
    ("AWS::SNS::Topic", "TopicName"),
    ("AWS::SQS::Queue", "QueueName"),
    ("AWS::SSM::Parameter", "Name"),
    ("AWS::StepFunctions::StateMachine", "StateMachineName"),
];

/// Types for which `Ref` gives what is no name, and what is worth knowing: no such thing is there.
const MADE_UP: [&str; 2] = ["AWS::EC2::EIP", "AWS::IAM::AccessKey"];

/// Whether only whoever makes the resource knows what `Ref` gives, and nobody has told.
pub(super) fn is_unknown(resolver: &Resolver<'_>, logical_id: &str, resource: &Node) -> bool {
    let resource_type = sections::type_of(resource);
    let of_its_own =
        resource_type == "AWS::CloudFormation::CustomResource" || resource_type.starts_with("Custom::");
    (of_its_own || sections::is_module(resource))
        && !resolver.is_symbolic
        && !resolver.inputs.supplied.references.contains_key(logical_id)
}

/// What `Ref` gives, marked where it is made up.
///
/// # Errors
///
/// [`Fault`] where the template gives a name that cannot be known.
pub(super) fn reference<'n>(
    resolver: &Resolver<'n>,
    logical_id: &str,
    resource: &'n Node,
) -> Result<String, Fault> {
    let id = physical_id(resolver, logical_id, resource)?;
    if MADE_UP.contains(&sections::type_of(resource))
        && !resolver.inputs.supplied.references.contains_key(logical_id)
    {
        resolver.mark(logical_id.to_owned(), &id);
    }
    Ok(id)
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
    if !resolver.is_symbolic
        && let Some(given) = inputs.supplied.references.get(logical_id)
    {
        return Ok(given.clone());
    }
    let resource_type = sections::type_of(resource);
    let named = NAMES.iter().find(|(known, _)| *known == resource_type);
    let name = named.map_or(Ok(None), |(_, name)| property(resolver, resource, name))?;
    Ok(match name {
        Some(name) => {
            // What is compared is what is written.
            let name = if resolver.is_symbolic { name } else { inputs.supplied.shown(&name) };
            let home = Home { region: &inputs.region, account_id: &inputs.account_id };
            kind_of_balancer(resolver, resource, ids::reference(resource_type, &name, home))?
        }
        None => kind_of_balancer(resolver, resource, (inputs.physical_id)(logical_id, resource_type))?,
    })
}

/// A load balancer's ARN says of which kind it is.
fn kind_of_balancer<'n>(resolver: &Resolver<'n>, resource: &'n Node, id: String) -> Result<String, Fault> {
    if sections::type_of(resource) != sections::LOAD_BALANCER || !id.contains(":loadbalancer/app/") {
        return Ok(id);
    }
    let kind = match property(resolver, resource, "Type")?.as_deref() {
        Some("network") => "net",
        Some("gateway") => "gwy",
        _ => return Ok(id),
    };
    Ok(id.replacen(":loadbalancer/app/", &format!(":loadbalancer/{kind}/"), 1))
}
