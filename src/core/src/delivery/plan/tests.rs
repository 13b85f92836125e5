#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::Plan;
use crate::delivery::{ResourceTarget, Signal, Status, Target};
use crate::endpoint::EndpointVariant;
use crate::identity::{AccessKey, Identity, InstanceDocument};
use crate::sigv4::SigningKeys;

fn signal() -> Signal {
    Signal { status: Status::Success, unique_id: "i-0".to_owned(), reason: None, data: None }
}

fn resource() -> Plan {
    let target = Target::Resource(ResourceTarget {
        stack: "a stack".to_owned(),
        logical_id: "R".to_owned(),
        region: "us-west-2".to_owned(),
        endpoint_variant: EndpointVariant::default(),
        endpoint_url: Some("http://127.0.0.1:8080".to_owned()),
    });
    Plan::new(&signal(), &target).unwrap()
}

fn headers(plan: &Plan, identity: &Identity) -> Vec<(String, String)> {
    plan.request(plan.uri(), Some(identity), 1_767_225_600, &mut SigningKeys::default()).unwrap().headers
}

#[test]
fn a_signed_request_has_exactly_the_originals_headers() {
    let key = AccessKey {
        id: "AKIDEXAMPLE".to_owned(),
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned().into(),
        session_token: Some("FAKE/SESSION+TOKEN==".to_owned().into()),
        expires_at: Some(1),
    };
    let headers = headers(&resource(), &Identity::AccessKey(key));
    let mut names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "authorization", "x-amz-date", "x-amz-security-token"]);
    let authorization = &headers.iter().find(|(name, _)| name == "authorization").unwrap().1;
    let prefix = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-west-2/cloudformation/aws4_request,\
                  SignedHeaders=accept;host;x-amz-date;x-amz-security-token, Signature=";
    let signature = authorization.strip_prefix(prefix).unwrap();
    assert_eq!(signature.len(), 64);
}

#[test]
fn an_instance_presents_its_document() {
    let instance =
        InstanceDocument { document: "{}\n".to_owned().into(), signature: "AA\nBB\n".to_owned().into() };
    assert_eq!(
        headers(&resource(), &Identity::Instance(instance)),
        [("accept", "application/json"), ("authorization", "CFN_V1 e30=:AABB")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[test]
fn a_wait_handle_gets_an_empty_content_type() {
    let plan = Plan::new(&signal(), &Target::WaitHandle("http://127.0.0.1/h?X=1".to_owned().into())).unwrap();
    let request = plan.request(plan.uri(), None, 0, &mut SigningKeys::default()).unwrap();
    assert_eq!((request.method.as_str(), request.uri.as_str()), ("PUT", "http://127.0.0.1/h?X=1"));
    assert_eq!(
        request.headers,
        [("content-type", ""), ("accept", "*/*")].map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert!(request.body.starts_with(b"{\"Status\": \"SUCCESS\", "));
}
