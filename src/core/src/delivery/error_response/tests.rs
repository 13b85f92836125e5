#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use super::{ErrorResponse, Fault, parse};

fn error(code: &str, message: &str, fault: Option<Fault>, request_id: Option<&str>) -> ErrorResponse {
    let request_id = request_id.map(str::to_owned);
    ErrorResponse { code: code.to_owned(), message: message.to_owned(), fault, request_id }
}

#[test]
fn cloudformations_json() {
    let body = br#" {"Error":{"Code":"ValidationError","Message":"Stack x does not exist","Type":"Sender"},"RequestId":"rid"}"#;
    let expected = error("ValidationError", "Stack x does not exist", Some(Fault::Sender), Some("rid"));
    assert_eq!(parse(body), Some(expected));
    let sparse = br#"{"Error":{"Code":"Throttling","Message":null,"Type":7}}"#;
    assert_eq!(parse(sparse), Some(error("Throttling", "", None, None)));
}

#[test]
fn cloudformations_xml() {
    let body = br#"<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <Error>
    <Type>Sender</Type>
    <Code>AccessDenied</Code>
    <Message>User: &lt;arn&gt; &amp; others&#39; &#x41; &unknown; <![CDATA[a<b]]></Message>
  </Error>
  <RequestId>4d2b9f3e</RequestId>
</ErrorResponse>"#;
    let message = "User: <arn> & others' A &unknown; a<b";
    assert_eq!(parse(body), Some(error("AccessDenied", message, Some(Fault::Sender), Some("4d2b9f3e"))));
    let ec2 = b"<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors><RequestID>r</RequestID></Response>";
    assert_eq!(parse(ec2), Some(error("RequestLimitExceeded", "", None, Some("r"))));
}

#[test]
fn s3s_xml_without_what_it_echoes() {
    let body = b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>SignatureDoesNotMatch</Code>\
        <Message>The request signature we calculated does not match.</Message><AWSAccessKeyId>AKIDSECRET</AWSAccessKeyId>\
        <StringToSign>PUT SECRET</StringToSign><RequestId>R1</RequestId><HostId>h</HostId></Error>";
    let parsed = parse(body).unwrap();
    assert_eq!(parsed.code, "SignatureDoesNotMatch");
    assert_eq!(parsed.request_id.as_deref(), Some("R1"));
    assert!(!format!("{parsed:?}").contains("SECRET"));
}

#[test]
fn what_came_before_the_document_broke_off_counts() {
    let cut = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message><Expi";
    assert_eq!(parse(cut), Some(error("AccessDenied", "Request has expired", None, None)));
    assert_eq!(parse(br#"{"Error":{"Code":"ValidationError","Mess"#), None, "JSON is whole or nothing");
}

#[test]
fn anything_else_is_not_awss() {
    for body in [
        "".as_bytes(),
        b"nf",
        b"{}",
        b"[]",
        b"null",
        b"{\"Error\":\"x\"}",
        b"{\"Error\":{\"Code\":\"\"}}",
        b"{\"Error\":{\"Code\":403}}",
        b"<html><head><title>403</title></head><body><p>Code</p></body></html>",
        b"<Error><Code></Code></Error>",
        b"<",
        b"<&",
        b"<a>&#xFFFFFFFFFF;",
        b"\xff\xfe<\x00E",
    ] {
        assert_eq!(parse(body), None, "{body:?}");
    }
}

#[test]
fn json_is_whole_or_nothing_and_its_order_does_not_matter() {
    for (text, expected) in [
        (
            r#"{"Error":{"Code":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 z","Message":"😀"},"RequestId":"r"}"#,
            error("a\"\\/\u{8}\u{c}\n\r\t\u{e9}😀 z", "😀", None, Some("r")),
        ),
        (
            r#"{"a":[1,-2.5e+3,true,false,null,{"b":[]},{}],"Error":{"x":{"Code":"no"},"Code":"yes"},"z":"\u0000"}"#,
            error("yes", "", None, None),
        ),
        (
            r#" { "Error" : { "Message" : "m" , "Code" : "c" , "Type" : "Receiver" } , "RequestId" : null } "#,
            error("c", "m", Some(Fault::Receiver), None),
        ),
    ] {
        assert_eq!(parse(text.as_bytes()), Some(expected), "{text}");
    }
    for text in
        [r#"{"Error":{"Code":"c"}"#, r#"{"Error":{"Code":"c"}} x"#, r#"{"Error":{"Code":"c"},"a":[1,]}"#]
    {
        assert_eq!(parse(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn a_lone_surrogate_is_replaced_and_a_deep_document_does_no_harm() {
    let parsed = parse(br#"{"Error":{"Code":"c\ud83d","Message":"\ude00\ud83d\u0041"}}"#).unwrap();
    assert_eq!((parsed.code.as_str(), parsed.message.as_str()), ("c\u{fffd}", "\u{fffd}\u{fffd}A"));
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!(
            "{{\"a\":{}1{},\"Error\":{{\"Code\":\"c\"}}}}",
            open.repeat(100_000),
            close.repeat(100_000)
        );
        assert_eq!(parse(deep.as_bytes()), Some(error("c", "", None, None)));
    }
}
