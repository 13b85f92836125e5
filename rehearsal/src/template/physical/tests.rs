use super::super::inputs::sample::{self, inputs};

const RESOURCES: &str = "
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '${AWS::StackName}-assets'}}
  Made: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref AWS::NoValue}}
  Chosen: {Type: AWS::IAM::Role, Properties: {RoleName: !If [Never, one, other]}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt Topic.TopicName}}
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /app/web}}
  Unknown: {Type: AWS::S3::Bucket, Properties: {BucketName: !ImportValue Name}}
  Address: {Type: AWS::EC2::EIP}
  Custom: {Type: Custom::Thing, Properties: {ServiceToken: t}}
  Circle: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Circle}}
";

fn given(value: &str) -> String {
    let server =
        format!("  Server: {{Type: AWS::EC2::Instance, Properties: {{UserData: !Base64 {{{value}}}}}}}\n");
    let text = format!("Conditions: {{Never: !Equals [a, b]}}\nResources:{RESOURCES}{server}");
    user_data(&text)
}

fn user_data(text: &str) -> String {
    sample::user_data(text, &inputs())
}

#[test]
fn a_name_that_the_template_gives_is_the_name() {
    for (value, expected) in [
        ("Ref: Named", "stack-assets"),
        ("'Fn::GetAtt': Named.Arn", "arn:aws:s3:::stack-assets"),
        ("Ref: Made", "id-of-Made"),
        ("Ref: Chosen", "other"),
        ("'Fn::GetAtt': Chosen.Arn", "arn:aws:iam::123456789012:role/other"),
        ("Ref: Topic", "arn:aws:sns:eu-west-1:123456789012:news"),
        ("Ref: Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/news"),
        ("'Fn::GetAtt': Queue.Arn", "arn:aws:sqs:eu-west-1:123456789012:news"),
        ("Ref: Log", "/app/web"),
    ] {
        assert_eq!(given(value), expected, "{value}");
    }
}

#[test]
fn a_name_that_cannot_be_known_is_not_made_up() {
    assert!(given("Ref: Unknown").contains("Unknown.Properties.BucketName: Fn::ImportValue is needed here"));
    let told = given("Ref: Custom");
    assert!(told.contains("what Ref gives for Custom (Custom::Thing) is needed"), "{told}");
    assert!(told.contains("give it with --ref Custom=VALUE; "), "{told}");
    assert_eq!(given("Ref: Address"), "id-of-Address");
    assert!(given("Ref: Circle").contains("functions nested more than"));
}

#[test]
fn dynamic_references_are_named_whether_encoded_or_not() {
    let text = "Resources: {Server: {Type: AWS::EC2::Instance, Properties: {UserData: VALUE}}}";
    for value in ["'{{resolve:ssm:/data}}'", "!Base64 \"#!/bin/sh\\necho {{resolve:ssm:/data}}\""] {
        let told = user_data(&text.replace("VALUE", value));
        assert!(told.contains("\"{{resolve:ssm:/data}}\" is needed here"), "{told}");
    }
}

#[test]
fn what_decides_a_condition_is_enough() {
    let text = "
Parameters: {Vpc: {Type: 'AWS::EC2::VPC::Id'}}
Conditions:
  Unknown: !Equals [!Ref Vpc, x]
  Yes: !Equals [a, a]
  Either: !Or [!Condition Unknown, !Condition Yes]
  Both: !And [!Condition Unknown, !Not [!Condition Yes]]
Resources: {Server: {Type: AWS::EC2::Instance, Properties: {UserData: !Base64 {'Fn::If': VALUE}}}}
";
    assert_eq!(user_data(&text.replace("VALUE", "[Either, one, !If [Both, two, three]]")), "one");
    assert_eq!(user_data(&text.replace("VALUE", "[Both, two, three]")), "three");
    assert!(
        user_data(&text.replace("VALUE", "[Unknown, one, two]")).contains("the parameter Vpc is needed here")
    );
}
