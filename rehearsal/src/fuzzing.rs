//! For this project's fuzzers: what they reach that has no public function.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use cfn_signal_core::sigv4::{Payload, Request, Scope, SigningKeys, SigningSettings, sign};
use http_body_util::BodyExt as _;
use hyper::body::Bytes;
use tokio::runtime::{Builder, Runtime};

use crate::account::{ACCOUNT_ID, Account, AccountOptions, Metadata, Outlets, UserDataFrom};
use crate::clock::{self, ClockKind};
use crate::faults::Plan;
use crate::listen::bind;
use crate::run::user_data;
use crate::server::{Faults, Limits, Received, Services, dispatch};
use crate::shelf::Shelf;
use crate::template::{Inputs, Supplied, Template, TemplateError};

const REGION: &str = "us-east-1";

/// What becomes of user data: the names of what runs, or why nothing does; and the notes.
pub fn take_apart(user_data: &[u8]) -> (Result<Vec<String>, String>, Vec<String>) {
    match user_data::read(user_data) {
        Ok(read) => (Ok(read.names().into_iter().map(str::to_owned).collect()), read.notes().to_vec()),
        Err((why, notes)) => (Err(why.to_string()), notes),
    }
}

/// Reads a template and plans its stack with the parameters' defaults: how many resources there are.
///
/// # Errors
///
/// [`TemplateError`].
pub fn plan(text: &str) -> Result<usize, TemplateError> {
    let template = Template::parse(text, "template")?;
    let planned = template.resolve(&Inputs {
        stack_name: "stack".to_owned(),
        stack_id: format!("arn:aws:cloudformation:{REGION}:{ACCOUNT_ID}:stack/stack/1"),
        region: REGION.to_owned(),
        account_id: ACCOUNT_ID.to_owned(),
        parameters: &BTreeMap::new(),
        physical_id: &|logical_id, _| format!("{logical_id}-1"),
        get_att: &|_, _| None,
        supplied: Supplied::nothing(),
    })?;
    Ok(planned.stack.resources.len())
}

/// The services of an empty account, without a connection in between.
pub struct Server {
    services: Services,
    metadata: Arc<Metadata>,
    // Dropped after what listens in it.
    _outlets: Outlets,
    runtime: Runtime,
}

/// Whom a request is made as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// As it is.
    Nobody,
    /// Signed with the account's key.
    Key,
    /// With a token of the metadata service.
    Token,
    /// To the URL of the handle `Handle` of the stack that the target names.
    Handle,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `content-type`.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
}

impl Server {
    /// Opens one. None where this machine gives no port, or no randomness.
    pub fn open() -> Option<Self> {
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let context = runtime.enter();
        let bound = bind(SocketAddr::from(([127, 0, 0, 1], 0))).ok()?;
        let options = AccountOptions {
            region: REGION.to_owned(),
            account_id: ACCOUNT_ID.to_owned(),
            clock: ClockKind::Virtual,
            denied: Vec::new(),
            supplied: Supplied::default(),
            user_data: UserDataFrom::Template,
            real_names: false,
            leaves_windows: false,
        };
        let (account, mut outlets) = Account::open(&options, Shelf::default(), bound).ok()?;
        account.open_rest().ok()?;
        let metadata = outlets.openings.try_recv().ok()?.metadata;
        drop(context);
        let services = Services {
            account: account.share(),
            faults: Arc::new(Faults::new(Plan::default())),
            limits: Limits::default(),
        };
        Some(Self { services, metadata, _outlets: outlets, runtime })
    }

    /// Answers a request. None for one that is not HTTP.
    pub fn answer(
        &self,
        caller: Caller,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Option<Answer> {
        let account = &self.services.account;
        let mut target = target.to_owned();
        let mut headers = headers.to_vec();
        match caller {
            Caller::Nobody => {}
            Caller::Key => headers.extend(self.signature(method, &target, &headers, body)?),
            Caller::Token => {
                let token = self.metadata.tokens.issue(clock::wall().as_seconds().saturating_add(60));
                headers.push(("x-aws-ec2-metadata-token".to_owned(), token));
            }
            Caller::Handle => target = account.handles.url(&account.find(&target)?.id, "Handle"),
        }
        let mut request = hyper::Request::builder().method(method).uri(&target);
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let (parts, ()) = request.body(()).ok()?.into_parts();
        let _context = self.runtime.enter();
        let received = Received::new(parts, Bytes::copy_from_slice(body));
        let (parts, body) = dispatch(&self.services, &self.metadata, &received).into_parts();
        let content_type = parts.headers.get("content-type").and_then(|it| it.to_str().ok());
        let body = self.runtime.block_on(body.collect()).ok()?.to_bytes();
        Some(Answer {
            status: parts.status.as_u16(),
            content_type: content_type.unwrap_or_default().to_owned(),
            body,
        })
    }

    /// The next timeout's time has come.
    pub fn pass_time(&self) {
        let _context = self.runtime.enter();
        let account = &self.services.account;
        if let Some(deadline) = account.deadline() {
            account.clock.jump_to(deadline);
            account.timer();
        }
    }

    fn signature(
        &self,
        method: &str,
        target: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Option<Vec<(String, String)>> {
        let host = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("host"));
        let uri = format!("http://{}{target}", host.map_or("localhost", |(_, host)| host.as_str()));
        let request = Request { method, uri: &uri, headers, payload: Payload::Bytes(body) };
        let now = clock::wall().as_seconds();
        let scope = Scope { region: REGION, service: "cloudformation", signed_at: now };
        let settings = SigningSettings::default();
        let key = &self.services.account.key;
        let mut signed = sign(&request, key, &scope, &settings, &mut SigningKeys::new()).ok()?.headers;
        if host.is_none() {
            signed.push(("host".to_owned(), "localhost".to_owned()));
        }
        Some(signed)
    }
}
