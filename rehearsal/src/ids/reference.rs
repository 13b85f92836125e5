//! What `Ref` gives for a resource that has a name: mostly that name.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>,
//! the return values of each type.

use super::form::{Subject, fill};

#[cfg(test)]
mod tests;

/// Types for which it is more than the name, and what.
const FORMS: [(&str, &str); 24] = [
    ("AWS::ApiGatewayV2::Api", "{a:10}"),
    ("AWS::ApiGateway::RestApi", "{a:10}"),
    ("AWS::CertificateManager::Certificate", "arn:{partition}:acm:{region}:{account}:certificate/{uuid}"),
    ("AWS::CloudFront::Distribution", "E{A:13}"),
    ("AWS::CodeCommit::Repository", "{uuid}"),
    ("AWS::Cognito::IdentityPool", "{region}:{uuid}"),
    ("AWS::Cognito::UserPool", "{region}_{a:9}"),
    ("AWS::Cognito::UserPoolClient", "{a:26}"),
    ("AWS::ECS::Service", "arn:{partition}:ecs:{region}:{account}:service/{ref}"),
    ("AWS::ECS::TaskDefinition", "arn:{partition}:ecs:{region}:{account}:task-definition/{ref}:1"),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "arn:{partition}:elasticloadbalancing:{region}:{account}:listener/app/{ref}/{x:16}/{x:16}",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/app/{ref}/{x:16}",
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{ref}/{x:16}",
    ),
    ("AWS::IAM::ManagedPolicy", "arn:{partition}:iam::{account}:policy/{ref}"),
    ("AWS::IAM::AccessKey", "AKIA{A:16}"),
    ("AWS::KMS::Key", "{uuid}"),
    ("AWS::Lambda::LayerVersion", "arn:{partition}:lambda:{region}:{account}:layer:{ref}:1"),
    ("AWS::Route53::HostedZone", "Z{A:20}"),
    ("AWS::SNS::Topic", "arn:{partition}:sns:{region}:{account}:{ref}"),
    ("AWS::SQS::Queue", "https://sqs.{region}.{suffix}/{account}/{ref}"),
    ("AWS::SecretsManager::Secret", "arn:{partition}:secretsmanager:{region}:{account}:secret:{ref}"),
    ("AWS::ServiceDiscovery::PrivateDnsNamespace", "ns-{a:16}"),
    ("AWS::ServiceDiscovery::Service", "srv-{a:16}"),
    ("AWS::StepFunctions::StateMachine", "arn:{partition}:states:{region}:{account}:stateMachine:{ref}"),
];

/// Where a resource is.
#[derive(Clone, Copy, Debug)]
pub struct Home<'h> {
    /// The region.
    pub region: &'h str,
    /// The account's id.
    pub account_id: &'h str,
}

impl<'h> Home<'h> {
    /// Where a stack is, by its ARN.
    #[must_use]
    pub fn of(stack_id: &'h str) -> Self {
        let mut parts = stack_id.split(':').skip(3);
        Self { region: parts.next().unwrap_or_default(), account_id: parts.next().unwrap_or_default() }
    }
}

/// What `Ref` gives for a resource of this type and name: the name, its ARN, its URL or its id.
#[must_use]
pub fn reference(resource_type: &str, name: &str, home: Home<'_>) -> String {
    match FORMS.iter().find(|(known, _)| *known == resource_type) {
        Some((_, form)) => fill(form, Subject { reference: name, home, seed: name }),
        None => name.to_owned(),
    }
}

/// The name in what `Ref` gives.
#[must_use]
pub fn name_in(reference: &str) -> &str {
    if reference.starts_with("arn:") || reference.starts_with("https:") {
        return reference.rsplit([':', '/']).next().unwrap_or(reference);
    }
    reference
}
