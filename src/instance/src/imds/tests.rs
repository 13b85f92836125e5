#![expect(clippy::unwrap_used, reason = "a test that fails by panicking")]

mod early;

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cfn_signal_core::causes;
use cfn_signal_core::deliver::SendError;
use cfn_signal_core::delivery::TransportError;
use cfn_signal_core::http::{Request, Response};

use super::access::Access;
use super::session::Session;
use super::{Imds, ImdsError, Time};
use crate::http::{Http, RequestLimits};
use crate::lacking::Lacking;

thread_local! {
    static NOW: Cell<Option<Instant>> = const { Cell::new(None) };
}

fn now() -> Instant {
    NOW.get().unwrap_or_else(|| {
        let now = Instant::now();
        NOW.set(Some(now));
        now
    })
}

/// Lets time pass, without waiting.
fn pass(duration: Duration) {
    NOW.set(Some(now() + duration));
}

/// A status and a body; or silence, for as long as the client waits; or nobody there.
#[derive(Clone, Debug)]
enum Reply {
    Answer(u16, &'static str),
    /// A token, and how long it is good for in seconds.
    Token(&'static str, &'static str),
    Silence,
    Refusal,
}

type Handler = Box<dyn Fn(&str, Option<&str>) -> Reply + Send + Sync>;

/// A service that answers as `handler` says: to a method and a path, and a token.
struct Service {
    handler: Handler,
    asked: Mutex<Vec<String>>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

impl Http for Service {
    fn send(&self, request: &Request, limits: RequestLimits) -> Result<Response, SendError> {
        let (_, path) = request.uri.split_once("/latest/").unwrap();
        let header = |name: &str| {
            request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
        };
        let token = header("x-aws-ec2-metadata-token");
        let line = format!("{} {path}", request.method);
        let carried = token.map(|token| format!(" {token}")).unwrap_or_default();
        self.asked.lock().unwrap().push(format!("{line}{carried}"));
        let (status, headers, body) = match (self.handler)(&line, token) {
            Reply::Answer(status, body) => (status, Vec::new(), body),
            Reply::Token(token, ttl) => {
                assert_eq!(header("x-aws-ec2-metadata-token-ttl-seconds"), Some("21600"));
                let ttl = ("X-Aws-Ec2-Metadata-Token-Ttl-Seconds".to_owned(), ttl.to_owned());
                (200, vec![ttl], token)
            }
            Reply::Silence => {
                pass(limits.total);
                return Err(silence());
            }
            Reply::Refusal => return Err(SendError::Failed(TransportError::Refused("nobody there".into()))),
        };
        Ok(Response { status, headers, body: body.into() })
    }
}

fn silence() -> SendError {
    SendError::Failed(TransportError::Timeout)
}

fn imds(
    variables: &'static [(&'static str, &'static str)],
    handler: impl Fn(&str, Option<&str>) -> Reply + Send + Sync + 'static,
) -> Imds<Service> {
    let value = |name: &str| variables.iter().find(|(known, _)| *known == name);
    let access = Access::from_environment(&|name| value(name).map(|(_, value)| (*value).to_owned()));
    Imds {
        access,
        http: Arc::new(Service { handler: Box::new(handler), asked: Mutex::default() }),
        session: RefCell::new(Session::Unknown),
        deadline: Cell::new(None),
        lacking: Lacking::default(),
        failed: RefCell::default(),
        time: Time { now, sleep: pass },
    }
}

fn asked(imds: &Imds<Service>) -> Vec<String> {
    std::mem::take(&mut *imds.http.asked.lock().unwrap())
}

const PUT: &str = "PUT api/token";
const ID: &str = "GET meta-data/instance-id";
const NO_VERSION_1: &[(&str, &str)] = &[("AWS_EC2_METADATA_V1_DISABLED", "true")];

/// A service that takes only the last token it gave: how many it has given is `given`.
fn strict(lifetime: &'static str) -> (Imds<Service>, Arc<Mutex<usize>>) {
    const TOKENS: [&str; 4] = ["t1", "t2", "t3", "t4"];
    let given = Arc::new(Mutex::new(0));
    let count = Arc::clone(&given);
    let imds = imds(&[], move |line, token| {
        let mut given = count.lock().unwrap();
        if line == PUT {
            let token = TOKENS.get(*given).unwrap();
            *given += 1;
            return Reply::Token(token, lifetime);
        }
        let valid = given.checked_sub(1).and_then(|last| TOKENS.get(last));
        if token == valid.copied() { Reply::Answer(200, "i-1") } else { Reply::Answer(401, "") }
    });
    (imds, given)
}

#[test]
fn a_token_that_is_refused_later_is_replaced_at_once() {
    let (imds, given) = strict("21600");
    assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
    assert_eq!(asked(&imds), [PUT, &format!("{ID} t1")]);
    // The service gives a token to somebody else, and forgets ours.
    *given.lock().unwrap() += 1;
    let before = now();
    assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
    assert_eq!(asked(&imds), [&format!("{ID} t1"), PUT, &format!("{ID} t3")]);
    assert_eq!(now(), before, "no pause");
    assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
    assert_eq!(asked(&imds), [format!("{ID} t3")]);
}

#[test]
fn a_token_is_renewed_two_minutes_before_its_end() {
    let (imds, _) = strict("600");
    for (seconds, token) in [(0, "t1"), (479, "t1"), (1, "t2"), (479, "t2"), (2, "t3")] {
        pass(Duration::from_secs(seconds));
        assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
        assert_eq!(asked(&imds).last(), Some(&format!("{ID} {token}")), "{seconds}");
    }
}

/// Six hours where the service does not say how long.
#[test]
fn a_token_without_an_end_has_the_one_that_was_asked_for() {
    let imds = imds(&[], |line, _| Reply::Answer(200, if line == PUT { "TOKEN" } else { "i-1" }));
    for (seconds, requests) in [(0, 2), (21_479, 1), (1, 2)] {
        pass(Duration::from_secs(seconds));
        assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
        assert_eq!(asked(&imds).len(), requests, "{seconds}");
    }
}

#[test]
fn a_fresh_token_that_is_refused_is_an_error() {
    let imds =
        imds(&[], |line, _| if line == PUT { Reply::Token("t", "21600") } else { Reply::Answer(401, "") });
    for _ in 0..2 {
        assert_eq!(imds.instance_id(), Err(ImdsError::TokenRefused));
        assert_eq!(asked(&imds), [PUT, &format!("{ID} t")]);
    }
}

#[test]
fn a_token_that_never_arrives_is_the_hop_limit_where_the_service_wants_one() {
    for variables in [&[][..], NO_VERSION_1] {
        let imds =
            imds(variables, |line, _| if line == PUT { Reply::Silence } else { Reply::Answer(401, "") });
        assert_eq!(imds.instance_id(), Err(ImdsError::HopLimited));
        assert!(!ImdsError::HopLimited.is_temporary());
        // An answer that is late is given a second chance.
        assert_eq!(asked(&imds).iter().filter(|line| *line == PUT).count(), 2);
        assert!(!imds.is_gone());
    }
}

#[test]
fn a_token_that_never_arrives_is_done_without_where_version_1_does() {
    let imds = imds(&[], |line, token| match line {
        PUT => Reply::Silence,
        _ => {
            assert_eq!(token, None);
            Reply::Answer(200, "i-1")
        }
    });
    assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
    assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
    assert_eq!(asked(&imds), [PUT, ID, ID]);
}

#[test]
fn version_1_is_left_alone_where_it_is_disabled() {
    let late =
        imds(NO_VERSION_1, |line, _| if line == PUT { Reply::Silence } else { Reply::Answer(200, "i-1") });
    assert_eq!(late.instance_id(), Err(ImdsError::HopLimited));
    assert_eq!(asked(&late), [PUT, "GET ", PUT, "GET "]);
    for status in [400, 403, 404, 405] {
        let imds =
            imds(NO_VERSION_1, move |line, _| Reply::Answer(if line == PUT { status } else { 200 }, "i-1"));
        assert_eq!(imds.instance_id(), Err(ImdsError::VersionOneDisabled));
        assert!(!ImdsError::VersionOneDisabled.is_temporary());
        assert_eq!(asked(&imds), [PUT]);
    }
}

#[test]
fn version_1_is_what_a_refused_token_leaves() {
    for status in [400, 403, 404, 405] {
        let imds = imds(&[], move |line, _| Reply::Answer(if line == PUT { status } else { 200 }, "i-1"));
        assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
        assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
        assert_eq!(asked(&imds), [PUT, ID, ID]);
    }
    let wants_one = imds(&[], |line, _| Reply::Answer(if line == PUT { 403 } else { 401 }, ""));
    assert_eq!(wants_one.instance_id(), Err(ImdsError::Unauthorized));
    assert!(!ImdsError::Unauthorized.is_temporary());
}

#[test]
fn a_token_that_fails_for_now_is_asked_for_again_and_says_nothing_of_the_version() {
    for status in [429, 500, 503] {
        let imds = imds(&[], move |_, _| Reply::Answer(status, ""));
        let error = ImdsError::Status { status, path: "api/token".to_owned() };
        assert!(error.is_temporary());
        assert_eq!(imds.instance_id(), Err(error));
        assert_eq!(asked(&imds), [PUT; 3]);
    }
    let count = Mutex::new(0);
    let imds = imds(&[], move |line, token| {
        let mut count = count.lock().unwrap();
        *count += 1;
        match (line, token) {
            (PUT, _) if *count < 3 => Reply::Answer(503, ""),
            (PUT, _) => Reply::Token("t", "21600"),
            (_, token) => Reply::Answer(if token == Some("t") { 200 } else { 401 }, "i-1"),
        }
    });
    assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
}

#[test]
fn what_answers_with_a_page_has_given_no_token() {
    for page in ["<html>\n<body>", "Please log in", "", "tök"] {
        let imds = imds(&[], move |_, _| Reply::Answer(200, page));
        assert_eq!(imds.instance_id(), Err(ImdsError::Malformed("token".to_owned())), "{page:?}");
        assert_eq!(asked(&imds), [PUT; 3]);
    }
}

#[test]
fn a_service_that_is_not_there_is_left_alone_for_a_while_and_no_longer() {
    let there = Arc::new(Mutex::new(false));
    let switch = Arc::clone(&there);
    let imds = imds(&[], move |line, _| match (*switch.lock().unwrap(), line) {
        (false, _) => Reply::Silence,
        (true, PUT) => Reply::Token("t", "21600"),
        (true, _) => Reply::Answer(200, "i-1"),
    });
    let started = now();
    let error = ImdsError::Unreachable(silence());
    assert!(error.is_temporary());
    assert_eq!(imds.instance_id(), Err(error.clone()));
    assert_eq!(asked(&imds), [PUT, ID]);
    assert!(now() - started < Duration::from_millis(2500), "{:?}", now() - started);
    assert!(imds.is_gone());
    pass(Duration::from_millis(4999));
    assert_eq!(imds.region(), Err(error));
    assert!(asked(&imds).is_empty());
    *there.lock().unwrap() = true;
    pass(Duration::from_millis(1));
    assert!(!imds.is_gone());
    assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
}

#[test]
fn a_service_that_answered_before_is_not_taken_for_gone() {
    let there = Arc::new(Mutex::new(true));
    let switch = Arc::clone(&there);
    let imds = imds(&[], move |line, _| match (*switch.lock().unwrap(), line) {
        (false, _) => Reply::Refusal,
        (true, PUT) => Reply::Token("t", "21600"),
        (true, _) => Reply::Answer(200, "i-1"),
    });
    assert_eq!(imds.instance_id().as_deref(), Ok("i-1"));
    *there.lock().unwrap() = false;
    let error = imds.instance_id().unwrap_err();
    assert_eq!(causes::line(&error), "instance metadata cannot be reached: nobody there", "told once");
    assert!(error.is_temporary() && !imds.is_gone());
}

#[test]
fn tries_and_timeouts_are_the_environments() {
    const PATIENT: &[(&str, &str)] =
        &[("AWS_METADATA_SERVICE_TIMEOUT", "7"), ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "5")];
    let imds = imds(PATIENT, |line, _| if line == PUT { Reply::Silence } else { Reply::Answer(503, "") });
    let started = now();
    assert!(imds.instance_id().is_err());
    assert_eq!(asked(&imds).len(), 10);
    // 5 tries of 7 seconds, and 100, 200, 400 and 800 ms between them.
    assert_eq!(now() - started, Duration::from_millis(36_500));
}

#[test]
fn a_role_without_credentials_says_why() {
    let refused = r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role web.","LastUpdated":"x"}"#;
    for (body, expected) in [
        (
            refused,
            ImdsError::NoCredentials {
                code: "AssumeRoleUnauthorizedAccess".to_owned(),
                message: "EC2 cannot assume the role web.".to_owned(),
            },
        ),
        (
            "{\"Code\":\"Success\",\"AccessKeyId\":\"AK",
            ImdsError::Malformed("answer for the role web".to_owned()),
        ),
        ("{}", ImdsError::Malformed("answer for the role web".to_owned())),
    ] {
        let imds = imds(
            &[],
            move |line, _| {
                if line == PUT { Reply::Token("t", "600") } else { Reply::Answer(200, body) }
            },
        );
        let error = imds.role("web").unwrap_err();
        assert_eq!(error, expected);
        assert!(imds.may_yet_come(&error), "{error}");
    }
    let error = ImdsError::NoCredentials { code: "Failed".to_owned(), message: String::new() };
    assert_eq!(error.to_string(), "instance metadata has no credentials of it: Failed");
}

#[test]
fn an_identity_document_that_is_cut_off_is_none() {
    for signature in ["", "<html>"] {
        let imds = imds(&[], move |line, _| match line {
            PUT => Reply::Token("t", "600"),
            "GET dynamic/instance-identity/signature" => Reply::Answer(200, signature),
            _ => Reply::Answer(200, "{}"),
        });
        assert!(imds.identity().unwrap_err().is_temporary(), "{signature}");
    }
    for document in ["{\"accountId\" : \"1234", "", "<html>"] {
        let imds = imds(&[], move |line, _| match line {
            PUT => Reply::Token("t", "600"),
            "GET dynamic/instance-identity/document" => Reply::Answer(200, document),
            _ => Reply::Answer(200, "c2ln"),
        });
        let error = imds.identity().unwrap_err();
        assert_eq!(error, ImdsError::Malformed("dynamic/instance-identity/document".to_owned()));
        assert!(error.is_temporary());
    }
}
