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
        ("", Supplied::nothing(), "10.0.0.10"),
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
