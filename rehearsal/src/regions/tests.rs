use super::*;

#[test]
fn a_region_tells_its_partition() {
    for (region, expected) in [
        ("eu-west-1", ("aws", "amazonaws.com")),
        ("us-gov-west-1", ("aws-us-gov", "amazonaws.com")),
        ("cn-north-1", ("aws-cn", "amazonaws.com.cn")),
        ("us-iso-east-1", ("aws-iso", "c2s.ic.gov")),
        ("us-isob-east-1", ("aws-iso-b", "sc2s.sgov.gov")),
    ] {
        let partition = Partition::of(region);
        assert_eq!((partition.name(), partition.dns_suffix()), expected, "{region}");
    }
}
