#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use super::super::{
    Inputs, Supplied, Template,
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
  Custom: {{Type: Custom::Thing}}
  Ip: {{Type: AWS::EC2::EIP}}
  Balancer: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Name: web}}}}
  Network: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Name: web, Type: network}}}}
  Images: {{Type: AWS::ECR::Repository, Properties: {{RepositoryName: app/web}}}}
  Mysql: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: mysql, DBInstanceIdentifier: main}}}}
  Own: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: mysql, Port: 3307}}}}
  Card: {{Type: AWS::EC2::NetworkInterface, Properties: {{PrivateIpAddress: 10.1.2.3}}}}
  Cache: {{Type: AWS::ElastiCache::ReplicationGroup}}
  Box: {{Type: AWS::EC2::Instance}}
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
        ("Subnet.AvailabilityZone", "cn-north-1a"),
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
            "Database.Endpoint.Name",
            "the attribute \"Endpoint.Name\" of Database (AWS::RDS::DBInstance) is needed here, and only the real service knows it; give it with --attribute Database.Endpoint.Name=VALUE; ",
        ),
        ("Custom.Any", "the attribute \"Any\" of Custom (Custom::Thing) is needed here"),
        ("Circle.CidrBlock", "functions nested more than 150 levels deep"),
    ] {
        assert!(attribute(name).contains(expected), "{name}: {}", attribute(name));
    }
}

#[test]
fn what_has_a_form_is_made_up() {
    for (name, pattern) in [
        ("Ip.AllocationId", "eipalloc-[0-9a-f]{17}"),
        ("Images.RepositoryUri", r"123456789012\.dkr\.ecr\.cn-north-1\.amazonaws\.com\.cn/app/web"),
        ("Images.Arn", "arn:aws-cn:ecr:cn-north-1:123456789012:repository/app/web"),
        ("Balancer.DNSName", r"web-[1-9]{10}\.cn-north-1\.elb\.amazonaws\.com\.cn"),
        ("Balancer.LoadBalancerFullName", "app/web/[0-9a-f]{16}"),
        ("Network.DNSName", r"web-[0-9a-f]{16}\.elb\.cn-north-1\.amazonaws\.com\.cn"),
        ("Network.LoadBalancerFullName", "net/web/[0-9a-f]{16}"),
        ("Mysql.Endpoint.Address", r"main\.[0-9a-z]{12}\.cn-north-1\.rds\.amazonaws\.com\.cn"),
        ("Mysql.Endpoint.Port", "3306"),
        ("Own.Endpoint.Port", "3307"),
        ("Card.PrimaryPrivateIpAddress", r"10\.1\.2\.3"),
        (
            "Cache.PrimaryEndPoint.Address",
            r"id-of-Cache\.[0-9a-z]{6}\.ng\.0001\.cnn1\.cache\.amazonaws\.com\.cn",
        ),
        ("Box.PrivateIp", r"10\.0\.2\d\.\d+"),
        ("Box.PrivateDnsName", r"ip-10-0-2\d-\d+\.cn-north-1\.compute\.internal"),
        ("Box.PublicIp", r"198\.51\.100\.\d+"),
        ("Box.PublicDnsName", r"ec2-198-51-100-\d+\.cn-north-1\.compute\.amazonaws\.com\.cn"),
    ] {
        let whole = fancy_regex::Regex::new(&format!("^(?:{pattern})$")).unwrap();
        assert!(whole.is_match(&attribute(name)).unwrap(), "{name}: {}", attribute(name));
    }
}

#[test]
fn what_is_made_up_is_marked_and_what_follows_is_not() {
    let text = "
Resources:
  Ip: {Type: AWS::EC2::EIP}
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, Port: 1}}
  Bucket: {Type: AWS::S3::Bucket}
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: !GetAtt Db.Endpoint.Port, MaxSize: 1, LaunchConfigurationName: !Ref Launch}
  Launch: {Type: AWS::AutoScaling::LaunchConfiguration}
  Other: {Type: AWS::EC2::Instance, Properties: {UserData: !Base64 {'Fn::Sub': '${Ip.AllocationId}'}}}
  Server:
    Type: AWS::EC2::Instance
    Properties: {UserData: !Base64 {'Fn::Sub': '${Ip} ${Bucket.Arn} ${Db.Endpoint.Port} ${Other.PrivateIp} ${Given.A}'}}
  Given: {Type: Custom::Thing}
";
    let mut supplied = Supplied::default();
    supplied.attributes.insert("Given.A".to_owned(), "a".to_owned());
    let inputs = Inputs { supplied: &supplied, ..inputs() };
    let planned = Template::parse(text, "t").unwrap().resolve(&inputs).unwrap();
    let told = |logical_id: &str| {
        let made_up = &planned.launches[logical_id].made_up;
        made_up.iter().map(|it| format!("{} = {}", it.name, it.value)).collect::<Vec<_>>()
    };
    assert_eq!(told("Server")[0], "Ip = id-of-Ip");
    assert!(told("Server").len() == 2 && told("Server")[1].starts_with("Other.PrivateIp = 10.0.2"));
    assert_eq!(told("Other").len(), 1);
    assert!(told("Other")[0].starts_with("Ip.AllocationId = eipalloc-"));
    assert_eq!(planned.made_up, []);
}
