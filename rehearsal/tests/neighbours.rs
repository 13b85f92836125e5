//! STS, parameters and buckets, as deployments ask for them: signed for each service, and refused in its protocol.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

mod common;

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{
    ContentSha256Header, PathEncoding, PathNormalization, Payload, Request, Scope, SigningKeys,
    SigningSettings, sign,
};
use common::{Answer, Served};
use serde_json::{Value, json};

/// A request that is signed for `service` by `key`.
fn signed(
    served: &Served,
    service: &str,
    key: &AccessKey,
    what: (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let hash = if service == "s3" { ContentSha256Header::Send } else { ContentSha256Header::Omit };
    signed_and_sent(served, service, key, what, headers, (body, body), hash)
}

/// The same, whose body may be another than was signed.
fn signed_and_sent(
    served: &Served,
    service: &str,
    key: &AccessKey,
    (method, target): (&str, &str),
    headers: &[(&str, &str)],
    (body, sent): (&str, &str),
    hash: ContentSha256Header,
) -> Answer {
    let uri = format!("http://127.0.0.1:{}{target}", served.port);
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let headers: Vec<_> = headers.iter().map(owned).collect();
    let mut settings = SigningSettings::default();
    settings.content_sha256_header = hash;
    if service == "s3" {
        settings.path_encoding = PathEncoding::Once;
        settings.path_normalization = PathNormalization::Off;
    }
    let scope = Scope { region: "us-east-1", service, signed_at: common::now() };
    let request = Request { method, uri: &uri, headers: &headers, payload: Payload::Bytes(body.as_bytes()) };
    let signed = sign(&request, key, &scope, &settings, &mut SigningKeys::default()).unwrap();
    let headers: Vec<_> = headers.into_iter().chain(signed.headers).collect();
    served.send(method, target, &headers, sent)
}

fn s3(served: &Served, method: &str, target: &str, body: &str) -> Answer {
    signed(served, "s3", &served.key(), (method, target), &[("content-type", "text/x")], body)
}

fn sts(served: &Served, key: &AccessKey, query: &str) -> Answer {
    let body = format!("{query}&Version=2011-06-15");
    signed(served, "sts", key, ("POST", "/"), &[("content-type", "application/x-www-form-urlencoded")], &body)
}

fn ssm(served: &Served, action: &str, body: &Value) -> (u16, Value) {
    let target = format!("AmazonSSM.{action}");
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
    let answer = signed(served, "ssm", &served.key(), ("POST", "/"), &headers, &body.to_string());
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

/// What is between the tags of an element.
fn text<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
    rest.split_once(&format!("</{name}>")).unwrap().0
}

#[test]
fn a_role_is_assumed_and_its_keys_sign() {
    let served = Served::account(&[]);
    let own = sts(&served, &served.key(), "Action=GetCallerIdentity");
    assert_eq!(own.status, 200, "{}", own.body);
    assert_eq!(text(&own.body, "Account"), "123456789012");
    assert_eq!(text(&own.body, "Arn"), "arn:aws:iam::123456789012:user/rehearsal");

    let assume = |arn: &str| {
        sts(&served, &served.key(), &format!("Action=AssumeRole&RoleSessionName=me%40here&RoleArn={arn}"))
    };
    let assumed = assume("arn:aws:iam::123456789012:role/path/deploy");
    assert_eq!(assumed.status, 200, "{}", assumed.body);
    let key = AccessKey {
        id: text(&assumed.body, "AccessKeyId").to_owned(),
        secret: Secret::new(text(&assumed.body, "SecretAccessKey").to_owned()),
        session_token: Some(Secret::new(text(&assumed.body, "SessionToken").to_owned())),
        expires_at: None,
    };
    let session = "arn:aws:sts::123456789012:assumed-role/deploy/me@here";
    assert_eq!(text(&assumed.body, "Arn"), session);
    assert_eq!(text(&sts(&served, &key, "Action=GetCallerIdentity").body, "Arn"), session);
    let query = "Action=ListStacks&Version=2010-05-15&ContentType=JSON";
    assert_eq!(served.signed(query, &key, 0).status, 200);

    for (answer, code) in [
        (assume("arn:aws:iam::210987654321:role/deploy"), "AccessDenied"),
        (
            sts(
                &served,
                &AccessKey { secret: Secret::new("wrong"), ..served.key() },
                "Action=GetCallerIdentity",
            ),
            "SignatureDoesNotMatch",
        ),
        (sts(&served, &served.key(), "Action=GetSessionToken"), "InvalidAction"),
    ] {
        assert_eq!(text(&answer.body, "Code"), code, "{}", answer.body);
    }
}

#[test]
fn parameters_are_stacks_resources_or_given() {
    let served = Served::account(&["--resolve", "/given=g"]);
    let template = "
Parameters: {Qualifier: {Type: String, Default: q}}
Resources:
  Version: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: !Sub '/cdk-bootstrap/${Qualifier}/version', Value: '33'}}
";
    let name = "/cdk-bootstrap/q/version";
    let get = || ssm(&served, "GetParameter", &json!({ "Name": name }));
    let (status, missing) = get();
    assert_eq!((status, &missing["__type"]), (400, &json!("ParameterNotFound")));
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    assert_eq!(get().1["Parameter"]["Value"], "33");
    let both = ssm(&served, "GetParameters", &json!({ "Names": ["/given", "/none"] })).1;
    assert_eq!(both["Parameters"][0]["Value"], "g");
    assert_eq!(both["InvalidParameters"], json!(["/none"]));
    served.result("DeleteStack", &[("StackName", "web")]);
    assert_eq!(get().0, 400);
    let (status, refused) = ssm(&served, "PutParameter", &json!({ "Name": "/x", "Value": "y" }));
    assert_eq!((status, &refused["__type"]), (400, &json!("UnsupportedOperation")));
    assert!(refused["message"].as_str().unwrap().contains("of SSM GetParameter"), "{refused}");
}

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

#[test]
fn other_services_refuse_in_their_own_protocols() {
    let served = Served::account(&[]);
    let ecr = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "ECR.DescribeRepositories")];
    let answer = signed(&served, "ecr", &served.key(), ("POST", "/"), &ecr, "{}");
    let refused: Value = serde_json::from_str(&answer.body).unwrap();
    let message = refused["message"].as_str().unwrap();
    assert!(
        message.starts_with("ECR.DescribeRepositories: not rehearsed (ecr): a rehearsal has"),
        "{message}"
    );
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for (service, body) in
        [("iam", "Action=ListRoles&Version=2010-05-08"), ("ec2", "Action=DescribeVpcs&Version=2016-11-15")]
    {
        let answer = signed(&served, service, &served.key(), ("POST", "/"), &form, body);
        assert_eq!((answer.status, text(&answer.body, "Code")), (400, "UnsupportedOperation"));
        assert!(text(&answer.body, "Message").contains(&format!("not rehearsed ({service})")));
        let wrong = AccessKey { secret: Secret::new("wrong"), ..served.key() };
        let answer = signed(&served, service, &wrong, ("POST", "/"), &form, body);
        assert_eq!((answer.status, text(&answer.body, "Code")), (403, "SignatureDoesNotMatch"));
    }
    // CloudFormation's own requests, signed for another service, are told what is wrong with them.
    let body = "Action=ListStacks&Version=2010-05-15";
    let answer = signed(&served, "ec2", &served.key(), ("POST", "/"), &form, body);
    assert!(text(&answer.body, "Message").starts_with("Credential should be scoped to correct service"));
}
