//! The names under which AWS's services are found, as far as a rehearsal answers for them: pure, of one region.
//!
//! Sources: <https://docs.aws.amazon.com/general/latest/gr/cfn.html>, <https://docs.aws.amazon.com/general/latest/gr/s3.html>, the
//! other services' pages there, <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>,
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html>

mod regions;

use cfn_signal_core::endpoint::Partition;

#[cfg(test)]
mod tests;

/// Whom a name is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// CloudFormation.
    CloudFormation,
    /// CloudFormation of another region, which knows nothing of what is here.
    Elsewhere,
    /// The Security Token Service; the one of all regions is asked in a region of its own.
    Sts { is_global: bool },
    /// Systems Manager.
    Ssm,
    /// EC2.
    Ec2,
    /// Amazon S3: a bucket, or its path says which.
    S3 { bucket: Option<String> },
    /// The bucket of the wait condition handles.
    Handles,
}

/// A name that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) service: Service,
    /// Whether it has IPv6 addresses too.
    pub(crate) is_dual_stack: bool,
}

/// The names of a region.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    region: String,
    partition: &'static Partition,
}

/// What the names of endpoints in a VPC begin with, and what follows the region there.
const VPC_ENDPOINT: &str = "vpce-";
const VPC: &str = "vpce.";

/// Where the handles' documents are put.
pub(crate) fn handles_bucket(region: &str) -> String {
    format!("cloudformation-waitcondition-{region}")
}

/// The host that a handle's URL names.
pub(crate) fn handles_host(region: &str) -> String {
    format!("{}.s3.{region}.{}", handles_bucket(region), Partition::of(region).dns_suffix())
}

/// A host as it is compared: without port and final dot, in lower case.
pub(crate) fn plain(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

impl Hosts {
    pub(crate) fn new(region: &str) -> Self {
        Self { region: region.to_owned(), partition: Partition::of(region) }
    }

    /// Whose a name is; none where nobody here answers for it, nor elsewhere as far as is known.
    pub(crate) fn find(&self, host: &str) -> Option<Named> {
        let host = plain(host);
        if host.is_empty()
            || host.len() > 253
            || host.split('.').any(|label| label.is_empty() || label.len() > 63)
        {
            return None;
        }
        let own = self.of_region(&host).or_else(|| self.of_vpc(&host)).or_else(|| self.of_all_regions(&host));
        own.or_else(|| self.s3(&host)).or_else(|| elsewhere(&host))
    }

    /// `cloudformation.eu-west-3.amazonaws.com`, `sts-fips.us-east-1.api.aws`.
    fn of_region(&self, host: &str) -> Option<Named> {
        let (name, is_dual_stack) = self.without_suffix(host)?;
        let name = name.strip_suffix(self.region.as_str())?.strip_suffix('.')?;
        let (name, is_fips) = name.strip_suffix("-fips").map_or((name, false), |name| (name, true));
        let service = regional(name)?;
        let is_there = !is_fips || has_fips(&self.region, name, is_dual_stack);
        is_there.then_some(Named { service, is_dual_stack })
    }

    /// `vpce-0123456789abcdef0-abcdefgh.sts.eu-west-3.vpce.amazonaws.com`, with a zone or without.
    fn of_vpc(&self, host: &str) -> Option<Named> {
        let end = format!(".{}.{VPC}{}", self.region, self.partition.dns_suffix());
        let name = host.strip_suffix(&end)?;
        let (endpoint, service) = name.rsplit_once('.')?;
        if service == "s3" {
            return s3_in_vpc(endpoint).map(|service| Named { service, is_dual_stack: false });
        }
        let is_one = endpoint.starts_with(VPC_ENDPOINT) && !endpoint.contains('.');
        is_one.then(|| Some(Named { service: regional(service)?, is_dual_stack: false })).flatten()
    }

    /// `sts.amazonaws.com`.
    fn of_all_regions(&self, host: &str) -> Option<Named> {
        let is_there = self.partition.name() == "aws" && host == "sts.amazonaws.com";
        is_there.then_some(Named { service: Service::Sts { is_global: true }, is_dual_stack: false })
    }

    fn s3(&self, host: &str) -> Option<Named> {
        let name = host.strip_suffix(self.partition.dns_suffix())?.strip_suffix('.')?;
        for (end, is_dual_stack) in self.s3_names() {
            let bucket = match name.strip_suffix(end.as_str()) {
                Some("") => None,
                Some(rest) => match rest.strip_suffix('.') {
                    Some(bucket) => Some(bucket.to_owned()),
                    None => continue,
                },
                None => continue,
            };
            let is_handles = bucket.as_deref() == Some(handles_bucket(&self.region).as_str());
            let service = if is_handles { Service::Handles } else { Service::S3 { bucket } };
            return Some(Named { service, is_dual_stack });
        }
        None
    }

    /// What comes before the suffix in the names of S3: those that others end with come last.
    fn s3_names(&self) -> Vec<(String, bool)> {
        let region = &self.region;
        let mut names = vec![(format!("s3.dualstack.{region}"), true)];
        if has_fips(&self.region, "s3", true) {
            names.push((format!("s3-fips.dualstack.{region}"), true));
            names.push((format!("s3-fips.{region}"), false));
        }
        names.push((format!("s3.{region}"), false));
        names.push((format!("s3-{region}"), false));
        if self.partition.name() == "aws" {
            names.push(("s3".to_owned(), false));
        }
        if region == "us-east-1" {
            names.push(("s3-external-1".to_owned(), false));
        }
        names
    }

    fn without_suffix<'h>(&self, host: &'h str) -> Option<(&'h str, bool)> {
        let before = |suffix: &str| host.strip_suffix(suffix)?.strip_suffix('.');
        let ordinary = before(self.partition.dns_suffix()).map(|name| (name, false));
        ordinary.or_else(|| before(self.partition.dual_stack_dns_suffix()).map(|name| (name, true)))
    }
}

/// Whether there is an endpoint that is validated for FIPS 140, and is called so: in the United States, and for some
/// services in Canada. GovCloud's ordinary ones are, and only others are called so there.
fn has_fips(region: &str, service: &str, is_dual_stack: bool) -> bool {
    let is_american = region.starts_with("us-");
    let is_canadian = region.starts_with("ca-") && !matches!(service, "cloudformation" | "sts");
    match Partition::of(region).name() {
        "aws" => is_american || is_canadian,
        "aws-us-gov" => is_dual_stack || service == "s3",
        _ => false,
    }
}

fn regional(name: &str) -> Option<Service> {
    match name {
        "cloudformation" => Some(Service::CloudFormation),
        "sts" => Some(Service::Sts { is_global: false }),
        "ssm" => Some(Service::Ssm),
        "ec2" => Some(Service::Ec2),
        _ => None,
    }
}

/// `bucket.vpce-….s3.…`, where `bucket` is this word and a bucket's name may come before it.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html>
fn s3_in_vpc(name: &str) -> Option<Service> {
    let (before, endpoint) = name.rsplit_once('.')?;
    if !endpoint.starts_with(VPC_ENDPOINT) {
        return None;
    }
    let bucket = match before.strip_suffix("bucket")? {
        "" => None,
        named => Some(named.strip_suffix('.')?.to_owned()),
    };
    Some(Service::S3 { bucket })
}

/// CloudFormation of a region that there is.
fn elsewhere(host: &str) -> Option<Named> {
    let (name, rest) = host.split_once('.')?;
    let is_fips = name == "cloudformation-fips";
    let (region, suffix) =
        if is_fips || name == "cloudformation" { rest.split_once('.')? } else { return None };
    let partition = regions::exists(region).then(|| Partition::of(region))?;
    let is_dual_stack = suffix == partition.dual_stack_dns_suffix();
    let is_there = is_dual_stack || suffix == partition.dns_suffix();
    let is_there = is_there && (!is_fips || has_fips(region, "cloudformation", is_dual_stack));
    is_there.then_some(Named { service: Service::Elsewhere, is_dual_stack })
}
