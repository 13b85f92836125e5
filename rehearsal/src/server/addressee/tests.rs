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
