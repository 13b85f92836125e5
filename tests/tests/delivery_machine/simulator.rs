//! A scripted server, host and clock.

use std::collections::VecDeque;

use cfn_signal_core::delivery::{
    CredentialsError, Delivery, Event, Freshness, Outcome, Pause, Policy, ResourceTarget, Signal, Status,
    Step, Target, TransportError,
};
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::identity::{AccessKey, Identity, InstanceDocument};

/// 2026-01-01T00:00:00Z in Unix milliseconds.
pub const NEW_YEAR: u64 = 1_767_225_600_000;

/// How long the scripted server takes.
pub const LATENCY: u64 = 20;

/// How long the host takes to find an identity.
const FINDING: u64 = 5;

pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub const TOKEN: &str = "FAKE/SESSION+TOKEN==";
pub const HANDLE: &str = "https://bucket.s3.example/arn%3Aaws/h?Expires=1700000000&AWSAccessKeyId=AKIAX123&Signature=ab%2Bcd%2Fef%3D";

/// What the server does with one request.
#[derive(Clone, Debug)]
pub enum Reply {
    Answer(Response),
    /// A timeout comes when its request's time is up, any other failure at once.
    Fail(TransportError),
    /// After so many milliseconds, or when the request's time is up.
    FailAfter(u64, TransportError),
}

/// What the host has for one request for an identity.
#[derive(Clone, Debug)]
pub enum Has {
    This(Identity),
    Nothing(&'static str),
    NothingYet(&'static str),
}

/// What happened.
#[derive(Debug)]
pub struct Run {
    pub outcome: Outcome,
    pub sent: Vec<Request>,
    pub timeouts: Vec<u32>,
    pub waits: Vec<u32>,
    pub pauses: Vec<Pause>,
    pub asked: Vec<Freshness>,
    /// How long each identity might take.
    pub patience: Vec<u32>,
    pub elapsed: u64,
}

/// A world for one delivery. The last reply and the last identity repeat.
pub struct World {
    pub replies: VecDeque<Reply>,
    pub identities: VecDeque<Has>,
    pub now: u64,
    pub latency: u64,
}

impl World {
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self {
            replies: replies.into_iter().collect(),
            identities: [Has::This(key("AKIDEXAMPLE"))].into(),
            now: NEW_YEAR,
            latency: LATENCY,
        }
    }

    pub fn with_identities(mut self, identities: impl IntoIterator<Item = Has>) -> Self {
        self.identities = identities.into_iter().collect();
        self
    }

    pub fn run(mut self, mut delivery: Delivery) -> Run {
        let (mut sent, mut timeouts, mut waits, mut asked) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut pauses, mut patience) = (Vec::new(), Vec::new());
        let mut elapsed = 0;
        let mut event = Event::Start;
        // A wait may be a millisecond or none: steps enough for the longest deadline.
        for _ in 0..1_000_000 {
            let took = match delivery.next(event, self.now + elapsed, elapsed) {
                Step::Done(outcome) => {
                    let again = delivery.next(Event::Waited, 0, 0);
                    assert_eq!(again, Step::Done(outcome.clone()), "the end is the end");
                    return Run { outcome, sent, timeouts, waits, pauses, asked, patience, elapsed };
                }
                Step::NeedIdentity(request) => {
                    asked.push(request.freshness);
                    patience.push(request.timeout);
                    event = match repeating(&mut self.identities) {
                        Has::This(identity) => Event::Identity(identity),
                        Has::Nothing(why) => Event::NoIdentity(CredentialsError::Permanent(why.to_owned())),
                        Has::NothingYet(why) => {
                            Event::NoIdentity(CredentialsError::Temporary(why.to_owned()))
                        }
                    };
                    FINDING.min(request.timeout.into())
                }
                Step::Send(attempt) => {
                    sent.push(attempt.request);
                    timeouts.push(attempt.timeout);
                    assert!(0 < attempt.connect_timeout && attempt.connect_timeout <= attempt.timeout);
                    let longest = u64::from(attempt.timeout);
                    let reply = repeating(&mut self.replies);
                    let took = match &reply {
                        Reply::Fail(TransportError::Timeout) => longest,
                        Reply::Fail(TransportError::ConnectTimeout) => attempt.connect_timeout.into(),
                        Reply::FailAfter(took, _) => (*took).min(longest),
                        _ => self.latency.min(longest),
                    };
                    event = match reply {
                        Reply::Answer(response) => Event::Response(response),
                        Reply::Fail(error) | Reply::FailAfter(_, error) => Event::Failed(error),
                    };
                    took
                }
                Step::Wait(pause) => {
                    assert!(pause.duration < pause.remaining && !pause.reason.is_empty());
                    waits.push(pause.duration);
                    let took = u64::from(pause.duration);
                    pauses.push(pause);
                    event = Event::Waited;
                    took
                }
                step => panic!("{step:?}"),
            };
            elapsed += took;
        }
        panic!("no end after {} requests", sent.len());
    }
}

fn repeating<T: Clone>(queue: &mut VecDeque<T>) -> T {
    if queue.len() > 1 { queue.pop_front().unwrap() } else { queue.front().unwrap().clone() }
}

pub fn key(id: &str) -> Identity {
    expiring_key(id, None)
}

pub fn expiring_key(id: &str, expires_at: Option<u64>) -> Identity {
    Identity::AccessKey(AccessKey {
        id: id.to_owned(),
        secret: SECRET.to_owned().into(),
        session_token: Some(TOKEN.to_owned().into()),
        expires_at,
    })
}

pub fn instance() -> Identity {
    Identity::Instance(InstanceDocument {
        document: "{\n  \"accountId\" : \"123456789012\"\n}\n".to_owned().into(),
        signature: "AAAAAAAA\nBBBBBBBB=\n".to_owned().into(),
    })
}

pub fn signal(status: Status) -> Signal {
    Signal { status, unique_id: "i-0123456789abcdef0".to_owned(), reason: None, data: None }
}

pub fn resource_target() -> ResourceTarget {
    ResourceTarget::new("my-stack", "Server", "us-west-2")
}

pub fn to_resource(policy: Policy) -> Delivery {
    Delivery::prepare(signal(Status::Success), Target::Resource(resource_target()), policy, 42).unwrap()
}

pub fn to_handle(policy: Policy) -> Delivery {
    let handle = Target::WaitHandle(HANDLE.to_owned().into());
    Delivery::prepare(signal(Status::Success), handle, policy, 42).unwrap()
}

/// A good one has a request id, as all of AWS's have.
pub fn answer(status: u16, body: &str) -> Reply {
    let id: &[_] = if status / 100 == 2 { &[("x-amzn-requestid", "rid-1")] } else { &[] };
    answer_with(status, id, body)
}

pub fn answer_with(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply::Answer(Response { status, headers, body: body.into() })
}

/// CloudFormation's error, in JSON.
pub fn error(status: u16, code: &str, message: &str) -> Reply {
    error_with(status, code, message, &[])
}

pub fn error_with(status: u16, code: &str, message: &str, headers: &[(&str, &str)]) -> Reply {
    let fault = if status >= 500 { "Receiver" } else { "Sender" };
    let body =
        serde_json::json!({"Error": {"Code": code, "Message": message, "Type": fault}, "RequestId": "rid-1"});
    answer_with(status, headers, &body.to_string())
}

/// Amazon S3's error, in XML.
pub fn s3_error(status: u16, code: &str, message: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
         <AWSAccessKeyId>AKIAX123</AWSAccessKeyId><StringToSign>PUT /h</StringToSign><RequestId>R3</RequestId></Error>"
    );
    answer(status, &body)
}

pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
