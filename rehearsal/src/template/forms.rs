//! Forms of attributes that are documented.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>,
//! the return values of each type, and the naming of endpoints in each service's own documentation. How forms are read is in
//! `ids/form.rs`.

/// A type, its attribute, and the form that its value has.
const FORMS: &[(&str, &[(&str, &str)])] = &[
    (
        "AWS::ApiGateway::DomainName",
        &[
            ("DistributionDomainName", "d{a:13}.cloudfront.net"),
            ("RegionalDomainName", "d-{a:10}.execute-api.{region}.{suffix}"),
        ],
    ),
    ("AWS::ApiGateway::RestApi", &[("RestApiId", "{ref}"), ("RootResourceId", "{a:10}")]),
    (
        "AWS::ApiGatewayV2::Api",
        &[("ApiEndpoint", "https://{ref}.execute-api.{region}.{suffix}"), ("ApiId", "{ref}")],
    ),
    (
        "AWS::AutoScaling::AutoScalingGroup",
        &[(
            "AutoScalingGroupARN",
            "arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{ref}",
        )],
    ),
    ("AWS::CertificateManager::Certificate", &[("CertificateArn", "{ref}")]),
    ("AWS::CloudFront::Distribution", &[("DomainName", "d{a:13}.cloudfront.net"), ("Id", "{ref}")]),
    ("AWS::CloudWatch::Alarm", &[("Arn", "arn:{partition}:cloudwatch:{region}:{account}:alarm:{ref}")]),
    ("AWS::CodeBuild::Project", &[("Arn", "arn:{partition}:codebuild:{region}:{account}:project/{ref}")]),
    (
        "AWS::Cognito::UserPool",
        &[
            ("Arn", "arn:{partition}:cognito-idp:{region}:{account}:userpool/{ref}"),
            ("ProviderName", "cognito-idp.{region}.{suffix}/{ref}"),
            ("ProviderURL", "https://cognito-idp.{region}.{suffix}/{ref}"),
            ("UserPoolId", "{ref}"),
        ],
    ),
    ("AWS::Cognito::UserPoolClient", &[("ClientId", "{ref}"), ("ClientSecret", "{a:52}")]),
    ("AWS::Cognito::UserPoolDomain", &[("CloudFrontDistribution", "d{a:13}.cloudfront.net")]),
    (
        "AWS::DocDB::DBCluster",
        &[
            ("ClusterResourceId", "cluster-{A:26}"),
            ("Endpoint", "{ref}.cluster-{a:12}.{region}.docdb.{suffix}"),
            ("ReadEndpoint", "{ref}.cluster-ro-{a:12}.{region}.docdb.{suffix}"),
        ],
    ),
    ("AWS::DocDB::DBInstance", &[("Endpoint", "{ref}.{a:12}.{region}.docdb.{suffix}")]),
    (
        "AWS::DynamoDB::Table",
        &[
            ("Arn", "arn:{partition}:dynamodb:{region}:{account}:table/{ref}"),
            (
                "StreamArn",
                "arn:{partition}:dynamodb:{region}:{account}:table/{ref}/stream/2024-01-01T00:00:00.000",
            ),
        ],
    ),
    ("AWS::EC2::CustomerGateway", &[("CustomerGatewayId", "{ref}")]),
    ("AWS::EC2::EIP", &[("AllocationId", "eipalloc-0{x:16}"), ("PublicIp", "{ref}")]),
    (
        "AWS::EC2::Instance",
        &[
            ("PrivateIp", "10.0.2{n:1}.{host}"),
            ("PublicDnsName", "ec2-198-51-100-{host}.{region}.compute.{suffix}"),
            ("PublicIp", "198.51.100.{host}"),
        ],
    ),
    ("AWS::EC2::InternetGateway", &[("InternetGatewayId", "{ref}")]),
    ("AWS::EC2::KeyPair", &[("KeyPairId", "key-0{x:16}")]),
    ("AWS::EC2::LaunchTemplate", &[("LaunchTemplateId", "{ref}")]),
    ("AWS::EC2::NatGateway", &[("NatGatewayId", "{ref}")]),
    ("AWS::EC2::NetworkAcl", &[("Id", "{ref}")]),
    ("AWS::EC2::NetworkInterface", &[("Id", "{ref}"), ("PrimaryPrivateIpAddress", "10.0.1.{host}")]),
    ("AWS::EC2::PlacementGroup", &[("GroupName", "{ref}")]),
    ("AWS::EC2::RouteTable", &[("RouteTableId", "{ref}")]),
    ("AWS::EC2::SecurityGroup", &[("GroupId", "{ref}")]),
    ("AWS::EC2::Subnet", &[("SubnetId", "{ref}")]),
    ("AWS::EC2::TransitGateway", &[("Id", "{ref}")]),
    ("AWS::EC2::Volume", &[("VolumeId", "{ref}")]),
    (
        "AWS::EC2::VPC",
        &[("DefaultNetworkAcl", "acl-0{x:16}"), ("DefaultSecurityGroup", "sg-0{x:16}"), ("VpcId", "{ref}")],
    ),
    ("AWS::EC2::VPCEndpoint", &[("Id", "{ref}")]),
    ("AWS::EC2::VPCPeeringConnection", &[("Id", "{ref}")]),
    ("AWS::EC2::VPNGateway", &[("VPNGatewayId", "{ref}")]),
    (
        "AWS::ECR::Repository",
        &[
            ("Arn", "arn:{partition}:ecr:{region}:{account}:repository/{ref}"),
            ("RepositoryUri", "{account}.dkr.ecr.{region}.{suffix}/{ref}"),
        ],
    ),
    ("AWS::ECS::Cluster", &[("Arn", "arn:{partition}:ecs:{region}:{account}:cluster/{ref}")]),
    ("AWS::ECS::Service", &[("Name", "{name}"), ("ServiceArn", "{ref}")]),
    ("AWS::ECS::TaskDefinition", &[("TaskDefinitionArn", "{ref}")]),
    (
        "AWS::EFS::AccessPoint",
        &[
            ("AccessPointId", "{ref}"),
            ("Arn", "arn:{partition}:elasticfilesystem:{region}:{account}:access-point/{ref}"),
        ],
    ),
    (
        "AWS::EFS::FileSystem",
        &[
            ("Arn", "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{ref}"),
            ("FileSystemId", "{ref}"),
        ],
    ),
    ("AWS::EFS::MountTarget", &[("Id", "{ref}"), ("IpAddress", "10.0.1.{host}")]),
    (
        "AWS::EKS::Cluster",
        &[
            ("Arn", "arn:{partition}:eks:{region}:{account}:cluster/{ref}"),
            ("CertificateAuthorityData", "bWFkZSB1cCBieSBjZm4tcmVoZWFyc2U="),
            ("ClusterSecurityGroupId", "sg-0{x:16}"),
            ("Endpoint", "https://{X:32}.gr7.{region}.eks.{suffix}"),
            ("OpenIdConnectIssuerUrl", "https://oidc.eks.{region}.{suffix}/id/{X:32}"),
        ],
    ),
    (
        "AWS::ElastiCache::CacheCluster",
        &[
            ("ConfigurationEndpoint.Address", "{ref}.{a:6}.cfg.{short}.cache.{suffix}"),
            ("ConfigurationEndpoint.Port", "11211"),
            ("RedisEndpoint.Address", "{ref}.{a:6}.0001.{short}.cache.{suffix}"),
            ("RedisEndpoint.Port", "6379"),
        ],
    ),
    (
        "AWS::ElastiCache::ReplicationGroup",
        &[
            ("ConfigurationEndPoint.Address", "clustercfg.{ref}.{a:6}.{short}.cache.{suffix}"),
            ("ConfigurationEndPoint.Port", "6379"),
            ("PrimaryEndPoint.Address", "{ref}.{a:6}.ng.0001.{short}.cache.{suffix}"),
            ("PrimaryEndPoint.Port", "6379"),
            ("ReaderEndPoint.Address", "{ref}-ro.{a:6}.ng.0001.{short}.cache.{suffix}"),
            ("ReaderEndPoint.Port", "6379"),
        ],
    ),
    (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        &[
            ("CanonicalHostedZoneName", "{ref}-{n:10}.{region}.elb.{suffix}"),
            ("CanonicalHostedZoneNameID", "Z{A:13}"),
            ("DNSName", "{ref}-{n:10}.{region}.elb.{suffix}"),
        ],
    ),
    ("AWS::ElasticLoadBalancingV2::Listener", &[("ListenerArn", "{ref}")]),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        &[
            ("CanonicalHostedZoneID", "Z{A:13}"),
            ("DNSName", "{second}-{n:10}.{region}.elb.{suffix}"),
            ("LoadBalancerArn", "{ref}"),
            ("LoadBalancerFullName", "{after:loadbalancer/}"),
            ("LoadBalancerName", "{second}"),
        ],
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        &[
            ("TargetGroupArn", "{ref}"),
            ("TargetGroupFullName", "targetgroup/{after:targetgroup/}"),
            ("TargetGroupName", "{second}"),
        ],
    ),
    (
        "AWS::Elasticsearch::Domain",
        &[
            ("Arn", "arn:{partition}:es:{region}:{account}:domain/{ref}"),
            ("DomainArn", "arn:{partition}:es:{region}:{account}:domain/{ref}"),
            ("DomainEndpoint", "search-{ref}-{a:26}.{region}.es.{suffix}"),
        ],
    ),
    (
        "AWS::Events::EventBus",
        &[("Arn", "arn:{partition}:events:{region}:{account}:event-bus/{ref}"), ("Name", "{ref}")],
    ),
    ("AWS::Events::Rule", &[("Arn", "arn:{partition}:events:{region}:{account}:rule/{ref}")]),
    (
        "AWS::FSx::FileSystem",
        &[
            ("DNSName", "{ref}.fsx.{region}.{suffix}"),
            ("ResourceARN", "arn:{partition}:fsx:{region}:{account}:file-system/{ref}"),
        ],
    ),
    ("AWS::IAM::AccessKey", &[("SecretAccessKey", "{a:40}")]),
    ("AWS::IAM::ManagedPolicy", &[("PolicyArn", "{ref}")]),
    ("AWS::IAM::Role", &[("RoleId", "AROA{A:17}")]),
    ("AWS::Kinesis::Stream", &[("Arn", "arn:{partition}:kinesis:{region}:{account}:stream/{ref}")]),
    (
        "AWS::KinesisFirehose::DeliveryStream",
        &[("Arn", "arn:{partition}:firehose:{region}:{account}:deliverystream/{ref}")],
    ),
    ("AWS::KMS::Key", &[("Arn", "arn:{partition}:kms:{region}:{account}:key/{ref}"), ("KeyId", "{ref}")]),
    ("AWS::Lambda::Function", &[("Arn", "arn:{partition}:lambda:{region}:{account}:function:{ref}")]),
    ("AWS::Lambda::Url", &[("FunctionUrl", "https://{a:32}.lambda-url.{region}.on.aws/")]),
    ("AWS::Logs::LogGroup", &[("Arn", "arn:{partition}:logs:{region}:{account}:log-group:{ref}:*")]),
    (
        "AWS::Neptune::DBCluster",
        &[
            ("ClusterResourceId", "cluster-{A:26}"),
            ("Endpoint", "{ref}.cluster-{a:12}.{region}.neptune.{suffix}"),
            ("ReadEndpoint", "{ref}.cluster-ro-{a:12}.{region}.neptune.{suffix}"),
        ],
    ),
    (
        "AWS::OpenSearchService::Domain",
        &[
            ("Arn", "arn:{partition}:es:{region}:{account}:domain/{ref}"),
            ("DomainArn", "arn:{partition}:es:{region}:{account}:domain/{ref}"),
            ("DomainEndpoint", "search-{ref}-{a:26}.{region}.es.{suffix}"),
            ("Id", "{account}/{ref}"),
        ],
    ),
    (
        "AWS::RDS::DBCluster",
        &[
            ("DBClusterArn", "arn:{partition}:rds:{region}:{account}:cluster:{ref}"),
            ("DBClusterResourceId", "cluster-{A:26}"),
            ("Endpoint.Address", "{ref}.cluster-{a:12}.{region}.rds.{suffix}"),
            (
                "MasterUserSecret.SecretArn",
                "arn:{partition}:secretsmanager:{region}:{account}:secret:rds!cluster-{uuid}-{a:6}",
            ),
            ("ReadEndpoint.Address", "{ref}.cluster-ro-{a:12}.{region}.rds.{suffix}"),
        ],
    ),
    (
        "AWS::RDS::DBInstance",
        &[
            ("DBInstanceArn", "arn:{partition}:rds:{region}:{account}:db:{ref}"),
            ("DbiResourceId", "db-{A:26}"),
            ("Endpoint.Address", "{ref}.{a:12}.{region}.rds.{suffix}"),
            (
                "MasterUserSecret.SecretArn",
                "arn:{partition}:secretsmanager:{region}:{account}:secret:rds!db-{uuid}-{a:6}",
            ),
        ],
    ),
    (
        "AWS::RDS::DBProxy",
        &[
            ("DBProxyArn", "arn:{partition}:rds:{region}:{account}:db-proxy:prx-0{x:16}"),
            ("Endpoint", "{ref}.proxy-{a:12}.{region}.rds.{suffix}"),
        ],
    ),
    ("AWS::Redshift::Cluster", &[("Endpoint.Address", "{ref}.{a:12}.{region}.redshift.{suffix}")]),
    ("AWS::Route53::HostedZone", &[("Id", "{ref}")]),
    (
        "AWS::S3::Bucket",
        &[
            ("Arn", "arn:{partition}:s3:::{ref}"),
            ("DomainName", "{ref}.s3.{suffix}"),
            ("DualStackDomainName", "{ref}.s3.dualstack.{region}.{suffix}"),
            ("RegionalDomainName", "{ref}.s3.{region}.{suffix}"),
        ],
    ),
    ("AWS::SecretsManager::Secret", &[("Id", "{ref}")]),
    (
        "AWS::ServiceDiscovery::PrivateDnsNamespace",
        &[("Arn", "arn:{partition}:servicediscovery:{region}:{account}:namespace/{ref}"), ("Id", "{ref}")],
    ),
    (
        "AWS::ServiceDiscovery::Service",
        &[("Arn", "arn:{partition}:servicediscovery:{region}:{account}:service/{ref}"), ("Id", "{ref}")],
    ),
    ("AWS::SNS::Topic", &[("TopicArn", "{ref}"), ("TopicName", "{name}")]),
    (
        "AWS::SQS::Queue",
        &[
            ("Arn", "arn:{partition}:sqs:{region}:{account}:{name}"),
            ("QueueName", "{name}"),
            ("QueueUrl", "{ref}"),
        ],
    ),
    (
        "AWS::SSO::PermissionSet",
        &[("PermissionSetArn", "arn:{partition}:sso:::permissionSet/ssoins-{x:16}/ps-{x:16}")],
    ),
    ("AWS::StepFunctions::StateMachine", &[("Arn", "{ref}"), ("Name", "{name}")]),
];

/// The form of an attribute of a type.
pub(super) fn form(resource_type: &str, attribute: &str) -> Option<&'static str> {
    let (_, attributes) = FORMS.iter().find(|(known, _)| *known == resource_type)?;
    attributes.iter().find(|(known, _)| *known == attribute).map(|(_, form)| *form)
}
