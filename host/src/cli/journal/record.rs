//! A signal, as it is kept.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cfn_signal_command_line::Options;
use cfn_signal_core::delivery::{OutcomeKind, Signal, Target};
use serde::{Deserialize, Serialize};

use super::machine::Machine;
use super::order::Order;
use crate::cli::state::Names;

/// Of what is written here. A file of a later one is left to whoever wrote it.
pub(super) const VERSION: u32 = 1;

/// No stack waits longer: what is older would be taken for another's, such as an update's.
///
/// Sources: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html>,
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html>
const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);
/// What is over is kept for whoever wonders.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum State {
    /// A command runs whose end is to be signalled.
    Running,
    /// It is to be sent: nothing has left.
    Prepared,
    /// It may have arrived.
    Sent,
    /// CloudFormation has it.
    Confirmed,
    /// CloudFormation does not take it, now or later.
    Refused,
}

/// What runs, until it is known what is to be signalled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::cli) struct Running {
    /// The command's name, without what it is given.
    pub program: String,
    /// As typed: `off`, a path or nothing.
    pub console: Option<String>,
}

/// A signal, as it is kept: no secret is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::cli) struct Record {
    version: u32,
    pub state: State,
    /// What it is for, as typed.
    pub names: Names,
    /// When it began, in milliseconds of Unix time.
    pub at: u64,
    pub machine: Machine,
    pub running: Option<Running>,
    pub order: Order,
    /// The outcome's name, once there is one, and when that was.
    pub outcome: Option<String>,
    pub ended: Option<u64>,
    /// Files of those that this stands for, whose processes had died.
    pub instead_of: Vec<String>,
}

impl State {
    /// Whether nothing is left to do.
    pub(in crate::cli) const fn is_over(self) -> bool {
        matches!(self, Self::Confirmed | Self::Refused)
    }
}

impl Record {
    /// Of a signal that is to be sent as `options` say.
    pub(in crate::cli) fn new(options: &Options) -> Self {
        Self {
            version: VERSION,
            state: State::Prepared,
            names: Names::typed(options),
            at: now(),
            machine: Machine::this(),
            running: None,
            order: Order::of(options),
            outcome: None,
            ended: None,
            instead_of: Vec::new(),
        }
    }

    /// Of a command that runs, to be signalled as `options` say.
    pub(in crate::cli) fn of_command(options: &Options, running: Running) -> Self {
        Self { state: State::Running, running: Some(running), ..Self::new(options) }
    }

    /// Of what wrote it.
    pub(super) const fn version(&self) -> u32 {
        self.version
    }

    /// It is known what is to be sent.
    pub(super) fn prepared(&mut self, options: &Options) {
        // What has left stays so, by the names that it had.
        if self.state != State::Sent {
            self.state = State::Prepared;
            self.running = None;
            self.order = Order::of(options);
        }
    }

    pub(super) fn sent(&mut self, signal: &Signal, target: &Target) {
        self.state = State::Sent;
        self.order.resolve(signal, target);
    }

    pub(super) fn concluded(&mut self, kind: OutcomeKind) {
        self.outcome = Some(kind.name().to_owned());
        self.ended = Some(now());
        match kind {
            OutcomeKind::Delivered | OutcomeKind::AlreadySignalled => self.state = State::Confirmed,
            // What another try would not change.
            OutcomeKind::AlreadyComplete
            | OutcomeKind::WrongResource
            | OutcomeKind::Rejected
            | OutcomeKind::ExpiredUrl => self.state = State::Refused,
            _ => {}
        }
    }

    /// Its command was interrupted, and nobody else will signal that: the reason. How it ended is not known: it may have done so a moment
    /// before, or run on.
    pub(in crate::cli) fn interrupted(&mut self, this: &Machine) -> Option<String> {
        let program = &self.running.as_ref()?.program;
        let what = if this.has_restarted_since(&self.machine) {
            format!("the machine restarted before cfn-signal run knew how {program} ended")
        } else {
            format!("cfn-signal run was killed before it knew how {program} ended")
        };
        self.order.fail(&what);
        Some(what)
    }

    /// `options`, whose signal this is, as they were typed: without the names that were found since.
    pub(super) fn typed(&self, options: &Options) -> Options {
        let discover = self.names.stack.is_none() || self.names.resource.is_none();
        Options { id: self.names.id.clone(), discover: options.discover || discover, ..options.clone() }
    }

    /// Whether CloudFormation may have it: that it left is forgotten where the power failed.
    pub(super) fn may_have_left(&self, this: &Machine) -> bool {
        self.state == State::Sent
            || (self.state == State::Prepared && this.has_restarted_since(&self.machine))
    }

    /// Whether it was confirmed, and not before `then`.
    pub(super) fn was_confirmed_since(&self, then: u64) -> bool {
        self.state == State::Confirmed && self.ended.is_some_and(|ended| ended >= then)
    }

    /// Whether it is for what is armed by these `names`.
    pub(super) fn is_for(&self, names: &Names) -> bool {
        let found = self.order.names(self.names.handle.clone());
        names.handle == self.names.handle && (self.names == *names || found.is_meant_by(names))
    }

    /// Whether no stack waits for it any more.
    pub(in crate::cli) fn is_late(&self) -> bool {
        self.age() > LONGEST
    }

    /// Whether it need not be kept.
    pub(super) fn is_forgotten(&self) -> bool {
        self.age() > KEPT
    }

    /// A clock that was set back makes nothing older.
    pub(in crate::cli) fn age(&self) -> Duration {
        Duration::from_millis(now().saturating_sub(self.at))
    }
}

pub(super) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use cfn_signal_command_line::Options;
    use cfn_signal_core::delivery::{OutcomeKind, ResourceTarget, Signal, Status, Target};

    use super::{Record, State};

    fn concluded(kind: OutcomeKind) -> State {
        let mut record = Record::new(&Options::default());
        let signal =
            Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None };
        record.sent(&signal, &Target::Resource(ResourceTarget::new("S", "R", "eu-west-1")));
        record.concluded(kind);
        record.state
    }

    #[test]
    fn only_a_confirmed_answer_makes_it_confirmed() {
        for (kind, state) in [
            (OutcomeKind::Delivered, State::Confirmed),
            (OutcomeKind::AlreadySignalled, State::Confirmed),
            (OutcomeKind::AlreadyComplete, State::Refused),
            (OutcomeKind::ExpiredUrl, State::Refused),
            (OutcomeKind::Unreachable, State::Sent),
            (OutcomeKind::Deadline, State::Sent),
            (OutcomeKind::Denied, State::Sent),
            (OutcomeKind::Credentials, State::Sent),
        ] {
            assert_eq!(concluded(kind), state, "{kind:?}");
        }
    }

    /// What is armed takes it for a signal only then.
    #[test]
    fn what_has_left_stays_so_while_it_is_sent_again() {
        let mut record = Record::new(&Options::default());
        let signal =
            Signal { status: Status::Success, unique_id: "i-1".to_owned(), reason: None, data: None };
        record.sent(&signal, &Target::Resource(ResourceTarget::new("S", "R", "eu-west-1")));
        let before = record.clone();
        record.prepared(&Options { failed: true, ..Options::default() });
        assert_eq!(record, before);
    }

    #[test]
    fn what_no_stack_waits_for_any_more_is_late() {
        let mut record = Record::new(&Options::default());
        assert!(!record.is_late());
        record.at -= 13 * 60 * 60 * 1000;
        assert!(record.is_late() && !record.is_forgotten());
        record.at -= 8 * 24 * 60 * 60 * 1000;
        assert!(record.is_forgotten());
        record.at = u64::MAX;
        assert!(!record.is_late());
    }
}
