#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use super::super::{Template, inputs::sample::inputs};
use super::{Named, Particulars};

fn of(resources: &str, logical_id: &str) -> Particulars {
    let text = format!("Resources:\n{resources}");
    Template::parse(&text, "t").unwrap().resolve(&inputs()).unwrap().launches[logical_id].particulars.clone()
}

#[test]
fn an_instance_s_own_properties_and_what_they_refer_to() {
    let said = of(
        "  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  Sub: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.9.4.0/24, AvailabilityZone: us-east-1c}}
  Wall: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, GroupName: web}}
  Pair: {Type: AWS::EC2::KeyPair, Properties: {KeyName: ops, PublicKeyMaterial: ssh-ed25519 AAAA}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [r], InstanceProfileName: prof}}
  Box:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-1
      InstanceType: m5.large
      KeyName: !Ref Pair
      SubnetId: !Ref Sub
      SecurityGroupIds: [!Ref Wall, sg-9]
      IamInstanceProfile: !Ref Profile
      BlockDeviceMappings: [{DeviceName: /dev/xvda, Ebs: {VolumeSize: 9}}, {DeviceName: /dev/sdf, Ebs: {VolumeSize: 9}}]
      Tags: [{Key: Name, Value: web}]
",
        "Box",
    );
    assert_eq!(said.image.as_deref(), Some("ami-1"));
    assert_eq!(said.instance_type.as_deref(), Some("m5.large"));
    assert_eq!((said.key.as_deref(), said.key_material.as_deref()), (Some("ops"), Some("ssh-ed25519 AAAA")));
    assert_eq!(said.zone.as_deref(), Some("us-east-1c"));
    assert_eq!(said.subnet.detail.as_deref(), Some("10.9.4.0/24"));
    assert_eq!(said.vpc.detail.as_deref(), Some("10.9.0.0/16"));
    let id = |name: &str, resource_type: &str| Some((inputs().physical_id)(name, resource_type));
    assert_eq!(said.subnet.id, id("Sub", "AWS::EC2::Subnet"));
    assert_eq!(said.vpc.id, id("Net", "AWS::EC2::VPC"));
    assert_eq!(said.security_groups[0].id, id("Wall", "AWS::EC2::SecurityGroup"));
    assert_eq!(said.profile.as_deref(), Some("prof"));
    assert_eq!(said.security_groups[0].detail.as_deref(), Some("web"));
    assert_eq!(said.security_groups[1], Named { id: Some("sg-9".to_owned()), detail: None });
    assert_eq!(said.volumes, ["/dev/sdf"]);
    assert_eq!(said.tags, [("Name".to_owned(), "web".to_owned())]);
    assert!(!said.is_spot && !said.is_in_group);
}

#[test]
fn a_group_s_instances_are_as_its_launch_template_says() {
    let said = of(
        "  T:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-2
        InstanceMarketOptions: {MarketType: spot}
        NetworkInterfaces: [{DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: [sg-1]}]
        TagSpecifications: [{ResourceType: instance, Tags: [{Key: Tier, Value: a}]}]
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '1'
      MaxSize: '1'
      LaunchTemplate: {LaunchTemplateId: !Ref T, Version: '1'}
      AvailabilityZones: [us-east-1b]
      Tags:
        - {Key: Shown, Value: b, PropagateAtLaunch: true}
        - {Key: Kept, Value: c, PropagateAtLaunch: false}
",
        "Fleet",
    );
    assert!(said.is_spot && said.is_in_group);
    assert_eq!(said.image.as_deref(), Some("ami-2"));
    assert_eq!(said.is_public, Some(true));
    assert_eq!(said.public_address, None);
    assert_eq!(said.zone.as_deref(), Some("us-east-1b"));
    assert_eq!(said.security_groups, [Named { id: Some("sg-1".to_owned()), detail: None }]);
    let keys: Vec<_> = said.tags.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["aws:autoscaling:groupName", "Shown", "Tier"]);
}

#[test]
fn what_is_not_said_or_cannot_be_known_is_not_there() {
    let said =
        of("  Box: {Type: AWS::EC2::Instance, Properties: {ImageId: '{{resolve:ssm:/unknown}}'}}\n", "Box");
    assert_eq!(said.image, None);
    assert_eq!(
        (said.subnet.clone(), said.security_groups.len(), said.is_public),
        (Named::default(), 0, None)
    );
}
