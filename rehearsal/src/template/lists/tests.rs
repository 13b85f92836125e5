#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use super::super::{Template, inputs::sample::inputs};

/// What an attribute gives, joined with blanks, and what was made up for that.
fn attribute(name: &str) -> (String, Vec<String>) {
    let text = format!(
        "
Resources:
  Zone: {{Type: AWS::Route53::HostedZone, Properties: {{Name: example.com}}}}
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Net: {{Type: AWS::EC2::Subnet, Properties: {{Ipv6CidrBlock: '2001:db8::/64'}}}}
  Other: {{Type: AWS::EC2::Subnet}}
  Way: {{Type: AWS::EC2::VPCEndpoint, Properties: {{SubnetIds: [!Ref Net, !Ref Other]}}}}
  Balancer: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{SecurityGroups: [sg-1, sg-2]}}}}
  Server: {{Type: AWS::EC2::Instance, Properties: {{UserData: {{'Fn::Base64': {{'Fn::Join': [' ', !GetAtt {name}]}}}}}}}}
"
    );
    let planned = Template::parse(&text, "t").unwrap().resolve(&inputs()).unwrap();
    let launch = &planned.launches["Server"];
    let user_data = launch.user_data.as_ref().unwrap().clone().unwrap();
    (
        String::from_utf8(user_data).unwrap(),
        launch.made_up.iter().map(|it| format!("{} = {}", it.name, it.value)).collect(),
    )
}

#[test]
fn lists_of_a_known_form_are_made_up_and_told() {
    for (name, pattern) in [
        (
            "Zone.NameServers",
            r"ns-\d{3}\.awsdns-\d\d\.com ns-\d{3}\.awsdns-\d\d\.net ns-\d{4}\.awsdns-\d\d\.org ns-\d{4}\.awsdns-\d\d\.co\.uk",
        ),
        ("Vpc.CidrBlockAssociations", "vpc-cidr-assoc-[0-9a-f]{17}"),
        ("Vpc.Ipv6CidrBlocks", "2001:db8:[0-9a-f]{4}:[0-9a-f]{2}00::/56"),
        ("Other.Ipv6CidrBlocks", "2001:db8:[0-9a-f]{4}:[0-9a-f]{2}00::/64"),
        // As many as there are subnets, and not twice the same.
        ("Way.NetworkInterfaceIds", r"(eni-[0-9a-f]{17}) (?!\1)eni-[0-9a-f]{17}"),
    ] {
        let (values, made_up) = attribute(name);
        let whole = fancy_regex::Regex::new(&format!("^(?:{pattern})$")).unwrap();
        assert!(whole.is_match(&values).unwrap(), "{name}: {values}");
        assert_eq!(made_up, [format!("{name} = {}", values.replace(' ', ", "))]);
    }
}

#[test]
fn what_the_template_says_is_not_made_up() {
    for (name, expected) in
        [("Net.Ipv6CidrBlocks", "2001:db8::/64"), ("Balancer.SecurityGroups", "sg-1 sg-2")]
    {
        assert_eq!(attribute(name), (expected.to_owned(), Vec::new()), "{name}");
    }
}
