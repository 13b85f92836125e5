#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;

use super::*;

fn verifier() -> (Verifier, Arc<IdentityKey>) {
    let identity = Arc::new(IdentityKey::default());
    let key = AccessKey {
        id: "AKIAREHEARSAL".to_owned(),
        secret: Secret::new("secret"),
        session_token: None,
        expires_at: None,
    };
    let keys = Arc::new(Keys::default());
    keys.add(&key, Principal::User { name: "tester".to_owned() });
    (Verifier::new("eu-west-1".to_owned(), keys, Arc::clone(&identity)), identity)
}

/// A `GET` for CloudFormation.
fn presented<'a>(target: &'a str, headers: &'a [Header]) -> Presented<'a> {
    Presented { method: "GET", target, headers, body: b"", service: CLOUDFORMATION, region: None }
}

fn verify(authorization: &str, date: &str) -> Result<Caller, AuthError> {
    let headers = [
        ("host".to_owned(), "127.0.0.1".to_owned()),
        ("authorization".to_owned(), authorization.to_owned()),
        ("x-amz-date".to_owned(), date.to_owned()),
    ];
    let request = presented("/", &headers);
    // 2026-01-31T20:14:16Z
    verifier().0.verify(&request, Moment::from_millis(1_769_890_456_000))
}

fn document(text: &str, identity: &IdentityKey) -> String {
    format!("CFN_V1 {}:{}", STANDARD.encode(text), identity.sign(text).unwrap().replace('\n', ""))
}

#[test]
fn a_document_signed_by_the_metadata_service_names_its_instance() {
    let (verifier, identity) = verifier();
    let check = |authorization: String| {
        let headers = [("authorization".to_owned(), authorization)];
        let request = presented("/", &headers);
        verifier.verify(&request, Moment::from_millis(0))
    };
    let right = document(r#"{"instanceId":"i-1"}"#, &identity);
    assert_eq!(check(right.clone()), Ok(Caller::Instance { instance_id: "i-1".to_owned() }));
    assert_eq!(check(document("{}", &identity)), Err(AuthError::MalformedDocument));
    assert_eq!(check(document("[", &identity)), Err(AuthError::MalformedDocument));
    assert_eq!(
        check(document(r#"{"instanceId":"i-1"}"#, &IdentityKey::default())),
        Err(AuthError::ForgedDocument)
    );
    let (_, signature) = right.split_once(':').unwrap();
    let moved = format!("CFN_V1 {}:{signature}", STANDARD.encode(r#"{"instanceId":"i-2"}"#));
    assert_eq!(check(moved), Err(AuthError::ForgedDocument));
    assert_eq!(check("CFN_V1 x".to_owned()), Err(AuthError::MalformedDocument));
}

#[test]
fn without_a_signature_ever_made_none_is_right() {
    assert!(!IdentityKey::default().verifies(b"{}", &[0; 256]));
}

#[test]
fn what_is_not_signed_for_this_service_is_refused_for_its_reason() {
    let date = "20260131T201416Z";
    let header = |scope: &str, headers: &str| {
        format!("AWS4-HMAC-SHA256 Credential=AKIAREHEARSAL/{scope}, SignedHeaders={headers}, Signature=00")
    };
    let scope = "20260131/eu-west-1/cloudformation/aws4_request";
    let both = "host;x-amz-date";
    for (authorization, date, text) in [
        (
            header("20260131/us-east-1/cloudformation/aws4_request", both),
            date,
            "Credential should be scoped to a valid region",
        ),
        (
            header("20260131/eu-west-1/s3/aws4_request", both),
            date,
            "Credential should be scoped to correct service",
        ),
        (
            header("20260130/eu-west-1/cloudformation/aws4_request", both),
            date,
            "Date in Credential scope does not match",
        ),
        (header(scope, "host"), date, "'X-Amz-Date' must be a 'SignedHeader'"),
        (header(scope, "x-amz-date"), date, "'Host' must be a 'SignedHeader'"),
        (header(scope, both), "yesterday", "Date must be in ISO-8601"),
        (header("20260131/eu-west-1", both), date, "Credential must have exactly 5"),
        (
            "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host".to_owned(),
            date,
            "requires 'Signature' parameter",
        ),
        ("Basic eDp5".to_owned(), date, "requires the algorithm"),
        (
            header(scope, both),
            "20260131T200915Z",
            "Signature expired: 20260131T200915Z is now earlier than 20260131T200916Z (20260131T201416Z - 5 min.)",
        ),
        (
            header(scope, both),
            "20260131T201917Z",
            "Signature not yet current: 20260131T201917Z is still later than 20260131T201916Z (20260131T201416Z + 5 min.)",
        ),
        (header(scope, both), date, "The request signature we calculated does not match"),
        (header(scope, "host;x-amz-date;x-gone"), date, "The request signature we calculated does not match"),
    ] {
        let error = verify(&authorization, date).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn temporary_credentials_have_their_time() {
    let keys = Arc::new(Keys::default());
    let key = AccessKey {
        id: "ASIAREHEARSAL".to_owned(),
        secret: Secret::new("secret"),
        session_token: Some(Secret::new("token")),
        // A second before the request.
        expires_at: Some(1_769_890_455),
    };
    keys.add(&key, Principal::Session { role: "role".to_owned(), name: "i-1".to_owned() });
    let verifier = Verifier::new("eu-west-1".to_owned(), Arc::clone(&keys), Arc::default());
    let authorization = "AWS4-HMAC-SHA256 Credential=ASIAREHEARSAL/20260131/eu-west-1/cloudformation/aws4_request, \
                         SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=00";
    let headers = [
        ("authorization".to_owned(), authorization.to_owned()),
        ("x-amz-date".to_owned(), "20260131T201416Z".to_owned()),
        ("x-amz-security-token".to_owned(), "token".to_owned()),
    ];
    let request = presented("/", &headers);
    let at = |millis| verifier.verify(&request, Moment::from_millis(millis));
    assert_eq!(at(1_769_890_456_000), Err(AuthError::ExpiredToken));
    assert_eq!(AuthError::ExpiredToken.code(), "ExpiredToken");
    // While its time lasts the signature is looked at.
    assert_eq!(at(1_769_890_454_000), Err(AuthError::Mismatch));
    keys.remove("ASIAREHEARSAL");
    assert_eq!(at(1_769_890_454_000), Err(AuthError::UnknownKey));
}

/// The moment of the signed requests.
fn now() -> Moment {
    Moment::from_millis(1_769_890_456_000)
}

/// The headers of a rightly signed `GET /`.
fn signed() -> Vec<Header> {
    use cfn_signal_core::sigv4::{Payload, Request, Scope, SigningKeys, SigningSettings, sign};

    let key = AccessKey {
        id: "AKIAREHEARSAL".to_owned(),
        secret: Secret::new("secret"),
        session_token: None,
        expires_at: None,
    };
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    let request =
        Request { method: "GET", uri: "http://127.0.0.1/", headers: &headers, payload: Payload::Bytes(b"") };
    let scope = Scope { region: "eu-west-1", service: "cloudformation", signed_at: now().as_seconds() };
    let signed =
        sign(&request, &key, &scope, &SigningSettings::default(), &mut SigningKeys::default()).unwrap();
    headers.extend(signed.headers);
    headers.push(("host".to_owned(), "127.0.0.1".to_owned()));
    headers
}

#[test]
fn every_header_of_amazons_has_to_be_signed() {
    let (verifier, _) = verifier();
    let (now, mut headers) = (now(), signed());
    let verify = |headers: &[Header]| verifier.verify(&presented("/", headers), now);
    assert!(verify(&headers).is_ok());
    // Others need not be.
    headers.push(("x-amzn-trace-id".to_owned(), "Root=1".to_owned()));
    assert!(verify(&headers).is_ok());
    headers.push(("x-amz-security-token".to_owned(), "token".to_owned()));
    let error = verify(&headers).unwrap_err();
    assert_eq!(error.code(), "SignatureDoesNotMatch");
    assert_eq!(
        error.to_string(),
        "'X-Amz-Security-Token' must be a 'SignedHeader' in the AWS Authorization."
    );
}

#[test]
fn principals_are_named_as_iam_does() {
    let user = Principal::User { name: "me".to_owned() };
    assert_eq!(user.arn("aws-cn", "1"), "arn:aws-cn:iam::1:user/me");
    let session = Principal::Session { role: "r".to_owned(), name: "i-1".to_owned() };
    assert_eq!(session.arn("aws", "1"), "arn:aws:sts::1:assumed-role/r/i-1");
}

#[test]
fn a_presigned_urls_headers_of_amazons_have_to_be_signed_too() {
    let (verifier, _) = verifier();
    let target = "/?Action=ListStacks&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAREHEARSAL%2F20260131%2F\
                  eu-west-1%2Fcloudformation%2Faws4_request&X-Amz-Date=20260131T201416Z&X-Amz-Expires=60\
                  &X-Amz-SignedHeaders=host&X-Amz-Signature=00";
    let verify = |name: &str| {
        let headers = [("host".to_owned(), "127.0.0.1".to_owned()), (name.to_owned(), "token".to_owned())];
        let request = presented(target, &headers);
        verifier.verify(&request, Moment::from_millis(1_769_890_456_000)).unwrap_err().to_string()
    };
    // Looked at is the signature, which is wrong; but with a header that it does not cover, that.
    assert!(verify("accept").starts_with("The request signature we calculated does not match"));
    for name in ["x-amz-security-token", "x-amz-date"] {
        let told = verify(name);
        assert!(told.ends_with("' must be a 'SignedHeader' in the AWS Authorization."), "{told}");
    }
}

#[test]
fn a_token_is_its_keys_own() {
    let keys = Arc::new(Keys::default());
    for (id, token) in [("AKIAREHEARSAL", None), ("ASIAREHEARSAL", Some("token"))] {
        let key = AccessKey {
            id: id.to_owned(),
            secret: Secret::new("secret"),
            session_token: token.map(Secret::new),
            expires_at: None,
        };
        keys.add(&key, Principal::User { name: "tester".to_owned() });
    }
    let verifier = Verifier::new("eu-west-1".to_owned(), keys, Arc::default());
    let verify = |id: &str, token: Option<&str>| {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={id}/20260131/eu-west-1/cloudformation/aws4_request, \
             SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=00"
        );
        let mut headers = vec![
            ("authorization".to_owned(), authorization),
            ("x-amz-date".to_owned(), "20260131T201416Z".to_owned()),
        ];
        headers.extend(token.map(|token| ("x-amz-security-token".to_owned(), token.to_owned())));
        let request = presented("/", &headers);
        verifier.verify(&request, Moment::from_millis(1_769_890_456_000)).unwrap_err()
    };
    assert_eq!(verify("ASIAREHEARSAL", Some("token")), AuthError::Mismatch);
    for (id, token) in [
        ("ASIAREHEARSAL", None),
        ("ASIAREHEARSAL", Some("")),
        ("ASIAREHEARSAL", Some("tokens")),
        ("ASIAREHEARSAL", Some("Token")),
        ("AKIAREHEARSAL", Some("token")),
        ("AKIAREHEARSAL", Some("")),
    ] {
        assert_eq!(verify(id, token), AuthError::UnknownKey, "{id} {token:?}");
    }
}

#[test]
fn a_header_that_says_more_is_read_as_the_service_does() {
    let (verifier, _) = verifier();
    let verify = |change: &dyn Fn(&str) -> Vec<String>, target: &str| {
        let mut headers = signed();
        let at = headers.iter().position(|(name, _)| name == "authorization").unwrap();
        let right = headers.remove(at).1;
        headers.extend(change(&right).into_iter().map(|value| ("authorization".to_owned(), value)));
        let request = presented(target, &headers);
        verifier.verify(&request, now()).map_err(|error| (error.code(), error.to_string()))
    };
    let append = |more: &'static str| move |right: &str| vec![[right, more].concat()];
    // Of what comes twice the last counts, and what nobody knows does not.
    assert!(verify(&append(", Foo=bar"), "/").is_ok());
    for wrong in [", Signature=", ", Signature=00"] {
        assert_eq!(verify(&append(wrong), "/").unwrap_err().0, "SignatureDoesNotMatch", "{wrong}");
    }
    // Nor does a second header.
    let other = "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=00";
    assert!(verify(&|right: &str| vec![right.to_owned(), other.to_owned()], "/").is_ok());
    assert!(verify(&|right: &str| vec![other.to_owned(), right.to_owned()], "/").is_err());
    let (code, text) = verify(&append(", Foo"), "/").unwrap_err();
    assert_eq!(code, "IncompleteSignature");
    assert!(
        text.starts_with("Invalid key=value pair (missing equal-sign) in Authorization header (hashed with")
    );
    assert!(!text.contains("Foo"));
    let twice = verify(&append(""), "/?X-Amz-Algorithm=AWS4-HMAC-SHA256").unwrap_err();
    assert_eq!(twice, ("SignatureDoesNotMatch", String::new()));
}

/// What signs `text` on the day of the requests: step by step, for a signer that would not sign such a header.
fn signature(text: &str) -> String {
    use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};

    let steps = ["20260131", "eu-west-1", "cloudformation", "aws4_request", text];
    let signed = steps.iter().fold(b"AWS4secret".to_vec(), |key, step| {
        sign(&Key::new(HMAC_SHA256, &key), step.as_bytes()).as_ref().to_vec()
    });
    hex::encode(signed)
}

#[test]
fn a_bodys_hash_is_its_own_whatever_a_header_says() {
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let (verifier, _) = verifier();
    let verify = |said: &str, hashed: &str| {
        let canonical = format!(
            "GET\n/\n\nhost:127.0.0.1\nx-amz-content-sha256:{said}\nx-amz-date:20260131T201416Z\n\n\
             host;x-amz-content-sha256;x-amz-date\n{hashed}"
        );
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes());
        let signature = signature(&format!(
            "AWS4-HMAC-SHA256\n20260131T201416Z\n20260131/eu-west-1/cloudformation/aws4_request\n{}",
            hex::encode(digest)
        ));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAREHEARSAL/20260131/eu-west-1/cloudformation/aws4_request, \
             SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}"
        );
        let headers = [
            ("host", "127.0.0.1"),
            ("x-amz-content-sha256", said),
            ("x-amz-date", "20260131T201416Z"),
            ("authorization", &authorization),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        verifier.verify(&presented("/", &headers), now())
    };
    for said in ["UNSIGNED-PAYLOAD", "00", EMPTY] {
        assert!(verify(said, EMPTY).is_ok(), "{said}");
        if said != EMPTY {
            assert_eq!(verify(said, said), Err(AuthError::Mismatch), "{said}");
        }
    }
}
