//! Requests to the services beside CloudFormation, each signed for its own.

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::sigv4::{
    ContentSha256Header, PathEncoding, PathNormalization, Payload, Request, Scope, SigningKeys,
    SigningSettings, sign,
};
use serde_json::Value;

use super::{Answer, Served, now};

/// A request that is signed for `service` by `key`.
pub fn signed(
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
pub fn signed_and_sent(
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
    let scope = Scope { region: "us-east-1", service, signed_at: now() };
    let request = Request { method, uri: &uri, headers: &headers, payload: Payload::Bytes(body.as_bytes()) };
    let signed = sign(&request, key, &scope, &settings, &mut SigningKeys::default()).unwrap();
    let headers: Vec<_> = headers.into_iter().chain(signed.headers).collect();
    served.send(method, target, &headers, sent)
}

pub fn s3(served: &Served, method: &str, target: &str, body: &str) -> Answer {
    signed(served, "s3", &served.key(), (method, target), &[("content-type", "text/x")], body)
}

pub fn sts(served: &Served, key: &AccessKey, query: &str) -> Answer {
    let body = format!("{query}&Version=2011-06-15");
    signed(served, "sts", key, ("POST", "/"), &[("content-type", "application/x-www-form-urlencoded")], &body)
}

pub fn ssm(served: &Served, action: &str, body: &Value) -> (u16, Value) {
    let target = format!("AmazonSSM.{action}");
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
    let answer = signed(served, "ssm", &served.key(), ("POST", "/"), &headers, &body.to_string());
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

/// What is between the tags of an element.
pub fn text<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
    rest.split_once(&format!("</{name}>")).unwrap().0
}

pub fn ec2(served: &Served, query: &str) -> Answer {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("{query}&Version=2016-11-15");
    signed(served, "ec2", &served.key(), ("POST", "/"), &form, &body)
}
