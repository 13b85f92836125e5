//! What an answer, or its absence, leads to.

use super::{Delivery, Moment, Sent, Then};
use crate::delivery::classify::{Meaning, Service, classify};
use crate::delivery::report::{Failure, with_detail};
use crate::delivery::skew::Skew;
use crate::delivery::types::{OutcomeKind, Step, TransportError};
use crate::delivery::{error_response, redirect, retry_after};
use crate::http::Response;
use crate::identity::Identity;

/// Times that a signature may be dated anew.
const CORRECTIONS: u32 = 3;

impl Delivery {
    // Not inlined, nor is `identified`: in one large frame with them, most offsets would take two bytes.
    #[inline(never)]
    pub(super) fn answered(&mut self, sent: &Sent, response: &Response, at: Moment) -> Step {
        let took = at.elapsed.saturating_sub(sent.at);
        let measured = Skew::measure(response, at.now, took);
        self.skew = measured.unwrap_or(self.skew);

        let error = error_response::parse(&response.body);
        let verdict = classify(self.plan.service(), response.status, error.as_ref());
        let failure = Failure::answer(response, error.as_ref(), verdict.advice, &self.scrub);
        if !matches!(verdict.meaning, Meaning::Expired | Meaning::Moved) {
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
                    self.last = Some((OutcomeKind::Deadline, failure));
                    self.try_now(at)
                } else {
                    self.refused(kind, failure, at)
                }
            }
            // The stack may be complete because of this very signal.
            Meaning::Final(kind @ OutcomeKind::AlreadyComplete) if had_arrived => {
                self.finish(kind, "perhaps by an earlier try of this signal: ", &failure, at)
            }
            Meaning::Final(kind) => self.refused(kind, failure, at),
        }
    }

    pub(super) fn unanswered(&mut self, sent: &Sent, error: &TransportError, at: Moment) -> Step {
        let took = at.elapsed.saturating_sub(sent.at);
        let failure = Failure::transport(error, took, &self.scrub);
        self.tally.may_have_arrived |= error.may_have_arrived();
        let timed_out = matches!(error, TransportError::Timeout | TransportError::ConnectTimeout);
        // By what happened, not by what was allowed: a connection has less time than its request.
        let cut_short =
            timed_out && took >= u64::from(sent.timeout) && sent.timeout < self.policy.attempt_timeout;
        if cut_short && self.last.is_some() {
            // It is the deadline that gave this try no more time: what was in the way before says more.
            return self.out_of_time(None, at);
        }
        self.lasting(OutcomeKind::Unreachable, failure, None, at)
    }

    pub(super) fn moved(
        &mut self,
        sent: &Sent,
        response: &Response,
        mut failure: Failure,
        at: Moment,
    ) -> Step {
        if self.plan.service() == Service::CloudFormation {
            // Signed again for wherever the server says, it could be any request that the key may make.
            failure.summary = with_detail(&failure.summary, "a signed request follows no redirect");
            failure.advice = "check the endpoint, and the proxy: CloudFormation does not redirect";
            return self.finish(OutcomeKind::Rejected, "", &failure, at);
        }
        match redirect::target(sent.uri.expose(), response.header("location"), sent.redirects) {
            Ok(_) if self.left(at) == 0 => self.out_of_time(Some((OutcomeKind::Deadline, failure)), at),
            Ok(to) => {
                self.scrub.learn_redirect(&to, sent.uri.expose());
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
    pub(super) fn wait(
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
            Ok(wait) if wait < self.left(at) => self.pause(Then::Try, wait, (at_deadline, failure), at),
            _ => self.out_of_time(Some((at_deadline, failure)), at),
        }
    }

    /// Waits for another try, unless there were enough.
    pub(super) fn lasting(
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

    /// Whether a signature may be dated anew. It counts as a failure that may be lasting.
    pub(super) fn may_correct(&mut self) -> bool {
        self.tally.corrections += 1;
        self.tally.lasting += 1;
        matches!(self.identity, Some(Identity::AccessKey(_)))
            && self.tally.corrections <= CORRECTIONS
            && self.tally.lasting < self.policy.max_attempts
    }
}
