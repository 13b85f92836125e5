//! Where a region's CloudFormation answers.

use alloc::format;
use alloc::string::String;
use core::fmt;

#[cfg(test)]
mod tests;

/// Which of a region's endpoints to use.
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndpointVariant {
    /// Validated for FIPS 140.
    pub fips: bool,
    /// IPv4 and IPv6.
    pub dual_stack: bool,
}

/// Why a region has no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointError {
    /// Not a region's name, which has letters, digits and `-` between them, 63 characters at most.
    InvalidRegion,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRegion => {
                f.write_str("a region's name is made of letters, digits and '-', such as eu-west-1")
            }
        }
    }
}

impl core::error::Error for EndpointError {}

/// The URL, without a path, of CloudFormation in `region`.
///
/// The region need not be known: a new one follows from the shape of its name, and any other name is taken for one
/// of the `aws` partition, as the AWS SDKs do. Whether such an endpoint exists is for DNS to say.
///
/// Source: CloudFormation's endpoint rule set and the partitions, as published with botocore
/// (<https://github.com/boto/botocore/tree/develop/botocore/data>).
///
/// # Errors
///
/// [`EndpointError::InvalidRegion`] where `region` cannot be part of a host's name.
pub fn url(region: &str, variant: EndpointVariant) -> Result<String, EndpointError> {
    if !is_host_label(region) {
        return Err(EndpointError::InvalidRegion);
    }
    let partition = Partition::of(region);
    // GovCloud's ordinary endpoints are validated, and only its dual-stack ones have a name of their own for it.
    let has_own_name = variant.dual_stack || partition.prefix != GOVCLOUD;
    let fips = if variant.fips && has_own_name { "-fips" } else { "" };
    let suffix = if variant.dual_stack { partition.dual_stack_suffix } else { partition.suffix };
    Ok(format!("https://cloudformation{fips}.{region}.{suffix}"))
}

/// AWS regions that share accounts and DNS suffixes.
struct Partition {
    /// What its regions' names begin with, a direction and a number following.
    prefix: &'static str,
    /// The pseudo-region of its global services.
    global: &'static str,
    suffix: &'static str,
    dual_stack_suffix: &'static str,
}

const GOVCLOUD: &str = "us-gov-";

/// Holds every region that no other partition claims.
const COMMERCIAL: Partition = partition("", "aws-global", "amazonaws.com", "api.aws");

const OTHERS: [Partition; 7] = [
    partition("cn-", "aws-cn-global", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    partition("eusc-de-", "", "amazonaws.eu", "api.amazonwebservices.eu"),
    partition("us-iso-", "aws-iso-global", "c2s.ic.gov", "api.aws.ic.gov"),
    partition("us-isob-", "aws-iso-b-global", "sc2s.sgov.gov", "api.aws.scloud"),
    partition("eu-isoe-", "aws-iso-e-global", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    partition("us-isof-", "aws-iso-f-global", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    partition(GOVCLOUD, "aws-us-gov-global", "amazonaws.com", "api.aws"),
];

impl Partition {
    fn of(region: &str) -> &'static Self {
        OTHERS
            .iter()
            .find(|partition| {
                region == partition.global || region.strip_prefix(partition.prefix).is_some_and(is_place)
            })
            .unwrap_or(&COMMERCIAL)
    }
}

const fn partition(
    prefix: &'static str,
    global: &'static str,
    suffix: &'static str,
    dual_stack_suffix: &'static str,
) -> Partition {
    Partition { prefix, global, suffix, dual_stack_suffix }
}

/// Whether `text` is the end of a region's name, such as `east-1`.
fn is_place(text: &str) -> bool {
    text.split_once('-').is_some_and(|(direction, number)| {
        !direction.is_empty() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// RFC 1123 §2.1.
fn is_host_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with("-")
        && !text.ends_with("-")
}
