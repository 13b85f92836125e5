#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use super::super::{Template, inputs::sample::inputs};

#[test]
fn the_role_of_a_profile() {
    for (resource, expected) in [
        ("{Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: !Ref Profile}}", Some("id-of-Role")),
        ("{Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: !Ref Named}}", Some("web")),
        ("{Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: elsewhere}}", None),
        ("{Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: !Ref Given}}", None),
        (
            "{Type: AWS::EC2::Instance, Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template}}}",
            Some("id-of-Role"),
        ),
        (
            "{Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: !Ref Named, LaunchTemplate: {LaunchTemplateId: !Ref Template}}}",
            Some("web"),
        ),
        (
            "{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 0, MaxSize: 1, LaunchConfigurationName: !Ref Old}}",
            Some("web"),
        ),
        (
            "{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 0, MaxSize: 1, LaunchTemplate: {LaunchTemplateId: lt-1}}}",
            None,
        ),
        ("{Type: AWS::EC2::Instance}", None),
    ] {
        let text = format!(
            "
Parameters: {{Given: {{Type: String, Default: profile}}}}
Resources:
  Role: {{Type: AWS::IAM::Role}}
  Profile: {{Type: AWS::IAM::InstanceProfile, Properties: {{Roles: [!Ref Role]}}}}
  Named: {{Type: AWS::IAM::InstanceProfile, Properties: {{Roles: [web]}}}}
  Template:
    Type: AWS::EC2::LaunchTemplate
    Properties: {{LaunchTemplateData: {{IamInstanceProfile: {{Arn: !GetAtt Profile.Arn}}}}}}
  Old: {{Type: AWS::AutoScaling::LaunchConfiguration, Properties: {{IamInstanceProfile: !Ref Named}}}}
  Server: {resource}
"
        );
        let template = Template::parse(&text, "t").unwrap();
        assert_eq!(
            template.resolve(&inputs()).unwrap().launches["Server"].role.as_deref(),
            expected,
            "{resource}"
        );
    }
}
