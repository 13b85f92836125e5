#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::{CredentialsError, Freshness, IdentityRequest, TransportError};
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::identity::AccessKey;

use super::{Auth, Chain, Explicit, Finder};
use crate::http::{Http, RequestLimits};
use crate::imds::Imds;

/// A metadata service that gives tokens, and this for everything else; or one that is not there.
#[derive(Debug)]
struct Metadata(Option<u16>);

impl Http for Metadata {
    fn send(&self, request: &Request, _: RequestLimits) -> Result<Response, SendError> {
        let status = self.0.ok_or(SendError::Failed(TransportError::Refused("nobody there".to_owned())))?;
        let status = if request.method == "PUT" { 200 } else { status };
        Ok(Response { status, headers: Vec::new(), body: "TOKEN".into() })
    }
}

struct Failing(CredentialsError);

impl Chain for Failing {
    fn key(&self, _: bool, _: Duration) -> Result<(AccessKey, String), CredentialsError> {
        Err(self.0.clone())
    }
}

fn permanent(line: &str) -> CredentialsError {
    CredentialsError::Permanent(line.to_owned())
}

fn temporary(line: &str) -> CredentialsError {
    CredentialsError::Temporary(line.to_owned())
}

fn find(
    status: Option<u16>,
    explicit: Option<Explicit>,
    auth: Auth,
    chain: CredentialsError,
) -> CredentialsError {
    let imds = Rc::new(Imds::from_environment(&|_| None, Arc::new(Metadata(status))));
    let mut finder = Finder::new(explicit, auth, imds, Failing(chain));
    finder.look(Freshness::Cached).map(|(_, source)| source).unwrap_err()
}

#[test]
fn what_may_pass_is_told_from_what_does_not() {
    let document = "dynamic/instance-identity/document";
    let only = "--auth instance works on an EC2 instance only";
    let fails = format!("instance metadata answers 503 for {document}");
    let absent = "instance metadata cannot be reached: nobody there";
    let lacks = format!("instance metadata has no {document}");
    let cases = [
        (Some(503), Auth::Instance, permanent("-"), temporary(&format!("{fails}; {only}"))),
        (None, Auth::Instance, permanent("-"), temporary(&format!("{absent}; {only}"))),
        // The first minute of an instance looks so, too.
        (Some(404), Auth::Instance, permanent("-"), temporary(&format!("{lacks}; {only}"))),
        (Some(503), Auth::SigV4, permanent("none"), permanent("AWS chain: none")),
        (Some(503), Auth::SigV4, temporary("none"), temporary("AWS chain: none")),
        (Some(404), Auth::Auto, permanent("none"), temporary(&format!("{lacks}; AWS chain: none"))),
        (Some(404), Auth::Auto, temporary("none"), temporary(&format!("{lacks}; AWS chain: none"))),
        (Some(503), Auth::Auto, permanent("none"), temporary(&format!("{fails}; AWS chain: none"))),
        // At boot the network may be late.
        (None, Auth::Auto, permanent("none"), temporary(&format!("{absent}; AWS chain: none"))),
        (None, Auth::Auto, temporary("none"), temporary(&format!("{absent}; AWS chain: none"))),
    ];
    for (status, auth, chain, expected) in cases {
        assert_eq!(find(status, None, auth, chain), expected, "{status:?} {auth:?}");
    }
}

#[test]
fn a_role_that_is_named_is_waited_for() {
    let role = |status: Option<u16>, name: &str| {
        find(status, Some(Explicit::Role(name.to_owned())), Auth::Auto, permanent("-"))
    };
    let only = "--role works on an EC2 instance only";
    let failed = "instance metadata answers 500 for meta-data/iam/security-credentials/web";
    let absent = "instance metadata cannot be reached: nobody there";
    for (status, why) in [(Some(500), failed), (None, absent)] {
        assert_eq!(
            role(status, "web"),
            temporary(&format!("no credentials of the role web: {why}; {only}")),
            "{status:?}"
        );
    }
    let none = "the instance has no role named web: check the name and the instance profile";
    assert_eq!(role(Some(404), "web"), temporary(none), "it may be attached in a moment");
    let arn = "arn:aws:iam::1:role/web";
    assert_eq!(role(None, arn), permanent("--role takes a role's name, not its ARN: try --role web"));
}

/// A metadata service that is late to say nothing.
#[derive(Debug)]
struct Late;

impl Http for Late {
    fn send(&self, _: &Request, _: RequestLimits) -> Result<Response, SendError> {
        std::thread::sleep(Duration::from_millis(300));
        Err(SendError::Failed(TransportError::Timeout))
    }
}

/// Keeps how long it may search.
struct Patient(Rc<Cell<Option<Duration>>>);

impl Chain for Patient {
    fn key(&self, _: bool, patience: Duration) -> Result<(AccessKey, String), CredentialsError> {
        self.0.set(Some(patience));
        Err(temporary("nothing"))
    }
}

#[test]
fn the_chain_has_what_the_instance_left_of_the_time() {
    let patience = Rc::default();
    let imds = Rc::new(Imds::from_environment(&|_| None, Arc::new(Late)));
    let mut finder = Finder::new(None, Auth::Auto, imds, Patient(Rc::clone(&patience)));
    finder.find(IdentityRequest::new(Freshness::Cached, 1_000)).unwrap_err();
    assert!(patience.get().unwrap() <= Duration::from_millis(700), "{patience:?}");
}
