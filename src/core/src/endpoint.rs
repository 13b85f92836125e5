//! Where a region's CloudFormation answers.

use alloc::format;
use alloc::string::String;
use core::fmt;

#[cfg(test)]
mod tests;

/// Which of a region's endpoints to use: the ordinary one unless this says otherwise.
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
#[non_exhaustive]
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
/// The region need not be known, see [`Partition::of`]. Whether such an endpoint exists is for DNS to say.
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
    // GovCloud's ordinary endpoints are validated, and only its dual-stack ones are called so.
    let is_named = variant.fips && (variant.dual_stack || partition.prefix != GOVCLOUD);
    let fips = if is_named { "-fips" } else { "" };
    let suffix = if variant.dual_stack { partition.dual_stack_dns_suffix } else { partition.dns_suffix };
    Ok(format!("https://cloudformation{fips}.{region}.{suffix}"))
}

/// AWS regions that share accounts and DNS suffixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    name: &'static str,
    /// What its regions' names begin with, a direction and a number following.
    prefix: &'static str,
    /// The pseudo-region of its global services.
    global: &'static str,
    dns_suffix: &'static str,
    dual_stack_dns_suffix: &'static str,
}

const GOVCLOUD: &str = "us-gov-";

/// Holds every region that no other partition claims.
static COMMERCIAL: Partition = partition("aws", "", "aws-global", "amazonaws.com", "api.aws");

static OTHERS: [Partition; 7] = [
    partition("aws-cn", "cn-", "aws-cn-global", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    partition("aws-eusc", "eusc-de-", "", "amazonaws.eu", "api.amazonwebservices.eu"),
    partition("aws-iso", "us-iso-", "aws-iso-global", "c2s.ic.gov", "api.aws.ic.gov"),
    partition("aws-iso-b", "us-isob-", "aws-iso-b-global", "sc2s.sgov.gov", "api.aws.scloud"),
    partition("aws-iso-e", "eu-isoe-", "aws-iso-e-global", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    partition("aws-iso-f", "us-isof-", "aws-iso-f-global", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    partition("aws-us-gov", GOVCLOUD, "aws-us-gov-global", "amazonaws.com", "api.aws"),
];

impl Partition {
    /// The partition of `region`. It need not be known: a new one follows from the shape of its name, and any other name is
    /// taken for one of the `aws` partition, as the AWS SDKs do.
    #[must_use]
    pub fn of(region: &str) -> &'static Self {
        OTHERS
            .iter()
            .find(|partition| {
                region == partition.global || region.strip_prefix(partition.prefix).is_some_and(is_place)
            })
            .unwrap_or(&COMMERCIAL)
    }

    /// Whether `holds` of any.
    pub(crate) fn any(holds: impl Fn(&Self) -> bool) -> bool {
        holds(&COMMERCIAL) || OTHERS.iter().any(holds)
    }

    /// As ARNs spell it, such as `aws-us-gov`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the names of its hosts end with, such as `amazonaws.com`.
    #[must_use]
    pub const fn dns_suffix(&self) -> &'static str {
        self.dns_suffix
    }

    /// As [`dns_suffix`](Self::dns_suffix), of hosts with IPv4 and IPv6.
    #[must_use]
    pub const fn dual_stack_dns_suffix(&self) -> &'static str {
        self.dual_stack_dns_suffix
    }
}

const fn partition(
    name: &'static str,
    prefix: &'static str,
    global: &'static str,
    dns_suffix: &'static str,
    dual_stack_dns_suffix: &'static str,
) -> Partition {
    Partition { name, prefix, global, dns_suffix, dual_stack_dns_suffix }
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
