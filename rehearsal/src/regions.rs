//! The partitions of AWS: regions that share accounts and the ends of host names.

#[cfg(test)]
mod tests;

/// A partition.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html>,
/// and the partitions of the AWS SDKs' endpoint rules.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    /// What its regions' names begin with.
    prefix: &'static str,
    name: &'static str,
    dns_suffix: &'static str,
}

/// Holds every region that no other partition claims.
const COMMERCIAL: Partition = partition("", "aws", "amazonaws.com");

const OTHERS: [Partition; 7] = [
    partition("cn-", "aws-cn", "amazonaws.com.cn"),
    partition("us-gov-", "aws-us-gov", "amazonaws.com"),
    partition("us-iso-", "aws-iso", "c2s.ic.gov"),
    partition("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    partition("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    partition("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    partition("eusc-", "aws-eusc", "amazonaws.eu"),
];

impl Partition {
    /// The partition of a region, whether the region is known or not.
    pub(crate) fn of(region: &str) -> &'static Self {
        OTHERS.iter().find(|it| region.starts_with(it.prefix)).unwrap_or(&COMMERCIAL)
    }

    /// As ARNs have it, such as `aws-cn`.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// What the names of its services' hosts end with, such as `amazonaws.com.cn`.
    pub(crate) const fn dns_suffix(&self) -> &'static str {
        self.dns_suffix
    }
}

const fn partition(prefix: &'static str, name: &'static str, dns_suffix: &'static str) -> Partition {
    Partition { prefix, name, dns_suffix }
}
