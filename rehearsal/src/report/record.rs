//! What is remembered of a rehearsal: what every report is made of.

use std::time::Duration;

use super::bounded::Bounded;
use super::phase::{Progress, Verb};
use crate::happening::FaultInjected;
use crate::moment::Moment;
use crate::run::Ended;
use crate::stack::{Capacity, Event, Status};

/// A stack's history.
#[derive(Clone, Debug)]
pub struct StackRecord {
    /// Its name.
    pub name: String,
    /// When the first of it was told.
    pub began: Option<Moment>,
    /// When the last of it was told, by the stack's clock.
    pub latest: Moment,
    /// How long this machine took for that.
    pub real: Duration,
    /// Its last status.
    pub status: Option<Status>,
    /// Creations, updates and deletions of the whole stack.
    pub operations: Bounded<Operation>,
    /// The stack itself first, then its resources: in the order of the template, then of their appearance.
    pub resources: Vec<ResourceRecord>,
    /// Its instances, as they were launched.
    pub instances: Vec<InstanceRecord>,
    /// Instances that are not kept because there were too many.
    pub further_instances: u64,
    /// Its events.
    pub events: Bounded<Event>,
    /// Faults on demand.
    pub faults: Bounded<FaultInjected>,
    /// What to do about its end.
    pub advice: Vec<String>,
}

/// What was done to a stack as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What.
    pub verb: Verb,
    /// When it began.
    pub since: Moment,
    /// When it was decided how it ends.
    pub decided: Option<Moment>,
    /// The stack's status in it, the last one.
    pub status: Status,
    /// The resource that failed first, why and when.
    pub failure: Option<(String, String, Moment)>,
    /// Whether it is being undone, or failed.
    pub failed: bool,
}

impl Operation {
    /// From its start to its success, or to what failed first; to `now` while that is open.
    #[must_use]
    pub fn took(&self, now: Moment) -> Duration {
        let end = self.failure.as_ref().map(|(.., at)| *at).or(self.decided).unwrap_or(now);
        end.since(self.since)
    }

    /// How it ended.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        match (self.failed, self.decided) {
            (true, _) => Verdict::Failed,
            (false, Some(_)) => Verdict::Complete,
            (false, None) => Verdict::Undecided,
        }
    }
}

/// How a stack ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As was wanted.
    Complete,
    /// It rolled back, or cannot even do that.
    Failed,
    /// It had not ended.
    Undecided,
}

impl Verdict {
    /// As the JSON summary has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Undecided => "undecided",
        }
    }
}

/// A resource's history, or that of the stack itself.
#[derive(Clone, Debug)]
pub struct ResourceRecord {
    /// Whether it is the stack itself: a resource that is a stack of its own has the same type.
    pub is_stack: bool,
    /// Its name in the template, or the stack's.
    pub logical_id: String,
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: String,
    /// What its creation waits for.
    pub planned: Option<Planned>,
    /// The logical id of the handle whose documents it counts.
    pub handle: Option<String>,
    /// Whether it was there before what is rehearsed, which is an update.
    pub existed: bool,
    /// Its last status; `None` before it was begun with.
    pub status: Option<Status>,
    /// Why, in the service's words.
    pub reason: Option<String>,
    /// Creations, updates and deletions.
    pub spans: Bounded<Span>,
    /// What it waited for.
    pub waits: Bounded<Wait>,
    /// Signals that named it.
    pub signals: Signals,
    /// A group's sizes, each from its moment on.
    pub sizes: Bounded<Capacity>,
}

impl ResourceRecord {
    /// Whether this is the stack itself.
    #[must_use]
    pub const fn is_stack(&self) -> bool {
        self.is_stack
    }
}

/// What a resource's creation waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Signals.
    pub expected: u32,
    /// At most so long.
    pub timeout: Duration,
}

/// Something that was done to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What.
    pub verb: Verb,
    /// From when.
    pub since: Moment,
    /// To when; `None` while it is under way.
    pub until: Option<Moment>,
    /// How far it came.
    pub progress: Progress,
}

/// A wait for signals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Since when.
    pub since: Moment,
    /// When it would give up.
    pub until: Moment,
    /// Signals it needs.
    pub expected: u32,
    /// Signals that count.
    pub received: u32,
    /// When it was over.
    pub ended: Option<Moment>,
    /// When it was first not waited for any more, although no event had told of it.
    pub missed: Option<Moment>,
    /// How it was over.
    pub end: WaitEnd,
}

impl Wait {
    /// How long it was, to `now` while it is open.
    #[must_use]
    pub fn length(&self, now: Moment) -> Duration {
        self.ended.unwrap_or(now).since(self.since)
    }
}

/// How a wait ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitEnd {
    /// It did not.
    Open,
    /// It has what it needs.
    Met,
    /// It failed, in the service's words.
    Failed(String),
    /// It was not waited for any longer, because something else failed.
    Cancelled(String),
}

/// The signals that named a resource.
#[derive(Clone, Debug)]
pub struct Signals {
    /// One by one.
    pub marks: Bounded<Mark>,
    /// How many of each kind, exactly; in the order of [`MarkKind::ALL`].
    pub counts: [u64; MarkKind::ALL.len()],
}

/// A signal on the time line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Moment,
    /// What it was.
    pub kind: MarkKind,
    /// Whom it was from; empty where that cannot be read.
    pub unique_id: String,
    /// The same and what came of it, in words.
    pub text: String,
}

/// What a signal was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkKind {
    /// It says that all is well, and counts.
    Success,
    /// It says that something failed, and counts.
    Failure,
    /// It was accepted and does not count.
    Uncounted,
    /// It was refused.
    Refused,
}

impl MarkKind {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Success, Self::Failure, Self::Uncounted, Self::Refused];

    /// In words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Uncounted => "accepted, not counted",
            Self::Refused => "refused",
        }
    }
}

/// An instance and what it said.
#[derive(Clone, Debug)]
pub struct InstanceRecord {
    /// Its logical id, or its group's.
    pub logical_id: String,
    /// Such as `i-0123456789abcdef0`; empty where that is not known.
    pub instance_id: String,
    /// When it was launched.
    pub launched: Moment,
    /// When it was terminated.
    pub terminated: Option<Moment>,
    /// What its user data printed, secrets hidden.
    pub lines: Bounded<Line>,
    /// How and when its user data ended.
    pub ended: Option<(Ended, Moment)>,
    /// Why nothing ran.
    pub not_run: Option<String>,
}

impl InstanceRecord {
    /// Whether its user data was ended because the instance was terminated.
    #[must_use]
    pub fn ended_with_it(&self) -> bool {
        match (&self.ended, self.terminated) {
            (Some((ended, at)), Some(terminated)) => ended.code.is_none() && *at >= terminated,
            _ => false,
        }
    }
}

/// A line of user data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Without its line break.
    pub text: String,
    /// Whether a stub said it.
    pub stub: bool,
}

impl StackRecord {
    /// The operation that the stack is judged by: the last one that did not delete it, if there is one.
    #[must_use]
    pub fn judged(&self) -> Option<&Operation> {
        let wanted = |it: &&Operation| it.verb != Verb::Delete || it.failed;
        self.operations.iter().filter(wanted).last().or(self.operations.last())
    }

    /// How the stack ended.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.judged().map_or(Verdict::Undecided, Operation::verdict)
    }

    /// Its resources without itself.
    pub fn own_resources(&self) -> impl Iterator<Item = &ResourceRecord> {
        self.resources.iter().filter(|it| !it.is_stack())
    }
}
