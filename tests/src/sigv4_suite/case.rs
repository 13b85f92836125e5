//! A case as the file has it, and as a signer takes it.

use std::path::Path;

use cfn_signal_core::identity::AccessKey;
use cfn_signal_core::secret::Secret;
use cfn_signal_core::sigv4::{
    self, ContentSha256Header, PathEncoding, PathNormalization, Payload, Placement, Scope, SessionToken,
    SigningSettings,
};
use serde::Deserialize;

use super::decisions::{Answer, DECISIONS, Decision};

/// One case.
#[derive(Deserialize)]
pub struct Case {
    /// `suite/name/mode`.
    pub id: String,
    /// Where the signature goes.
    pub mode: Mode,
    /// What is signed, as whom, when and how.
    pub request: Request,
    /// What the suite says comes out.
    pub expect: Expected,
    /// What is known about the case.
    pub note: Option<String>,
}

/// Where a case's signature goes.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Into the `Authorization` header.
    Header,
    /// Into the query.
    Query,
}

/// What is signed, as whom, when and how.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The absolute URI, possibly with characters that no URI may hold.
    pub url: String,
    /// The headers, `Host` among them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    credentials: Credentials,
    region: String,
    service: String,
    datetime: String,
    normalize: bool,
    #[serde(default = "yes")]
    double_uri_encode: bool,
    #[serde(default)]
    sign_body: bool,
    #[serde(default)]
    omit_session_token: bool,
    expires: Option<u32>,
    /// The case's, again.
    #[serde(rename = "mode")]
    _mode: Mode,
}

#[derive(Deserialize)]
struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

/// What a suite says comes out; `None` is not said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// What is hashed.
    pub canonical_request: String,
    /// What is signed.
    pub string_to_sign: Option<String>,
    /// Lower-case hex.
    pub signature: Option<String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The whole signed request.
    pub signed_request_raw: Option<String>,
}

#[derive(Deserialize)]
struct File {
    count: usize,
    cases: Vec<Case>,
}

/// Every case, in the file's order.
pub(super) fn read() -> Result<Vec<Case>, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sigv4-cases.json");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let file: File = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    if file.count == file.cases.len() {
        Ok(file.cases)
    } else {
        Err(format!("{} says {} cases and has {}", path.display(), file.count, file.cases.len()))
    }
}

impl Case {
    /// The decision about this case, if it is a contested one.
    #[must_use]
    pub fn decision(&self) -> Option<&'static Decision> {
        DECISIONS.iter().find(|row| row.id == self.id)
    }

    /// The request to sign.
    #[must_use]
    pub fn request(&self) -> sigv4::Request<'_> {
        sigv4::Request {
            method: &self.request.method,
            uri: &self.request.url,
            headers: &self.request.headers,
            payload: Payload::Bytes(self.request.body.as_bytes()),
        }
    }

    /// Whom to sign as.
    #[must_use]
    pub fn access_key(&self) -> AccessKey {
        let credentials = &self.request.credentials;
        AccessKey {
            id: credentials.access_key_id.clone(),
            secret: Secret::new(credentials.secret_access_key.as_str()),
            session_token: credentials.session_token.as_deref().map(Secret::new),
            expires_at: None,
        }
    }

    /// What the signature is for.
    ///
    /// # Errors
    ///
    /// The case's time is malformed.
    pub fn scope(&self) -> Result<Scope<'_>, String> {
        let digits: String = self.request.datetime.chars().filter(|c| !matches!(c, '-' | ':')).collect();
        let signed_at = sigv4::verify::parse_date(&digits)
            .ok_or_else(|| format!("{}: not a time: {}", self.id, self.request.datetime))?;
        Ok(Scope { region: &self.request.region, service: &self.request.service, signed_at })
    }

    /// How to sign.
    #[must_use]
    pub fn settings(&self) -> SigningSettings {
        let request = &self.request;
        let single = self.decision().is_some_and(|row| row.answer == Answer::SuiteEncodedOnce);
        SigningSettings::default()
            .placement(match self.mode {
                Mode::Header => Placement::Headers,
                Mode::Query => Placement::Query(request.expires.unwrap_or_default()),
            })
            .path_encoding(if request.double_uri_encode && !single {
                PathEncoding::Twice
            } else {
                PathEncoding::Once
            })
            .path_normalization(if request.normalize {
                PathNormalization::On
            } else {
                PathNormalization::Off
            })
            .content_sha256_header(if request.sign_body {
                ContentSha256Header::Send
            } else {
                ContentSha256Header::Omit
            })
            .session_token(if request.omit_session_token {
                SessionToken::AppendUnsigned
            } else {
                SessionToken::Sign
            })
    }

    /// The URI up to its path.
    pub(super) fn origin(&self) -> String {
        let parts = cfn_signal_core::uri::split(&self.request.url);
        format!("{}://{}", parts.scheme.unwrap_or_default(), parts.authority.unwrap_or_default())
    }
}

fn yes() -> bool {
    true
}
