use super::{asked_for, is_ours, not_through_proxy};
use crate::hosts::Hosts;

#[test]
fn what_the_rehearsal_answers_is_not_passed_on() {
    let hosts = Hosts::new("eu-west-3");
    for (request, ours) in [
        ("CONNECT cloudformation.eu-west-3.amazonaws.com:443 HTTP/1.1\r\n", true),
        ("CONNECT CloudFormation-FIPS.us-east-1.amazonaws.com:443 HTTP/1.1\r\n", true),
        ("CONNECT cloudformation-waitcondition-eu-west-3.s3.eu-west-3.amazonaws.com:443 HTTP/1.1\r\n", true),
        ("POST http://u:p@cloudformation.eu-west-3.amazonaws.com/?Action=x HTTP/1.1\r\n", true),
        (
            "CONNECT al2023-repos-eu-west-3-de612dc2.s3.dualstack.eu-west-3.amazonaws.com:443 HTTP/1.1\r\n",
            false,
        ),
        ("GET http://deb.debian.org/debian/dists/bookworm/InRelease HTTP/1.1\r\n", false),
        ("GET / HTTP/1.1\r\n", false),
        ("\r\n", false),
    ] {
        let asked = asked_for(request.as_bytes());
        assert_eq!(asked.is_some_and(|host| is_ours(&hosts, &host)), ours, "{request}");
    }
}

#[test]
fn clients_are_told_whom_they_reach_without_a_proxy() {
    let names = not_through_proxy("eu-west-3");
    for name in ["169.254.169.254", "cloudformation.eu-west-3.amazonaws.com", "sts.eu-west-3.amazonaws.com"] {
        assert!(names.split(',').any(|it| it == name), "{name}: {names}");
    }
    assert!(!names.contains(".cn") && !names.contains("s3.dualstack"), "{names}");
    assert!(not_through_proxy("cn-north-1").contains("cloudformation.cn-north-1.amazonaws.com.cn"));
}
