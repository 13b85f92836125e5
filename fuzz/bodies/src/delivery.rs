//! A whole delivery among hostile answers, failures, identities and clocks.
//!
//! Input: whatever `arbitrary` makes of it.

mod world;

use arbitrary::{Arbitrary as _, Unstructured};
use cfn_signal_core::delivery::{CredentialsError, Delivery, Event, Signal, Status, Step, TransportError};
use cfn_signal_core::http::{Request, Response};
use cfn_signal_core::identity::Identity;

use crate::checks;
use world::{Found, Reply, World};

/// Steps that are followed: waits may be as short as a millisecond.
const STEPS: usize = 200;

/// Follows a delivery through the world that `input` stands for.
pub fn run(input: &[u8]) {
    let Ok(world) = World::arbitrary(&mut Unstructured::new(input)) else { return };
    let signal = Signal {
        status: if world.failure { Status::Failure } else { Status::Success },
        unique_id: "i-0123456789abcdef0".to_owned(),
        reason: world.reason.clone(),
        data: world.data.clone(),
    };
    let policy = world.policy();
    let Ok(delivery) = Delivery::prepare(signal, world.target(), policy, world.seed) else { return };
    let deadline = u64::from(policy.deadline);
    Course { world: &world, delivery, spent: u64::from(policy.spent), deadline, secrets: world.secrets() }
        .run();
}

struct Course<'w> {
    world: &'w World,
    delivery: Delivery,
    spent: u64,
    deadline: u64,
    /// What no message may hold, from the start.
    secrets: Vec<&'w str>,
}

impl Course<'_> {
    fn run(mut self) {
        let (mut elapsed, mut now) = (0_u64, self.world.now);
        let mut replies = self.world.replies.iter();
        let mut identities = self.world.identities.iter();
        // The answer to the last try, and whether one before it may have reached the service.
        let (mut last, mut arrived, mut may_arrive) = (None, false, false);
        let mut event = Event::Start;
        for _ in 0..STEPS {
            // A wall clock may jump, the other one may not.
            now = now.wrapping_add_signed(self.world.drift.into());
            let step = self.delivery.next(event, now.wrapping_add(elapsed), elapsed);
            let took = match step {
                Step::Done(outcome) => {
                    assert!(self.in_time(elapsed, 0), "an end after {elapsed} of {}", self.deadline);
                    checks::outcome(&outcome, last.as_ref(), arrived, &self.secrets);
                    let again = self.delivery.next(Event::Waited, 0, 0);
                    assert_eq!(again, Step::Done(outcome), "the end is the end");
                    return;
                }
                Step::NeedIdentity(asked) => {
                    assert!(self.in_time(elapsed, asked.timeout), "{asked:?} after {elapsed}");
                    event = match identities.next() {
                        Some(Found::This(identity)) => Event::Identity(identity.clone().into()),
                        Some(Found::Nothing(why)) => {
                            Event::NoIdentity(CredentialsError::Permanent(why.clone()))
                        }
                        Some(Found::NothingYet(why)) => {
                            Event::NoIdentity(CredentialsError::Temporary(why.clone()))
                        }
                        None => Event::Identity(world::key()),
                    };
                    asked.timeout.min(5)
                }
                Step::Send(attempt) => {
                    assert!(self.in_time(elapsed, attempt.timeout), "{attempt:?} after {elapsed}");
                    checks::sendable(&attempt);
                    self.learn(&attempt.request);
                    let (took, answered) = match replies.next() {
                        Some(Reply::Answer(took, answer)) => (*took, Ok(answer.response())),
                        Some(Reply::Failed(took, failure)) => (*took, Err(failure.error())),
                        None => (0, Ok(Response { status: 503, ..Response::default() })),
                    };
                    arrived |= may_arrive;
                    may_arrive = match &answered {
                        Ok(answer) => answer.status >= 500 && checks::is_aws(answer),
                        Err(error) => matches!(error, TransportError::Timeout | TransportError::Reset(_)),
                    };
                    last = answered.clone().ok();
                    event = answered.map_or_else(Event::Failed, Event::Response);
                    u32::from(took).clamp(1, attempt.timeout.max(1))
                }
                Step::Wait(pause) => {
                    checks::pause(&pause, &self.secrets);
                    assert!(self.in_time(elapsed, pause.remaining), "{pause:?} after {elapsed}");
                    event = Event::Waited;
                    pause.duration
                }
                _ => return,
            };
            elapsed += u64::from(took);
        }
    }

    /// Whether what takes so long ends by the deadline.
    fn in_time(&self, elapsed: u64, takes: u32) -> bool {
        let late = self.spent + elapsed + u64::from(takes);
        late <= self.deadline.max(self.spent)
    }

    /// A key becomes a secret of the delivery with the first request that it signs, and so does its token.
    fn learn(&mut self, request: &Request) {
        for (name, value) in &request.headers {
            let secret = match name.as_str() {
                "authorization" if value.starts_with("AWS4") => checks::SECRET,
                "x-amz-security-token" if value == checks::TOKEN => checks::TOKEN,
                _ => continue,
            };
            if !self.secrets.contains(&secret) {
                self.secrets.push(secret);
            }
        }
    }
}

impl From<world::Key> for Identity {
    fn from(key: world::Key) -> Self {
        key.identity()
    }
}
