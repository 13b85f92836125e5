//! The state machine.

mod answers;
mod endings;
mod identities;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString as _};

use super::backoff::Backoff;
use super::classify::Service;
use super::identity;
use super::pacing;
use super::plan::Plan;
use super::report::{Effort, Failure, with_detail};
use super::scrub::Scrub;
use super::signal;
use super::skew::Skew;
use super::types::{
    Attempt, Event, Freshness, Outcome, OutcomeKind, Pause, Policy, PrepareError, Signal, Step, Target,
};
use crate::identity::Identity;
use crate::secret::Secret;
use crate::sigv4::{SignError, SigningKeys};

/// The last second that a signature's date has digits for, in Unix time.
const END_OF_9999: u64 = 253_402_300_799;

/// One signal's delivery.
///
/// [`next`](Self::next) takes an [`Event`] and gives a [`Step`], until [`Step::Done`]. It never fails and never panics, and
/// whatever the answers are, it ends by the deadline of its [`Policy`] if the caller keeps to the timeouts and waits that
/// it is given.
pub struct Delivery {
    plan: Plan,
    policy: Policy,
    /// What is delivered, for people.
    label: String,
    scrub: Scrub,
    identity: Option<Identity>,
    keys: SigningKeys,
    skew: Skew,
    backoff: Backoff,
    tally: Tally,
    /// The caller's `elapsed` at the start.
    origin: u64,
    /// The last failure of a try, and what the delivery ends as if the deadline comes before the next.
    last: Option<(OutcomeKind, Failure)>,
    expected: Expected,
}

#[derive(Default)]
struct Tally {
    attempts: u32,
    lasting: u32,
    renewals: u32,
    corrections: u32,
    /// Other credentials were asked for in place of the instance's document.
    past_instance: bool,
    /// What the tries without a good answer may have come to all the same.
    arrival: Arrival,
    /// When the last request began, or the last question for an identity.
    began: u64,
    /// Since when IAM is waited for.
    propagating: Option<u64>,
}

/// Whether an earlier try may have reached the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Arrival {
    #[default]
    No,
    /// Somebody on the way has had it, and it is not known how far it came.
    Perhaps,
    /// The service may well have had it.
    Likely,
}

/// The event that answers the last step.
enum Expected {
    Start,
    Identity(Freshness, Asked),
    Answer(Sent),
    Waited(Then),
    Nothing(Outcome),
}

/// What follows a wait.
enum Then {
    /// Another try.
    Try,
    /// The same question again, which had no answer yet.
    Ask(Freshness, Asked),
}

/// Why an identity was asked for.
enum Asked {
    /// There was none yet.
    First,
    /// This machine's clock says that the last one has expired, which may be the clock's fault.
    Expired(Failure),
    /// AWS says that the last one has expired.
    Renewal(Failure),
    /// The instance's identity document was refused so.
    Instead(OutcomeKind, Failure),
}

/// A request that is under way.
struct Sent {
    uri: Secret,
    redirects: u32,
    timeout: u32,
    /// It has all the time that was left.
    last: bool,
    /// When, by the caller's `elapsed`.
    at: u64,
    /// The time it is signed for, in Unix milliseconds.
    dated: u64,
}

/// The caller's clocks, in milliseconds.
#[derive(Clone, Copy)]
struct Moment {
    now: u64,
    elapsed: u64,
}

impl Delivery {
    /// Checks the input. `seed` decides the jitter of the waits: give each machine another.
    ///
    /// # Errors
    ///
    /// [`PrepareError`] where CloudFormation could only refuse such a signal, or where `target` is no place to send it to.
    pub fn prepare(signal: Signal, target: Target, policy: Policy, seed: u64) -> Result<Self, PrepareError> {
        let plan = Plan::new(&signal, &target)?;
        let policy = signal::in_range(policy);
        let mut scrub = Scrub::default();
        if let Plan::WaitHandle { uri, .. } = &plan {
            scrub.learn_url(uri.expose());
        }
        let label = match &target {
            Target::Resource(resource) => format!(
                "{} for {} of stack {}",
                signal.status.name(),
                scrub.line(&resource.logical_id, 255),
                scrub.line(&resource.stack, 255),
            ),
            Target::WaitHandle(_) => format!("{} to the wait condition handle", signal.status.name()),
        };
        Ok(Self {
            plan,
            policy,
            label,
            scrub,
            identity: None,
            keys: SigningKeys::default(),
            skew: Skew::default(),
            backoff: Backoff::new(seed, policy.base_delay, policy.max_delay),
            tally: Tally::default(),
            origin: 0,
            last: None,
            expected: Expected::Start,
        })
    }

    /// Takes what happened and says what to do next.
    ///
    /// `now` is the wall clock in Unix milliseconds, which may be wrong; `elapsed` counts milliseconds on a monotonic clock
    /// since [`Event::Start`], or since any moment before it. An event that does not answer the last step ends the delivery as
    /// [`OutcomeKind::Misused`]; after
    /// [`Step::Done`] every event gives the same outcome again.
    pub fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Step {
        let expected = core::mem::replace(&mut self.expected, Expected::Start);
        if let (Expected::Start, Event::Start) = (&expected, &event) {
            self.origin = elapsed;
        }
        let spent = u64::from(self.policy.spent);
        let at = Moment { now, elapsed: elapsed.saturating_sub(self.origin).saturating_add(spent) };
        match (expected, event) {
            (Expected::Nothing(outcome), _) => self.done(outcome),
            (Expected::Start, Event::Start) | (Expected::Waited(Then::Try), Event::Waited) => {
                self.try_now(at)
            }
            (Expected::Waited(Then::Ask(freshness, asked)), Event::Waited) => {
                self.ask_again(freshness, asked, at)
            }
            (Expected::Identity(_, asked), Event::Identity(identity)) => self.identified(asked, identity, at),
            (Expected::Identity(freshness, asked), Event::NoIdentity(why)) => {
                self.unidentified(freshness, asked, &why, at)
            }
            (Expected::Answer(sent), Event::Response(response)) => self.answered(&sent, &response, at),
            (Expected::Answer(sent), Event::Failed(error)) => self.unanswered(&sent, &error, at),
            (expected, event) => self.confused(&expected, &event, at),
        }
    }

    /// Another try, if there is time: identified first, where that is needed.
    fn try_now(&mut self, at: Moment) -> Step {
        if self.left(at) == 0 {
            return self.out_of_time(None, at);
        }
        match (self.plan.service(), &self.identity) {
            (Service::WaitHandle, _) => self.send_first(at),
            (Service::CloudFormation, None) => self.ask(Freshness::Cached, Asked::First, at),
            (Service::CloudFormation, Some(known))
                if identity::has_expired(known, self.skew.apply(at.now)) =>
            {
                let failure =
                    Failure::new("the credentials have expired".to_owned(), "renew the credentials");
                self.ask(Freshness::Renewed, Asked::Expired(failure), at)
            }
            (Service::CloudFormation, Some(_)) => self.send_first(at),
        }
    }

    /// The first request of a try; redirects may follow.
    fn send_first(&mut self, at: Moment) -> Step {
        self.tally.attempts = self.tally.attempts.saturating_add(1);
        self.scrub.forget_redirects();
        let uri = Secret::new(self.plan.uri());
        self.send(uri, 0, at)
    }

    fn send(&mut self, uri: Secret, redirects: u32, at: Moment) -> Step {
        let dated = self.skew.apply(at.now);
        match self.plan.request(uri.expose(), self.identity.as_ref(), dated / 1_000, &mut self.keys) {
            Ok(request) => {
                self.scrub.learn_authorization(&request);
                let left = self.left(at);
                let (timeout, connect_timeout) = pacing::timeouts(&self.policy, left);
                let last = pacing::is_last(left);
                self.tally.began = at.elapsed;
                self.expected =
                    Expected::Answer(Sent { uri, redirects, timeout, last, at: at.elapsed, dated });
                Step::Send(Attempt { request, connect_timeout, timeout })
            }
            Err(error) => {
                if redirects == 0 {
                    self.tally.attempts = self.tally.attempts.saturating_sub(1);
                }
                let (kind, advice) = match error {
                    SignError::InvalidScope(_) if dated / 1_000 > END_OF_9999 => {
                        (OutcomeKind::Rejected, "set this machine's clock")
                    }
                    SignError::InvalidHeader(_) | SignError::InvalidScope(_) | SignError::Expired => {
                        (OutcomeKind::Credentials, "check the credentials")
                    }
                    _ => (OutcomeKind::Rejected, "check the endpoint"),
                };
                let summary = with_detail("the request cannot be signed", &error.to_string());
                self.finish(kind, "", &Failure::new(summary, advice), at)
            }
        }
    }

    /// A wait before another try, because of `failure`: for as long as is drawn, or `asked` for by the server, or as is left
    /// before the last try. Without time for one, the end.
    fn wait(
        &mut self,
        then: Then,
        asked: impl FnOnce(u32) -> Option<u64>,
        failure: (OutcomeKind, Failure),
        at: Moment,
    ) -> Step {
        let drawn = self.backoff.next();
        let since = at.elapsed.saturating_sub(self.tally.began);
        match pacing::wait(&self.policy, drawn, asked(drawn), since, self.left(at)) {
            Some(wait) => self.pause(then, wait, failure, at),
            None => self.out_of_time(Some(failure), at),
        }
    }

    /// Milliseconds before the deadline.
    fn left(&self, at: Moment) -> u32 {
        u32::try_from(u64::from(self.policy.deadline).saturating_sub(at.elapsed)).unwrap_or(u32::MAX)
    }

    /// Lets `duration` milliseconds pass, because of `failure`: what a delivery ends with if the deadline comes meanwhile.
    fn pause(
        &mut self,
        then: Then,
        duration: u32,
        (kind, failure): (OutcomeKind, Failure),
        at: Moment,
    ) -> Step {
        let pause = Pause { duration, remaining: self.left(at), reason: failure.summary.clone() };
        self.last = Some((kind, failure));
        self.expected = Expected::Waited(then);
        Step::Wait(pause)
    }

    fn effort(&self, at: Moment) -> Effort {
        Effort { attempts: self.tally.attempts, elapsed: at.elapsed }
    }
}

/// Neither the request nor the identity is shown.
impl core::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Delivery")
            .field("policy", &self.policy)
            .field("attempts", &self.tally.attempts)
            .finish_non_exhaustive()
    }
}
