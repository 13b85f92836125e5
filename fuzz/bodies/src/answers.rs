//! One answer of any kind, to a signal for a resource and to one for a wait handle.
//!
//! Input: the status, headers, an empty line, a body.

use cfn_signal_core::delivery::{Delivery, Event, Policy, ResourceTarget, Signal, Status, Step, Target};
use cfn_signal_core::http::Response;
use cfn_signal_core::identity::{AccessKey, Identity};

use crate::checks;
use crate::message::{Message, header};

const NOW: u64 = 1_767_225_600_000;
const HANDLE: &str = "https://bucket.s3.example/arn%3Aaws/h?Expires=1700000000&AWSAccessKeyId=AKIAX123&Signature=ab%2Bcd%2Fef%3D";

/// Gives `input`'s answer to both kinds of signal: at once, and again shortly before the deadline.
pub fn run(input: &[u8]) {
    let Some(message) = Message::read(input) else { return };
    let Ok(status) = message.first.trim().parse() else { return };
    let headers = std::iter::once(message.second).filter(|line| !line.is_empty()).map(header);
    let headers = headers.chain(message.headers).collect();
    let answer = Response { status, headers, body: message.body.to_vec() };
    let resource = Target::Resource(ResourceTarget::new("my-stack", "Server", "us-west-2"));
    for target in [resource, Target::WaitHandle(HANDLE.to_owned().into())] {
        let signal =
            Signal { status: Status::Success, unique_id: "i-0".to_owned(), reason: None, data: None };
        let Ok(mut delivery) = Delivery::prepare(signal, target, Policy::default(), 7) else { return };
        let began = identified(&mut delivery, Event::Start, 0);
        assert!(matches!(began, Step::Send(_)));
        let mut step = delivery.next(Event::Response(answer.clone()), NOW + 20, 20);
        check(&step, &answer);
        if let Step::Wait(_) = step {
            step = identified(&mut delivery, Event::Waited, 299_980);
        }
        if let Step::Send(_) = step {
            check(&delivery.next(Event::Response(answer.clone()), NOW + 299_990, 299_990), &answer);
        }
    }
}

/// The next step that asks for no identity.
fn identified(delivery: &mut Delivery, event: Event, elapsed: u64) -> Step {
    match delivery.next(event, NOW + elapsed, elapsed) {
        Step::NeedIdentity(_) => delivery.next(Event::Identity(key()), NOW + elapsed, elapsed),
        step => step,
    }
}

fn check(step: &Step, answer: &Response) {
    match step {
        Step::Send(attempt) => checks::sendable(attempt),
        Step::Wait(pause) => checks::pause(pause, &[]),
        Step::Done(outcome) => checks::outcome(outcome, Some(answer), false, &[]),
        _ => {}
    }
}

fn key() -> Identity {
    Identity::AccessKey(AccessKey {
        id: "AKIDEXAMPLE".to_owned(),
        secret: checks::SECRET.to_owned().into(),
        session_token: Some(checks::TOKEN.to_owned().into()),
        expires_at: None,
    })
}
