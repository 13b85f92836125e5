//! What an instance in a box talks to: its metadata, names, and services over TLS. Here everything listens on loopback, and
//! the clients take the names for what they are.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

mod inside;
mod metadata;
mod names;

use std::io::ErrorKind;
use std::time::Duration;

use cfn_rehearse::Fate;
use inside::{Box, QUIET, REGION, blocking, json, text_in};

const SERVER: &str = "
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Sub: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-3b}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: web, AssumeRolePolicyDocument: {}}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role], InstanceProfileName: web-profile}}
  Setting: {Type: AWS::SSM::Parameter, Properties: {Name: /app/colour, Type: String, Value: blue}}
  Server:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}
    Properties:
      ImageId: ami-00000000000000042
      InstanceType: m7g.large
      KeyName: ops
      SubnetId: !Ref Sub
      PrivateIpAddress: 10.0.0.10
      IamInstanceProfile: !Ref Profile
      MetadataOptions: {InstanceMetadataTags: enabled}
      BlockDeviceMappings: [{DeviceName: /dev/sdf, Ebs: {VolumeSize: 9}}]
      Tags: [{Key: Name, Value: web}]
      UserData: !Base64 '#!/bin/sh'
";

const WAIT: &str = "
Resources:
  Server: {Type: AWS::EC2::Instance}
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
  Ready: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: '300'}}
";

#[tokio::test]
async fn services_answer_by_their_names_over_tls_to_the_instance_s_own_role() {
    let mut boxed = Box::new(SERVER);
    let client = boxed.client();
    let instance = boxed.instance_id();
    let work = blocking(move || {
        let role = client.imds().role("web");
        let api = format!("cloudformation.{REGION}.amazonaws.com");
        let call = |host: &str, service: &str, region: &str, target: &str| {
            client.signed(host, (service, region), &role, "GET", target, "").unwrap()
        };
        for host in [
            "sts.amazonaws.com",
            "sts.eu-west-3.amazonaws.com",
            "vpce-0a-1b.sts.eu-west-3.vpce.amazonaws.com",
        ] {
            let region = if host == "sts.amazonaws.com" { "us-east-1" } else { REGION };
            let who = call(host, "sts", region, "/?Action=GetCallerIdentity&Version=2011-06-15");
            let arn = format!("arn:aws:sts::123456789012:assumed-role/web/{instance}");
            assert_eq!((who.status, text_in(&who.body, "Arn")), (200, arn.as_str()), "{host}: {}", who.body);
            let elsewhere = if region == REGION { "us-east-1" } else { REGION };
            let wrong = call(host, "sts", elsewhere, "/?Action=GetCallerIdentity&Version=2011-06-15");
            assert_eq!(
                (wrong.status, text_in(&wrong.body, "Code")),
                (403, "SignatureDoesNotMatch"),
                "{host}"
            );
        }
        let body = r#"{"Name": "/app/colour"}"#;
        let ssm = client.ssm(&format!("ssm.{REGION}.amazonaws.com"), &role, "GetParameter", body);
        assert_eq!(json(&ssm.body)["Parameter"]["Value"], "blue", "{}", ssm.body);
        // Of which service a request is says its host, and not its signature.
        let confused = call(&api, "sts", REGION, "/?Action=GetCallerIdentity&Version=2011-06-15");
        assert_eq!(text_in(&confused.body, "Code"), "SignatureDoesNotMatch", "{}", confused.body);

        let host = format!("mine.s3.{REGION}.amazonaws.com");
        let here = format!(
            "<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
        );
        let made = client.signed(&host, ("s3", REGION), &role, "PUT", "/", &here).unwrap();
        assert_eq!(made.status, 200, "{}", made.body);
        let put = client.signed(&host, ("s3", REGION), &role, "PUT", "/key", "hello").unwrap();
        assert_eq!(put.status, 200, "{}", put.body);
        for (host, target) in [
            ("s3.eu-west-3.amazonaws.com", "/mine/key"),
            ("s3-eu-west-3.amazonaws.com", "/mine/key"),
            ("s3.dualstack.eu-west-3.amazonaws.com", "/mine/key"),
            ("mine.s3.dualstack.eu-west-3.amazonaws.com", "/key"),
            ("mine.s3.amazonaws.com", "/key"),
            ("mine.bucket.vpce-0a-1b.s3.eu-west-3.vpce.amazonaws.com", "/key"),
            ("bucket.vpce-0a-1b.s3.eu-west-3.vpce.amazonaws.com", "/mine/key"),
        ] {
            let got = call(host, "s3", REGION, target);
            assert_eq!((got.status, got.body.as_str()), (200, "hello"), "{host}");
        }

        let query = format!(
            "/?Action=SignalResource&Version=2010-05-15&StackName=rehearsal&LogicalResourceId=Server&UniqueId={instance}\
             &Status=SUCCESS"
        );
        let lost = call("cloudformation.us-east-1.amazonaws.com", "cloudformation", "us-east-1", &query);
        assert_eq!((lost.status, text_in(&lost.body, "Code")), (400, "ValidationError"), "{}", lost.body);
        assert!(lost.body.contains("Stack rehearsal does not exist"), "{}", lost.body);
        for path in ["/_rehearsal/instances", "/elsewhere", "/latest/meta-data/instance-id"] {
            assert_eq!(client.https(&api, "GET", path, &[], "").unwrap().status, 404, "{path}");
        }
        let dual_stack = format!("cloudformation.{REGION}.api.aws");
        let signalled = call(&dual_stack, "cloudformation", REGION, &query);
        assert_eq!(signalled.status, 200, "{}", signalled.body);
    });
    let (fate, ()) = tokio::join!(boxed.rehearsal.until_decided(QUIET), work);
    assert_eq!(fate, Fate::Complete);
}

#[tokio::test]
async fn a_handle_s_url_is_as_aws_has_it_and_works_in_the_box() {
    let mut boxed = Box::new(WAIT);
    let url = boxed.rehearsal.handles()[0].url.expose().to_owned();
    let host = "cloudformation-waitcondition-eu-west-3.s3.eu-west-3.amazonaws.com";
    let target = url.strip_prefix(&format!("https://{host}")).unwrap().to_owned();
    assert!(
        target.starts_with("/arn%3Aaws%3Acloudformation%3Aeu-west-3%3A123456789012%3Astack/rehearsal/"),
        "{target}"
    );
    let client = boxed.client();
    let work = blocking(move || {
        let body = r#"{"Status": "SUCCESS", "Reason": "r", "UniqueId": "one", "Data": "d"}"#;
        let wrong = client.https(host, "PUT", &target.replace("Expires=", "Expires=1"), &[], body).unwrap();
        assert_eq!(wrong.status, 403, "{}", wrong.body);
        let in_path = "/cloudformation-waitcondition-eu-west-3";
        let s3 = format!("s3.{REGION}.amazonaws.com");
        let other = client.https(&s3, "PUT", &format!("{in_path}{}x", target), &[], body).unwrap();
        assert_eq!(text_in(&other.body, "Code"), "SignatureDoesNotMatch", "{}", other.body);
        let put = client.https(host, "PUT", &target, &[], body).unwrap();
        assert_eq!((put.status, put.body.as_str()), (200, ""));
    });
    let (fate, ()) = tokio::join!(boxed.rehearsal.until_decided(QUIET), work);
    assert_eq!(fate, Fate::Complete);
}

#[tokio::test]
async fn who_asks_for_another_name_is_a_stranger() {
    let mut boxed = Box::new(SERVER);
    let client = boxed.client();
    let stranger = boxed.client_that_trusts_nobody();
    let work = blocking(move || {
        let api = format!("cloudformation.{REGION}.amazonaws.com");
        for host in ["secretsmanager.eu-west-3.amazonaws.com", "example.com", "sts.eu-west-1.amazonaws.com"] {
            let error = client.https(host, "GET", "/", &[], "").unwrap_err();
            assert!(error.contains("AccessDenied") || error.contains("HandshakeFailure"), "{host}: {error}");
            // Nor under a name that is good.
            let answer = client.https_as(&api, host, "GET", "/", &[], "").unwrap();
            assert_eq!(answer.status, 421, "{host}: {}", answer.body);
        }
        let error = stranger.https(&api, "GET", "/", &[], "").unwrap_err();
        assert!(error.contains("invalid peer certificate"), "{error}");
        // Without TLS there is S3 only.
        let s3 = client.http("s3.eu-west-3.amazonaws.com", "GET", "/nosuch/key").unwrap();
        assert_eq!((s3.status, text_in(&s3.body, "Code")), (404, "NoSuchBucket"), "{}", s3.body);
        let error = client.http(&api, "GET", "/").unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof), "{error}");
    });
    tokio::select! {
        _ = boxed.rehearsal.until_decided(QUIET) => panic_decided(),
        () = work => {}
    }
    let told = boxed.notes();
    let count = |text: &str| told.iter().filter(|it| it.contains(text)).count();
    assert_eq!(count("the instance asked for example.com: there is no network in the box"), 1, "{told:?}");
    assert_eq!(
        count("the instance asked for secretsmanager.eu-west-3.amazonaws.com: not rehearsed"),
        1,
        "{told:?}"
    );
    assert_eq!(count("the bucket nosuch: it is not in the rehearsal"), 1, "{told:?}");
}

fn panic_decided() {
    assert_eq!("decided", "not yet");
}

#[tokio::test]
async fn a_box_s_listeners_end_with_their_handle_and_keep_out_of_what_is_not_enabled() {
    let mut boxed = Box::new(SERVER);
    let client = boxed.client();
    let refused = blocking(move || client.is_refused_at_ipv6()).await;
    // A machine without IPv6 cannot tell.
    assert_ne!(refused, Some(false));
    let open = Box::new(&SERVER.replace("InstanceMetadataTags", "HttpProtocolIpv6"));
    let client = open.client();
    let refused = blocking(move || client.is_refused_at_ipv6()).await;
    assert_ne!(refused, Some(true));
    drop(boxed.handle.take());
    tokio::task::yield_now().await;
    let client = boxed.client();
    let error = blocking(move || client.http("s3.eu-west-3.amazonaws.com", "GET", "/").unwrap_err()).await;
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused, "{error}");
    let missing = boxed.rehearsal.endpoints().serve("i-0", inside::sockets().0, inside::ADDRESSES);
    assert!(missing.err().unwrap().to_string().starts_with("instance i-0 has no metadata"));
}

#[tokio::test]
async fn connections_are_refused_on_demand_and_taken_again() {
    let mut boxed = Box::with(SERVER, |options| {
        options.faults = cfn_rehearse::FaultPlan::new(vec!["refused=300ms,first=1".parse().unwrap()], 1);
    });
    let client = boxed.client();
    let work = blocking(move || {
        let host = format!("sts.{REGION}.amazonaws.com");
        let mut refused = 0;
        for _ in 0..200 {
            match client.https(&host, "GET", "/", &[], "") {
                Err(error) => {
                    assert!(error.contains("refused") || error.contains("reset"), "{error}");
                    refused += 1;
                    std::thread::sleep(Duration::from_millis(50));
                }
                Ok(_) if refused > 0 => return refused,
                Ok(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        0
    });
    tokio::select! {
        _ = boxed.rehearsal.until_decided(QUIET) => panic_decided(),
        refused = work => assert!(refused > 0),
    }
}
