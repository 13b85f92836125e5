#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails by panicking"
)]

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

/// A document as it may come, and every other one with a character too few, too many or another.
fn document(random: &mut impl FnMut(usize) -> usize) -> String {
    fn value(depth: usize, random: &mut impl FnMut(usize) -> usize) -> String {
        const SCALARS: [&str; 12] = [
            "null",
            "true",
            "false",
            "0",
            "-1",
            "10.25",
            "2E-3",
            "\"\"",
            "\"Sender\"",
            "\"a b\\n\\u00e9😀\"",
            "\"\\\"\\\\\"",
            "\"\\ud83d\\ude00\"",
        ];
        const NAMES: [&str; 6] = ["Error", "Code", "Message", "Type", "RequestId", "x\\u0041"];
        let space = [" ", "", "\n\t"][random(3)];
        let count = random(4);
        let join = |items: Vec<String>| items.join(&format!("{space},"));
        match random(if depth < 4 { 5 } else { 2 }) {
            0 | 1 => SCALARS[random(SCALARS.len())].to_owned(),
            2 => format!("[{space}{}]", join((0..count).map(|_| value(depth + 1, random)).collect())),
            _ => {
                let mut member = |_| {
                    format!("{space}\"{}\":{space}{}", NAMES[random(NAMES.len())], value(depth + 1, random))
                };
                format!("{{{}}}", join((0..count).map(&mut member).collect()))
            }
        }
    }
    // Its members are looked at where it is an object, and as a rule it has a code.
    let mut error = || {
        let object = (0..9).map(|_| value(1, random)).find(|it| it.starts_with('{') && it.contains(':'));
        let object = object.unwrap_or_default();
        format!(
            "\"Error\":{}",
            if random(4) > 0 { object.replacen('{', "{\"Code\":\"c\",", 1) } else { object }
        )
    };
    let errors = [error(), error()].join(",");
    let mut text = format!("{{\"RequestId\":{},{errors}}}", value(3, random));
    if random(2) == 0 {
        let at = (random(text.len())..).find(|at| text.is_char_boundary(*at)).unwrap();
        let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
        let other = ["", ",", "\"", "\\", "}", "[", "0", "-", ":", "é", "\u{1}", "e"][random(12)];
        text.replace_range(at..if random(2) == 0 { end } else { at }, other);
    }
    text
}

/// What is read here token by token is what a whole reader of JSON reads.
#[test]
fn it_reads_json_as_serde_json_does() {
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut errors = 0;
    for _ in 0..50_000 {
        let text = document(&mut random);
        let whole = serde_json::from_str::<serde_json::Value>(&text);
        // Half a surrogate pair is an error to it alone, and a number that no machine has.
        if whole.as_ref().is_err_and(|error| {
            let why = error.to_string();
            why.contains("surrogate")
                || why.contains("unexpected end of hex escape")
                || why.contains("out of range")
        }) {
            continue;
        }
        let expected = whole.ok().and_then(|whole| {
            let found = whole.get("Error")?.as_object()?;
            let text = |value: Option<&serde_json::Value>| value?.as_str().map(|it| it.trim().to_owned());
            let code = text(found.get("Code")).filter(|code| !code.is_empty())?;
            let request_id = text(whole.get("RequestId")).filter(|id| !id.is_empty());
            let fault = text(found.get("Type")).and_then(|name| Fault::named(&name));
            Some(ErrorResponse {
                code,
                message: text(found.get("Message")).unwrap_or_default(),
                fault,
                request_id,
            })
        });
        errors += usize::from(expected.is_some());
        assert_eq!(parse(text.as_bytes()), expected, "{text}");
    }
    assert!(errors > 1_000, "{errors}");
}
