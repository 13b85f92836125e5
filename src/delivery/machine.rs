//! The state machine.

use super::backoff::Backoff;
use super::classify::{Meaning, Service, classify};
use super::plan::{Plan, reach};
use super::redirect;
use super::report::{Effort, Failure, tried, with_detail};
use super::retry_after;
use super::scrub::Scrub;
use super::skew::Skew;
use super::types::{
    Event, Freshness, Invalid, Outcome, OutcomeKind, Policy, Send, Signal, Step, Target, TransportError,
};
use super::{error_response, identity, report, signal};
use crate::http::Response;
use crate::identity::Identity;
use crate::secret::Secret;
use crate::sigv4::{SignError, SigningKeys};

/// Identities in a row that AWS may call expired.
const RENEWALS: u32 = 2;

/// Times that a signature may be dated anew.
const CORRECTIONS: u32 = 3;

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
    /// The last failure of a try, for the deadline's message.
    last: Option<Failure>,
    expected: Expected,
}

#[derive(Default)]
struct Tally {
    attempts: u32,
    lasting: u32,
    renewals: u32,
    corrections: u32,
    /// A try without a good answer may have reached the service all the same.
    may_have_arrived: bool,
}

/// The event that answers the last step.
enum Expected {
    Start,
    Identity(Asked),
    Answer(Sent),
    Waited,
    Nothing(Outcome),
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
    /// [`Invalid`] where CloudFormation could only refuse such a signal, or where `target` is no place to send it to.
    pub fn prepare(signal: Signal, target: Target, policy: Policy, seed: u64) -> Result<Self, Invalid> {
        let plan = Plan::new(&signal, &target)?;
        let policy = signal::in_range(policy);
        let mut scrub = Scrub::default();
        if let Plan::WaitHandle { uri, .. } = &plan {
            scrub.learn_url(uri.expose());
        }
        let label = match &target {
            Target::Resource(resource) => [
                signal.status.name(),
                " for ",
                &scrub.line(&resource.logical_id, 255),
                " of stack ",
                &scrub.line(&resource.stack, 255),
            ]
            .concat(),
            Target::WaitHandle(_) => [signal.status.name(), " to the wait condition handle"].concat(),
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
    /// since the start. An event that does not answer the last step ends the delivery as [`OutcomeKind::Rejected`]; after
    /// [`Step::Done`] every event gives the same outcome again.
    pub fn next(&mut self, event: Event, now: u64, elapsed: u64) -> Step {
        let expected = std::mem::replace(&mut self.expected, Expected::Start);
        if let (Expected::Start, Event::Start) = (&expected, &event) {
            self.origin = elapsed;
        }
        let at = Moment { now, elapsed: elapsed.saturating_sub(self.origin) };
        match (expected, event) {
            (Expected::Nothing(outcome), _) => self.done(outcome),
            (Expected::Start, Event::Start) | (Expected::Waited, Event::Waited) => self.try_now(at),
            (Expected::Identity(asked), Event::Identity(identity)) => self.identified(asked, identity, at),
            (Expected::Identity(asked), Event::NoIdentity(why)) => self.not_identified(asked, &why, at),
            (Expected::Answer(sent), Event::Response(response)) => self.answered(&sent, &response, at),
            (Expected::Answer(sent), Event::Failed(error)) => self.unanswered(&sent, &error, at),
            (expected, event) => self.confused(&expected, &event, at),
        }
    }

    /// Another try, if there is time: identified first, where that is needed.
    fn try_now(&mut self, at: Moment) -> Step {
        if self.left(at) == 0 {
            return self.out_of_time(OutcomeKind::Deadline, None, at);
        }
        match (self.plan.service(), &self.identity) {
            (Service::WaitHandle, _) => self.send_first(at),
            (Service::CloudFormation, None) => self.ask(Freshness::Cached, Asked::First),
            (Service::CloudFormation, Some(known))
                if identity::has_expired(known, self.skew.apply(at.now)) =>
            {
                let failure =
                    Failure::new("the credentials have expired".to_owned(), "renew the credentials");
                self.ask(Freshness::Renewed, Asked::Expired(failure))
            }
            (Service::CloudFormation, Some(_)) => self.send_first(at),
        }
    }

    fn ask(&mut self, freshness: Freshness, asked: Asked) -> Step {
        self.expected = Expected::Identity(asked);
        Step::NeedIdentity(freshness)
    }

    fn identified(&mut self, asked: Asked, identity: Identity, at: Moment) -> Step {
        if let Some(flaw) = identity::flaw(&identity) {
            return self.not_identified(asked, flaw, at);
        }
        match asked {
            Asked::Instead(..) if matches!(identity, Identity::Instance(_)) => {
                self.not_identified(asked, "only the instance's identity document again", at)
            }
            Asked::Renewal(_) if self.identity.as_ref() == Some(&identity) => {
                self.not_identified(asked, "only the same ones again", at)
            }
            // Where a renewed identity still looks expired, the clock is to blame as likely: AWS has to say.
            Asked::Expired(_) => {
                self.know(identity);
                if self.left(at) == 0 {
                    return self.out_of_time(OutcomeKind::Deadline, None, at);
                }
                self.send_first(at)
            }
            Asked::First | Asked::Renewal(_) | Asked::Instead(..) => {
                self.know(identity);
                self.try_now(at)
            }
        }
    }

    fn know(&mut self, identity: Identity) {
        self.scrub.learn_identity(&identity);
        self.identity = Some(identity);
    }

    fn not_identified(&mut self, asked: Asked, why: &str, at: Moment) -> Step {
        let why = self.scrub.line(why, 300);
        let (kind, mut failure, what) = match asked {
            Asked::First => {
                let advice =
                    "give the instance a role, or credentials by the environment, a profile or an option";
                (OutcomeKind::Credentials, Failure::new("no credentials".to_owned(), advice), "")
            }
            Asked::Expired(failure) | Asked::Renewal(failure) => {
                (OutcomeKind::Credentials, failure, "; and no newer ones")
            }
            Asked::Instead(kind, failure) => (kind, failure, "; and no other credentials"),
        };
        failure.summary = with_detail(&[&failure.summary, what].concat(), &why);
        self.finish(kind, "", &failure, at)
    }

    /// The first request of a try; redirects may follow.
    fn send_first(&mut self, at: Moment) -> Step {
        self.tally.attempts = self.tally.attempts.saturating_add(1);
        let uri = Secret::new(self.plan.uri());
        self.send(uri, 0, at)
    }

    fn send(&mut self, uri: Secret, redirects: u32, at: Moment) -> Step {
        let dated = self.skew.apply(at.now);
        match self.plan.request(uri.expose(), self.identity.as_ref(), dated / 1_000, &mut self.keys) {
            Ok(request) => {
                self.scrub.learn_authorization(&request);
                let timeout = self.policy.attempt_timeout.min(self.left(at));
                self.expected = Expected::Answer(Sent { uri, redirects, timeout, at: at.elapsed, dated });
                Step::Send(Send { request, timeout })
            }
            Err(error) => {
                if redirects == 0 {
                    self.tally.attempts = self.tally.attempts.saturating_sub(1);
                }
                let kind = match error {
                    SignError::InvalidHeader(_) | SignError::InvalidScope(_) | SignError::Expired => {
                        OutcomeKind::Credentials
                    }
                    _ => OutcomeKind::Rejected,
                };
                let summary = with_detail("the request cannot be signed", &error.to_string());
                self.finish(kind, "", &Failure::new(summary, "check the credentials and the endpoint"), at)
            }
        }
    }

    fn answered(&mut self, sent: &Sent, response: &Response, at: Moment) -> Step {
        let took = at.elapsed.saturating_sub(sent.at);
        let measured = Skew::measure(response, at.now, took);
        self.skew = measured.unwrap_or(self.skew);

        let error = error_response::parse(&response.body);
        let verdict = classify(self.plan.service(), response.status, error.as_ref());
        let failure = Failure::answer(response, error.as_ref(), verdict.advice, &self.scrub);
        if verdict.meaning != Meaning::Expired {
            self.tally.renewals = 0;
        }
        let had_arrived = self.tally.may_have_arrived;
        self.tally.may_have_arrived |= response.status >= 500;
        match verdict.meaning {
            Meaning::Delivered => self.delivered(&failure, "", at),
            Meaning::AlreadySignalled if had_arrived => {
                self.delivered(&failure, "; an earlier try had arrived", at)
            }
            Meaning::AlreadySignalled => self.finish(OutcomeKind::AlreadySignalled, "", &failure, at),
            Meaning::Moved => self.moved(sent, response, failure, at),
            Meaning::Patient(kind) => self.wait(kind, failure, Some(response), at),
            Meaning::Lasting(kind) => self.lasting(kind, failure, Some(response), at),
            Meaning::Expired => self.expired(failure, at),
            Meaning::Misdated(kind) => {
                let misdated = measured.is_some_and(|skew| skew.refutes(sent.dated, at.now, took));
                if misdated && self.may_correct() {
                    self.last = Some(failure);
                    self.try_now(at)
                } else {
                    self.refused(kind, failure, at)
                }
            }
            Meaning::Final(kind) => self.refused(kind, failure, at),
        }
    }

    fn unanswered(&mut self, sent: &Sent, error: &TransportError, at: Moment) -> Step {
        let failure = Failure::transport(error, sent.timeout, &self.scrub);
        self.tally.may_have_arrived |= matches!(error, TransportError::Timeout | TransportError::Other(_));
        self.lasting(OutcomeKind::Unreachable, failure, None, at)
    }

    fn moved(&mut self, sent: &Sent, response: &Response, mut failure: Failure, at: Moment) -> Step {
        let reach = reach(self.identity.as_ref());
        match redirect::target(sent.uri.expose(), response.header("location"), sent.redirects, reach) {
            Ok(_) if self.left(at) == 0 => self.out_of_time(OutcomeKind::Deadline, Some(failure), at),
            Ok(to) => {
                self.scrub.learn_url(&to);
                self.send(to.into(), sent.redirects + 1, at)
            }
            Err(why) => {
                failure.summary = with_detail(&failure.summary, why);
                failure.advice = "check the URL that was signalled";
                self.finish(OutcomeKind::Rejected, "", &failure, at)
            }
        }
    }

    /// Waits for another try, unless the deadline would come first.
    fn wait(
        &mut self,
        at_deadline: OutcomeKind,
        failure: Failure,
        answer: Option<&Response>,
        at: Moment,
    ) -> Step {
        let drawn = self.backoff.next();
        let server_now = self.skew.apply(at.now);
        let wait = answer.map_or(u64::from(drawn), |answer| retry_after::wait(answer, drawn, server_now));
        match u32::try_from(wait) {
            Ok(wait) if wait < self.left(at) => {
                self.last = Some(failure);
                self.expected = Expected::Waited;
                Step::Wait(wait)
            }
            _ => self.out_of_time(at_deadline, Some(failure), at),
        }
    }

    /// Waits for another try, unless there were enough.
    fn lasting(
        &mut self,
        kind: OutcomeKind,
        failure: Failure,
        answer: Option<&Response>,
        at: Moment,
    ) -> Step {
        self.tally.lasting += 1;
        if self.tally.lasting >= self.policy.max_attempts {
            return self.finish(kind, "gave up: ", &failure, at);
        }
        self.wait(OutcomeKind::Deadline, failure, answer, at)
    }

    fn expired(&mut self, failure: Failure, at: Moment) -> Step {
        if self.tally.renewals >= RENEWALS {
            return self.finish(OutcomeKind::Credentials, "renewed in vain: ", &failure, at);
        }
        self.tally.renewals += 1;
        self.ask(Freshness::Renewed, Asked::Renewal(failure))
    }

    /// Whether a signature may be dated anew. It counts as a failure that may be lasting.
    fn may_correct(&mut self) -> bool {
        self.tally.corrections += 1;
        self.tally.lasting += 1;
        matches!(self.identity, Some(Identity::AccessKey(_)))
            && self.tally.corrections <= CORRECTIONS
            && self.tally.lasting < self.policy.max_attempts
    }

    /// The end, unless other credentials may help where the instance's document does not.
    fn refused(&mut self, kind: OutcomeKind, failure: Failure, at: Moment) -> Step {
        let as_instance = matches!(self.identity, Some(Identity::Instance(_)));
        if as_instance && matches!(kind, OutcomeKind::Denied | OutcomeKind::Credentials) {
            return self.ask(Freshness::Renewed, Asked::Instead(kind, failure));
        }
        self.finish(kind, "", &failure, at)
    }

    fn out_of_time(&mut self, kind: OutcomeKind, failure: Option<Failure>, at: Moment) -> Step {
        let deadline = report::duration(u64::from(self.policy.deadline));
        let failure = failure
            .or_else(|| self.last.take())
            .unwrap_or_else(|| Failure::new("nothing could be sent".to_owned(), "allow more time"));
        self.finish(kind, &["no more time before the deadline of ", &deadline, ": "].concat(), &failure, at)
    }

    fn delivered(&mut self, answer: &Failure, remark: &str, at: Moment) -> Step {
        let effort = self.effort(at);
        let message = ["delivered ", &self.label, " (", &tried(effort), ")", remark].concat();
        self.done(Outcome {
            kind: OutcomeKind::Delivered,
            http_status: answer.http_status,
            code: answer.code.clone(),
            request_id: answer.request_id.clone(),
            message: self.scrub.line(&message, report::LONGEST),
            attempts: effort.attempts,
        })
    }

    fn finish(&mut self, kind: OutcomeKind, before: &str, failure: &Failure, at: Moment) -> Step {
        let effort = self.effort(at);
        self.done(Outcome {
            kind,
            http_status: failure.http_status,
            code: failure.code.clone(),
            request_id: failure.request_id.clone(),
            message: failure.message(before, effort, &self.scrub),
            attempts: effort.attempts,
        })
    }

    fn done(&mut self, outcome: Outcome) -> Step {
        // Nothing is signed any more.
        self.identity = None;
        self.expected = Expected::Nothing(outcome.clone());
        Step::Done(outcome)
    }

    /// The caller's mistake.
    fn confused(&mut self, expected: &Expected, event: &Event, at: Moment) -> Step {
        let asked = match expected {
            Expected::Start => "the delivery has not begun",
            Expected::Identity(_) => "an identity was asked for",
            Expected::Answer(_) => "a request was to be sent",
            Expected::Waited => "a wait was asked for",
            Expected::Nothing(_) => "the delivery has ended",
        };
        let given = match event {
            Event::Start => "start",
            Event::Identity(_) => "identity",
            Event::NoIdentity(_) => "no-identity",
            Event::Response(_) => "response",
            Event::Failed(_) => "failed",
            Event::Waited => "waited",
        };
        let summary = ["the caller's mistake: ", asked, ", and the event was ", given].concat();
        self.finish(
            OutcomeKind::Rejected,
            "",
            &Failure::new(summary, "report it to the program's authors"),
            at,
        )
    }

    /// Milliseconds before the deadline.
    fn left(&self, at: Moment) -> u32 {
        u32::try_from(u64::from(self.policy.deadline).saturating_sub(at.elapsed)).unwrap_or(u32::MAX)
    }

    fn effort(&self, at: Moment) -> Effort {
        Effort { attempts: self.tally.attempts, elapsed: at.elapsed }
    }
}

/// Neither the request nor the identity is shown.
impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("policy", &self.policy)
            .field("attempts", &self.tally.attempts)
            .finish_non_exhaustive()
    }
}
