use super::*;

const HOME: Home<'_> = Home { region: "cn-north-1", account_id: "123456789012" };

#[test]
fn names_arns_and_urls() {
    for (resource_type, expected) in [
        ("AWS::S3::Bucket", "web"),
        ("AWS::SNS::Topic", "arn:aws-cn:sns:cn-north-1:123456789012:web"),
        ("AWS::SQS::Queue", "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/web"),
        ("AWS::SecretsManager::Secret", "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:web"),
        ("AWS::IAM::ManagedPolicy", "arn:aws-cn:iam::123456789012:policy/web"),
    ] {
        let given = reference(resource_type, "web", HOME);
        assert_eq!(given, expected);
        assert_eq!(name_in(&given), "web");
    }
    assert_eq!(name_in("/app/web"), "/app/web");
}

#[test]
fn a_stack_is_at_home() {
    let home = Home::of("arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/web/1");
    assert_eq!((home.region, home.account_id), (HOME.region, HOME.account_id));
}
