#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use hyper::Request;
use hyper::body::Bytes;

use super::*;

fn of(service: &str, target: &str, headers: &[(&str, &str)]) -> Protocol {
    let mut request = Request::builder().uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    Protocol::of(&Received::new(parts, Bytes::new()), service)
}

#[test]
fn each_request_tells_its_protocol() {
    let form = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    let target = ("x-amz-target", "X.Y");
    for (expected, service, path, headers) in [
        (Protocol::Query, "iam", "/", &[form][..]),
        (Protocol::Query, "iam", "/?Action=ListRoles", &[]),
        (Protocol::Ec2, "ec2", "/", &[form]),
        (Protocol::Json10, "dynamodb", "/", &[target, ("content-type", "application/x-amz-json-1.0")]),
        (Protocol::Json11, "ecr", "/", &[target, ("content-type", "application/x-amz-json-1.1")]),
        (Protocol::RestJson, "lambda", "/2015-03-31/functions", &[]),
        (Protocol::RestXml, "route53", "/2013-04-01/hostedzone", &[]),
        (Protocol::Cbor, "monitoring", "/service/X/operation/Y", &[("smithy-protocol", "rpc-v2-cbor")]),
    ] {
        assert_eq!(of(service, path, headers), expected, "{service}");
    }
}

#[test]
fn text_in_cbor_has_its_length_before_it() {
    assert_eq!(cbor_text("é"), [0x7a, 0, 0, 0, 2, 0xc3, 0xa9]);
}
