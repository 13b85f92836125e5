use super::region_of;

#[test]
fn an_endpoints_host_has_a_region() {
    for (url, region) in [
        ("https://vpce-0123-abcd.cloudformation.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("https://vpce-0123-abcd-eu-west-1a.cloudformation.eu-west-1.vpce.amazonaws.com:443/", "eu-west-1"),
        ("https://cloudformation.ap-southeast-9.amazonaws.com", "ap-southeast-9"),
        ("https://CloudFormation-FIPS.us-east-2.amazonaws.com.", "us-east-2"),
        ("https://cloudformation.eu-west-1.api.aws/", "eu-west-1"),
        ("https://vpce-1.cloudformation.cn-north-1.vpce.amazonaws.com.cn", "cn-north-1"),
        ("https://cloudformation.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
    ] {
        assert_eq!(region_of(url).as_deref(), Some(region), "{url}");
    }
    for url in [
        "http://127.0.0.1:8080",
        "https://cloudformation.internal.example.com",
        "https://cloudformation.eu-west-1.example.com",
        "https://cloudformation.cn-north-1.amazonaws.com",
        "https://mycloudformation.eu-west-1.amazonaws.com",
        "https://cloudformation.amazonaws.com",
        "https://example.com/cloudformation.eu-west-1.amazonaws.com",
        "cloudformation.eu-west-1.amazonaws.com",
        "",
    ] {
        assert_eq!(region_of(url), None, "{url}");
    }
}
