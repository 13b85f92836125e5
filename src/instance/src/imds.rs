//! The EC2 instance metadata service: asked only for what is needed, and never for long.
//!
//! One token serves the whole process (IMDSv2). Where the service gives none, the request goes without
//! (IMDSv1). A service that does not answer is asked no further.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>

use std::cell::RefCell;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::http::{Http, Limits, Route};
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::identity::{AccessKey, InstanceDocument};
use cfn_signal_core::secret::Secret;

/// To connect, and to answer once connected.
const PATIENCE: Duration = Duration::from_secs(1);
/// For one value, tries and pauses together.
const BUDGET: Duration = Duration::from_millis(2500);
/// Tries for one value, and the pause before the second; the third waits twice as long.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);
/// Of an instance's id or a region's name, in characters: both are much shorter.
const LONGEST_NAME: usize = 64;
/// Of a token, in seconds: the longest allowed.
const TOKEN_TTL: &str = "21600";

/// Where the service is, if it may be asked at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(Option<String>);

impl Endpoint {
    /// As `AWS_EC2_METADATA_DISABLED`, `AWS_EC2_METADATA_SERVICE_ENDPOINT` and
    /// `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE` say.
    ///
    /// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-client.html>
    #[must_use]
    pub fn from_environment(environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        if set("AWS_EC2_METADATA_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Self(None);
        }
        let mode = set("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").unwrap_or_default();
        let default = if mode.eq_ignore_ascii_case("ipv6") {
            "http://[fd00:ec2::254]"
        } else {
            "http://169.254.169.254"
        };
        let url = set("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or_else(|| default.to_owned());
        Self(Some(url.trim_end_matches('/').to_owned()))
    }
}

/// Why metadata could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImdsError {
    /// By the environment.
    #[error("instance metadata is disabled (AWS_EC2_METADATA_DISABLED)")]
    Disabled,
    /// Not on an instance, or no way to the service.
    #[error("instance metadata cannot be reached: {0}")]
    Unreachable(String),
    /// The service wants a token and gave none: a hop limit of 1 keeps tokens from containers.
    #[error(
        "instance metadata wants a token and gives none (in a container the instance's metadata hop limit has to be 2)"
    )]
    Unauthorized,
    /// The instance has no such metadata.
    #[error("instance metadata has no {0}")]
    NotFound(String),
    /// Any other answer.
    #[error("instance metadata answers {status} for {path}")]
    Status {
        /// The HTTP status.
        status: u16,
        /// What was asked for.
        path: String,
    },
    /// An answer that makes no sense.
    #[error("instance metadata's {0} cannot be read")]
    Malformed(String),
}

/// What is known of the service so far.
#[derive(Clone, Debug)]
enum Session {
    Unknown,
    Token(Secret),
    /// It gives no tokens: version 1.
    Tokenless,
    Gone(ImdsError),
}

/// The metadata service, as one process sees it.
#[derive(Debug)]
pub struct Imds<H> {
    endpoint: Endpoint,
    http: Arc<H>,
    session: RefCell<Session>,
}

impl<H: Http> Imds<H> {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(endpoint: Endpoint, http: Arc<H>) -> Self {
        Self { endpoint, http, session: RefCell::new(Session::Unknown) }
    }

    /// Whether the service is known not to be there.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.endpoint.0.is_none() || matches!(*self.session.borrow(), Session::Gone(_))
    }

    /// `instance-id`.
    ///
    /// # Errors
    ///
    /// As [`ImdsError`] says.
    pub fn instance_id(&self) -> Result<String, ImdsError> {
        self.name("meta-data/instance-id")
    }

    /// The instance's region.
    ///
    /// # Errors
    ///
    /// As [`ImdsError`] says.
    pub fn region(&self) -> Result<String, ImdsError> {
        self.name("meta-data/placement/region")
    }

    /// The value of one of the instance's tags, which the instance has to allow in its metadata.
    ///
    /// # Errors
    ///
    /// As [`ImdsError`] says.
    pub fn tag(&self, key: &str) -> Result<String, ImdsError> {
        self.get(&format!("meta-data/tags/instance/{key}"))
    }

    /// The identity document and its signature.
    ///
    /// # Errors
    ///
    /// As [`ImdsError`] says.
    pub fn identity(&self) -> Result<InstanceDocument, ImdsError> {
        let document = Secret::new(self.get("dynamic/instance-identity/document")?);
        let signature = Secret::new(self.get("dynamic/instance-identity/signature")?);
        Ok(InstanceDocument { document, signature })
    }

    /// The name of the role in the instance's profile, which has one.
    ///
    /// # Errors
    ///
    /// As [`ImdsError`] says.
    pub fn first_role(&self) -> Result<String, ImdsError> {
        const PATH: &str = "meta-data/iam/security-credentials/";
        let names = self.get(PATH)?;
        let first = names.lines().next().unwrap_or_default().trim();
        if first.is_empty() { Err(ImdsError::NotFound(PATH.to_owned())) } else { Ok(first.to_owned()) }
    }

    /// The credentials of the role called `name`.
    ///
    /// # Errors
    ///
    /// As [`ImdsError`] says.
    pub fn role(&self, name: &str) -> Result<AccessKey, ImdsError> {
        let body = Secret::new(self.get(&format!("meta-data/iam/security-credentials/{name}"))?);
        let parsed: RoleCredentials = serde_json::from_str(body.expose())
            .map_err(|_| ImdsError::Malformed(format!("answer for the role {name}")))?;
        let expires_at = parsed
            .expiration
            .and_then(|text| OffsetDateTime::parse(&text, &Rfc3339).ok())
            .and_then(|at| u64::try_from(at.unix_timestamp()).ok());
        Ok(AccessKey {
            id: parsed.access_key_id,
            secret: parsed.secret_access_key.into(),
            session_token: parsed.token.map(Secret::from),
            expires_at,
        })
    }

    /// A value that is a name: a page of whoever else answers at that address is none.
    fn name(&self, path: &str) -> Result<String, ImdsError> {
        let name = self.get(path)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(plain) {
            return Err(ImdsError::Malformed(path.to_owned()));
        }
        Ok(name)
    }

    /// One value, without the white space at its end.
    fn get(&self, path: &str) -> Result<String, ImdsError> {
        let started = Instant::now();
        let mut pause = PAUSE;
        let mut tries = 1;
        loop {
            let error = match self.attempt(path) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let lasting =
                !matches!(&error, ImdsError::Unreachable(_) | ImdsError::Status { status: 500.., .. });
            if lasting || tries == TRIES || started.elapsed() + pause + PATIENCE > BUDGET {
                let silent = matches!(*self.session.borrow(), Session::Unknown);
                if silent && matches!(error, ImdsError::Unreachable(_)) {
                    *self.session.borrow_mut() = Session::Gone(error.clone());
                }
                tracing::debug!(path, tries, %error, "no instance metadata");
                return Err(error);
            }
            sleep(pause);
            pause *= 2;
            tries += 1;
        }
    }

    fn attempt(&self, path: &str) -> Result<String, ImdsError> {
        let base = self.endpoint.0.as_deref().ok_or(ImdsError::Disabled)?;
        let token = self.token(base)?;
        let headers = token
            .into_iter()
            .map(|token| ("x-aws-ec2-metadata-token".to_owned(), token.expose().to_owned()))
            .collect();
        let response = self.send("GET", format!("{base}/latest/{path}"), headers)?;
        match response.status {
            200 => {
                let body =
                    String::from_utf8(response.body).map_err(|_| ImdsError::Malformed(path.to_owned()))?;
                tracing::debug!(path, "instance metadata");
                Ok(body.trim_end().to_owned())
            }
            401 => {
                // The token may have been the fault: the next value asks for another.
                *self.session.borrow_mut() = Session::Unknown;
                Err(ImdsError::Unauthorized)
            }
            404 => Err(ImdsError::NotFound(path.to_owned())),
            status => Err(ImdsError::Status { status, path: path.to_owned() }),
        }
    }

    /// The process's token; `None` where the service gives none.
    fn token(&self, base: &str) -> Result<Option<Secret>, ImdsError> {
        match &*self.session.borrow() {
            Session::Token(token) => return Ok(Some(token.clone())),
            Session::Tokenless => return Ok(None),
            Session::Gone(error) => return Err(error.clone()),
            Session::Unknown => {}
        }
        let mut answer = self.ask_for_token(base)?;
        if answer.status >= 500 {
            // It fails for now, which says nothing of its version.
            sleep(PAUSE);
            answer = self.ask_for_token(base)?;
        }
        let token = if answer.status == 200 {
            let text = String::from_utf8(answer.body).map_err(|_| ImdsError::Malformed("token".into()))?;
            Some(Secret::new(text.trim()))
        } else {
            None
        };
        *self.session.borrow_mut() = token.clone().map_or(Session::Tokenless, Session::Token);
        Ok(token)
    }

    fn ask_for_token(&self, base: &str) -> Result<Response, ImdsError> {
        let ttl = vec![("x-aws-ec2-metadata-token-ttl-seconds".to_owned(), TOKEN_TTL.to_owned())];
        self.send("PUT", format!("{base}/latest/api/token"), ttl)
    }

    fn send(&self, method: &str, uri: String, headers: Vec<(String, String)>) -> Result<Response, ImdsError> {
        let request = Request { method: method.to_owned(), uri, headers, body: Vec::new() };
        let limits = Limits { connect: PATIENCE, total: PATIENCE, route: Route::Direct };
        self.http.send(&request, limits).map_err(|error| ImdsError::Unreachable(error.to_string()))
    }
}

/// A role's credentials, as the service spells them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RoleCredentials {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<String>,
}
