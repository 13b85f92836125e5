use super::{EndpointError, EndpointVariant, Partition, url};

const STANDARD: EndpointVariant = EndpointVariant { fips: false, dual_stack: false };
const FIPS: EndpointVariant = EndpointVariant { fips: true, dual_stack: false };
const DUAL_STACK: EndpointVariant = EndpointVariant { fips: false, dual_stack: true };
const FIPS_DUAL_STACK: EndpointVariant = EndpointVariant { fips: true, dual_stack: true };

#[test]
fn a_region_of_any_partition_has_every_variant() {
    for (region, variant, expected) in [
        ("eu-west-1", STANDARD, "https://cloudformation.eu-west-1.amazonaws.com"),
        ("us-east-1", FIPS, "https://cloudformation-fips.us-east-1.amazonaws.com"),
        ("us-gov-west-1", FIPS, "https://cloudformation.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", FIPS_DUAL_STACK, "https://cloudformation-fips.us-gov-west-1.api.aws"),
        ("cn-north-1", DUAL_STACK, "https://cloudformation.cn-north-1.api.amazonwebservices.com.cn"),
        ("eusc-de-east-1", STANDARD, "https://cloudformation.eusc-de-east-1.amazonaws.eu"),
        ("us-isob-east-1", STANDARD, "https://cloudformation.us-isob-east-1.sc2s.sgov.gov"),
        ("mx-central-1", STANDARD, "https://cloudformation.mx-central-1.amazonaws.com"),
        ("ap-southeast-7", STANDARD, "https://cloudformation.ap-southeast-7.amazonaws.com"),
        // One that is not there yet.
        ("ap-southeast-9", STANDARD, "https://cloudformation.ap-southeast-9.amazonaws.com"),
    ] {
        assert_eq!(url(region, variant), Ok(expected.to_owned()));
    }
}

#[test]
fn what_no_host_name_could_hold_is_refused() {
    let long = "a".repeat(64);
    for region in
        ["", "us east 1", "-us-east-1", "us-east-1-", "us_east_1", "us-east-1.evil.example", "é", &long]
    {
        assert_eq!(url(region, STANDARD), Err(EndpointError::InvalidRegion), "{region:?}");
    }
}

#[test]
fn an_unknown_name_is_taken_for_a_commercial_region() {
    for region in ["mars", "us-iso-east-1-fips", "us-gov-", "cn-1", "cn-a-b-1"] {
        let expected = format!("https://cloudformation.{region}.amazonaws.com");
        if region.ends_with('-') {
            assert_eq!(url(region, STANDARD), Err(EndpointError::InvalidRegion));
        } else {
            assert_eq!(url(region, STANDARD), Ok(expected));
        }
    }
}

/// As published with botocore: `partitions.json`.
#[test]
fn a_region_has_a_partition() {
    for (region, name, suffix, dual_stack) in [
        ("eu-west-1", "aws", "amazonaws.com", "api.aws"),
        ("mars", "aws", "amazonaws.com", "api.aws"),
        ("aws-global", "aws", "amazonaws.com", "api.aws"),
        ("cn-northwest-1", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("aws-cn-global", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov", "api.aws.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"),
        ("eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        ("us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com", "api.aws"),
    ] {
        let partition = Partition::of(region);
        let found = (partition.name(), partition.dns_suffix(), partition.dual_stack_dns_suffix());
        assert_eq!(found, (name, suffix, dual_stack), "{region}");
    }
}
