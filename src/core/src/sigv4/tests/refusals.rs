use super::{SCOPE, SIGNED_AT, get, headers, key, presigning, signed};
use crate::identity::AccessKey;
use crate::secret::Secret;
use crate::sigv4::{Payload, Placement, Request, Scope, SignError, SigningKeys, SigningSettings, sign};

#[test]
fn a_signed_request_is_not_signed_again() {
    for name in ["Authorization", "X-Amz-Date", "x-amz-security-token", "x-amz-content-sha256"] {
        let given = headers(&[(name, "x")]);
        for settings in [SigningSettings::default(), presigning()] {
            let refused = signed(&get("https://h.example/", &given), &key(), &settings);
            assert_eq!(refused, Err(SignError::AlreadySigned(name.to_ascii_lowercase())));
        }
    }
    for name in ["Algorithm", "Credential", "Date", "Expires", "Security-Token", "Signature", "SignedHeaders"]
    {
        let uri = format!("https://h.example/?a=b&X-Amz-{name}=x");
        let refused = signed(&get(&uri, &[]), &key(), &SigningSettings::default());
        assert_eq!(refused, Err(SignError::AlreadySigned(format!("X-Amz-{name}"))));
    }
    let refused = signed(&get("https://h.example/?x%2Damz-signatur%65", &[]), &key(), &presigning());
    assert_eq!(refused, Err(SignError::AlreadySigned("x-amz-signature".to_owned())));
}

#[test]
fn a_presigned_url_is_not_signed_again() {
    let presigned = signed(&get("https://h.example/", &[]), &key(), &presigning()).map(|signed| signed.uri);
    let refused = presigned.and_then(|uri| signed(&get(&uri, &[]), &key(), &SigningSettings::default()));
    assert!(matches!(refused, Err(SignError::AlreadySigned(_))), "{refused:?}");
}

#[test]
fn an_expired_key_does_not_sign() {
    for (expires_at, expected) in [
        (SIGNED_AT - 1, Some(SignError::Expired)),
        (SIGNED_AT, Some(SignError::Expired)),
        (SIGNED_AT + 1, None),
    ] {
        let key = AccessKey { expires_at: Some(expires_at), ..key() };
        let refused = signed(&get("https://h.example/", &[]), &key, &SigningSettings::default()).err();
        assert_eq!(refused, expected);
    }
}

#[test]
fn a_scope_has_to_be_whole() {
    let refused = |key: &AccessKey, scope: &Scope<'_>, settings: &SigningSettings| {
        let refused =
            sign(&get("https://h.example/", &[]), key, scope, settings, &mut SigningKeys::default());
        matches!(refused, Err(SignError::InvalidScope(_)))
    };
    let defaults = SigningSettings::default();
    for part in ["", "a/b", "a b", "a,b", "a\n", "é"] {
        assert!(refused(&key(), &Scope { region: part, ..SCOPE }, &defaults), "region {part:?}");
        assert!(refused(&key(), &Scope { service: part, ..SCOPE }, &defaults), "service {part:?}");
        assert!(refused(&AccessKey { id: part.to_owned(), ..key() }, &SCOPE, &defaults), "id {part:?}");
    }
    assert!(refused(&AccessKey { secret: Secret::new(""), ..key() }, &SCOPE, &defaults));

    const LAST_SECOND: u64 = 253_402_300_799;
    for (signed_at, is_refused) in
        [(0, false), (LAST_SECOND, false), (LAST_SECOND + 1, true), (u64::MAX, true)]
    {
        assert_eq!(refused(&key(), &Scope { signed_at, ..SCOPE }, &defaults), is_refused, "{signed_at}");
    }
    for (seconds, is_refused) in [(0, true), (1, false), (604_800, false), (604_801, true)] {
        let settings = SigningSettings { placement: Placement::Query(seconds), ..defaults.clone() };
        assert_eq!(refused(&key(), &SCOPE, &settings), is_refused, "{seconds}");
    }
}

#[test]
fn a_uri_has_to_be_absolute() {
    for uri in
        ["", "/p", "h.example/p", "//h.example/", "https:/p", "https://", "https://:443/", "https://a b/"]
    {
        let refused = signed(&get(uri, &[]), &key(), &SigningSettings::default());
        assert!(matches!(refused, Err(SignError::InvalidUri(_))), "{uri:?}");
    }
    let refused = signed(&get("https://h.example/\r\nx: y", &[]), &key(), &SigningSettings::default());
    assert!(matches!(refused, Err(SignError::InvalidUri(_))));
}

#[test]
fn a_header_cannot_end_early() {
    for (name, value, named) in [
        ("X-A", "1\r\nX-B: 2", "x-a"),
        ("X-A", "1\nX-B: 2", "x-a"),
        ("X-A", "1\n", "x-a"),
        ("X-A", "1\r 2", "x-a"),
        ("X-A", "1\0", "x-a"),
        ("X-A", "1\u{7f}", "x-a"),
        ("X A", "1", "a name that is not an HTTP token"),
        ("", "1", "a name that is not an HTTP token"),
        ("X-A:", "1", "a name that is not an HTTP token"),
    ] {
        let given = headers(&[(name, value)]);
        let refused = signed(&get("https://h.example/", &given), &key(), &SigningSettings::default());
        assert_eq!(refused, Err(SignError::InvalidHeader(named.to_owned())), "{name:?}: {value:?}");
    }
    let key = AccessKey { session_token: Some(Secret::new("a\r\nb")), ..key() };
    let refused = signed(&get("https://h.example/", &[]), &key, &SigningSettings::default());
    assert_eq!(refused, Err(SignError::InvalidHeader("x-amz-security-token".to_owned())));
}

#[test]
fn a_method_and_a_hash_have_their_form() {
    for method in ["", "GET ", "GET\n/"] {
        let request = Request { method, ..get("https://h.example/", &[]) };
        assert!(matches!(
            signed(&request, &key(), &SigningSettings::default()),
            Err(SignError::Other(Some(_)))
        ));
    }
    for hash in ["", "UNSIGNED-PAYLOAD", &"A".repeat(64), &"a".repeat(63)] {
        let request = Request { payload: Payload::Sha256(hash), ..get("https://h.example/", &[]) };
        assert!(matches!(
            signed(&request, &key(), &SigningSettings::default()),
            Err(SignError::Other(Some(_)))
        ));
    }
}

#[test]
fn every_error_says_what_is_wrong() {
    for (error, text) in [
        (SignError::InvalidUri("the URI has no host".to_owned()), "invalid URI: the URI has no host"),
        (SignError::InvalidHeader("x-a".to_owned()), "a header that cannot be signed: x-a"),
        (SignError::InvalidScope("the region is empty".to_owned()), "invalid scope: the region is empty"),
        (
            SignError::AlreadySigned("x-amz-date".to_owned()),
            "the request is signed already, by its x-amz-date",
        ),
        (SignError::Expired, "the credentials have expired"),
        (SignError::Other(None), "cannot sign: an unexpected failure"),
    ] {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn so_many_headers_that_no_server_takes_them_are_refused() {
    let many = |count| vec![("x-a".to_owned(), "b".to_owned()); count];
    let sign = |count| signed(&get("https://h.example/", &many(count)), &key(), &SigningSettings::default());
    assert!(sign(1_000).is_ok());
    assert_eq!(sign(1_001), Err(SignError::InvalidHeader("over 1000".to_owned())));
}
