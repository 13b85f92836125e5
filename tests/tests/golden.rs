//! The recorded runs of Amazon's helper (`tests/data/golden-cases.json`), replayed against ours, or against
//! `GOLDEN_COMMAND`: `make test-hosts` replays them in `command.wasm` under wasmtime.
//!
//! Compared are the exit class, standard output, every request where the original sent each once (the first request
//! and that there were more where it retried), and the text of usage errors. [`DIFFERENCES`] is the whole list of what
//! is meant to differ.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cfn_signal_tests::binaries;
use cfn_signal_tests::metadata::{self, Mode};
use cfn_signal_tests::recorder::{Answer, Recorded, Recorder};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    args: Vec<String>,
    imds: String,
    plan: Vec<Planned>,
    expect: Expect,
}

#[derive(Deserialize)]
struct Planned {
    status: u16,
    #[serde(default)]
    headers: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
struct Expect {
    exit: i32,
    requests: Vec<Request>,
    stdout: String,
    stderr_tail: String,
}

#[derive(Clone, Deserialize, PartialEq)]
struct Request {
    method: String,
    target: String,
    headers: serde_json::Map<String, serde_json::Value>,
    body: String,
}

/// How a run differs from the original's, on purpose.
enum Difference {
    /// Refused with exit 1 before anything is sent.
    Refused,
    /// Delivered, with the request changed like this (from, to); where the original sent none, this is its target.
    Changed(&'static str, &'static str),
    /// Sent as there and delivered, although the original gives up before it sends.
    Delivered,
    /// Tried again, where the original gives up.
    Retried,
    /// Sent as there and, where the original follows a redirect, sent there again.
    NotFollowed,
}

const INSTANCES_REGION: Difference = Difference::Changed("/us-east-1/", "/us-west-2/");

/// Every deliberate difference, with its reason: the README's table has the same.
const DIFFERENCES: [(&str, Difference, &str); 12] = [
    ("e-res-empty", Difference::Refused, "an empty --resource is refused"),
    (
        "data-json",
        Difference::Changed(r#""UniqueId": """#, r#""UniqueId": "i-0123456789abcdef0""#),
        "an empty -i counts as not given",
    ),
    (
        "r-id-empty",
        Difference::Changed("UniqueId=&", "UniqueId=i-0123456789abcdef0&"),
        "an empty --id counts as not given",
    ),
    ("r-id-empty", INSTANCES_REGION, "the region is the instance's before it is us-east-1"),
    ("r-emptyregion", Difference::Delivered, "an empty --region counts as not given"),
    ("e-rs-301", INSTANCES_REGION, "the region is the instance's before it is us-east-1"),
    ("e-rs-301", Difference::NotFollowed, "a signed request follows no redirect"),
    ("e-rs-spacesig", INSTANCES_REGION, "the region is the instance's before it is us-east-1"),
    ("e-wch-400", Difference::Retried, "an answer that is not S3's is never final"),
    ("e-wch-429", Difference::Retried, "429 is retried"),
    ("r-throttlingexception", Difference::Retried, "ThrottlingException is retried"),
    ("w-fqdn", Difference::Changed("host.example.com", ""), "the recording machine's name, not this one's"),
];

/// Left out for `GOLDEN_COMMAND`: a component knows no name of the machine that it is on, and its proxies are its host's.
const OF_A_MACHINE: [&str; 2] = ["w-fqdn", "e-wch-httpproxy"];

#[test]
fn the_recorded_runs_replay() {
    let mut cases = cases();
    assert_eq!(cases.len(), 54);
    if binaries::foreign_command().is_some() {
        cases.retain(|case| !OF_A_MACHINE.contains(&case.name.as_str()));
    }
    for (name, ..) in &DIFFERENCES {
        let known = OF_A_MACHINE.contains(name) || cases.iter().any(|case| case.name == *name);
        assert!(known, "{name} is in the table of differences only");
    }
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = replay(case, &cases) {
                        failures.lock().unwrap().push(format!("{}: {why}", case.name));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {} differ:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

fn cases() -> Vec<Case> {
    let text = include_str!("../data/golden-cases.json");
    serde_json::from_str(text).expect("the recorded runs are JSON")
}

fn replay(case: &Case, cases: &[Case]) -> Result<(), String> {
    let server = Recorder::planned(case.plan.iter().map(answer).collect()).unwrap();
    let output = run(case, &server, cases);
    let sent: Vec<Request> = server.requests().iter().map(|request| masked(request, &server.url())).collect();
    check(case, &output, &sent).map_err(|why| {
        let stderr = String::from_utf8_lossy(&output.stderr);
        format!(
            "{why}\n    exit {:?}, {} requests, stderr: {}",
            output.status.code(),
            sent.len(),
            stderr.trim_end()
        )
    })
}

fn run(case: &Case, server: &Recorder, cases: &[Case]) -> Output {
    let (document, signature) = identity(cases);
    let mode = match case.imds.as_str() {
        "v2" => Mode::V2,
        "v1" => Mode::V1(404),
        "v1-403" => Mode::V1(403),
        "none" => Mode::None,
        other => panic!("an unknown metadata service: {other}"),
    };
    let metadata = metadata::start(mode, document, signature).unwrap();
    let mut command = binaries::golden_command();
    if case.name != "w-fqdn" {
        command
            .env_remove("AWS_EC2_METADATA_DISABLED")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url());
    }
    // Shorter waits, and an end where the original has none: nothing else is changed.
    command.args(["--max-delay", "20ms", "--deadline", "6s"]);
    command.args(case.args.iter().map(|arg| arg.replace("@URL@", &server.url())));
    command.output().unwrap()
}

fn check(case: &Case, output: &Output, sent: &[Request]) -> Result<(), String> {
    let differences: Vec<&Difference> = DIFFERENCES
        .iter()
        .filter(|(name, ..)| *name == case.name)
        .map(|(_, difference, _)| difference)
        .collect();
    let expect = &case.expect;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let exit = output.status.code().ok_or("killed")?;
    let mut class = exit_class(expect.exit);
    let mut expected = expect.requests.clone();
    for difference in &differences {
        match difference {
            Difference::Refused => {
                class = exit_class(1);
                expected.clear();
            }
            Difference::Changed(from, to) => change(&mut expected, from, to)?,
            Difference::Delivered => {
                return if exit == 0 && sent.len() == 1 { Ok(()) } else { Err("not delivered".to_owned()) };
            }
            Difference::NotFollowed => {
                let again = expected.first().cloned().ok_or("nothing to try again")?;
                expected.truncate(1);
                expected.push(again);
            }
            Difference::Retried => {
                let again = expected.first().cloned().ok_or("nothing to try again")?;
                expected.push(again);
            }
        }
    }
    equal("exit class", &exit_class(exit), &class)?;
    equal("stdout", &stdout.as_ref(), &expect.stdout.as_str())?;
    if expect.exit == 2 {
        let stderr = String::from_utf8_lossy(&output.stderr);
        if !stderr.trim_end().ends_with(expect.stderr_tail.trim_start()) {
            return Err(format!("stderr does not end in {:?}", expect.stderr_tail));
        }
    }
    if expected.windows(2).any(|pair| pair[0] == pair[1]) {
        same_request(sent.first(), expected.first(), &differences)?;
        return if sent.len() > 1 { Ok(()) } else { Err("not tried again".to_owned()) };
    }
    equal("number of requests", &sent.len(), &expected.len())?;
    for (ours, theirs) in sent.iter().zip(&expected) {
        same_request(Some(ours), Some(theirs), &differences)?;
    }
    Ok(())
}

fn change(requests: &mut [Request], from: &str, to: &str) -> Result<(), String> {
    let before = requests.to_vec();
    for request in requests.iter_mut() {
        request.target = request.target.replace(from, to);
        request.body = request.body.replace(from, to);
        for value in request.headers.values_mut() {
            *value = value.as_str().unwrap_or_default().replace(from, to).into();
        }
        if let Some(length) = request.headers.get_mut("content-length") {
            *length = request.body.len().to_string().into();
        }
    }
    if before == requests { Err(format!("nothing of {from:?} to change")) } else { Ok(()) }
}

fn same_request(
    ours: Option<&Request>,
    theirs: Option<&Request>,
    differences: &[&Difference],
) -> Result<(), String> {
    let (Some(ours), Some(theirs)) = (ours, theirs) else { return Err("no request".to_owned()) };
    equal("method", &ours.method, &theirs.method)?;
    equal("target", &ours.target, &theirs.target)?;
    // This machine's name is whatever it is.
    if differences.iter().any(|difference| matches!(difference, Difference::Changed(_, ""))) {
        let end = theirs.body.strip_suffix("\"}").unwrap_or_default();
        return if ours.body.starts_with(end) && ours.body.len() > theirs.body.len() {
            Ok(())
        } else {
            Err(format!("body {:?}", ours.body))
        };
    }
    equal("body", &ours.body, &theirs.body)?;
    for (name, value) in &theirs.headers {
        equal(&format!("header {name}"), &ours.headers.get(name), &Some(value))?;
    }
    Ok(())
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Result<(), String> {
    if ours == theirs { Ok(()) } else { Err(format!("{what}:\n    ours   {ours:?}\n    theirs {theirs:?}")) }
}

/// 0, a usage error, or any other failure.
fn exit_class(code: i32) -> &'static str {
    match code {
        0 => "delivered",
        2 => "usage error",
        _ => "failed",
    }
}

fn answer(planned: &Planned) -> Answer {
    let headers = &planned.headers;
    Answer {
        status: planned.status,
        headers: headers
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        body: planned.body.as_bytes().to_vec(),
    }
}

/// What changes with each run is masked as it is in the recordings.
fn masked(request: &Recorded, url: &str) -> Request {
    let headers = request.headers.iter().map(|(name, value)| {
        let value = if name == "authorization" { masked_authorization(value) } else { value.clone() };
        (name.clone(), value.into())
    });
    Request {
        method: request.method.clone(),
        target: request.target.replace(url, "@URL@"),
        headers: headers.collect(),
        body: String::from_utf8_lossy(&request.body).into_owned(),
    }
}

fn masked_authorization(value: &str) -> String {
    if !value.starts_with("AWS4") {
        return value.to_owned();
    }
    let (unsigned, _) = value.rsplit_once("Signature=").unwrap();
    let words: Vec<&str> =
        unsigned
            .split('/')
            .map(|word| {
                if word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit()) { "DATE" } else { word }
            })
            .collect();
    format!("{}Signature=HEX", words.join("/"))
}

/// The identity of the instance that the recordings were made on is inside one of them.
fn identity(cases: &[Case]) -> (String, String) {
    let case = cases.iter().find(|case| case.name == "rs-cfnv1").unwrap();
    let header = case.expect.requests[0].headers["authorization"].as_str().unwrap();
    let (document, signature) = header.strip_prefix("CFN_V1 ").unwrap().split_once(':').unwrap();
    let document = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, document).unwrap();
    (String::from_utf8(document).unwrap() + "\n", signature.to_owned() + "\n")
}
