use super::{SCOPE, SIGNED_AT, Signed, get, headers, key, presigning, signed, temporary_key};
use crate::sigv4::verify::{Credential, Received, expected, parse_date};
use crate::sigv4::{Authorization, Scope, SessionToken, SignError, SigningKeys, SigningSettings};

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn a_signed_request_verifies_as_it_arrives() {
    let given = headers(&[("Accept", "a,  b"), ("User-Agent", "x")]);
    let request = get("https://h.example/a%20b/?StackName=a+b%2f&x", &given);
    for key in [key(), temporary_key()] {
        for session_token in [SessionToken::Sign, SessionToken::AppendUnsigned] {
            for settings in [SigningSettings::default(), presigning()] {
                let settings = SigningSettings { session_token, ..settings };
                let signed = signed(&request, &key, &settings).unwrap();
                let mut arrived = headers(&[
                    ("user-agent", "y"),
                    ("via", "proxy"),
                    ("host", "h.example"),
                    ("accept", "a, b"),
                ]);
                arrived.extend(signed.headers.iter().cloned());
                let received = Received {
                    method: "GET",
                    target: signed.uri.strip_prefix("https://h.example").unwrap(),
                    headers: &arrived,
                    signed_headers: &signed.authorization.signed_headers,
                    payload_hash: EMPTY,
                };
                let found =
                    expected(&received, &key, &SCOPE, &settings, &mut SigningKeys::default()).unwrap();
                assert_eq!(found.canonical_request(), signed.canonical_request);
                assert_eq!(found.string_to_sign(), signed.string_to_sign);
                assert!(found.matches(signed.signature()));
            }
        }
    }
}

#[test]
fn keys_whose_credentials_look_alike_are_not_mixed_up() {
    let headers = headers(&[("host", "h.example")]);
    let received = Received {
        method: "GET",
        target: "/",
        headers: &headers,
        signed_headers: "host",
        payload_hash: EMPTY,
    };
    let signature = |region, service, keys: &mut SigningKeys| {
        let scope = Scope { region, service, signed_at: SIGNED_AT };
        expected(&received, &key(), &scope, &SigningSettings::default(), keys).unwrap().signature.clone()
    };
    let mut keys = SigningKeys::default();
    for (region, service) in [("a", "b"), ("a", "b/c"), ("a/b", "c"), ("a", "b")] {
        let alone = signature(region, service, &mut SigningKeys::default());
        assert_eq!(signature(region, service, &mut keys), alone, "{region} {service}");
    }
}

#[test]
fn any_change_is_noticed() {
    let request = get("https://h.example/p?a=b", &[]);
    let Signed { headers: mut arrived, authorization, .. } =
        signed(&request, &key(), &SigningSettings::default()).unwrap();
    arrived.extend(headers(&[("Host", "h.example")]));
    let original = Received {
        method: "GET",
        target: "/p?a=b",
        headers: &arrived,
        signed_headers: &authorization.signed_headers,
        payload_hash: EMPTY,
    };
    let moved = headers(&[("host", "other.example"), ("x-amz-date", "20150830T123600Z")]);
    let is_right = |received: &Received<'_>| {
        expected(received, &key(), &SCOPE, &SigningSettings::default(), &mut SigningKeys::default())
            .unwrap()
            .matches(&authorization.signature)
    };
    assert!(is_right(&original));
    for changed in [
        Received { method: "PUT", ..original },
        Received { target: "/q?a=b", ..original },
        Received { target: "/p?a=c", ..original },
        Received { headers: &moved, ..original },
        Received { payload_hash: "UNSIGNED-PAYLOAD", ..original },
    ] {
        assert!(!is_right(&changed));
    }
}

#[test]
fn a_part_of_the_signature_or_more_than_it_is_not_the_signature() {
    let given = headers(&[("host", "h.example")]);
    let received =
        Received { method: "GET", target: "/", headers: &given, signed_headers: "host", payload_hash: EMPTY };
    let settings = SigningSettings::default();
    let expected = expected(&received, &key(), &SCOPE, &settings, &mut SigningKeys::default()).unwrap();
    let right = expected.signature.expose();
    assert!(expected.matches(right));
    for wrong in ["", &right[1..], &right[..63], &format!("{right}0"), &right.to_ascii_uppercase()] {
        assert!(!expected.matches(wrong), "{wrong}");
    }
    assert!(!format!("{expected:?}").contains(right));
}

#[test]
fn a_missing_header_is_named() {
    let received = Received {
        method: "GET",
        target: "/",
        headers: &headers(&[("Host", "h.example")]),
        signed_headers: "host;x-amz-date",
        payload_hash: EMPTY,
    };
    let error = expected(&received, &key(), &SCOPE, &SigningSettings::default(), &mut SigningKeys::default());
    assert_eq!(error.err(), Some(SignError::InvalidHeader("x-amz-date".to_owned())));
}

#[test]
fn an_authorization_is_read_with_and_without_spaces() {
    let signed = signed(&get("https://h.example/", &[]), &key(), &SigningSettings::default()).unwrap();
    let standard = signed.authorization.header_value();
    for header in [standard.clone(), standard.replace(", ", ","), standard.replacen(", ", ",", 1)] {
        assert_eq!(Authorization::parse(&header), Some(signed.authorization.clone()), "{header}");
    }
    let appended = |more: &str| Authorization::parse(&[&standard, more].concat());
    assert_eq!(appended(", Foo=bar"), Some(signed.authorization.clone()));
    assert_eq!(appended(", Signature=").unwrap().signature, "");
    for header in ["", "AWS4-HMAC-SHA256", "CFN_V1 a:b", "AWS4-HMAC-SHA256 Credential=a, Signature=b"] {
        assert_eq!(Authorization::parse(header), None, "{header}");
    }
}

#[test]
fn a_credential_has_five_parts() {
    let parsed = Credential::parse("AKID/20150830/us-east-1/service/aws4_request");
    let credential = Credential { id: "AKID", day: "20150830", region: "us-east-1", service: "service" };
    assert_eq!(parsed, Some(credential));
    for malformed in ["", "AKID/20150830/us-east-1/service", "a/b/c/d/aws4", "a/b/c/d/aws4_request/e"] {
        assert_eq!(Credential::parse(malformed), None, "{malformed}");
    }
}

#[test]
fn a_date_is_read_as_it_is_written() {
    assert_eq!(parse_date("20150830T123600Z"), Some(SIGNED_AT));
    assert_eq!(parse_date("19700101T000000Z"), Some(0));
    assert_eq!(parse_date("20240229T235959Z"), Some(1_709_251_199));
    for malformed in [
        "",
        "20150830",
        "20150830T123600",
        "2015-08-30T12:36:00Z",
        "20150230T000000Z",
        "20150830T246000Z",
        "19691231T235959Z",
    ] {
        assert_eq!(parse_date(malformed), None, "{malformed}");
    }
}
