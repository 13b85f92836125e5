use super::{EndpointError, EndpointVariant, url};

#[test]
fn a_region_of_any_partition_has_every_variant() {
    for (region, variant, expected) in [
        ("eu-west-1", EndpointVariant::default(), "https://cloudformation.eu-west-1.amazonaws.com"),
        ("us-east-1", EndpointVariant { fips: true, dual_stack: false }, "https://cloudformation-fips.us-east-1.amazonaws.com"),
        ("us-gov-west-1", EndpointVariant { fips: true, dual_stack: false }, "https://cloudformation.us-gov-west-1.amazonaws.com"),
        (
            "us-gov-west-1",
            EndpointVariant { fips: true, dual_stack: true },
            "https://cloudformation-fips.us-gov-west-1.api.aws",
        ),
        (
            "cn-north-1",
            EndpointVariant { fips: false, dual_stack: true },
            "https://cloudformation.cn-north-1.api.amazonwebservices.com.cn",
        ),
        ("eusc-de-east-1", EndpointVariant::default(), "https://cloudformation.eusc-de-east-1.amazonaws.eu"),
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
        assert_eq!(url(region, EndpointVariant::default()), Err(EndpointError::InvalidRegion), "{region:?}");
    }
}

#[test]
fn an_unknown_name_is_taken_for_a_commercial_region() {
    for region in ["mars", "us-iso-east-1-fips", "us-gov-", "cn-1", "cn-a-b-1"] {
        let expected = format!("https://cloudformation.{region}.amazonaws.com");
        if region.ends_with('-') {
            assert_eq!(url(region, EndpointVariant::default()), Err(EndpointError::InvalidRegion));
        } else {
            assert_eq!(url(region, EndpointVariant::default()), Ok(expected));
        }
    }
}
