#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

mod refusals;
mod verification;

use super::{Authorization, SigningInstructions};
use super::{
    ContentSha256Header, PathEncoding, PathNormalization, Payload, Placement, Request, Scope, SessionToken,
    SignError, SigningKeys, SigningSettings, explain, sign,
};
use crate::http::Header;
use crate::identity::{AccessKey, Identity, InstanceDocument};
use crate::secret::Secret;

/// 2015-08-30T12:36:00Z, as in the published suite.
const SIGNED_AT: u64 = 1_440_938_160;
const SCOPE: Scope<'_> = Scope { region: "us-east-1", service: "service", signed_at: SIGNED_AT };

fn key() -> AccessKey {
    AccessKey {
        id: "AKIDEXAMPLE".to_owned(),
        secret: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        session_token: None,
        expires_at: None,
    }
}

fn temporary_key() -> AccessKey {
    AccessKey { session_token: Some(Secret::new("TOKEN+/=")), ..key() }
}

fn headers(headers: &[(&str, &str)]) -> Vec<Header> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn get<'a>(uri: &'a str, headers: &'a [Header]) -> Request<'a> {
    Request { method: "GET", uri, headers, payload: Payload::Bytes(b"") }
}

/// A signed request, and how it came about.
#[derive(Debug, PartialEq, Eq)]
struct Signed {
    headers: Vec<Header>,
    uri: String,
    authorization: Authorization,
    canonical_request: String,
    string_to_sign: String,
}

impl Signed {
    fn signature(&self) -> &str {
        &self.authorization.signature
    }
}

fn signed(request: &Request<'_>, key: &AccessKey, settings: &SigningSettings) -> Result<Signed, SignError> {
    let SigningInstructions { headers, uri, signature } =
        sign(request, key, &SCOPE, settings, &mut SigningKeys::default())?;
    let explained = explain(request, key, &SCOPE, settings)?;
    let signed_headers = explained.canonical_request.rsplit('\n').nth(1).unwrap().to_owned();
    let credential = format!("{}/{}", key.id, explained.string_to_sign.lines().nth(2).unwrap());
    let authorization = Authorization { credential, signed_headers, signature };
    let sent = headers.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value.as_str());
    match settings.placement {
        Placement::Headers => assert_eq!(sent, Some(authorization.header_value().as_str())),
        Placement::Query(_) => assert!(uri.contains(&format!("X-Amz-Signature={}", authorization.signature))),
    }
    Ok(Signed {
        headers,
        uri,
        authorization,
        canonical_request: explained.canonical_request,
        string_to_sign: explained.string_to_sign,
    })
}

fn presigning() -> SigningSettings {
    SigningSettings { placement: Placement::Query(60), ..SigningSettings::default() }
}

fn canonical_line(signed: &Signed, line: usize) -> &str {
    signed.canonical_request.lines().nth(line).unwrap()
}

#[test]
fn the_authority_is_signed_as_host_without_its_default_port() {
    for (uri, host) in [
        ("https://h.example/", "host:h.example"),
        ("https://h.example:443/", "host:h.example"),
        ("http://h.example:/", "host:h.example"),
        ("http://127.0.0.1:8080/", "host:127.0.0.1:8080"),
        ("http://u:p@h.example/", "host:h.example"),
    ] {
        let signed = signed(&get(uri, &[]), &key(), &SigningSettings::default()).unwrap();
        assert_eq!(canonical_line(&signed, 3), host, "{uri}");
    }
    let given = headers(&[("HOST", "virtual.example")]);
    let signed = signed(&get("https://h.example/", &given), &key(), &SigningSettings::default()).unwrap();
    assert_eq!(canonical_line(&signed, 3), "host:virtual.example");
}

#[test]
fn headers_that_proxies_change_are_not_signed() {
    let given = headers(&[
        ("Accept", "*/*"),
        ("Connection", "close"),
        ("Expect", "100-continue"),
        ("Proxy-Authorization", "x"),
        ("TE", "trailers"),
        ("User-Agent", "x"),
        ("X-Amz-User-Agent", "x"),
        ("X-Amzn-Trace-Id", "x"),
    ]);
    let request = get("https://h.example/", &given);
    let signed_with_headers = signed(&request, &key(), &SigningSettings::default()).unwrap();
    assert_eq!(signed_with_headers.authorization.signed_headers, "accept;host;x-amz-date;x-amz-user-agent");
    let presigned = signed(&request, &key(), &presigning()).unwrap();
    assert_eq!(presigned.authorization.signed_headers, "accept;host");
}

#[test]
fn white_space_in_a_value_is_reduced() {
    let given = headers(&[("b", ""), ("A", " 1 \t 2\r\n\t3 "), ("a", "4"), ("a", "é")]);
    let signed = signed(&get("https://h.example/", &given), &key(), &SigningSettings::default()).unwrap();
    assert_eq!(canonical_line(&signed, 3), "a:1 2 3,4,é");
    assert_eq!(canonical_line(&signed, 4), "b:");
}

#[test]
fn a_query_is_decoded_encoded_and_sorted() {
    let uri = "https://h.example/?b=2&a=+&b=1&a&&c=%7e%e9%&a-=x&b==";
    let signed = signed(&get(uri, &[]), &key(), &SigningSettings::default()).unwrap();
    assert_eq!(canonical_line(&signed, 2), "a=&a=%20&a-=x&b=%3D&b=1&b=2&c=~%E9%25");
}

#[test]
fn a_path_is_encoded_once_or_twice() {
    let path = |encoding, normalization, uri| {
        let settings = SigningSettings {
            path_encoding: encoding,
            path_normalization: normalization,
            ..SigningSettings::default()
        };
        let signed = signed(&get(uri, &[]), &key(), &settings).unwrap();
        canonical_line(&signed, 1).to_owned()
    };
    let (on, off) = (PathNormalization::On, PathNormalization::Off);
    for (encoding, normalization, uri, expected) in [
        (PathEncoding::Twice, on, "https://h", "/"),
        (PathEncoding::Once, off, "https://h", "/"),
        (PathEncoding::Twice, on, "https://h/a%2Fb c/./../d//e/..", "/d/"),
        (PathEncoding::Twice, on, "https://h/a%2Fb c", "/a%252Fb%20c"),
        (PathEncoding::Once, on, "https://h/a%2fb c+%7E%zz", "/a%2Fb%20c%2B~%25zz"),
        (PathEncoding::Once, off, "https://h/a//../b", "/a//../b"),
        (PathEncoding::Twice, on, "https://h/.a/..b/...", "/.a/..b/..."),
    ] {
        assert_eq!(path(encoding, normalization, uri), expected, "{uri}");
    }
}

#[test]
fn a_session_token_is_sent_signed_or_not() {
    let request = get("https://h.example/?x", &[]);
    let settings =
        SigningSettings { session_token: SessionToken::AppendUnsigned, ..SigningSettings::default() };
    let unsigned = signed(&request, &temporary_key(), &settings).unwrap();
    assert_eq!(unsigned.authorization.signed_headers, "host;x-amz-date");
    assert!(unsigned.headers.contains(&("x-amz-security-token".to_owned(), "TOKEN+/=".to_owned())));

    let presigned = signed(
        &request,
        &temporary_key(),
        &SigningSettings { session_token: SessionToken::AppendUnsigned, ..presigning() },
    );
    let presigned = presigned.unwrap();
    assert!(presigned.uri.contains("&X-Amz-Security-Token=TOKEN%2B%2F%3D&X-Amz-Signature="));
    assert!(!presigned.canonical_request.contains("TOKEN"));

    let empty = AccessKey { session_token: Some(Secret::new("")), ..key() };
    assert_eq!(
        signed(&request, &empty, &SigningSettings::default()).unwrap(),
        signed(&request, &key(), &SigningSettings::default()).unwrap()
    );
}

#[test]
fn a_presigned_url_keeps_what_it_had() {
    for (uri, start, end) in [
        ("https://h.example/a b", "https://h.example/a b?X-Amz-Algorithm=", ""),
        ("https://h.example?", "https://h.example?X-Amz-Algorithm=", ""),
        ("https://h.example/?x=+y#f?g", "https://h.example/?x=+y&X-Amz-Algorithm=", "#f?g"),
    ] {
        let presigned = signed(&get(uri, &[]), &key(), &presigning()).unwrap();
        assert!(presigned.uri.starts_with(start), "{uri}");
        assert!(presigned.uri.ends_with(&format!("{}{end}", presigned.signature())), "{uri}");
        assert_eq!(presigned.headers, []);
    }
}

#[test]
fn the_payloads_hash_is_sent_when_asked() {
    let settings =
        SigningSettings { content_sha256_header: ContentSha256Header::Send, ..SigningSettings::default() };
    let hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    for (payload, sent) in [(Payload::Unsigned, "UNSIGNED-PAYLOAD"), (Payload::Sha256(hash), hash)] {
        let request = Request { payload, ..get("https://h.example/", &[]) };
        let signed = signed(&request, &key(), &settings).unwrap();
        assert!(signed.headers.contains(&("x-amz-content-sha256".to_owned(), sent.to_owned())));
        assert!(signed.canonical_request.ends_with(sent));
        assert_eq!(signed.authorization.signed_headers, "host;x-amz-content-sha256;x-amz-date");
    }
}

#[test]
fn a_kept_key_signs_as_a_fresh_one_and_only_for_what_it_was_derived_from() {
    let mut keys = SigningKeys::default();
    let request = get("https://h.example/", &[]);
    let other_secret = AccessKey { secret: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEZ"), ..key() };
    let other_id = AccessKey { id: "AKIDOTHER".to_owned(), ..key() };
    let scopes = [
        SCOPE,
        Scope { region: "eu-west-1", ..SCOPE },
        Scope { service: "other", ..SCOPE },
        Scope { signed_at: SIGNED_AT + 86_400, ..SCOPE },
        Scope { signed_at: SIGNED_AT + 1, ..SCOPE },
    ];
    for _ in 0..3 {
        for key in [key(), other_secret.clone(), other_id.clone()] {
            for scope in &scopes {
                let kept = sign(&request, &key, scope, &SigningSettings::default(), &mut keys);
                let fresh =
                    sign(&request, &key, scope, &SigningSettings::default(), &mut SigningKeys::default());
                assert_eq!(kept.unwrap(), fresh.unwrap());
            }
        }
    }
    assert_eq!(format!("{keys:?}"), "SigningKeys { keys: 4 }");
}

#[test]
fn an_explanation_needs_no_key_that_is_still_valid() {
    let request = get("https://h.example/", &[]);
    let expired = AccessKey { expires_at: Some(SIGNED_AT), ..key() };
    let explained = explain(&request, &expired, &SCOPE, &SigningSettings::default());
    assert_eq!(explained, explain(&request, &key(), &SCOPE, &SigningSettings::default()));
}

#[test]
fn settings_are_chosen_one_by_one_or_for_s3() {
    let chosen = SigningSettings::default()
        .path_encoding(PathEncoding::Once)
        .path_normalization(PathNormalization::Off)
        .content_sha256_header(ContentSha256Header::Send);
    assert_eq!(chosen, SigningSettings::s3());
    let chosen = chosen.placement(Placement::Query(9)).session_token(SessionToken::AppendUnsigned);
    let expected = SigningSettings {
        placement: Placement::Query(9),
        session_token: SessionToken::AppendUnsigned,
        ..SigningSettings::s3()
    };
    assert_eq!(chosen, expected);
}

#[test]
fn no_secret_is_shown() {
    let mut keys = SigningKeys::default();
    let key =
        AccessKey { secret: Secret::new("SECRET-1"), session_token: Some(Secret::new("SECRET-2")), ..key() };
    let given = headers(&[("x-key", "SECRET-3")]);
    let request = get("https://h.example/?SECRET-4", &given);
    let instructions = sign(&request, &key, &SCOPE, &SigningSettings::default(), &mut keys).unwrap();
    let explained = explain(&request, &key, &SCOPE, &SigningSettings::default()).unwrap();
    let signed = signed(&request, &key, &SigningSettings::default()).unwrap();
    let document = InstanceDocument { document: Secret::new("SECRET-5"), signature: Secret::new("SECRET-6") };
    let shown = format!(
        "{key:?} {:?} {keys:?} {request:?} {instructions:?} {explained:?} {:?} {document:?} {:?}",
        key.secret,
        signed.authorization,
        Identity::AccessKey(key.clone()),
    );
    assert!(!shown.contains("SECRET"), "{shown}");
    assert!(!shown.contains(signed.signature()), "{shown}");
    assert!(shown.contains("AKIDEXAMPLE"), "{shown}");
}
