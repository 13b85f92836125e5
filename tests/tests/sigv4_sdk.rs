//! Signature Version 4 against the AWS SDK's signer, the crate `aws-sigv4`, on random requests.
//!
//! Where the SDK deviates on purpose or by its parser, the generators stay away and say why.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that fails by panicking")]

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest,
    SignatureLocation, UriPathNormalizationMode,
};
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{
    self, ContentSha256Header, PathEncoding, PathNormalization, Payload, Placement, Request, Scope,
    SessionToken, SigningInstructions, SigningKeys, SigningSettings,
};
use cfn_signal_core::uri;
use proptest::prelude::*;
use proptest::sample::select;

/// A request and everything that its signature depends on.
#[derive(Clone, Debug)]
struct Sample {
    method: &'static str,
    uri: String,
    headers: Vec<(String, String)>,
    body: Body,
    id: String,
    secret: String,
    token: Option<String>,
    region: String,
    service: String,
    signed_at: u64,
    settings: SigningSettings,
}

#[derive(Clone, Debug)]
enum Body {
    Bytes(Vec<u8>),
    Hashed(String),
    Unsigned,
}

/// What a signer adds: headers or parameters, sorted, and the signature.
type Added = (Vec<(String, String)>, String);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_same_as_the_sdk(sample in sample(), keys in 0_usize..3) {
        let mut cache = SigningKeys::default();
        for _ in 0..keys {
            ours(&sample, &mut cache);
        }
        prop_assert_eq!(ours(&sample, &mut cache), sdks(&sample));
    }
}

fn ours(sample: &Sample, keys: &mut SigningKeys) -> Added {
    let key = AccessKey {
        id: sample.id.clone(),
        secret: Secret::new(sample.secret.as_str()),
        session_token: sample.token.as_deref().map(Secret::new),
        expires_at: None,
    };
    let payload = match &sample.body {
        Body::Bytes(bytes) => Payload::Bytes(bytes),
        Body::Hashed(hash) => Payload::Sha256(hash),
        Body::Unsigned => Payload::Unsigned,
    };
    let request = Request { method: sample.method, uri: &sample.uri, headers: &sample.headers, payload };
    let scope = Scope { region: &sample.region, service: &sample.service, signed_at: sample.signed_at };
    let signed = sigv4::sign(&request, &key, &scope, &sample.settings, keys).unwrap();
    let mut added = match sample.settings.placement {
        Placement::Headers => {
            assert_eq!(signed.uri, sample.uri);
            signed.headers.clone()
        }
        Placement::Query(_) => added_params(sample, &signed),
    };
    added.sort();
    (added, signed.signature.clone())
}

/// The parameters that `signed.uri` has and the request has not, decoded by the SDK's own parser.
fn added_params(sample: &Sample, signed: &SigningInstructions) -> Vec<(String, String)> {
    assert!(signed.headers.is_empty());
    let added = signed.uri.strip_prefix(&sample.uri).unwrap();
    let query = added.trim_start_matches(['?', '&']);
    query
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), percent_decode(value))
        })
        .collect()
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        bytes.push(u8::from_str_radix(after.get(..2).unwrap(), 16).unwrap());
        rest = after.get(2..).unwrap();
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).unwrap()
}

fn sdks(sample: &Sample) -> Added {
    let identity = Credentials::new(&sample.id, &sample.secret, sample.token.clone(), None, "test").into();
    let mut settings = aws_sigv4::http_request::SigningSettings::default();
    match sample.settings.placement {
        Placement::Headers => settings.signature_location = SignatureLocation::Headers,
        Placement::Query(seconds) => {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(seconds.into()));
        }
    }
    settings.percent_encoding_mode = match sample.settings.path_encoding {
        PathEncoding::Once => PercentEncodingMode::Single,
        PathEncoding::Twice => PercentEncodingMode::Double,
    };
    settings.uri_path_normalization_mode = match sample.settings.path_normalization {
        PathNormalization::On => UriPathNormalizationMode::Enabled,
        PathNormalization::Off => UriPathNormalizationMode::Disabled,
    };
    settings.payload_checksum_kind = match sample.settings.content_sha256_header {
        ContentSha256Header::Omit => PayloadChecksumKind::NoHeader,
        ContentSha256Header::Send => PayloadChecksumKind::XAmzSha256,
    };
    settings.session_token_mode = match sample.settings.session_token {
        SessionToken::Sign => SessionTokenMode::Include,
        SessionToken::AppendUnsigned => SessionTokenMode::Exclude,
    };
    let params = aws_sigv4::sign::v4::SigningParams::builder()
        .identity(&identity)
        .region(&sample.region)
        .name(&sample.service)
        .time(UNIX_EPOCH + Duration::from_secs(sample.signed_at))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let body = match &sample.body {
        Body::Bytes(bytes) => SignableBody::Bytes(bytes),
        Body::Hashed(hash) => SignableBody::Precomputed(hash.clone()),
        Body::Unsigned => SignableBody::UnsignedPayload,
    };
    let headers = sample.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let request = SignableRequest::new(sample.method, &sample.uri, headers, body)
        .unwrap_or_else(|error| panic!("the SDK does not parse {}: {error}", sample.uri));
    let (instructions, signature) = aws_sigv4::http_request::sign(request, &params).unwrap().into_parts();
    let headers = instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let params = instructions.params().iter().map(|(name, value)| ((*name).to_owned(), value.to_string()));
    let mut added: Vec<_> = headers.chain(params).collect();
    added.sort();
    (added, signature)
}

fn sample() -> impl Strategy<Value = Sample> {
    settings().prop_flat_map(|settings| {
        let request = (
            select(vec!["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"]),
            origin(),
            path(settings.path_encoding),
            query(),
            headers(),
            body(),
        );
        let signer = (
            "[A-Z0-9]{1,20}",
            "[!-~]{1,60}",
            proptest::option::of("[A-Za-z0-9+/=]{1,80}"),
            "[a-z]{2}-[a-z]{4,9}-[0-9]",
            "[a-z0-9-]{1,20}",
            0_u64..4_102_444_800,
        );
        (request, signer).prop_map(move |(request, (id, secret, token, region, service, signed_at))| {
            let (method, origin, path, query, headers, body) = request;
            let uri = [origin, path, query].concat();
            Sample {
                method,
                uri,
                headers,
                body,
                id,
                secret,
                token,
                region,
                service,
                signed_at,
                settings: settings.clone(),
            }
        })
    })
}

fn settings() -> impl Strategy<Value = SigningSettings> {
    (
        prop_oneof![Just(Placement::Headers), (1_u32..=604_800).prop_map(Placement::Query)],
        select(vec![PathEncoding::Once, PathEncoding::Twice]),
        select(vec![PathNormalization::On, PathNormalization::Off]),
        select(vec![ContentSha256Header::Omit, ContentSha256Header::Send]),
        select(vec![SessionToken::Sign, SessionToken::AppendUnsigned]),
    )
        .prop_map(
            |(placement, path_encoding, path_normalization, content_sha256_header, session_token)| {
                SigningSettings::default()
                    .placement(placement)
                    .path_encoding(path_encoding)
                    .path_normalization(path_normalization)
                    .content_sha256_header(content_sha256_header)
                    .session_token(session_token)
            },
        )
}

/// Without userinfo: the SDK signs it as part of the host, but no client sends it there (RFC 9110 §7.2).
fn origin() -> impl Strategy<Value = String> {
    ("(http|https)", "[a-z0-9]{1,9}(\\.[a-z0-9]{1,9}){0,3}", select(vec!["", ":80", ":443", ":8443"]))
        .prop_map(|(scheme, host, port)| format!("{scheme}://{host}{port}"))
}

/// Without raw spaces and the like, which the SDK's URI parser refuses. Where the path is encoded once, the SDK takes
/// it as it is and relies on a caller that encoded it strictly; there we encode what AWS will encode.
fn path(encoding: PathEncoding) -> BoxedStrategy<String> {
    match encoding {
        PathEncoding::Twice => {
            "(/(\\.|\\.\\.|[A-Za-z0-9._~!$&'()*+,;=:@éሴ🦀-]|%[0-9A-Fa-f]{2}){0,6}){0,6}".boxed()
        }
        PathEncoding::Once => proptest::collection::vec("(\\.|\\.\\.|\\PC{0,6})", 0..6)
            .prop_map(|segments| {
                segments.iter().flat_map(|segment| ["/".to_owned(), uri::percent_encode(segment)]).collect()
            })
            .boxed(),
    }
}

/// Escapes spell UTF-8: the SDK replaces other bytes by U+FFFD, where we sign the bytes that are sent. A '%' that starts
/// no escape is taken for itself by both.
fn query() -> impl Strategy<Value = String> {
    let text = || "([A-Za-z0-9._~!$'()*+,;:@/?éሴ-]|%[2-7][0-9A-Fa-f]|%[cC]3%[aA]9|%[g-z]){0,6}";
    let pair = (text(), select(vec!["", "=", "=="]), text())
        .prop_map(|(name, sign, value)| [&name, sign, &value].concat());
    proptest::option::of(proptest::collection::vec(pair, 0..8))
        .prop_map(|pairs| pairs.map_or(String::new(), |pairs| format!("?{}", pairs.join("&"))))
}

/// Values in ASCII without tabs: the SDK refuses the one, and does not reduce the other to a space as botocore and the
/// AWS Common Runtime do. Of the headers that we leave unsigned only those that the SDK does not sign either; none that
/// a signature adds, which we refuse.
fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        4 => "[Xx]-[A-Za-z][A-Za-z0-9_.-]{0,3}",
        1 => select(vec!["Host", "Content-Type", "content-length", "User-Agent", "x-amzn-trace-id", "Transfer-Encoding"])
            .prop_map(str::to_owned),
    ];
    proptest::collection::vec((name, "[ -~]{0,12}( {1,3}[!-~]{1,3}){0,3} {0,2}"), 0..8)
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        2 => proptest::collection::vec(any::<u8>(), 0..200).prop_map(Body::Bytes),
        1 => "[0-9a-f]{64}".prop_map(Body::Hashed),
        1 => Just(Body::Unsigned),
    ]
}
