//! The cases that AWS's SDKs share on credentials of the metadata service (`tests/data/imds-credentials-cases.json`): what the
//! finder's parts make of them, and the command.
//!
//! Where they differ on purpose, the table below says why. Everything else has to agree. Most credentials in the file have long
//! expired, as those of a service that is late with new ones have: they are to be used all the same.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Answer, Received, Run, Server, Signal, answer};
use cfn_signal::credentials::Chain as _;
use cfn_signal::http::{Client, HttpSettings, RootsSource};
use cfn_signal::imds::{Imds, ImdsError};
use cfn_signal::{AccessKey, CredentialsError};
use cfn_signal_instance::environment_chain::EnvironmentChain;
use serde_json::Value;

/// What the file expects of a client and this one does not do, how often, and why.
const DIFFERENCES: [(&str, usize, &str); 3] = [
    (
        "asks the extended path",
        13,
        "all that it adds is the account's id: both paths have the same names and the same keys",
    ),
    ("returns the account's id", 3, "no endpoint of CloudFormation's has it in its name"),
    (
        "remembers the role's name",
        6,
        "it is asked for each time, as AWS's SDK for Rust does: where a role has been replaced, the old one is not asked for",
    ),
];

const EXTENDED: &str = "/latest/meta-data/iam/security-credentials-extended";
const PLAIN: &str = "/latest/meta-data/iam/security-credentials";
const TOKEN_PATH: &str = "/latest/api/token";

struct Case {
    summary: String,
    profile: Option<String>,
    disabled: bool,
    /// For the list (no name) and for each role: what is answered, one after the other.
    answers: BTreeMap<String, VecDeque<(u16, String)>>,
    outcomes: Vec<Value>,
    /// Of [`DIFFERENCES`].
    differences: Vec<&'static str>,
}

fn cases() -> Vec<Case> {
    let text = include_str!("../../tests/data/imds-credentials-cases.json");
    let cases: Vec<Value> = serde_json::from_str(text).unwrap();
    assert_eq!(cases.len(), 14);
    cases.iter().map(case).collect()
}

fn case(case: &Value) -> Case {
    let expectations = case["expectations"].as_array().unwrap();
    let outcomes = case["outcomes"].as_array().unwrap().clone();
    let mut differences = Vec::new();
    let mut answers: BTreeMap<String, VecDeque<(u16, String)>> = BTreeMap::new();
    let asks_plainly = expectations.iter().any(|it| !it["get"].as_str().unwrap().starts_with(EXTENDED));
    let asks_extended = expectations.iter().any(|it| it["get"].as_str().unwrap().starts_with(EXTENDED));
    if asks_extended {
        differences.push("asks the extended path");
    }
    let (mut listed, mut replaced) = (0, false);
    for expectation in expectations {
        let path = expectation["get"].as_str().unwrap();
        let (extended, name) = match path.strip_prefix(EXTENDED) {
            Some(name) => (true, name),
            None => (false, path.strip_prefix(PLAIN).unwrap()),
        };
        let status = u16::try_from(expectation["response"]["status"].as_u64().unwrap()).unwrap();
        // A service that has no extended path, which the case says next of the plain one.
        if extended && asks_plainly {
            assert_eq!(status, 404);
            continue;
        }
        let name = name.trim_start_matches('/').to_owned();
        listed += usize::from(name.is_empty());
        replaced |= !name.is_empty() && status == 404;
        let body = match &expectation["response"]["body"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            object => object.to_string(),
        };
        answers.entry(name).or_default().push_back((status, body));
    }
    if listed > 0 && outcomes.len() > 1 && (listed < outcomes.len() || replaced) {
        differences.push("remembers the role's name");
    }
    if outcomes.iter().any(|outcome| outcome["accountId"].is_string()) {
        differences.push("returns the account's id");
    }
    let config = &case["config"];
    Case {
        summary: case["summary"].as_str().unwrap().to_owned(),
        profile: config["ec2InstanceProfileName"].as_str().map(str::to_owned),
        disabled: config["envVars"]["AWS_EC2_METADATA_DISABLED"] == "true",
        answers,
        outcomes,
        differences,
    }
}

impl Case {
    /// The service of the case; what it says last it says from then on.
    fn service(&self) -> Server {
        let answers = Mutex::new(self.answers.clone());
        Server::start(move |request| respond(&mut answers.lock().unwrap(), request))
    }
}

fn respond(answers: &mut BTreeMap<String, VecDeque<(u16, String)>>, request: &Received) -> Answer {
    if request.target == TOKEN_PATH {
        let ttl = ("x-aws-ec2-metadata-token-ttl-seconds", "21600".to_owned());
        return Some((200, vec![ttl], "TOKEN".to_owned()));
    }
    assert_eq!(request.headers["x-aws-ec2-metadata-token"], "TOKEN");
    // The plain path only: never the extended one.
    let name = request.target.strip_prefix(PLAIN).unwrap().strip_prefix('/').unwrap();
    let Some(queue) = answers.get_mut(name) else { return answer(404, "") };
    let (status, body) =
        if queue.len() > 1 { queue.pop_front().unwrap() } else { queue.front().unwrap().clone() };
    answer(status, &body)
}

fn client() -> Arc<Client> {
    Arc::new(Client::new(HttpSettings::default().with_roots(RootsSource::new(None, &|_| None))))
}

#[test]
fn every_case_has_its_outcomes() {
    for case in cases() {
        let service = case.service();
        let (url, disabled) = (service.url.clone(), case.disabled);
        let environment = move |name: &str| match name {
            "AWS_EC2_METADATA_SERVICE_ENDPOINT" => Some(url.clone()),
            "AWS_EC2_METADATA_DISABLED" => disabled.then(|| "true".to_owned()),
            _ => None,
        };
        let imds = Rc::new(Imds::from_environment(&environment, client()));
        let chain = EnvironmentChain::new(|_| None, Rc::clone(&imds));
        for outcome in &case.outcomes {
            match (outcome["result"].as_str().unwrap(), &case.profile) {
                ("credentials", Some(name)) => check(&case, &imds.role(name).unwrap()),
                ("credentials", None) => {
                    let (key, _) = chain.key(false, Duration::MAX).unwrap();
                    check(&case, &key);
                }
                ("invalid profile", Some(name)) => {
                    let error = imds.role(name).unwrap_err();
                    assert!(matches!(error, ImdsError::NotFound(_)), "{}: {error}", case.summary);
                }
                ("no credentials", None) => {
                    let error = chain.key(imds.is_gone(), Duration::MAX).unwrap_err();
                    // What is not there may come; what is disabled stays so.
                    let lasting = matches!(error, CredentialsError::Permanent(_));
                    assert_eq!(lasting, case.disabled, "{}: {error}", case.summary);
                }
                other => panic!("{}: {other:?}", case.summary),
            }
        }
        assert_eq!(service.received().is_empty(), case.disabled, "{}", case.summary);
    }
}

/// All cases have the same keys.
fn check(case: &Case, key: &AccessKey) {
    assert_eq!(key.id, "ASIAIOSFODNN7EXAMPLE", "{}", case.summary);
    assert_eq!(key.secret.expose(), "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "{}", case.summary);
    let token = key.session_token.as_ref().unwrap().expose();
    assert!(token.starts_with("AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT"), "{}", case.summary);
    // In March of 2025.
    assert!((1_740_787_200..1_743_465_600).contains(&key.expires_at.unwrap()), "{}", case.summary);
}

#[test]
fn the_command_signs_with_what_each_case_has() {
    for case in cases() {
        let (service, server) = (case.service(), Server::ok());
        let run = signal(&case, &service, &server);
        let signed = server.received();
        if case.outcomes[0]["result"] == "credentials" {
            assert_eq!((run.code, signed.len()), (0, 1), "{}: {run:?}", case.summary);
            let authorization = &signed[0].headers["authorization"];
            assert!(authorization.contains("Credential=ASIAIOSFODNN7EXAMPLE/"), "{}", case.summary);
            assert!(signed[0].headers["x-amz-security-token"].starts_with("AQoEXAMPLE"), "{}", case.summary);
        } else {
            assert_eq!((run.code, signed.len()), (15, 0), "{}: {run:?}", case.summary);
        }
        run.assert_hides(&["wJalrXUtnFEMI", "AQoEXAMPLE"]);
    }
}

fn signal(case: &Case, service: &Server, server: &Server) -> Run {
    let common =
        ["--stack", "S", "--resource", "R", "--region", "us-east-1", "-i", "x", "--url", &server.url];
    let signal = match &case.profile {
        Some(name) => Signal::new(&[&common[..], &["--role", name]].concat()),
        None => Signal::new(&[&common[..], &["--auth", "sigv4"]].concat()),
    };
    let signal = signal.argument("--deadline=2s".as_ref());
    if case.disabled {
        return signal.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &service.url).run();
    }
    signal.metadata(service).run()
}

#[test]
fn every_line_of_the_table_is_needed() {
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for difference in cases().iter().flat_map(|case| case.differences.clone()) {
        *found.entry(difference).or_default() += 1;
    }
    let listed: BTreeMap<&str, usize> = DIFFERENCES.iter().map(|(what, count, _)| (*what, *count)).collect();
    assert_eq!(found, listed);
}
