//! STS, parameters, buckets and networks, as deployments ask for them: signed for each service, and refused in its protocol.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

mod objects;
mod parameters;

use crate::common::Served;
use crate::common::signed::{ec2, signed, ssm, sts, text};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
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
