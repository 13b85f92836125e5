//! What signs, what explains and what verifies agree about any request, and add nothing that HTTP cannot carry.
//!
//! Input: `[presign=SECONDS] [s3] [append] [token] [unsigned] [region=] [service=] [at=]`, then `METHOD URI`, headers, a body.

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::sigv4::verify::{Received, expected};
use cfn_signal_core::sigv4::{
    Authorization, Explanation, Payload, Placement, Request, Scope, SessionToken, SigningInstructions,
    SigningKeys, SigningSettings, explain, sign,
};
use cfn_signal_core::uri;

use crate::checks;
use crate::message::Message;

/// Signs, explains and verifies `input`.
pub fn run(input: &[u8]) {
    let Some(message) = Message::read(input) else { return };
    let settings = settings(&message);
    let key = AccessKey {
        id: "AKIDEXAMPLE".to_owned(),
        secret: checks::SECRET.to_owned().into(),
        session_token: message.says("token").then(|| checks::TOKEN.to_owned().into()),
        expires_at: None,
    };
    let scope = Scope {
        region: message.told("region").unwrap_or("us-east-1"),
        service: message.told("service").unwrap_or("cloudformation"),
        signed_at: message.told("at").and_then(|at| at.parse().ok()).unwrap_or(1_440_938_160),
    };
    let (method, uri) = message.second.split_once(' ').unwrap_or(("GET", &message.second));
    let payload = if message.says("unsigned") { Payload::Unsigned } else { Payload::Bytes(message.body) };
    let request = Request { method, uri, headers: &message.headers, payload };
    let signed = sign(&request, &key, &scope, &settings, &mut SigningKeys::new());
    match (signed, explain(&request, &key, &scope, &settings)) {
        (Ok(signed), Ok(explained)) => agree(&request, &key, &scope, &settings, &signed, &explained),
        (Err(refused), Err(unexplained)) => assert_eq!(refused, unexplained),
        (signed, explained) => {
            assert_eq!(signed.is_ok(), explained.is_ok(), "one refuses and the other does not")
        }
    }
}

fn settings(message: &Message<'_>) -> SigningSettings {
    let settings = if message.says("s3") { SigningSettings::s3() } else { SigningSettings::default() };
    let token = if message.says("append") { SessionToken::AppendUnsigned } else { SessionToken::Sign };
    let presign = message.told("presign").map(|seconds| seconds.parse().unwrap_or(u32::MAX));
    settings.session_token(token).placement(presign.map_or(Placement::Headers, Placement::Query))
}

fn agree(
    request: &Request<'_>,
    key: &AccessKey,
    scope: &Scope<'_>,
    settings: &SigningSettings,
    signed: &SigningInstructions,
    explained: &Explanation,
) {
    for text in signed.headers.iter().flat_map(|(name, value)| [name, value]).chain([&signed.uri]) {
        assert!(!text.contains(['\r', '\n', '\0']), "HTTP cannot carry {text:?}");
    }
    let parts = uri::split(&signed.uri);
    let mut headers = request.headers.to_vec();
    headers.extend(signed.headers.iter().cloned());
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        headers.push(("host".to_owned(), parts.host().unwrap_or_default().to_owned()));
    }
    let query = parts.query.map(|query| format!("?{query}")).unwrap_or_default();
    let signed_headers = match settings.placement {
        Placement::Headers => signed
            .headers
            .iter()
            .find(|(name, _)| name == "authorization")
            .and_then(|(_, value)| Authorization::parse(value))
            .map(|authorization| authorization.signed_headers),
        Placement::Query(_) => query
            .split(['?', '&'])
            .filter_map(|pair| pair.strip_prefix("X-Amz-SignedHeaders="))
            .next_back()
            .map(|names| String::from_utf8_lossy(&uri::percent_decode(names)).into_owned()),
    };
    let received = Received {
        method: request.method,
        target: &format!("{}{query}", parts.path),
        headers: &headers,
        signed_headers: &signed_headers.unwrap_or_default(),
        payload_hash: explained.canonical_request.rsplit('\n').next().unwrap_or_default(),
    };
    match expected(&received, key, scope, settings, &mut SigningKeys::new()) {
        Ok(found) => {
            assert_eq!(found.canonical_request(), explained.canonical_request);
            assert_eq!(found.string_to_sign(), explained.string_to_sign);
            assert!(found.matches(&signed.signature), "what was signed does not verify");
        }
        Err(error) => assert_eq!(error.to_string(), "", "what was signed cannot be verified"),
    }
}
