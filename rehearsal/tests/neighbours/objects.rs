//! S3's objects, whole, and templates in buckets.

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::ContentSha256Header;

use crate::common::Served;
use crate::common::signed::{s3, signed, signed_and_sent, text};

#[test]
fn objects_are_put_listed_given_and_dropped() {
    let served = Served::account(&[]);
    let none = s3(&served, "PUT", "/assets/a", "x");
    assert_eq!((none.status, text(&none.body, "Code")), (404, "NoSuchBucket"));
    assert_eq!(s3(&served, "PUT", "/assets", "").status, 200);
    assert_eq!(s3(&served, "HEAD", "/assets", "").status, 200);
    assert_eq!(s3(&served, "GET", "/assets?location", "").status, 200);
    let encryption = s3(&served, "GET", "/assets?encryption=", "");
    assert_eq!(text(&encryption.body, "SSEAlgorithm"), "AES256");
    for (key, body) in [("a/1", "one"), ("a/2%20%2B%2F..%2Fx", "two"), ("b", "three")] {
        assert_eq!(s3(&served, "PUT", &format!("/assets/{key}"), body).status, 200, "{key}");
    }
    let got = s3(&served, "GET", "/assets/a/2%20%2B%2F..%2Fx", "");
    assert_eq!((got.status, got.body.as_str()), (200, "two"));
    assert!(got.head.contains("content-type: text/x"), "{}", got.head);
    let listed = s3(&served, "GET", "/assets/?list-type=2&max-keys=1&prefix=a%2F", "");
    assert_eq!((text(&listed.body, "Key"), text(&listed.body, "IsTruncated")), ("a/1", "true"));
    let rest = "/assets/?list-type=2&continuation-token=a%2F1&prefix=a%2F";
    let listed = s3(&served, "GET", rest, "");
    assert_eq!((text(&listed.body, "Key"), text(&listed.body, "IsTruncated")), ("a/2 +/../x", "false"));
    assert_eq!(s3(&served, "DELETE", "/assets", "").status, 409);
    for key in ["a/1", "a/2%20%2B%2F..%2Fx", "b"] {
        assert_eq!(s3(&served, "DELETE", &format!("/assets/{key}"), "").status, 204);
    }
    assert_eq!(text(&s3(&served, "GET", "/assets/b", "").body, "Code"), "NoSuchKey");
    assert_eq!(s3(&served, "DELETE", "/assets", "").status, 204);
    assert_eq!(text(&s3(&served, "GET", "/assets", "").body, "Code"), "NoSuchBucket");
    let copy = s3(&served, "POST", "/", "");
    assert_eq!((copy.status, text(&copy.body, "Code")), (501, "NotImplemented"));
}

#[test]
fn an_object_is_what_was_signed() {
    let served = Served::account(&[]);
    s3(&served, "PUT", "/assets", "");
    let wrong = AccessKey { secret: Secret::new("wrong"), ..served.key() };
    let answer = signed(&served, "s3", &wrong, ("PUT", "/assets/a"), &[], "x");
    assert_eq!((answer.status, text(&answer.body, "Code")), (403, "SignatureDoesNotMatch"));
    // Another body than was signed, and one whose hash is not told.
    for (body, sent, hash) in [("x", "y", ContentSha256Header::Send), ("x", "x", ContentSha256Header::Omit)] {
        let put = ("PUT", "/assets/a");
        let answer = signed_and_sent(&served, "s3", &served.key(), put, &[], (body, sent), hash);
        assert_eq!(answer.status, 403, "{sent}");
    }
    assert_eq!(s3(&served, "GET", "/assets/a", "").status, 404);
}

#[test]
fn a_template_is_read_from_a_bucket_that_a_stack_made() {
    let served = Served::account(&[]);
    let bucket = "
Resources:
  Staging: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub 'cdk-assets-${AWS::AccountId}-${AWS::Region}'}}
";
    served.result("CreateStack", &[("StackName", "toolkit"), ("TemplateBody", bucket)]);
    let name = "cdk-assets-123456789012-us-east-1";
    let template = "Resources: {Topic: {Type: AWS::SNS::Topic}}";
    assert_eq!(s3(&served, "PUT", &format!("/{name}/t.json"), template).status, 200);
    let taken = s3(&served, "PUT", &format!("/{name}"), "");
    assert_eq!((taken.status, text(&taken.body, "Code")), (409, "BucketAlreadyOwnedByYou"));
    for (number, url) in [
        format!("http://127.0.0.1:{}/{name}/t.json", served.port),
        format!("https://{name}.s3.us-east-1.amazonaws.com/t.json"),
        format!("https://s3.us-east-1.amazonaws.com/{name}/t.json"),
        format!("https://s3.amazonaws.com/{name}/t.json?versionId=1"),
    ]
    .iter()
    .enumerate()
    {
        let stack = format!("s{number}");
        served.result("CreateStack", &[("StackName", &stack), ("TemplateURL", url)]);
    }
    let nested = format!(
        "Resources: {{Inner: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: 'https://{name}.s3.amazonaws.com/t.json'}}}}}}"
    );
    served.result("CreateStack", &[("StackName", "outer"), ("TemplateBody", &nested)]);
    let resources = served.result("DescribeStackResources", &[("StackName", "outer")]);
    let inner = resources["StackResources"][0]["PhysicalResourceId"].as_str().unwrap();
    let inside = served.result("ListStackResources", &[("StackName", inner)]);
    assert_eq!(inside["StackResourceSummaries"][0]["LogicalResourceId"], "Topic");
}
