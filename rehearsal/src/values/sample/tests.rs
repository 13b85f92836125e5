#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::{texts, typed};
use crate::ids::Home;

const HOME: Home<'_> = Home { region: "eu-west-1", account_id: "123456789012" };

#[test]
fn ids_look_like_their_type() {
    for (kind, begins) in [
        ("AWS::EC2::VPC::Id", "vpc-0"),
        ("List<AWS::EC2::Subnet::Id>", "subnet-0"),
        ("AWS::EC2::AvailabilityZone::Name", "eu-west-1a"),
        ("AWS::EC2::KeyPair::KeyName", "made-up-key"),
    ] {
        let made = typed(kind, "Thing", HOME).unwrap();
        assert!(made.starts_with(begins), "{kind}: {made}");
        assert_eq!(made, typed(kind, "Thing", HOME).unwrap());
        assert!(kind != "AWS::EC2::VPC::Id" || Some(made) != typed(kind, "Other", HOME));
    }
    let nets = typed("List<AWS::EC2::Subnet::Id>", "Nets", HOME).unwrap();
    let mut each: Vec<_> = nets.split(',').collect();
    each.sort_unstable();
    each.dedup();
    assert_eq!(each.len(), 3, "{nets}");
    assert_eq!(
        typed("List<AWS::EC2::AvailabilityZone::Name>", "Z", HOME).unwrap(),
        "eu-west-1a,eu-west-1b,eu-west-1c"
    );
    assert_eq!(typed("String", "Thing", HOME), None);
}

#[test]
fn texts_are_what_their_name_says_first() {
    for (name, first) in [
        ("VpcCIDR", "10.0.0.0/16"),
        ("SSHLocation", "10.0.0.0/24"),
        ("AdminEmail", "somebody@example.com"),
        ("Other", "example"),
    ] {
        assert_eq!(texts(name, false, HOME).first().unwrap(), first, "{name}");
    }
    assert_eq!(texts("Other", true, HOME).first().unwrap(), "example");
}
