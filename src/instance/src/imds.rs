//! The EC2 instance metadata service: asked only for what is needed, and never for long.
//!
//! One token serves until shortly before its end (IMDSv2). Where the service gives none, or its answer does not arrive, the
//! request goes without (IMDSv1), unless that is disabled. A service that does not answer at all is left alone for a while.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html>

mod access;
mod error;
mod session;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::IgnoredAny;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::http::{Http, RequestLimits, Route};
use super::itself::is_name;
use super::lacking::Lacking;
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::identity::{AccessKey, InstanceDocument};
use cfn_signal_core::secret::Secret;

pub use access::patience;
pub use error::ImdsError;

use access::Access;
use session::{Pass, Session, Why};

/// Before the second try for a value; the third waits twice as long, and so on.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long a service that was not there is not asked again.
const ABSENCE: Duration = Duration::from_secs(5);
/// Between two questions for a value that is waited for.
const BETWEEN: Duration = Duration::from_millis(500);
/// What a last question takes, before the time is up.
const LAST_QUESTION: Duration = Duration::from_millis(300);

/// How the metadata service lets itself be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Manner {
    /// With a token (IMDSv2).
    Token,
    /// Without, for it gives none (IMDSv1).
    NoTokens,
    /// Without, for the answer with the token does not arrive: the hop limit is too low.
    TokenLost,
}

/// The metadata service, as one process sees it.
#[derive(Debug)]
pub struct Imds<H> {
    access: Access,
    http: Arc<H>,
    session: RefCell<Session>,
    /// When whoever asks gives up.
    deadline: Cell<Option<Instant>>,
    /// Since when something is lacking that may yet come.
    lacking: Lacking,
    /// What was asked for last in vain, and why.
    failed: RefCell<Option<(String, ImdsError)>>,
    time: Time,
}

impl<H: Http> Imds<H> {
    /// The service as AWS's variables in `environment` say, over `http`. Asks nothing yet.
    #[must_use]
    pub fn from_environment(environment: &dyn Fn(&str) -> Option<String>, http: Arc<H>) -> Self {
        Self {
            access: Access::from_environment(environment),
            http,
            session: RefCell::new(Session::Unknown),
            deadline: Cell::new(None),
            lacking: Lacking::default(),
            failed: RefCell::default(),
            time: Time { now: Instant::now, sleep },
        }
    }

    /// Nothing that is asked from now on takes longer than `patience`, all together.
    ///
    /// Where that is not much, a service that was not there is asked again at once: it could not be later.
    pub fn within(&self, patience: Duration) {
        if patience < ABSENCE * 2 && matches!(*self.session.borrow(), Session::Gone(..)) {
            self.settle(Session::Unknown);
        }
        self.deadline.set((self.time.now)().checked_add(patience));
    }

    /// Whether what `error` says may be otherwise when it is asked for again later.
    #[must_use]
    pub fn may_yet_come(&self, error: &ImdsError) -> bool {
        if error.is_early() {
            return self.lacking.may_yet_come((self.time.now)());
        }
        error.is_temporary()
    }

    /// Asks until there is an answer, as long as `worth` says that the error is worth it, for `patience` at most and never
    /// beyond the time of [`Self::within`].
    ///
    /// # Errors
    ///
    /// The last one.
    pub fn insist<T>(
        &self,
        patience: Duration,
        worth: impl Fn(&ImdsError) -> bool,
        ask: impl Fn(&Self) -> Result<T, ImdsError>,
    ) -> Result<T, ImdsError> {
        let started = (self.time.now)();
        loop {
            let error = match ask(self) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let spent = (self.time.now)() - started;
            let left = self.left().unwrap_or(Duration::MAX).min(patience.saturating_sub(spent));
            if !worth(&error) || left <= LAST_QUESTION {
                return Err(error);
            }
            (self.time.sleep)(BETWEEN.min(left - LAST_QUESTION));
            // Whoever waits for a service leaves it alone for no longer than that.
            if self.is_gone() && self.access.url.is_some() {
                self.settle(Session::Unknown);
            }
        }
    }

    /// What is left of [`Self::within`]'s time; `None` where it was never called.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        self.deadline.get().map(|deadline| deadline.saturating_duration_since((self.time.now)()))
    }

    /// Whether the service was not there when it was last asked, a moment ago, or must not be asked.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let now = (self.time.now)();
        self.access.url.is_none() || matches!(*self.session.borrow(), Session::Gone(_, until) if now < until)
    }

    /// How the service lets itself be asked, once it has been; `None` where it has not answered.
    #[must_use]
    pub fn manner(&self) -> Option<Manner> {
        match *self.session.borrow() {
            Session::Token { .. } => Some(Manner::Token),
            Session::Tokenless(Why::Refused) => Some(Manner::NoTokens),
            Session::Tokenless(Why::Silent) => Some(Manner::TokenLost),
            Session::Unknown | Session::Gone(..) => None,
        }
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

    /// The value of one of the instance's tags, which the instance has to allow in its metadata. What `fits` not is somebody
    /// else's.
    ///
    /// # Errors
    ///
    /// As [`ImdsError`] says.
    pub fn tag(&self, key: &str, fits: impl Fn(&str) -> bool) -> Result<String, ImdsError> {
        let path = format!("meta-data/tags/instance/{key}");
        let value = self.get(&path)?;
        if fits(&value) { Ok(value) } else { Err(ImdsError::Malformed(path)) }
    }

    /// The identity document and its signature.
    ///
    /// # Errors
    ///
    /// As [`ImdsError`] says.
    pub fn identity(&self) -> Result<InstanceDocument, ImdsError> {
        const DOCUMENT: &str = "dynamic/instance-identity/document";
        let document = Secret::new(self.get(DOCUMENT)?);
        // One that was cut off is no document: AWS would refuse it for good.
        if serde_json::from_str::<IgnoredAny>(document.expose()).is_err() {
            return Err(ImdsError::Malformed(DOCUMENT.to_owned()));
        }
        const SIGNATURE: &str = "dynamic/instance-identity/signature";
        let signature = Secret::new(self.get(SIGNATURE)?);
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte);
        if signature.is_empty() || !signature.expose().bytes().all(is_base64) {
            return Err(ImdsError::Malformed(SIGNATURE.to_owned()));
        }
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
        let malformed = || ImdsError::Malformed(format!("answer for the role {name}"));
        let said: Said = serde_json::from_str(body.expose()).map_err(|_| malformed())?;
        if let Some(code) = said.code.filter(|code| code != "Success") {
            return Err(ImdsError::NoCredentials { code, message: said.message.unwrap_or_default() });
        }
        let parsed: RoleCredentials = serde_json::from_str(body.expose()).map_err(|_| malformed())?;
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
        if is_name(&name) { Ok(name) } else { Err(ImdsError::Malformed(path.to_owned())) }
    }

    /// One value, without the white space at its end.
    fn get(&self, path: &str) -> Result<String, ImdsError> {
        let started = (self.time.now)();
        let mut pause = PAUSE;
        let mut tries = 1;
        loop {
            let error = match self.attempt(path) {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            // One answer that is late looks as if none could arrive.
            let lasting = !error.is_temporary() && error != ImdsError::HopLimited;
            let gone = self.is_gone();
            if lasting || gone || tries == self.access.tries || !self.has_time(started, pause) {
                let silent = matches!(*self.session.borrow(), Session::Unknown | Session::Gone(..));
                if silent && !gone && matches!(error, ImdsError::Unreachable(_)) {
                    self.settle(Session::Gone(error.clone(), (self.time.now)() + ABSENCE));
                }
                tracing::debug!(path, tries, %error, "no instance metadata");
                return Err(self.known_better(path, error));
            }
            (self.time.sleep)(pause);
            pause = LONGEST_PAUSE.min(pause * 2);
            tries += 1;
        }
    }

    /// Where the time was over this time, what was in the way before says more.
    fn known_better(&self, path: &str, error: ImdsError) -> ImdsError {
        let mut failed = self.failed.borrow_mut();
        match (&*failed, error) {
            (Some((known, before)), ImdsError::OutOfTime) if known == path => before.clone(),
            (_, ImdsError::OutOfTime) => ImdsError::OutOfTime,
            (_, error) => {
                *failed = Some((path.to_owned(), error.clone()));
                error
            }
        }
    }

    /// Whether another try fits in, after a pause: for a value that is asked for since `started`.
    fn has_time(&self, started: Instant, pause: Duration) -> bool {
        let now = (self.time.now)();
        now - started + pause + self.access.timeout <= self.access.budget
            && self.deadline.get().is_none_or(|deadline| now + pause < deadline)
    }

    fn attempt(&self, path: &str) -> Result<String, ImdsError> {
        let base = self.access.url.as_deref().ok_or(ImdsError::Disabled)?;
        let known = matches!(*self.session.borrow(), Session::Token { .. } | Session::Tokenless(_));
        let answer = self.value(base, path, &self.pass(base)?);
        match answer {
            // What was known is so no more: a token has ended early, or a service that gave none has begun to.
            Err(ImdsError::TokenRefused | ImdsError::Unauthorized | ImdsError::HopLimited) if known => {
                self.value(base, path, &self.pass(base)?)
            }
            answer => answer,
        }
    }

    fn value(&self, base: &str, path: &str, pass: &Pass) -> Result<String, ImdsError> {
        let token =
            pass.token().map(|token| ("x-aws-ec2-metadata-token".to_owned(), token.expose().to_owned()));
        let response = self.send("GET", format!("{base}/latest/{path}"), token.into_iter().collect())?;
        if let (200 | 404, Pass::None(Why::Silent)) = (response.status, pass) {
            self.settle(Session::Tokenless(Why::Silent));
        }
        match response.status {
            200 => {
                let body =
                    String::from_utf8(response.body).map_err(|_| ImdsError::Malformed(path.to_owned()))?;
                tracing::debug!(path, "instance metadata");
                Ok(body.trim_end().to_owned())
            }
            401 => {
                self.settle(Session::Unknown);
                Err(pass.refused())
            }
            404 => Err(ImdsError::NotFound(path.to_owned())),
            status => Err(ImdsError::Status { status, path: path.to_owned() }),
        }
    }

    fn settle(&self, session: Session) {
        *self.session.borrow_mut() = session;
    }

    fn send(&self, method: &str, uri: String, headers: Vec<(String, String)>) -> Result<Response, ImdsError> {
        let timeout = self.left().unwrap_or(self.access.timeout).min(self.access.timeout);
        if timeout.is_zero() {
            return Err(ImdsError::OutOfTime);
        }
        let request = Request { method: method.to_owned(), uri, headers, body: Vec::new() };
        let limits = RequestLimits { connect: timeout, total: timeout, route: Route::Direct };
        self.http.send(&request, limits).map_err(ImdsError::Unreachable)
    }
}

/// The clock that is used up, a test's own in tests.
#[derive(Clone, Copy)]
struct Time {
    now: fn() -> Instant,
    sleep: fn(Duration),
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}

/// What the service says of a role besides its credentials.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Said {
    code: Option<String>,
    message: Option<String>,
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

#[cfg(test)]
mod tests;
