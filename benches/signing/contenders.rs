//! Who signs.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use cfn_signal::engine::Signer;
use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{
    self, Payload, Request, Scope, SigningInstructions, SigningKeys, SigningSettings as Settings,
};

const URI: &str = "https://cloudformation.eu-west-1.amazonaws.com/?Action=SignalResource&LogicalResourceId=WebServer\
    &StackName=web&UniqueId=i-0123456789abcdef0&Status=SUCCESS&ContentType=JSON&Version=2010-05-15";
const HEADER: (&str, &str) = ("accept", "application/json");
const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const REGION: &str = "eu-west-1";
const SERVICE: &str = "cloudformation";

/// Somebody who signs the request.
pub trait Contender {
    /// Its name.
    fn name(&self) -> &'static str;

    /// The header that it gives a request with `body`, on that day.
    fn sign(&mut self, body: &[u8], day: u64) -> String;
}

fn signed_at(day: u64) -> u64 {
    1_700_000_000 + day * 86_400
}

fn method(body: &[u8]) -> &'static str {
    if body.is_empty() { "GET" } else { "POST" }
}

/// What is the same for the two of ours.
struct Ours {
    headers: [(String, String); 1],
    key: AccessKey,
    settings: Settings,
}

impl Default for Ours {
    fn default() -> Self {
        let secret = Secret::new(SECRET.to_owned());
        Self {
            headers: [(HEADER.0.to_owned(), HEADER.1.to_owned())],
            key: AccessKey { id: ID.to_owned(), secret, session_token: None, expires_at: None },
            settings: Settings::default(),
        }
    }
}

impl Ours {
    fn sign(
        &self,
        body: &[u8],
        day: u64,
        sign: impl FnOnce(&Request<'_>, &AccessKey, &Scope<'_>, &Settings) -> SigningInstructions,
    ) -> String {
        let payload = Payload::Bytes(body);
        let request = Request { method: method(body), uri: URI, headers: &self.headers, payload };
        let scope = Scope { region: REGION, service: SERVICE, signed_at: signed_at(day) };
        let signed = sign(&request, &self.key, &scope, &self.settings);
        let authorization = signed.headers.into_iter().find(|(name, _)| name == "authorization");
        authorization.unwrap().1
    }
}

/// In the component.
pub struct Component {
    ours: Ours,
    signer: Signer,
}

impl Component {
    pub fn new() -> Self {
        Self { ours: Ours::default(), signer: Signer::new().unwrap() }
    }
}

impl Contender for Component {
    fn name(&self) -> &'static str {
        "component"
    }

    fn sign(&mut self, body: &[u8], day: u64) -> String {
        let signer = &mut self.signer;
        self.ours.sign(body, day, |request, key, scope, settings| {
            signer.sign(request, key, scope, settings).unwrap()
        })
    }
}

/// The same code, without the component.
#[derive(Default)]
pub struct Native {
    ours: Ours,
    keys: SigningKeys,
}

impl Contender for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn sign(&mut self, body: &[u8], day: u64) -> String {
        let keys = &mut self.keys;
        self.ours.sign(body, day, |request, key, scope, settings| {
            sigv4::sign(request, key, scope, settings, keys).unwrap()
        })
    }
}

/// The AWS SDK's.
pub struct Aws {
    identity: Identity,
}

impl Aws {
    pub fn new() -> Self {
        Self { identity: Credentials::from_keys(ID, SECRET, None).into() }
    }
}

impl Contender for Aws {
    fn name(&self) -> &'static str {
        "aws-sigv4"
    }

    fn sign(&mut self, body: &[u8], day: u64) -> String {
        let params = SigningParams::builder()
            .identity(&self.identity)
            .region(REGION)
            .name(SERVICE)
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(signed_at(day)))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let request =
            SignableRequest::new(method(body), URI, [HEADER].into_iter(), SignableBody::Bytes(body)).unwrap();
        let (signed, _) = aws_sigv4::http_request::sign(request, &params).unwrap().into_parts();
        let (headers, _) = signed.into_parts();
        let authorization = headers.into_iter().find(|header| header.name() == "authorization");
        authorization.unwrap().value().to_owned()
    }
}
