use super::{Worth, is_aws, is_aws_host, worth};
use crate::delivery::error_response;
use crate::http::{Response, header};

const ELSEWHERE: &str = "https://heat.example/v1/signal?Signature=x";

fn response(headers: &[(&str, &str)], body: &str) -> Response {
    let headers = headers.iter().map(|(name, value)| header(name, value)).collect();
    Response { status: 200, headers, body: body.into() }
}

#[test]
fn a_page_is_no_delivery_whoever_answers_it() {
    for (content_type, body) in [
        ("", "<html>Please log in to the hotel network</html>"),
        ("", "\u{feff}\n  <!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>"),
        ("text/plain", "<?xml version='1.0'?>\n<!-- a portal --><html xmlns='http://www.w3.org/1999/xhtml'>"),
        ("", "<script>location='https://portal.example/'</script>"),
        ("Text/HTML; charset=utf-8", "<h1>Welcome</h1>"),
        ("application/xhtml+xml", "<p/>"),
        ("", "<meta http-equiv='refresh' content='0;url=https://portal.example/'>"),
        ("", "<a href='https://portal.example/'>Log in</a>"),
        ("text/html", "\u{1f}\u{fffd}\u{8}"),
        ("text/html; charset=utf-16", "\u{fffd}\u{fffd}<\0h\0"),
    ] {
        let page = response(&[("Content-Type", content_type), ("x-amz-request-id", "R")], body);
        assert_eq!(worth(&page, ELSEWHERE), Worth::Page, "{body}");
    }
}

#[test]
fn what_services_answer_is() {
    for (content_type, body) in [
        // Frameworks call an empty body HTML, and more than one service is made with them.
        ("text/html; charset=utf-8", ""),
        ("text/html; charset=utf-8", "OK"),
        (
            "text/html",
            "<SignalResourceResponse xmlns='http://cloudformation.amazonaws.com/doc/2010-05-15/'/>",
        ),
        ("text/html; charset=utf-8", "{\"ok\":true}"),
        ("text/xml", "<?xml version='1.0'?><SignalResourceResponse/>"),
        ("application/xml", "<ok/>"),
        ("", "<?xml version='1.0'?><SignalResourceResponse/>"),
        ("application/json", "{\"SignalResourceResponse\":{}}"),
        ("", ""),
    ] {
        let answer = response(&[("content-type", content_type)], body);
        assert_eq!(worth(&answer, ELSEWHERE), Worth::Delivery, "{content_type} {body}");
    }
}

#[test]
fn on_hosts_of_aws_a_delivery_has_a_request_id() {
    let host = "https://cloudformation.eu-west-1.amazonaws.com/?Action=SignalResource";
    for (headers, body, expected) in [
        (&[][..], "", Worth::Anonymous),
        (&[("server", "squid"), ("x-amz-request-id", " ")], "{}", Worth::Anonymous),
        (&[("x-amzn-RequestId", "b1")], "", Worth::Delivery),
        (&[("x-amz-request-id", "R3")], "", Worth::Delivery),
        (&[], "{\"SignalResourceResponse\":{\"ResponseMetadata\":{\"RequestId\":\"b1\"}}}", Worth::Delivery),
    ] {
        assert_eq!(worth(&response(headers, body), host), expected, "{headers:?} {body}");
        assert_eq!(worth(&response(headers, body), ELSEWHERE), Worth::Delivery);
    }
}

#[test]
fn hosts_of_aws_by_every_partitions_domains() {
    for host in [
        "cloudformation.eu-west-1.amazonaws.com",
        "CloudFormation.cn-north-1.amazonaws.com.cn.",
        "cloudformation.us-iso-east-1.c2s.ic.gov:443",
        "cloudformation.eu-west-1.api.aws",
        "cloudformation-waitcondition-eu-west-1.s3.eu-west-1.amazonaws.com",
        "vpce-0123-abcd.cloudformation.eu-west-1.vpce.amazonaws.com",
    ] {
        assert!(is_aws_host(&["https://", host, "/a?b"].concat()), "{host}");
    }
    for host in ["amazonaws.com.example", "notamazonaws.com", "127.0.0.1:4566", "[::1]:4566", "localhost", ""]
    {
        assert!(!is_aws_host(&["http://", host, "/amazonaws.com?.amazonaws.com"].concat()), "{host}");
    }
}

#[test]
fn aws_answers_with_a_request_id_or_a_document() {
    let of_aws = |headers, body: &str| {
        is_aws(&response(headers, body), error_response::parse(body.as_bytes()).as_ref())
    };
    assert!(of_aws(&[("X-Amzn-RequestId", "b1")], ""));
    assert!(of_aws(&[("x-amz-request-id", "R3")], ""));
    assert!(of_aws(&[], "<Error><Code>AccessDenied</Code></Error>"));
    assert!(!of_aws(&[("via", "1.1 proxy")], "<html>Forbidden</html>"));
    assert!(!of_aws(&[("x-amz-request-id", "")], ""));
    // What a gateway of somebody's writes.
    assert!(!of_aws(&[], "{\"message\":\"Forbidden\"}"));
}
