#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use super::{Clock, Driver, Fault, Identities, Observer, SendError, Transport};
use crate::delivery::{
    Attempt, CredentialsError, Delivery, Freshness, IdentityRequest, OutcomeKind, Pause, Policy,
    ResourceTarget, Signal, Status, Target, TransportError,
};
use crate::http::Response;
use crate::identity::{AccessKey, Identity};

/// Everything around the machine, in virtual time.
#[derive(Default)]
struct World {
    answers: Vec<Result<Response, SendError>>,
    sent: Vec<Attempt>,
    asked: Vec<IdentityRequest>,
    lacks: Vec<CredentialsError>,
    pauses: Vec<Pause>,
}

#[derive(Default)]
struct Time(u64);

#[derive(Clone)]
struct Party(Rc<RefCell<World>>);

impl Transport for Party {
    async fn send(&mut self, attempt: &Attempt) -> Result<Response, SendError> {
        let mut world = self.0.borrow_mut();
        world.sent.push(attempt.clone());
        if world.answers.len() > 1 { world.answers.remove(0) } else { world.answers[0].clone() }
    }
}

impl Identities for Party {
    async fn identity(&mut self, request: IdentityRequest) -> Result<Identity, CredentialsError> {
        let mut world = self.0.borrow_mut();
        world.asked.push(request);
        if !world.lacks.is_empty() {
            return Err(world.lacks.remove(0));
        }
        Ok(Identity::AccessKey(AccessKey {
            id: "AK".to_owned(),
            secret: "SK".to_owned().into(),
            session_token: None,
            expires_at: None,
        }))
    }
}

impl Clock for Time {
    fn now(&self) -> u64 {
        1_700_000_000_000 + self.0
    }
    // Of a clock that has run for a day already.
    fn elapsed(&self) -> u64 {
        86_400_000 + self.0
    }
    async fn sleep(&mut self, milliseconds: u32) {
        self.0 += u64::from(milliseconds);
    }
}

impl Observer for Party {
    fn waiting(&mut self, pause: &Pause) {
        self.0.borrow_mut().pauses.push(pause.clone());
    }
}

fn machine() -> Delivery {
    let signal = Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None };
    let target =
        Target::Resource(ResourceTarget::new("S", "R", "us-west-2").with_endpoint_url("http://127.0.0.1:1"));
    let policy = Policy::default().with_deadline(60_000).with_max_attempts(3);
    Delivery::prepare(signal, target, policy, 1).unwrap()
}

fn run(world: World) -> (Result<OutcomeKind, Fault<Infallible>>, World) {
    let world = Party(Rc::new(RefCell::new(world)));
    let driver = Driver::new(machine(), world.clone(), Time::default()).identities(world.clone());
    let outcome = driver.observer(world.clone()).run_blocking().map(|outcome| outcome.kind);
    (outcome, world.0.take())
}

fn status(status: u16) -> Result<Response, SendError> {
    Ok(Response { status, ..Response::default() })
}

#[test]
fn it_sends_waits_and_ends() {
    let (outcome, world) = run(World { answers: vec![status(503), status(200)], ..World::default() });
    assert_eq!(outcome, Ok(OutcomeKind::Delivered));
    assert_eq!(world.sent.len(), 2);
    assert_eq!((world.sent[0].connect_timeout, world.sent[0].timeout), (5_000, 20_000));
    assert_eq!(world.pauses.len(), 1);
    assert_eq!(
        (world.pauses[0].remaining, world.pauses[0].reason.as_str()),
        (60_000, "the server answered 503")
    );
    assert_eq!(world.asked, [IdentityRequest::new(Freshness::Cached, 20_000)]);
}

#[test]
fn failures_and_a_lack_of_identity_reach_the_machine() {
    let refused = SendError::Failed(TransportError::Refused("h:1".to_owned()));
    let (outcome, world) = run(World { answers: vec![Err(refused)], ..World::default() });
    assert_eq!(outcome, Ok(OutcomeKind::Unreachable));
    assert_eq!(world.sent.len(), 3);
    assert_eq!(world.pauses[0].reason, "no connection: h:1");
    let lacks = vec![CredentialsError::Permanent("nobody".to_owned())];
    let (outcome, world) = run(World { answers: vec![status(200)], lacks, ..World::default() });
    assert_eq!(outcome, Ok(OutcomeKind::Credentials));
    assert!(world.sent.is_empty());
}

#[test]
fn an_identity_that_may_yet_come_is_asked_for_again() {
    let lacks = vec![CredentialsError::Temporary("metadata is late".to_owned()); 2];
    let (outcome, world) = run(World { answers: vec![status(200)], lacks, ..World::default() });
    assert_eq!(outcome, Ok(OutcomeKind::Delivered));
    assert_eq!(world.asked.len(), 3);
    assert_eq!(world.pauses[0].reason, "no credentials: metadata is late");
    assert_eq!(world.asked[1].timeout, (60_000 - world.pauses[0].duration) / 3);
}

#[test]
fn a_transport_can_stop_it() {
    let misconfigured = Err(SendError::Misconfigured("ca".to_owned()));
    let (outcome, _) = run(World { answers: vec![misconfigured], ..World::default() });
    assert_eq!(outcome, Err(Fault::Misconfigured("ca".to_owned())));
}

#[test]
fn without_identities_there_is_none() {
    let world = Party(Rc::default());
    let outcome = Driver::new(machine(), world, Time::default()).run_blocking().unwrap();
    assert_eq!(outcome.kind, OutcomeKind::Credentials);
    let told = outcome.message.contains("none were given to this program");
    assert!(told, "{}", outcome.message);
}

/// It is asked once, not again and again until something else has happened.
#[test]
fn who_does_not_block_is_not_waited_for() {
    struct Waiting(u32);

    impl Transport for Waiting {
        async fn send(&mut self, _: &Attempt) -> Result<Response, SendError> {
            poll_fn(|_| {
                self.0 += 1;
                if self.0 < 3 { Poll::Pending } else { Poll::Ready(()) }
            })
            .await;
            status(200)
        }
    }

    let mut transport = Waiting(0);
    let party = Party(Rc::default());
    let driver = Driver::new(machine(), &mut transport, Time::default()).identities(party);
    let fault = driver.run_blocking().unwrap_err();
    assert_eq!(fault, Fault::Pending);
    assert!(fault.to_string().contains("in place of `run_blocking`"), "{fault}");
    assert_eq!(transport.0, 1);
}
