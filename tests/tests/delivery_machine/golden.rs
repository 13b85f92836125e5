//! The first request of each recorded run of Amazon's helper whose input a delivery takes.

use cfn_signal_core::delivery::{Delivery, Event, Policy, ResourceTarget, Signal, Status, Step, Target};
use cfn_signal_core::http::Request;
use cfn_signal_core::identity::{AccessKey, Identity, InstanceDocument};
use serde_json::Value;

use super::simulator::{NEW_YEAR, header};

/// Recorded runs with a request that are not compared, and why.
const DIFFERENT: [(&str, &str); 3] = [
    ("data-json", "an empty unique id is sent: the command takes it as not given, a delivery refuses it"),
    ("e-res-empty", "an empty logical id is sent: refused here"),
    ("r-id-empty", "an empty unique id, likewise"),
];

const SERVER: &str = "http://127.0.0.1:43210";

/// What the command line of a run asks of a delivery. Its parsing is the command's business; these runs are well formed.
struct Asked {
    signal: Signal,
    target: Target,
    identity: Option<Identity>,
}

fn asked(case: &Value) -> Option<Asked> {
    let mut options: Vec<(String, String)> = Vec::new();
    let mut handle = None;
    let mut arguments = case["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap());
    while let Some(argument) = arguments.next() {
        let argument = argument.replace("@URL@", SERVER);
        match (argument.strip_prefix('-'), argument.split_once('=')) {
            (None, _) => handle = Some(argument),
            (Some(_), Some((name, value))) => options.push((name.to_owned(), value.to_owned())),
            (Some(_), None) => options.push((argument, arguments.next()?.replace("@URL@", SERVER))),
        }
    }
    let option = |names: &[&str]| {
        options.iter().rev().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| value.clone())
    };
    let failed = option(&["-s", "--succ"]).as_deref() == Some("false")
        || option(&["-e"]).is_some_and(|code| code != "0");
    // Only this run was made on a machine without metadata.
    let default_id = if case["name"] == "w-fqdn" { "host.example.com" } else { "i-0123456789abcdef0" };
    let signal = Signal {
        status: if failed { Status::Failure } else { Status::Success },
        unique_id: option(&["-i", "--id"]).unwrap_or_else(|| default_id.to_owned()),
        reason: option(&["-r"]),
        data: option(&["-d"]),
    };
    let target = match handle {
        Some(url) => Target::WaitHandle(url.into()),
        None => {
            let region = option(&["--region"]).unwrap_or_else(|| "us-east-1".to_owned());
            let resource = ResourceTarget::new(option(&["--stack"])?, option(&["--resource"])?, region);
            Target::Resource(match option(&["--url"]) {
                Some(url) => resource.with_endpoint_url(url),
                None => resource,
            })
        }
    };
    let identity = option(&["--access-key"]).map(|id| {
        Identity::AccessKey(AccessKey {
            id,
            secret: option(&["--secret-key"]).unwrap().into(),
            session_token: None,
            expires_at: None,
        })
    });
    Some(Asked { signal, target, identity })
}

/// The instance's document and signature, from the recorded header, with the line breaks that metadata has.
fn instance(cases: &[Value]) -> Identity {
    use base64::Engine as _;
    let recorded = cases.iter().find(|case| case["name"] == "rs-cfnv1").unwrap();
    let header = recorded["expect"]["requests"][0]["headers"]["authorization"].as_str().unwrap();
    let (document, signature) = header.strip_prefix("CFN_V1 ").unwrap().split_once(':').unwrap();
    let document = base64::engine::general_purpose::STANDARD.decode(document).unwrap();
    let lines: Vec<&str> =
        signature.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    Identity::Instance(InstanceDocument {
        document: (String::from_utf8(document).unwrap() + "\n").into(),
        signature: (lines.join("\n") + "\n").into(),
    })
}

fn first_request(asked: Asked, otherwise: &Identity) -> Request {
    let mut delivery = Delivery::prepare(asked.signal, asked.target, Policy::default(), 1).unwrap();
    let mut step = delivery.next(Event::Start, NEW_YEAR, 0);
    if let Step::NeedIdentity(_) = step {
        let identity = asked.identity.unwrap_or_else(|| otherwise.clone());
        step = delivery.next(Event::Identity(identity), NEW_YEAR, 0);
    }
    let Step::Send(send) = step else { panic!("{step:?}") };
    send.request
}

/// The recording masks dates and signatures.
fn masked(authorization: &str) -> String {
    let dated = authorization.replace("/20260101/", "/DATE/");
    match dated.split_once(", Signature=") {
        Some((before, signature)) => {
            assert!(signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit()));
            format!("{before}, Signature=HEX")
        }
        None => dated,
    }
}

fn compare(name: &str, request: &Request, recorded: &Value) {
    assert_eq!(request.method, recorded["method"].as_str().unwrap(), "{name}");
    let target = recorded["target"].as_str().unwrap();
    // Through a proxy the target is the absolute URI.
    let absolute = if target.starts_with('/') { format!("{SERVER}{target}") } else { target.to_owned() };
    assert_eq!(request.uri, absolute, "{name}");
    assert_eq!(String::from_utf8_lossy(&request.body), recorded["body"].as_str().unwrap(), "{name}");
    for (known, value) in recorded["headers"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        match known.as_str() {
            "content-length" => assert_eq!(request.body.len().to_string(), value, "{name}"),
            "authorization" => assert_eq!(masked(header(request, known).unwrap()), value, "{name}"),
            _ => assert_eq!(header(request, known), Some(value), "{name}: {known}"),
        }
    }
    for (ours, _) in &request.headers {
        let signed_date = ours == "x-amz-date";
        assert!(signed_date || recorded["headers"].get(ours).is_some(), "{name}: {ours} is too much");
    }
}

#[test]
fn the_recorded_runs() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../../data/golden-cases.json")).unwrap();
    assert_eq!(cases.len(), 54);
    let instance = instance(&cases);
    let mut compared = 0;
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let Some(recorded) = case["expect"]["requests"].get(0) else {
            continue;
        };
        let asked = asked(case).unwrap_or_else(|| panic!("{name}"));
        if DIFFERENT.iter().any(|(listed, _)| *listed == name) {
            let refused = Delivery::prepare(asked.signal, asked.target, Policy::default(), 1);
            assert!(refused.is_err(), "{name} is no exception any more");
            continue;
        }
        compare(name, &first_request(asked, &instance), recorded);
        compared += 1;
    }
    assert_eq!(compared, 33, "every recorded run with a request but the exceptions");
}

#[test]
fn base64_handles_lead_where_the_recorded_ones_led() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../../data/golden-cases.json")).unwrap();
    for (name, uri) in [
        ("b64-ok", "http://127.0.0.1:1/h?a=b"),
        ("b64-nl", "https://cloudformation-waitcondition-us-east-1.s3.amazonaws.com/arn%3Aaws?X=1"),
    ] {
        let case = cases.iter().find(|case| case["name"] == name).unwrap();
        let asked = asked(case).unwrap();
        assert_eq!(first_request(asked, &super::simulator::instance()).uri, uri, "{name}");
    }
    let not_a_url = cases.iter().find(|case| case["name"] == "e-wch-b64nourl").unwrap();
    let asked = asked(not_a_url).unwrap();
    assert!(Delivery::prepare(asked.signal, asked.target, Policy::default(), 1).is_err());
}
