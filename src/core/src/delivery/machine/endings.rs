//! How a delivery ends.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use super::{Delivery, Expected, Moment};
use crate::delivery::report::{self, Failure, tried};
use crate::delivery::types::{Event, Outcome, OutcomeKind, Step};

impl Delivery {
    /// The deadline has come, or would before anything else could be done. What was in the way says how it ends: `failure`,
    /// else the last try's, so that it does not matter in which moment of a wait the time is up.
    pub(super) fn out_of_time(&mut self, failure: Option<(OutcomeKind, Failure)>, at: Moment) -> Step {
        let deadline = report::duration(u64::from(self.policy.deadline));
        let (kind, failure) = failure.or_else(|| self.last.take()).unwrap_or_else(|| {
            let failure = Failure::new("nothing could be sent".to_owned(), "allow more time");
            (OutcomeKind::Deadline, failure)
        });
        self.finish(kind, &format!("no more time before the deadline of {deadline}: "), &failure, at)
    }

    pub(super) fn delivered(&mut self, answer: &Failure, remark: &str, at: Moment) -> Step {
        let effort = self.effort(at);
        let message = format!("delivered {} ({}){remark}", self.label, tried(effort));
        let message = self.scrub.line(&message, report::LONGEST);
        self.end(OutcomeKind::Delivered, answer, message)
    }

    pub(super) fn finish(&mut self, kind: OutcomeKind, before: &str, failure: &Failure, at: Moment) -> Step {
        let message = failure.message(before, self.effort(at), &self.scrub);
        self.end(kind, failure, message)
    }

    fn end(&mut self, kind: OutcomeKind, answer: &Failure, message: String) -> Step {
        self.done(Outcome {
            kind,
            status_code: answer.status_code,
            code: answer.code.clone(),
            request_id: answer.request_id.clone(),
            message,
            attempts: self.tally.attempts,
        })
    }

    pub(super) fn done(&mut self, outcome: Outcome) -> Step {
        // Nothing is signed any more.
        self.identity = None;
        self.expected = Expected::Nothing(outcome.clone());
        Step::Done(outcome)
    }

    /// The caller's mistake.
    pub(super) fn confused(&mut self, expected: &Expected, event: &Event, at: Moment) -> Step {
        let asked = match expected {
            Expected::Start => "the delivery has not begun",
            Expected::Identity(..) => "an identity was asked for",
            Expected::Answer(_) => "a request was to be sent",
            Expected::Waited(_) => "a wait was asked for",
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
        let summary = format!("the caller's mistake: {asked}, and the event was {given}");
        self.finish(
            OutcomeKind::Misused,
            "",
            &Failure::new(summary, "report it to the program's authors"),
            at,
        )
    }
}
