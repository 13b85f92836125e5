//! STS, parameters, buckets and networks, as deployments ask for them: signed for each service, and refused in its protocol.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

mod common;

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::ContentSha256Header;
use common::Served;
use common::signed::{ec2, s3, signed, signed_and_sent, ssm, sts, text};
use serde_json::{Value, json};

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
    let advice = format!("put it, or start cfn-rehearse serve with --resolve {name}=VALUE");
    assert!(missing["message"].as_str().unwrap().ends_with(&advice), "{missing}");
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    assert_eq!(get().1["Parameter"]["Value"], "33");
    let both = ssm(&served, "GetParameters", &json!({ "Names": ["/given", "/none"] })).1;
    assert_eq!(both["Parameters"][0]["Value"], "g");
    assert_eq!(both["InvalidParameters"], json!(["/none"]));
    served.result("DeleteStack", &[("StackName", "web")]);
    assert_eq!(get().0, 400);
    let (status, refused) = ssm(&served, "GetParameterHistory", &json!({}));
    assert_eq!((status, &refused["__type"]), (400, &json!("UnsupportedOperation")));
    assert!(refused["message"].as_str().unwrap().contains("SSM parameters"), "{refused}");
}

#[test]
fn parameters_are_put_listed_and_deleted() {
    let served = Served::account(&["--resolve", "/app/given=g"]);
    let put = |body: Value| {
        let (_, told) = ssm(&served, "PutParameter", &body);
        told.get("Version").or(told.get("__type")).unwrap().clone()
    };
    assert_eq!(put(json!({ "Name": "/app/a", "Value": "1", "Type": "String" })), 1);
    assert_eq!(put(json!({ "Name": "/app/a", "Value": "2", "Type": "String" })), "ParameterAlreadyExists");
    assert_eq!(put(json!({ "Name": "/app/a", "Value": "2", "Overwrite": true })), 2);
    assert_eq!(put(json!({ "Name": "/app/given", "Value": "2" })), "ParameterAlreadyExists");
    assert_eq!(put(json!({ "Name": "/app/b/c", "Value": "s", "Type": "SecureString" })), 1);
    for wrong in [
        json!({ "Name": "/app/x", "Value": "1" }),
        json!({ "Name": "/app/x", "Value": "1", "Type": "Number" }),
        json!({ "Name": "/app/x", "Value": "", "Type": "String" }),
        json!({ "Name": "app/x", "Value": "1", "Type": "String" }),
    ] {
        assert_eq!(put(wrong.clone()), "ValidationException", "{wrong}");
    }
    assert_eq!(put(json!({ "Name": "/aws/x", "Value": "1", "Type": "String" })), "AccessDeniedException");

    let get = |name: &str, more: Value| {
        let mut body = json!({ "Name": name });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ssm(&served, "GetParameter", &body).1
    };
    assert_eq!(get("/app/a:2", json!({}))["Parameter"]["Value"], "2");
    assert_eq!(get("/app/a:1", json!({}))["__type"], "ParameterVersionNotFound");
    assert_eq!(get("/app/b/c", json!({ "WithDecryption": true }))["Parameter"]["Value"], "s");
    assert_ne!(get("/app/b/c", json!({}))["Parameter"]["Value"], "s");
    assert_eq!(
        get("/aws/service/ami-amazon-linux-latest/x", json!({}))["Parameter"]["Value"],
        "ami-0123456789abcdef0"
    );

    let below = |body: Value| {
        let (_, told) = ssm(&served, "GetParametersByPath", &body);
        let names: Vec<_> =
            told["Parameters"].as_array().unwrap().iter().map(|it| it["Name"].clone()).collect();
        (Value::from(names), told["NextToken"].clone())
    };
    assert_eq!(below(json!({ "Path": "/app" })).0, json!(["/app/a", "/app/given"]));
    let (first, next) = below(json!({ "Path": "/app/", "Recursive": true, "MaxResults": 2 }));
    assert_eq!(first, json!(["/app/a", "/app/b/c"]));
    let (second, end) =
        below(json!({ "Path": "/app/", "Recursive": true, "MaxResults": 2, "NextToken": next }));
    assert_eq!((second, end), (json!(["/app/given"]), Value::Null));

    assert_eq!(ssm(&served, "DeleteParameter", &json!({ "Name": "/app/a" })).0, 200);
    assert_eq!(
        ssm(&served, "DeleteParameter", &json!({ "Name": "/app/a" })).1["__type"],
        "ParameterNotFound"
    );
    let gone = ssm(&served, "DeleteParameters", &json!({ "Names": ["/app/b/c", "/app/given"] })).1;
    assert_eq!(gone, json!({ "DeletedParameters": ["/app/b/c"], "InvalidParameters": ["/app/given"] }));
}

#[test]
fn what_is_kept_with_a_parameter_is_described() {
    let served = Served::account(&["--resolve", "/app/given=g"]);
    let ssm = |action, body: Value| ssm(&served, action, &body);
    let put = |body: Value| {
        let mut whole = json!({ "Name": "/x", "Value": "1", "Type": "String" });
        whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let (_, told) = ssm("PutParameter", whole);
        told.get("Tier").or(told.get("__type")).unwrap().clone()
    };
    let policy = json!({ "Type": "Expiration", "Version": "1.0", "Attributes": { "Timestamp": "2030-01-01T00:00:00Z" } });
    let policies = json!([policy]).to_string();
    for (body, code) in [
        (json!({ "Policies": policies }), "ValidationException"),
        (json!({ "Policies": "[{}]", "Tier": "Advanced" }), "InvalidPolicyAttributeException"),
        (json!({ "Tier": "Best" }), "ValidationException"),
        (json!({ "AllowedPattern": "[a-z]+" }), "ParameterPatternMismatchException"),
        (json!({ "Tags": [{ "Key": "a", "Value": "b" }], "Overwrite": true }), "ValidationException"),
    ] {
        assert_eq!(put(body.clone()), code, "{body}");
    }
    let details = json!({
        "Policies": policies, "Tier": "Advanced", "Description": "a size", "AllowedPattern": "[0-9]+",
        "Tags": [{ "Key": "team", "Value": "web" }]
    });
    assert_eq!(put(details), "Advanced");
    assert_eq!(put(json!({ "Value": "2", "Overwrite": true })), "Advanced");
    assert_eq!(put(json!({ "Value": "two", "Overwrite": true })), "ParameterPatternMismatchException");
    ssm("PutParameter", json!({ "Name": "/app/s", "Value": "s", "Type": "SecureString" }));

    let (status, all) = ssm("DescribeParameters", json!({}));
    assert_eq!(status, 200);
    let of = |all: &Value| -> Vec<Value> {
        all["Parameters"].as_array().unwrap().iter().map(|it| it["Name"].clone()).collect()
    };
    assert_eq!(of(&all), ["/app/given", "/app/s", "/x"]);
    let own = &all["Parameters"][2];
    assert_eq!((&own["Description"], &own["AllowedPattern"]), (&json!("a size"), &json!("[0-9]+")));
    assert_eq!((&own["Tier"], &own["Version"], own.get("Value")), (&json!("Advanced"), &json!(2), None));
    assert_eq!(own["Policies"][0]["PolicyType"], "Expiration");
    for (filter, expected) in [
        (json!({ "Key": "Name", "Values": ["/x"] }), vec!["/x"]),
        (json!({ "Key": "Name", "Option": "BeginsWith", "Values": ["/app"] }), vec!["/app/given", "/app/s"]),
        (json!({ "Key": "Name", "Option": "Contains", "Values": ["iv"] }), vec!["/app/given"]),
        (
            json!({ "Key": "Path", "Option": "Recursive", "Values": ["/"] }),
            vec!["/app/given", "/app/s", "/x"],
        ),
        (json!({ "Key": "Path", "Values": ["/app"] }), vec!["/app/given", "/app/s"]),
        (json!({ "Key": "Path", "Values": ["/"] }), vec!["/x"]),
        (json!({ "Key": "Type", "Values": ["SecureString"] }), vec!["/app/s"]),
        (json!({ "Key": "tag:team", "Values": ["web"] }), vec!["/x"]),
        (json!({ "Key": "Tier", "Values": ["Standard"] }), vec!["/app/given", "/app/s"]),
    ] {
        let (_, found) = ssm("DescribeParameters", json!({ "ParameterFilters": [filter] }));
        assert_eq!(of(&found), expected, "{filter}");
    }
    let older = json!({ "Filters": [{ "Key": "Name", "Values": ["/app"] }] });
    assert_eq!(of(&ssm("DescribeParameters", older).1), ["/app/given", "/app/s"]);
    let wrong = json!({ "ParameterFilters": [{ "Key": "Owner", "Values": ["x"] }] });
    assert_eq!(ssm("DescribeParameters", wrong).1["__type"], "InvalidFilterKey");
    let (_, first) = ssm("DescribeParameters", json!({ "MaxResults": 2 }));
    let (_, second) = ssm("DescribeParameters", json!({ "NextToken": first["NextToken"] }));
    assert_eq!((of(&first).len(), of(&second)), (2, vec![json!("/x")]));

    let of_x = json!({ "ResourceType": "Parameter", "ResourceId": "/x" });
    let with = |more: Value| {
        let mut body = of_x.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    assert_eq!(ssm("AddTagsToResource", with(json!({ "Tags": [{ "Key": "a", "Value": "b" }] }))).0, 200);
    assert_eq!(ssm("RemoveTagsFromResource", with(json!({ "TagKeys": ["team"] }))).0, 200);
    let (_, tags) = ssm("ListTagsForResource", of_x.clone());
    assert_eq!(tags, json!({ "TagList": [{ "Key": "a", "Value": "b" }] }));
    let none = with(json!({ "ResourceId": "/none" }));
    assert_eq!(ssm("ListTagsForResource", none).1["__type"], "InvalidResourceId");
}

#[test]
fn an_account_has_the_id_that_was_given() {
    let served = Served::account(&["--account", "210987654321"]);
    ssm(&served, "PutParameter", &json!({ "Name": "/a", "Value": "1", "Type": "String" }));
    let (_, got) = ssm(&served, "GetParameter", &json!({ "Name": "/a" }));
    assert!(got["Parameter"]["ARN"].as_str().unwrap().contains(":210987654321:"), "{got}");
    let template = "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {A: {Value: !Ref AWS::AccountId}, T: {Value: !Ref T}}";
    let made = served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    assert!(made["StackId"].as_str().unwrap().contains(":210987654321:stack/web/"), "{made}");
    let outputs = served.result("DescribeStacks", &[])["Stacks"][0]["Outputs"].to_string();
    assert!(outputs.contains("\"210987654321\"") && !outputs.contains("123456789012"), "{outputs}");
    let change_set = [("StackName", "web"), ("ChangeSetName", "c"), ("UsePreviousTemplate", "true")];
    let made = served.result("CreateChangeSet", &change_set);
    assert!(made["Id"].as_str().unwrap().contains(":210987654321:changeSet/c/"), "{made}");
}

#[test]
fn what_is_put_is_what_stacks_ask_for() {
    let served = Served::account(&["--resolve", "/given=g"]);
    let put = |name: &str, value: &str| {
        let body = json!({ "Name": name, "Value": value, "Type": "String", "Overwrite": true });
        assert_eq!(ssm(&served, "PutParameter", &body).0, 200);
    };
    put("/size", "t3.large");
    put("/most", "3");
    let kept = "Resources: {Kept: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /least, Value: '2'}}}";
    served.result("CreateStack", &[("StackName", "below"), ("TemplateBody", kept)]);
    let template = "
Parameters: {Size: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /size}}
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT1M}}
    Properties: {MinSize: '{{resolve:ssm:/least}}', MaxSize: '{{resolve:ssm:/most:1}}'}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Size}}
Outputs: {Size: {Value: !Ref Size}}
";
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    assert_eq!(served.instances().len(), 2);
    let id = served.instances()[0]["InstanceId"].as_str().unwrap().to_owned();
    assert_eq!(served.signal("Group", &id, "SUCCESS").status, 200);
    let size = || {
        loop {
            let told = served.result("DescribeStacks", &[("StackName", "web")])["Stacks"][0].take();
            let status = told["StackStatus"].as_str().unwrap().to_owned();
            if !status.ends_with("_IN_PROGRESS") {
                assert!(status.ends_with("E_COMPLETE"), "{status}");
                return told["Outputs"][0]["OutputValue"].clone();
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    };
    assert_eq!(size(), "t3.large");
    // The same template again is another one, once what it asks for is.
    put("/size", "t3.small");
    let again = [("StackName", "web"), ("UsePreviousTemplate", "true")];
    served.result("UpdateStack", &again);
    assert_eq!(size(), "t3.small");
    assert_eq!(served.call("UpdateStack", &again).error().1, "No updates are to be performed.");
}

#[test]
fn a_dynamic_reference_is_resolved_wherever_it_is_shown_and_a_secret_nowhere() {
    let served = Served::account(&["--resolve", "/given=g", "--resolve", "secretsmanager:db=hunter22"]);
    for (name, value, kind) in [("/size", "3", "String"), ("/secret", "hunter21", "SecureString")] {
        let body = json!({ "Name": name, "Value": value, "Type": kind });
        assert_eq!(ssm(&served, "PutParameter", &body).0, 200);
    }
    s3(&served, "PUT", "/templates", "");
    let below = "Parameters: {Size: {Type: String}}\nResources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {Size: {Value: !Ref Size}}";
    assert_eq!(s3(&served, "PUT", "/templates/below.yaml", below).status, 200);
    let template = "
Resources:
  Named: {Type: AWS::SNS::Topic, Properties: {TopicName: 'of-{{resolve:ssm:/size}}'}}
  Kept: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /kept, Value: '{{resolve:ssm:/size:1}}{{resolve:ssm:/given}}'}}
  Below:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://templates.s3.us-east-1.amazonaws.com/below.yaml
      Parameters: {Size: '{{resolve:ssm:/size}}'}
Outputs:
  Size: {Value: '{{resolve:ssm:/size}} and {{resolve:ssm:/given}}', Export: {Name: 'size-{{resolve:ssm:/size}}'}}
  Topic: {Value: !Ref Named}
  Value: {Value: !GetAtt Kept.Value}
  Unknown: {Value: '{{resolve:ssm:/none}}'}
  Secret: {Value: '{{resolve:secretsmanager:db}}{{resolve:ssm-secure:/secret}}{{resolve:ssm:/secret}}'}
";
    served.result("CreateStack", &[("StackName", "web"), ("TemplateBody", template)]);
    let stacks = served.result("DescribeStacks", &[]).to_string();
    for expected in [
        "\"3 and g\"",
        "\"size-3\"",
        ":of-3\"",
        "\"3g\"",
        "\"{{resolve:ssm:/none}}\"",
        "\"{{resolve:secretsmanager:db}}{{resolve:ssm-secure:/secret}}{{resolve:ssm:/secret}}\"",
        "\"OutputKey\":\"Size\",\"OutputValue\":\"3\"",
    ] {
        assert!(stacks.contains(expected), "{expected}: {stacks}");
    }
    assert!(!stacks.contains("hunter2"), "{stacks}");
    assert_eq!(ssm(&served, "GetParameter", &json!({ "Name": "/kept" })).1["Parameter"]["Value"], "3g");
    // Another value alone is no update.
    ssm(&served, "PutParameter", &json!({ "Name": "/size", "Value": "4", "Overwrite": true }));
    let (_, message) =
        served.call("UpdateStack", &[("StackName", "web"), ("TemplateBody", template)]).error();
    assert_eq!(message, "No updates are to be performed.");
}

#[test]
fn there_is_a_network_to_be_looked_up() {
    let served = Served::account(&["--region", "us-east-1"]);
    let zones = ec2(&served, "Action=DescribeAvailabilityZones");
    assert_eq!(zones.body.matches("<zoneName>us-east-1").count(), 3, "{}", zones.body);
    let vpc = ec2(&served, "Action=DescribeVpcs&Filter.1.Name=isDefault&Filter.1.Value.1=true");
    let id = text(&vpc.body, "vpcId");
    for (action, more, expected) in [
        ("DescribeSubnets", format!("Filter.1.Name=vpc-id&Filter.1.Value.1={id}"), 3),
        ("DescribeSubnets", "Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1".to_owned(), 0),
        ("DescribeRouteTables", format!("Filter.1.Name=vpc-id&Filter.1.Value.1=x&Filter.1.Value.2={id}"), 1),
        ("DescribeVpcs", "Filter.1.Name=tag%3AName&Filter.1.Value.1=web".to_owned(), 0),
        ("DescribeVpcs", format!("VpcId.1={id}"), 1),
        ("DescribeVpnGateways", String::new(), 0),
    ] {
        let told = ec2(&served, &format!("Action={action}&{more}"));
        let count = told.body.matches("<ownerId>").count();
        assert_eq!((told.status, count), (200, expected), "{action} {more}: {}", told.body);
    }
    let missing = ec2(&served, "Action=DescribeVpcs&VpcId.1=vpc-1");
    assert_eq!((missing.status, text(&missing.body, "Code")), (400, "InvalidVpcID.NotFound"));
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
        message.starts_with("ECR.DescribeRepositories: not rehearsed (ecr): a rehearsal is for"),
        "{message}"
    );
    let form = ("content-type", "application/x-www-form-urlencoded");
    let json10 = ("content-type", "application/x-amz-json-1.0");
    let wrong = AccessKey { secret: Secret::new("wrong"), ..served.key() };
    for (service, target, headers, body, marks) in [
        (
            "iam",
            "/",
            vec![form],
            "Action=ListRoles&Version=2010-05-08",
            ["<ErrorResponse>", "<Code>SignatureDoesNotMatch</Code>"],
        ),
        (
            "ec2",
            "/",
            vec![form],
            "Action=RunInstances&Version=2016-11-15",
            ["<Response><Errors>", "<Code>AuthFailure</Code>"],
        ),
        (
            "dynamodb",
            "/",
            vec![json10, ("x-amz-target", "D.L")],
            "{}",
            ["\"__type\":\"UnsupportedOperation\"", "InvalidSignatureException"],
        ),
        (
            "lambda",
            "/2015-03-31/functions",
            vec![],
            "",
            ["x-amzn-errortype: unsupportedoperation", "x-amzn-errortype: invalidsignatureexception"],
        ),
        (
            "route53",
            "/2013-04-01/hostedzone",
            vec![],
            "",
            ["<ErrorResponse>", "<Code>SignatureDoesNotMatch</Code>"],
        ),
        (
            "monitoring",
            "/service/G/operation/L",
            vec![("smithy-protocol", "rpc-v2-cbor")],
            "",
            ["smithy-protocol: rpc-v2-cbor", "InvalidSignatureException"],
        ),
    ] {
        let send = |key: &AccessKey| signed(&served, service, key, ("POST", target), &headers, body);
        let [refusal, mismatch] = marks;
        let answer = send(&served.key());
        let told = format!("{}\n{}", answer.head, answer.body);
        assert_eq!(answer.status, 400, "{told}");
        assert!(told.contains(refusal) && told.contains(&format!("not rehearsed ({service})")), "{told}");
        let answer = send(&wrong);
        let told = format!("{}\n{}", answer.head, answer.body);
        assert!(answer.status >= 400 && told.contains(mismatch), "{told}");
    }
    let form = [form];
    // CloudFormation's own requests, signed for another service, are told what is wrong with them.
    let body = "Action=ListStacks&Version=2010-05-15";
    let answer = signed(&served, "ec2", &served.key(), ("POST", "/"), &form, body);
    assert!(text(&answer.body, "Message").starts_with("Credential should be scoped to correct service"));
}
