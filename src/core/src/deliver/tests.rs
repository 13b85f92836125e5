#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails by panicking")]

use std::convert::Infallible;
use std::time::Duration;

use crate::delivery::{
    Delivery, Freshness, OutcomeKind, Policy, ResourceTarget, Signal, Status, Target, TransportError,
};
use crate::endpoint::EndpointVariant;
use crate::http::{Request, Response};
use crate::identity::{AccessKey, Identity};

use super::{Clock, Fault, Identities, Observer, Parties, SendError, Setback, Transport, deliver};

/// Everything around the machine, in virtual time.
#[derive(Default)]
struct World {
    answers: Vec<Result<Response, SendError>>,
    sent: Vec<Request>,
    asked: Vec<(Freshness, Duration)>,
    no_identity: bool,
}

#[derive(Default)]
struct Time(u64);

#[derive(Default)]
struct Notes(Vec<(Option<Setback>, u64)>);

impl Transport for &mut World {
    fn send(&mut self, request: &Request, _: Duration) -> Result<Response, SendError> {
        self.sent.push(request.clone());
        if self.answers.len() > 1 { self.answers.remove(0) } else { self.answers[0].clone() }
    }
}

struct Keys(Vec<(Freshness, Duration)>, bool);

impl Identities for Keys {
    fn identity(&mut self, freshness: Freshness, patience: Duration) -> Result<Identity, String> {
        self.0.push((freshness, patience));
        if self.1 {
            return Err("nobody".to_owned());
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
    fn elapsed(&self) -> u64 {
        self.0
    }
    fn sleep(&mut self, milliseconds: u32) {
        self.0 += u64::from(milliseconds);
    }
}

impl Observer for Notes {
    fn sending(&mut self, _: &Request) {}
    fn waiting(&mut self, setback: Option<&Setback>, _: u32, left: u64) {
        self.0.push((setback.cloned(), left));
    }
}

fn run(world: &mut World, notes: &mut Notes) -> Result<OutcomeKind, Fault<Infallible>> {
    let signal = Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None };
    let target = Target::Resource(ResourceTarget {
        stack: "S".to_owned(),
        logical_id: "R".to_owned(),
        region: "us-west-2".to_owned(),
        endpoint_variant: EndpointVariant::Standard,
        endpoint_url: None,
    });
    let policy = Policy { deadline: 60_000, max_attempts: 3, ..Policy::default() };
    let mut machine = Delivery::prepare(signal, target, policy, 1).unwrap();
    let mut keys = Keys(Vec::new(), world.no_identity);
    let mut transport = &mut *world;
    let mut parties = Parties {
        machine: &mut machine,
        transport: &mut transport,
        identities: &mut keys,
        clock: &mut Time::default(),
        observer: notes,
    };
    let outcome = deliver(&mut parties, policy.deadline).map(|outcome| outcome.kind);
    world.asked = keys.0;
    outcome
}

fn status(status: u16) -> Result<Response, SendError> {
    Ok(Response { status, ..Response::default() })
}

#[test]
fn it_sends_waits_and_ends() {
    let mut world = World { answers: vec![status(503), status(200)], ..World::default() };
    let mut notes = Notes::default();
    assert_eq!(run(&mut world, &mut notes), Ok(OutcomeKind::Delivered));
    assert_eq!(world.sent.len(), 2);
    assert_eq!(notes.0, [(Some(Setback::Answer { status: 503, code: None }), 60_000)]);
    assert_eq!(world.asked, [(Freshness::Cached, Duration::from_secs(60))]);
}

#[test]
fn failures_and_a_lack_of_identity_reach_the_machine() {
    let refused = TransportError::Refused("h:1".to_owned());
    let mut world = World { answers: vec![Err(SendError::Failed(refused.clone()))], ..World::default() };
    let mut notes = Notes::default();
    assert_eq!(run(&mut world, &mut notes), Ok(OutcomeKind::Unreachable));
    assert_eq!(world.sent.len(), 3);
    assert_eq!(notes.0[0].0, Some(Setback::Failure(refused)));
    let mut world = World { answers: vec![status(200)], no_identity: true, ..World::default() };
    assert_eq!(run(&mut world, &mut Notes::default()), Ok(OutcomeKind::Credentials));
    assert!(world.sent.is_empty());
}

#[test]
fn a_transport_can_stop_it() {
    let mut world = World { answers: vec![Err(SendError::Withheld)], ..World::default() };
    assert_eq!(run(&mut world, &mut Notes::default()), Err(Fault::Withheld));
    let mut world =
        World { answers: vec![Err(SendError::Misconfigured("ca".to_owned()))], ..World::default() };
    assert_eq!(run(&mut world, &mut Notes::default()), Err(Fault::Misconfigured("ca".to_owned())));
}
