use super::*;

fn of(region: &str, host: &str) -> Option<Service> {
    Hosts::new(region).find(host).map(|it| it.service)
}

fn s3(bucket: &str) -> Option<Service> {
    Some(Service::S3 { bucket: (!bucket.is_empty()).then(|| bucket.to_owned()) })
}

#[test]
fn names_of_services_are_those_of_the_region() {
    use Service::{CloudFormation, Ec2, Elsewhere, Ssm, Sts};
    let regional = Some(Sts { is_global: false });
    for (region, host, expected) in [
        ("eu-west-3", "cloudformation.eu-west-3.amazonaws.com", Some(CloudFormation)),
        ("eu-west-3", "CloudFormation.EU-west-3.amazonaws.com.:443", Some(CloudFormation)),
        ("eu-west-3", "cloudformation.eu-west-3.api.aws", Some(CloudFormation)),
        ("eu-west-3", "cloudformation-fips.eu-west-3.amazonaws.com", None),
        ("us-east-2", "cloudformation-fips.us-east-2.amazonaws.com", Some(CloudFormation)),
        ("us-east-2", "cloudformation-fips.us-east-2.api.aws", Some(CloudFormation)),
        ("ca-central-1", "ssm-fips.ca-central-1.amazonaws.com", Some(Ssm)),
        ("ca-central-1", "sts-fips.ca-central-1.amazonaws.com", None),
        ("us-gov-west-1", "cloudformation.us-gov-west-1.amazonaws.com", Some(CloudFormation)),
        ("us-gov-west-1", "cloudformation-fips.us-gov-west-1.api.aws", Some(CloudFormation)),
        ("us-gov-west-1", "sts.amazonaws.com", None),
        ("cn-north-1", "cloudformation.cn-north-1.amazonaws.com.cn", Some(CloudFormation)),
        ("cn-north-1", "cloudformation.cn-north-1.amazonaws.com", None),
        ("cn-north-1", "cloudformation.cn-north-1.api.amazonwebservices.com.cn", Some(CloudFormation)),
        ("eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu", regional.clone()),
        ("eu-west-3", "sts.eu-west-3.amazonaws.com", regional.clone()),
        ("eu-west-3", "sts.amazonaws.com", Some(Sts { is_global: true })),
        ("eu-west-3", "sts.eu-west-1.amazonaws.com", None),
        ("eu-west-3", "ec2.eu-west-3.amazonaws.com", Some(Ec2)),
        ("eu-west-3", "secretsmanager.eu-west-3.amazonaws.com", None),
        ("eu-west-3", "cloudformation.us-east-1.amazonaws.com", Some(Elsewhere)),
        ("eu-west-3", "cloudformation.us-east-1.api.aws", Some(Elsewhere)),
        ("eu-west-3", "cloudformation-fips.us-east-1.amazonaws.com", Some(Elsewhere)),
        ("us-east-1", "cloudformation-fips.eu-west-3.amazonaws.com", None),
        ("eu-west-3", "cloudformation.cn-north-1.amazonaws.com.cn", Some(Elsewhere)),
        ("eu-west-3", "cloudformation.eu-west-9.amazonaws.com", None),
        ("eu-west-3", "evil-cloudformation.eu-west-3.amazonaws.com", None),
        ("eu-west-3", "cloudformation.eu-west-3.amazonaws.com.evil.example", None),
        ("eu-west-3", "cloudformationeu-west-3.amazonaws.com", None),
        ("eu-west-3", "", None),
        ("eu-west-3", "..", None),
    ] {
        assert_eq!(of(region, host), expected, "{region} {host}");
    }
}

#[test]
fn endpoints_in_a_vpc() {
    let name =
        |service: &str| format!("vpce-0123456789abcdef0-abcd1234.{service}.eu-west-3.vpce.amazonaws.com");
    assert_eq!(of("eu-west-3", &name("cloudformation")), Some(Service::CloudFormation));
    let zonal = "vpce-0123456789abcdef0-abcd1234-eu-west-3a.ssm.eu-west-3.vpce.amazonaws.com";
    assert_eq!(of("eu-west-3", zonal), Some(Service::Ssm));
    assert_eq!(of("eu-west-1", &name("cloudformation")), None);
    assert_eq!(of("eu-west-3", &format!("x.{}", name("cloudformation"))), None);
    assert_eq!(of("eu-west-3", "cloudformation.eu-west-3.vpce.amazonaws.com"), None);
    let chinese = "vpce-1-2.cloudformation.cn-north-1.vpce.amazonaws.com.cn";
    assert_eq!(of("cn-north-1", chinese), Some(Service::CloudFormation));
    assert_eq!(of("eu-west-3", &format!("bucket.{}", name("s3"))), s3(""));
    assert_eq!(of("eu-west-3", &format!("mine.bucket.{}", name("s3"))), s3("mine"));
    assert_eq!(of("eu-west-3", &format!("accesspoint.{}", name("s3"))), None);
}

#[test]
fn buckets_are_in_names_and_in_paths() {
    for (host, expected) in [
        ("s3.eu-west-3.amazonaws.com", s3("")),
        ("s3-eu-west-3.amazonaws.com", s3("")),
        ("s3.amazonaws.com", s3("")),
        ("s3.dualstack.eu-west-3.amazonaws.com", s3("")),
        ("mine.s3.eu-west-3.amazonaws.com", s3("mine")),
        ("with.dots.s3.eu-west-3.amazonaws.com", s3("with.dots")),
        ("mine.s3-eu-west-3.amazonaws.com", s3("mine")),
        ("mine.s3.amazonaws.com", s3("mine")),
        ("mine.s3.dualstack.eu-west-3.amazonaws.com", s3("mine")),
        ("cloudformation-waitcondition-eu-west-3.s3.eu-west-3.amazonaws.com", Some(Service::Handles)),
        ("cloudformation-waitcondition-eu-west-3.s3-eu-west-3.amazonaws.com", Some(Service::Handles)),
        ("cloudformation-waitcondition-eu-west-3.s3.amazonaws.com", Some(Service::Handles)),
        ("cloudformation-waitcondition-eu-west-1.s3.eu-west-1.amazonaws.com", None),
        ("mine.s3.eu-west-1.amazonaws.com", None),
        ("mines3.eu-west-3.amazonaws.com", None),
        ("s3-fips.eu-west-3.amazonaws.com", None),
    ] {
        assert_eq!(of("eu-west-3", host), expected, "{host}");
    }
    assert_eq!(of("us-east-1", "mine.s3-fips.us-east-1.amazonaws.com"), s3("mine"));
    assert_eq!(of("us-east-1", "mine.s3-external-1.amazonaws.com"), s3("mine"));
    assert_eq!(of("cn-north-1", "mine.s3.cn-north-1.amazonaws.com.cn"), s3("mine"));
    assert_eq!(of("cn-north-1", "mine.s3.amazonaws.com.cn"), None);
    assert_eq!(of("eu-west-3", &handles_host("eu-west-3")), Some(Service::Handles));
}

#[test]
fn only_some_names_have_ipv6_addresses() {
    let hosts = Hosts::new("eu-west-3");
    let is_dual_stack = |host: &str| hosts.find(host).is_some_and(|it| it.is_dual_stack);
    assert!(is_dual_stack("cloudformation.eu-west-3.api.aws"));
    assert!(is_dual_stack("mine.s3.dualstack.eu-west-3.amazonaws.com"));
    assert!(!is_dual_stack("cloudformation.eu-west-3.amazonaws.com"));
    assert!(!is_dual_stack("mine.s3.eu-west-3.amazonaws.com"));
}
