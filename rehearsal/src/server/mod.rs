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
mod inside;
mod limits;
mod metadata;
mod neighbours;
mod parameters;
mod query;
mod serve;
mod validation;

pub use faults::Faults;
pub(crate) use faults::refuse_for_a_while;
pub(crate) use inside::{Asked, Door, Inside};
pub(crate) use limits::Limits;
pub(crate) use serve::{converse, serve};

use std::sync::Arc;

use cfn_signal_core::http::Header;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};

use crate::account::{Account, Handles, Metadata};
use crate::auth::streaming::Chain;
use crate::auth::{AuthError, Caller, Presented, signing_name};
use crate::clock;
use crate::faults::Met;
use crate::hosts::Service;
use crate::moment::Moment;
use crate::paths::ELSEWHERE;
use limits::{BODY_TIME, MAX_BODY, MAX_SENT};

/// An answer.
pub type Reply = Response<Full<Bytes>>;

/// Where services that are of no region are asked.
const GLOBAL_REGION: &str = "us-east-1";

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
    /// Whom it is for, as far as where it arrived says so.
    front: Front,
}

/// Whom a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    /// Its path and its signature say so.
    Loopback,
    /// The instance's metadata.
    Metadata,
    /// The service whose name it was asked by.
    Named(Service),
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
            front: Front::Loopback,
        }
    }

    /// The service's time.
    fn now(&self) -> Moment {
        self.met.service_time(clock::wall())
    }

    /// Who made it, where it has to be signed under this name.
    fn caller(&self, services: &Services, service: &str) -> Result<Caller, AuthError> {
        let headers = self.all_headers();
        services.account.verifier.verify(&self.presented(&headers, service), self.now())
    }

    /// The signatures of the chunks of its body, once its own is verified.
    fn chain(&self, services: &Services, service: &str) -> Option<Chain> {
        let headers = self.all_headers();
        services.account.verifier.chain(&self.presented(&headers, service))
    }

    fn presented<'a>(&'a self, headers: &'a [Header], service: &'a str) -> Presented<'a> {
        let (method, target) = (self.method.as_str(), self.target.as_str());
        let region = (self.front == Front::Named(Service::Sts { is_global: true })).then_some(GLOBAL_REGION);
        Presented { method, target, headers, body: &self.body, service, region }
    }

    fn all_headers(&self) -> Vec<Header> {
        let text = |value: &HeaderValue| Some(std::str::from_utf8(value.as_bytes()).ok()?.to_owned());
        let all = self.headers.iter();
        all.filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?))).collect()
    }

    /// The name that it says it is signed under.
    fn signing_name(&self) -> Option<String> {
        signing_name(self.header("authorization"), self.query.as_deref())
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
    if metadata::is_path(&request.path) {
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
    let of_s3 = limits::is_s3(&parts.headers, &parts.uri);
    let most = if of_s3 { MAX_SENT } else { u64::try_from(MAX_BODY).unwrap_or(u64::MAX) };
    let length = parts.headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    let read = if length.is_some_and(|it| it > most) {
        // Clients that send on are told only once they have sent it all.
        limits::discard(body, BODY_TIME).await;
        Err(limits::too_long())
    } else {
        services.limits.read(body, BODY_TIME, usize::try_from(most).unwrap_or(usize::MAX)).await
    };
    match read {
        Ok(body) => Ok(Received::new(parts, body)),
        // In the protocol of whom it is for.
        Err(refusal) => {
            let unread = Received::new(parts, Bytes::new());
            Err(neighbours::unread(&unread, refusal.status(), length).unwrap_or(refusal))
        }
    }
}

fn plain(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}
