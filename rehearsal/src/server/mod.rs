//! The services a client talks to, on loopback: the Query API, the bucket behind the wait handles, and the instances'
//! metadata.
//!
//! hyper without a framework: there are three kinds of path, the answers' bytes matter, and every signature is verified
//! over the request as it arrived.

mod actions;
mod addressee;
mod answer;
mod control;
mod faults;
mod handles;
mod limits;
mod metadata;
mod neighbours;
mod parameters;
mod query;
mod serve;
mod validation;
mod wording;

pub use faults::Faults;
pub(crate) use limits::Limits;
pub(crate) use serve::serve;

use std::sync::Arc;

use cfn_signal_core::http::Header;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};

use crate::account::{Account, Handles, Metadata};
use crate::auth::{AuthError, Caller, Presented};
use crate::clock;
use crate::faults::Met;
use crate::moment::Moment;
use crate::paths::ELSEWHERE;
use limits::BODY_TIME;

/// An answer.
pub type Reply = Response<Full<Bytes>>;

/// Everything that answers.
pub struct Services {
    /// Its stacks, its keys and its handles.
    pub account: Arc<Account>,
    /// Faults on demand.
    pub faults: Arc<Faults>,
    /// What clients may take.
    pub(crate) limits: Limits,
}

/// A request, read to its end.
pub(crate) struct Received {
    method: String,
    target: String,
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    body: Bytes,
    /// The faults on demand that it meets.
    met: Met,
}

impl Received {
    pub(crate) fn new(parts: Parts, body: Bytes) -> Self {
        // A proxy's form of the target holds an authority; the path and the query are signed without it.
        let target = parts.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
        Self {
            method: parts.method.as_str().to_owned(),
            target,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: parts.headers,
            body,
            met: Met::default(),
        }
    }

    /// The service's time.
    fn now(&self) -> Moment {
        self.met.service_time(clock::wall())
    }

    /// Who made it, where it has to be signed under this name.
    fn caller(&self, services: &Services, service: &str) -> Result<Caller, AuthError> {
        let headers: Vec<Header> = self
            .headers
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), std::str::from_utf8(value.as_bytes()).ok()?.to_owned()))
            })
            .collect();
        let (method, target) = (self.method.as_str(), self.target.as_str());
        let presented = Presented { method, target, headers: &headers, body: &self.body, service };
        services.account.verifier.verify(&presented, self.now())
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Answers one request at a listener that also is `metadata`'s.
pub(crate) async fn answer(services: &Services, metadata: &Metadata, request: Request<Incoming>) -> Reply {
    let _guard = services.account.activity.in_flight();
    if let Some(refusal) = addressee::refuse(&request) {
        return refusal;
    }
    let mut request = match read(services, request).await {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    let reply = match faults::meet(services, metadata, &mut request).await {
        Some(instead) => instead,
        None => dispatch(services, metadata, &request),
    };
    faults::finish(&request.met, reply)
}

/// What an answer is where no fault is met.
pub(crate) fn dispatch(services: &Services, metadata: &Metadata, request: &Received) -> Reply {
    if request.path.starts_with("/latest/") || request.path == "/latest" {
        return metadata::answer(metadata, request);
    }
    if Handles::is_bucket(&request.path) {
        return handles::answer(&services.account, request);
    }
    if let Some(path) = request.path.strip_prefix(control::PREFIX) {
        return control::answer(services, request, path);
    }
    if request.method == "CONNECT" {
        let why = "A rehearsal does not leave this machine\n";
        return plain(StatusCode::FORBIDDEN, "text/plain", why);
    }
    if request.path.starts_with(ELSEWHERE) {
        return query::elsewhere(services, request);
    }
    if let Some(reply) = neighbours::answer(services, request) {
        return reply;
    }
    if request.path == "/" {
        return query::answer(services, request);
    }
    plain(StatusCode::NOT_FOUND, "text/plain", "Not found\n")
}

async fn read(services: &Services, request: Request<Incoming>) -> Result<Received, Reply> {
    let (parts, body) = request.into_parts();
    let body = services.limits.read(body, BODY_TIME, limits::most(&parts.headers)).await?;
    Ok(Received::new(parts, body))
}

fn plain(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}
