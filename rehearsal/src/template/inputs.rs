//! What a stack gives to its template's functions.

use std::{collections::BTreeMap, fmt};

#[cfg(test)]
pub(super) mod sample;

/// What a template is resolved against.
pub struct Inputs<'a> {
    /// `AWS::StackName`.
    pub stack_name: String,
    /// `AWS::StackId`, the stack's ARN.
    pub stack_id: String,
    /// `AWS::Region`, which decides `AWS::Partition` and `AWS::URLSuffix` too.
    pub region: String,
    /// `AWS::AccountId`.
    pub account_id: String,
    /// Values given for parameters, by name.
    pub parameters: &'a BTreeMap<String, String>,
    /// What `Ref` gives for a resource, by its logical id and type: for a wait condition handle its URL.
    pub physical_id: &'a dyn Fn(&str, &str) -> String,
    /// What `Fn::GetAtt` gives for a resource's logical id and an attribute, where that can be known.
    pub get_att: &'a dyn Fn(&str, &str) -> Option<String>,
}

impl fmt::Debug for Inputs<'_> {
    /// Without the parameters' values, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs")
            .field("stack_name", &self.stack_name)
            .field("stack_id", &self.stack_id)
            .field("region", &self.region)
            .field("account_id", &self.account_id)
            .field("parameters", &self.parameters.keys())
            .finish_non_exhaustive()
    }
}

/// A region's partition, such as `aws`, and the suffix of its host names.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html>,
/// and the partitions of the AWS SDKs' endpoint rules.
pub(crate) fn partition(region: &str) -> (&'static str, &'static str) {
    const PARTITIONS: [(&str, &str, &str); 8] = [
        ("cn-", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-", "aws-us-gov", "amazonaws.com"),
        ("us-iso-", "aws-iso", "c2s.ic.gov"),
        ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
        ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
        ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
        ("eusc-", "aws-eusc", "amazonaws.eu"),
        ("", "aws", "amazonaws.com"),
    ];
    PARTITIONS
        .iter()
        .find(|(prefix, ..)| region.starts_with(prefix))
        .map_or(("aws", "amazonaws.com"), |(_, partition, suffix)| (partition, suffix))
}
