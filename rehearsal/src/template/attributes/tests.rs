use super::super::{
    Inputs,
    inputs::sample::{self, inputs},
};

fn attribute(name: &str) -> String {
    let text = format!(
        "
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {{VpcId: !Ref Vpc, CidrBlock: !Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]], AvailabilityZone: !Select [0, !GetAZs '']}}
  Bucket: {{Type: AWS::S3::Bucket}}
  Table: {{Type: AWS::DynamoDB::Table}}
  Function: {{Type: AWS::Lambda::Function}}
  Log: {{Type: AWS::Logs::LogGroup}}
  Role: {{Type: AWS::IAM::Role, Properties: {{Path: /web/}}}}
  Profile: {{Type: AWS::IAM::InstanceProfile}}
  Database: {{Type: AWS::RDS::DBInstance}}
  Circle: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: !GetAtt Circle.CidrBlock}}}}
  Server: {{Type: AWS::EC2::Instance, Properties: {{UserData: !Base64 {{'Fn::GetAtt': {name}}}}}}}
"
    );
    sample::user_data(&text, &Inputs { region: "cn-north-1".to_owned(), ..inputs() })
}

#[test]
fn what_follows_is_known() {
    for (name, expected) in [
        ("Vpc.VpcId", "id-of-Vpc"),
        ("Vpc.CidrBlock", "10.0.0.0/16"),
        ("Subnet.CidrBlock", "10.0.1.0/24"),
        ("Subnet.VpcId", "id-of-Vpc"),
        ("Bucket.Arn", "arn:aws-cn:s3:::id-of-Bucket"),
        ("Bucket.DomainName", "id-of-Bucket.s3.amazonaws.com.cn"),
        ("Table.Arn", "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/id-of-Table"),
        ("Function.Arn", "arn:aws-cn:lambda:cn-north-1:123456789012:function:id-of-Function"),
        ("Log.Arn", "arn:aws-cn:logs:cn-north-1:123456789012:log-group:id-of-Log:*"),
        ("Role.Arn", "arn:aws-cn:iam::123456789012:role/web/id-of-Role"),
        ("Profile.Arn", "arn:aws-cn:iam::123456789012:instance-profile/id-of-Profile"),
    ] {
        assert_eq!(attribute(name), expected, "{name}");
    }
}

#[test]
fn what_does_not_is_not_guessed() {
    for (name, expected) in [
        (
            "Database.Endpoint.Address",
            "the attribute \"Endpoint.Address\" of Database (AWS::RDS::DBInstance) is needed here",
        ),
        ("Subnet.AvailabilityZone", "AvailabilityZone: Fn::GetAZs is needed here"),
        ("Subnet.Ipv6CidrBlocks", "the attribute \"Ipv6CidrBlocks\" of Subnet"),
        ("Circle.CidrBlock", "functions nested more than 150 levels deep"),
    ] {
        assert!(attribute(name).contains(expected), "{name}: {}", attribute(name));
    }
}
