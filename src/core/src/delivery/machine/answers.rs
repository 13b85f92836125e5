//! What an answer, or its absence, leads to.

use super::{Arrival, Delivery, Moment, Sent, Then};
use crate::delivery::classify::{Meaning, Service, classify};
use crate::delivery::report::{Failure, with_detail};
use crate::delivery::skew::Skew;
use crate::delivery::types::{OutcomeKind, Step, TransportError};
use crate::delivery::{error_response, origin, redirect, retry_after};
use crate::http::Response;
use crate::identity::Identity;

/// Times that a signature may be dated anew.
const CORRECTIONS: u32 = 3;

/// How long a new key or a new permission may take to be known everywhere, in milliseconds.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>,
/// which names no figure; seconds are common.
const PROPAGATION: u64 = 30_000;

impl Delivery {
    // Not inlined, nor is `identified`: in one large frame with them, most offsets would take two bytes.
    #[inline(never)]
    pub(super) fn answered(&mut self, sent: &Sent, response: &Response, at: Moment) -> Step {
        let took = at.elapsed.saturating_sub(sent.at);
        let error = error_response::parse(&response.body);
        let of_aws = origin::is_aws(response, error.as_ref());
        // The clock of whoever else answers is not the service's.
        let measured = if of_aws { Skew::measure(response, at.now, took) } else { None };
        self.skew = measured.unwrap_or(self.skew);

        let service = self.plan.service();
        let worth = || origin::worth(response, sent.uri.expose());
        let verdict = classify(service, response.status, error.as_ref(), worth);
        let failure = Failure::answer(response, error.as_ref(), verdict.advice, &self.scrub);
        if !matches!(verdict.meaning, Meaning::Expired | Meaning::Moved) {
            self.tally.renewals = 0;
        }
        if !matches!(verdict.meaning, Meaning::Propagating(_) | Meaning::Misdated(_)) {
            self.tally.propagating = None;
        }
        let arrival = self.tally.arrival;
        // A page with a status of success is somebody's on the way, too.
        if !matches!(response.status, 300..=499) {
            // An error of AWS's own says what it did not do; only a failure of its servers leaves that open.
            let likely = of_aws && response.status >= 500;
            self.may_have_arrived(if likely { Arrival::Likely } else { Arrival::Perhaps });
        }
        match verdict.meaning {
            Meaning::Delivered => self.delivered(&failure, "", at),
            Meaning::AlreadySignalled if arrival == Arrival::Likely => {
                self.delivered(&failure, "; an earlier try had arrived", at)
            }
            // The stack may be complete because of this very signal.
            Meaning::AlreadySignalled | Meaning::Final(OutcomeKind::AlreadyComplete) => {
                let kind = match verdict.meaning {
                    Meaning::Final(kind) => kind,
                    _ => OutcomeKind::AlreadySignalled,
                };
                let doubt =
                    if arrival == Arrival::No { "" } else { "perhaps by an earlier try of this signal: " };
                self.finish(kind, doubt, &failure, at)
            }
            Meaning::Moved => self.moved(sent, response, failure, at),
            Meaning::Patient(kind) => self.again(kind, failure, Some(response), at),
            Meaning::Propagating(kind) => self.propagating(kind, failure, response, at),
            Meaning::Lasting(kind) => self.lasting(kind, OutcomeKind::Deadline, failure, Some(response), at),
            Meaning::Expired => self.expired(failure, at),
            Meaning::Misdated(kind) => {
                let refutes = |skew: &Skew| skew.refutes(sent.dated, at.now, took);
                let told = || Skew::told(&error.as_ref()?.message, at.now, took);
                match measured.filter(refutes).or_else(|| told().filter(refutes)) {
                    Some(skew) if self.may_correct() => {
                        self.skew = skew;
                        // A clock that is still wrong may stay so: no more than a request a second.
                        if self.tally.corrections > 1 {
                            return self.again(OutcomeKind::Deadline, failure, None, at);
                        }
                        self.last = Some((OutcomeKind::Deadline, failure));
                        self.try_now(at)
                    }
                    _ if kind == OutcomeKind::Denied => self.propagating(kind, failure, response, at),
                    _ => self.refused(kind, failure, at),
                }
            }
            Meaning::Final(kind) => self.refused(kind, failure, at),
        }
    }

    pub(super) fn unanswered(&mut self, sent: &Sent, error: &TransportError, at: Moment) -> Step {
        let took = at.elapsed.saturating_sub(sent.at);
        let failure = Failure::transport(error, took, &self.scrub);
        if error.may_have_arrived() {
            // What cannot be said more exactly is often that something else answered, such as a server of another protocol.
            let vague = matches!(error, TransportError::Other(_));
            self.may_have_arrived(if vague { Arrival::Perhaps } else { Arrival::Likely });
        }
        if let TransportError::Certificate(_) = error {
            return self.finish(OutcomeKind::Unreachable, "", &failure, at);
        }
        let timed_out = matches!(error, TransportError::Timeout | TransportError::ConnectTimeout);
        // By what happened, not by what was allowed: a connection has less time than its request.
        if timed_out && sent.last && took >= u64::from(sent.timeout) && self.last.is_some() {
            // It is the deadline that gave this try no more time: what was in the way before says more.
            return self.out_of_time(None, at);
        }
        self.lasting(OutcomeKind::Unreachable, OutcomeKind::Deadline, failure, None, at)
    }

    fn may_have_arrived(&mut self, arrival: Arrival) {
        self.tally.arrival = self.tally.arrival.max(arrival);
    }

    pub(super) fn moved(&mut self, sent: &Sent, response: &Response, failure: Failure, at: Moment) -> Step {
        let target = match self.plan.service() {
            // Signed again for wherever the server says, it could be any request that the key may make.
            Service::CloudFormation => Err("a signed request follows no redirect"),
            Service::WaitHandle => {
                redirect::target(sent.uri.expose(), response.header("location"), sent.redirects)
            }
        };
        match target {
            Ok(_) if self.left(at) == 0 => self.out_of_time(Some((OutcomeKind::Deadline, failure)), at),
            Ok(to) => {
                self.scrub.learn_redirect(&to, sent.uri.expose());
                self.send(to.into(), sent.redirects + 1, at)
            }
            Err(why) => {
                let kind = OutcomeKind::Rejected;
                let summary = with_detail(&failure.summary, why);
                let failure = Failure { summary, advice: "check the URL, and the proxy", ..failure };
                if failure.is_aws() {
                    return self.finish(kind, "", &failure, at);
                }
                // A portal's, such as a network's where one logs in first: it may go away.
                self.lasting(kind, kind, failure, Some(response), at)
            }
        }
    }

    /// Waits for another try, unless the deadline would come first.
    pub(super) fn again(
        &mut self,
        at_deadline: OutcomeKind,
        failure: Failure,
        answer: Option<&Response>,
        at: Moment,
    ) -> Step {
        let server_now = self.skew.apply(at.now);
        let asked = |drawn| answer.and_then(|answer| retry_after::asked(answer, drawn, server_now));
        self.wait(Then::Try, asked, (at_deadline, failure), at)
    }

    /// Waits for what IAM knows to spread, unless that took too long already.
    fn propagating(&mut self, kind: OutcomeKind, failure: Failure, response: &Response, at: Moment) -> Step {
        let since = *self.tally.propagating.get_or_insert(at.elapsed);
        let as_instance = matches!(self.identity, Some(Identity::Instance(_)));
        if as_instance || at.elapsed.saturating_sub(since) >= PROPAGATION {
            return self.refused(kind, failure, at);
        }
        self.again(kind, failure, Some(response), at)
    }

    /// Waits for another try, unless there were enough.
    pub(super) fn lasting(
        &mut self,
        kind: OutcomeKind,
        at_deadline: OutcomeKind,
        failure: Failure,
        answer: Option<&Response>,
        at: Moment,
    ) -> Step {
        self.tally.lasting += 1;
        if self.tally.lasting >= self.policy.max_attempts {
            return self.finish(kind, "gave up: ", &failure, at);
        }
        self.again(at_deadline, failure, answer, at)
    }

    /// Whether a signature may be dated anew. It counts as a failure that may be lasting.
    pub(super) fn may_correct(&mut self) -> bool {
        self.tally.corrections += 1;
        self.tally.lasting += 1;
        matches!(self.identity, Some(Identity::AccessKey(_)))
            && self.tally.corrections <= CORRECTIONS
            && self.tally.lasting < self.policy.max_attempts
    }
}
