//! What `Ref` gives for a resource that has a name: mostly that name.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>,
//! the return values of each type.

use cfn_signal_core::endpoint::Partition;

#[cfg(test)]
mod tests;

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

/// What `Ref` gives for a resource of this type and name: the name, its ARN or its URL.
#[must_use]
pub fn reference(resource_type: &str, name: &str, home: Home<'_>) -> String {
    let Home { region, account_id } = home;
    let partition = Partition::of(region);
    let (partition, suffix) = (partition.name(), partition.dns_suffix());
    match resource_type {
        "AWS::SNS::Topic" => format!("arn:{partition}:sns:{region}:{account_id}:{name}"),
        "AWS::SQS::Queue" => format!("https://sqs.{region}.{suffix}/{account_id}/{name}"),
        "AWS::SecretsManager::Secret" => {
            format!("arn:{partition}:secretsmanager:{region}:{account_id}:secret:{name}")
        }
        "AWS::ECS::Service" => format!("arn:{partition}:ecs:{region}:{account_id}:service/{name}"),
        "AWS::IAM::ManagedPolicy" => format!("arn:{partition}:iam::{account_id}:policy/{name}"),
        _ => name.to_owned(),
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
