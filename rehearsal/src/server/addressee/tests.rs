#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::*;

fn status(target: &str, version: Version, headers: &[(&str, &str)]) -> Option<StatusCode> {
    let mut request = Request::builder().uri(target).version(version);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    refuse(&request.body(()).unwrap()).map(|reply| reply.status())
}

fn of(host: &str) -> Option<StatusCode> {
    status("/", Version::HTTP_11, &[("host", host)])
}

#[test]
fn this_machine_has_its_names() {
    for host in [
        "127.0.0.1",
        "127.0.0.1:8080",
        "127.3.2.1:80",
        "[::1]",
        "[::1]:9",
        "[::ffff:127.0.0.1]:9",
        "localhost",
        "LocalHost:65535",
        "localhost.:80",
        "169.254.169.254",
        "[fd00:ec2::254]:80",
    ] {
        assert_eq!(of(host), None, "{host}");
    }
    assert_eq!(status("/", Version::HTTP_10, &[]), None);
}

#[test]
fn names_that_somebody_could_have_lead_here_are_not_served() {
    for host in [
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.localhost",
        "127.0.0.1@evil.example",
        "evil@127.0.0.1",
        "10.0.0.1",
        "0.0.0.0:80",
        "[::]",
        "[2001:db8::1]",
        "",
        "cloudformation.us-east-1.amazonaws.com",
    ] {
        assert_eq!(of(host), Some(StatusCode::MISDIRECTED_REQUEST), "{host}");
    }
    let missing = status("/", Version::HTTP_11, &[]);
    assert_eq!(missing, Some(StatusCode::MISDIRECTED_REQUEST));
    let two = status("/", Version::HTTP_11, &[("host", "127.0.0.1"), ("host", "evil.example")]);
    assert_eq!(two, Some(StatusCode::MISDIRECTED_REQUEST));
}

#[test]
fn a_proxy_is_asked_for_any_host() {
    let target = "http://cloudformation.us-east-1.amazonaws.com/";
    let host = ("host", "cloudformation.us-east-1.amazonaws.com");
    assert_eq!(status(target, Version::HTTP_11, &[host]), None);
}

#[test]
fn pages_of_other_sites_are_not_answered() {
    let from = |site| status("/", Version::HTTP_11, &[("host", "127.0.0.1"), ("sec-fetch-site", site)]);
    for site in ["cross-site", "same-site", "", "new-site"] {
        assert_eq!(from(site), Some(StatusCode::FORBIDDEN), "{site}");
    }
    for site in ["same-origin", "none"] {
        assert_eq!(from(site), None, "{site}");
    }
}

#[test]
fn a_bucket_is_named_by_a_host_where_the_request_is_signed_for_it() {
    let credential = "Credential=AKIA/20260131/us-east-1/s3/aws4_request";
    let header = format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=00");
    let signed = ("authorization", header.as_str());
    let presigned = "/k?X-Amz-Credential=AKIA%2F20260131%2Fus-east-1%2Fs3%2Faws4_request";
    for host in
        ["b.localhost:80", "b.s3.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com", "b.s3.amazonaws.com"]
    {
        assert_eq!(status("/k", Version::HTTP_11, &[("host", host), signed]), None, "{host}");
        assert_eq!(status(presigned, Version::HTTP_11, &[("host", host)]), None, "{host}");
        assert_eq!(of(host), Some(StatusCode::MISDIRECTED_REQUEST), "{host}");
    }
    let other = ("authorization", &*header.replace("/s3/", "/sts/"));
    for (host, signature) in
        [("b.localhost", other), ("b.evil.example", signed), ("b.s3.evil.example", signed)]
    {
        let refused = status("/k", Version::HTTP_11, &[("host", host), signature]);
        assert_eq!(refused, Some(StatusCode::MISDIRECTED_REQUEST), "{host}");
    }
    let two = status("/k", Version::HTTP_11, &[("host", "b.localhost"), ("host", "c.localhost"), signed]);
    assert_eq!(two, Some(StatusCode::MISDIRECTED_REQUEST));
}
