#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::super::Template;

#[test]
fn what_only_the_service_knows_is_found_wherever_it_is_written() {
    let text = "
Parameters: {Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /images/web}, Name: {Type: String}}
Conditions: {Big: !Equals [!ImportValue size, big]}
Resources:
  Thing: {Type: Custom::Thing}
  Other: {Type: AWS::CloudFormation::CustomResource}
  Bucket: {Type: AWS::S3::Bucket}
  Box:
    Type: AWS::EC2::Instance
    Properties:
      Tags:
      - {Key: a, Value: !GetAtt Thing.A}
      - {Key: b, Value: !GetAtt [Other, B.C]}
      - {Key: c, Value: !Ref Thing}
      - {Key: d, Value: !GetAtt Bucket.Arn}
      UserData: !Base64
        Fn::Sub: ['${Thing.D} ${Other} ${Name} ${!Thing.No} {{resolve:ssm:/a:1}} {{resolve:ssm:/${Name}}}', {X: '{{resolve:ssm:/b}}'}]
";
    let wants = Template::parse(text, "t").unwrap().wants();
    let all =
        |names: &std::collections::BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(all(&wants.attributes), "Other.B.C Thing.A Thing.D");
    assert_eq!(all(&wants.references), "Other Thing");
    assert_eq!(all(&wants.imports), "size");
    assert_eq!(all(&wants.resolved), "ssm:/a:1 ssm:/b ssm:/images/web");
}
