#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use super::super::{Inputs, Supplied, Template, inputs::sample::inputs};
use super::{Address, host};

/// What an instance of these properties is called, and what `Fn::GetAtt` gives for it.
fn addressed(properties: &str, supplied: &Supplied) -> (Address, String) {
    let text = format!(
        "Resources:\n  Card: {{Type: AWS::EC2::NetworkInterface, Properties: {{PrivateIpAddress: 10.9.0.9}}}}\n  \
         Box: {{Type: AWS::EC2::Instance, Properties: {{{properties}}}}}\n  \
         Other: {{Type: AWS::EC2::Instance, Properties: {{UserData: !Base64 {{'Fn::Sub': '${{Box.PrivateIp}} ${{Box.PrivateDnsName}}'}}}}}}"
    );
    let planned = Template::parse(&text, "t").unwrap().resolve(&Inputs { supplied, ..inputs() }).unwrap();
    let user_data = planned.launches["Other"].user_data.as_ref().unwrap().clone().unwrap();
    (planned.launches["Box"].address.clone().unwrap(), String::from_utf8(user_data).unwrap())
}

#[test]
fn an_instance_has_one_address() {
    let mut given = Supplied::default();
    given.attributes.insert("Box.PrivateIp".to_owned(), "10.3.0.3".to_owned());
    for (properties, supplied, expected) in [
        ("PrivateIpAddress: 10.1.2.3", Supplied::nothing(), "10.1.2.3"),
        (
            "NetworkInterfaces: [{DeviceIndex: '1', PrivateIpAddress: 10.2.0.1}, {DeviceIndex: '0', PrivateIpAddress: 10.2.0.2}]",
            Supplied::nothing(),
            "10.2.0.2",
        ),
        (
            "NetworkInterfaces: [{DeviceIndex: 0, NetworkInterfaceId: !Ref Card}]",
            Supplied::nothing(),
            "10.9.0.9",
        ),
        ("", &given, "10.3.0.3"),
    ] {
        let (address, told) = addressed(properties, supplied);
        let name = format!("ip-{}.eu-west-1.compute.internal", expected.replace('.', "-"));
        assert_eq!(told, format!("{expected} {name}"), "{properties}");
        assert_eq!(address, Address { address: expected.to_owned(), host: name }, "{properties}");
    }
    assert_eq!(host("10.0.0.10", "us-east-1"), "ip-10-0-0-10.ec2.internal");
}

#[test]
fn instances_whose_address_nothing_says_have_each_its_own() {
    let text = "
Resources:
  Box: {Type: AWS::EC2::Instance}
  Other: {Type: AWS::EC2::Instance}
  Third: {Type: AWS::EC2::Instance, Properties: {NetworkInterfaces: [{NetworkInterfaceId: !Ref Card}]}}
  Card: {Type: AWS::EC2::NetworkInterface}
  Asks: {Type: AWS::EC2::Instance, Properties: {UserData: !Base64 {'Fn::Sub': '${Box.PrivateIp} ${Other.PrivateIp} ${Card.PrimaryPrivateIpAddress}'}}}
";
    let planned = Template::parse(text, "t").unwrap().resolve(&inputs()).unwrap();
    let of = |logical_id: &str| planned.launches[logical_id].address.clone().unwrap();
    let told =
        String::from_utf8(planned.launches["Asks"].user_data.as_ref().unwrap().clone().unwrap()).unwrap();
    let all = ["Box", "Other", "Third"].map(|it| of(it).address);
    assert_eq!(told, all.join(" "));
    assert_ne!(all[0], all[1]);
    assert_eq!(of("Box").host, host(&all[0], "eu-west-1"));
}
