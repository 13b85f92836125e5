#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that fails by panicking")]

use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::EnvironmentChain;
use crate::finder::Chain as _;
use crate::http::{Http, RequestLimits, Route};
use crate::imds::Imds;
use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::CredentialsError;
use cfn_signal_core::delivery::TransportError;
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::identity::AccessKey;

const KEYS: &str = r#"{"Code": "Success", "AccessKeyId": "ASIAROLE", "SecretAccessKey": "role's secret",
    "Token": "role's token", "Expiration": "2026-01-01T00:00:00Z"}"#;

/// A metadata service that has these paths, and remembers what it was asked for.
#[derive(Debug)]
struct Metadata {
    values: &'static [(&'static str, &'static str)],
    asked: Mutex<Vec<String>>,
    answers: bool,
}

impl Http for Metadata {
    fn send(&self, request: &Request, limits: RequestLimits) -> Result<Response, SendError> {
        assert_eq!(limits.route, Route::Direct, "never through a proxy");
        let (_, path) = request.uri.split_once("/latest/").unwrap();
        self.asked.lock().unwrap().push(path.to_owned());
        if !self.answers {
            return Err(SendError::Failed(TransportError::Refused("nobody there".to_owned())));
        }
        let value = match path {
            "api/token" => Some("TOKEN"),
            _ => self.values.iter().find(|(known, _)| *known == path).map(|(_, value)| *value),
        };
        let body = value.unwrap_or_default().into();
        Ok(Response { status: if value.is_some() { 200 } else { 404 }, headers: Vec::new(), body })
    }
}

const WITH_ROLE: &[(&str, &str)] = &[
    ("meta-data/iam/security-credentials/", "web-role\nother-role\n"),
    ("meta-data/iam/security-credentials/web-role", KEYS),
];

struct Found {
    result: Result<(AccessKey, String), CredentialsError>,
    asked: Vec<String>,
}

fn find(environment: fn(&str) -> Option<String>, values: &'static [(&'static str, &'static str)]) -> Found {
    search(environment, Metadata { values, asked: Mutex::default(), answers: true }, false)
}

fn search(environment: fn(&str) -> Option<String>, metadata: Metadata, is_gone: bool) -> Found {
    let http = Arc::new(metadata);
    let imds = Rc::new(Imds::from_environment(&|_| None, Arc::clone(&http)));
    let result = EnvironmentChain::new(environment, imds).key(is_gone, Duration::from_secs(1));
    let asked = http.asked.lock().unwrap().clone();
    Found { result, asked }
}

fn bare(_: &str) -> Option<String> {
    None
}

/// The line, of an error that does not pass by itself.
fn error(found: &Found) -> &str {
    match found.result.as_ref().err().unwrap() {
        CredentialsError::Permanent(line) => line,
        other => panic!("it may pass: {other}"),
    }
}

/// The line, of an error that may.
fn lack(found: &Found) -> &str {
    match found.result.as_ref().err().unwrap() {
        CredentialsError::Temporary(line) => line,
        other => panic!("it does not pass: {other}"),
    }
}

#[test]
fn the_environment_comes_first_and_nobody_is_asked() {
    let found = find(
        |name| match name {
            "AWS_ACCESS_KEY_ID" => Some("AKIDENV".to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some("env's secret".to_owned()),
            "AWS_SESSION_TOKEN" => Some("env's token".to_owned()),
            _ => None,
        },
        WITH_ROLE,
    );
    let (key, source) = found.result.unwrap();
    assert_eq!(
        (key.id.as_str(), key.secret.expose(), source.as_str()),
        ("AKIDENV", "env's secret", "the environment")
    );
    assert_eq!(key.session_token.map(|token| token.expose().to_owned()).as_deref(), Some("env's token"));
    assert_eq!(key.expires_at, None);
    assert!(found.asked.is_empty(), "{:?}", found.asked);
}

#[test]
fn an_empty_variable_is_none() {
    let found = find(
        |name| match name {
            "AWS_ACCESS_KEY_ID" => Some("AKIDENV".to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some("env's secret".to_owned()),
            _ => Some(String::new()),
        },
        &[],
    );
    assert_eq!(found.result.unwrap().0.session_token, None);
    let (key, _) = find(|_| Some(String::new()), WITH_ROLE).result.unwrap();
    assert_eq!(key.id, "ASIAROLE");
}

#[test]
fn half_a_key_is_a_mistake_and_not_told() {
    let found = find(|name| (name == "AWS_ACCESS_KEY_ID").then(|| "AKIDENV".to_owned()), WITH_ROLE);
    assert_eq!(error(&found), "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY");
    let found = find(|name| (name == "AWS_SECRET_ACCESS_KEY").then(|| "env's secret".to_owned()), WITH_ROLE);
    assert_eq!(error(&found), "AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID");
    assert!(found.asked.is_empty(), "{:?}", found.asked);
}

#[test]
fn then_the_first_role_of_the_instance() {
    let found = find(bare, WITH_ROLE);
    let (key, source) = found.result.unwrap();
    assert_eq!((key.id.as_str(), key.secret.expose()), ("ASIAROLE", "role's secret"));
    assert_eq!(source, "the instance's role web-role");
    assert_eq!(key.session_token.map(|token| token.expose().to_owned()).as_deref(), Some("role's token"));
    assert_eq!(key.expires_at, Some(1_767_225_600));
    assert_eq!(
        found.asked,
        ["api/token", "meta-data/iam/security-credentials/", "meta-data/iam/security-credentials/web-role"]
    );
}

#[test]
fn where_there_is_none_the_line_says_where_was_looked() {
    let nothing = "nothing in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)";
    let no_role = "; no role of the instance: instance metadata has no meta-data/iam/security-credentials/";
    for values in [&[][..], &[("meta-data/iam/security-credentials/", "\n")]] {
        assert_eq!(lack(&find(bare, values)), [nothing, no_role].concat());
    }
    let unreadable = &[
        ("meta-data/iam/security-credentials/", "r"),
        ("meta-data/iam/security-credentials/r", r#"{"SecretAccessKey": "half a secret""#),
    ];
    let said = "; no role of the instance: instance metadata's answer for the role r cannot be read";
    assert_eq!(lack(&find(bare, unreadable)), [nothing, said].concat());
}

#[test]
fn a_service_that_is_gone_is_not_asked_again() {
    let gone = || Metadata { values: WITH_ROLE, asked: Mutex::default(), answers: false };
    let found = search(bare, gone(), true);
    assert_eq!(error(&found), "nothing in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)");
    assert!(found.asked.is_empty(), "{:?}", found.asked);
    // It may be late: its absence is no lasting one.
    let found = search(bare, gone(), false);
    let error = found.result.unwrap_err();
    assert!(matches!(&error, CredentialsError::Temporary(_)), "{error:?}");
    assert!(error.why().ends_with("instance metadata cannot be reached: nobody there"), "{error}");
}
