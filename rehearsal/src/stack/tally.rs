//! Signals counted.

use std::collections::{HashMap, HashSet};

use super::types::Outcome;
use crate::model::Percent;

/// Unique ids that are remembered of each resource beyond those it waits for, so that a client that signals for ever
/// costs no memory: of later ones a repetition is accepted in place of refused. Neither counts.
const REMEMBERED: usize = 1000;

/// Whose signals count.
#[derive(Clone, Debug)]
pub(super) enum Counts {
    /// Nobody's.
    Nothing,
    /// Those of one instance.
    Only(String),
    /// Everybody's.
    Any,
    /// Those of anything whose id looks like an instance's, but for those that are no more or whose group is replaced: a
    /// group at its creation knows no ids beforehand.
    InstanceIds,
    /// Those of the instances that a rolling update has launched in this batch, and of whoever looks like an instance
    /// and never was a member of the stack: somebody outside who plays one. An obsolete instance's do not count.
    Batch(HashSet<String>),
}

/// Who signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// An instance of the resource that the signal is for.
    Own,
    /// An instance of another resource.
    Another,
    /// An instance that is no more, or that another takes the place of.
    Past,
    /// Nobody that the stack has ever known.
    Stranger,
}

/// What became of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It counts as what it says.
    Counted,
    /// It is accepted, and nothing comes of it.
    Uncounted,
    /// Refused: only a failure may follow a signal of the same id.
    Repeated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Success,
    Failure,
    Uncounted,
}

/// Signals of one wait.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    counts: Counts,
    expected: u32,
    required: u32,
    percent: Option<Percent>,
    successes: u32,
    failures: u32,
    seen: HashMap<String, Seen>,
    /// How many of those do not count.
    uncounted: usize,
}

impl Tally {
    /// Waits for `count` signals, each of which has to be a success.
    pub(super) fn new(counts: Counts, count: u32) -> Self {
        Self {
            counts,
            expected: count,
            required: count,
            percent: None,
            successes: 0,
            failures: 0,
            seen: HashMap::new(),
            uncounted: 0,
        }
    }

    /// Takes signals, and waits for none.
    pub(super) fn idle() -> Self {
        Self::new(Counts::Nothing, 0)
    }

    /// Waits for `count` signals, of which a share has to be a success.
    pub(super) fn share(counts: Counts, count: u32, percent: Percent) -> Self {
        Self { required: percent.of(count), percent: Some(percent), ..Self::new(counts, count) }
    }

    /// Waits for the same, and counts nobody's.
    pub(super) fn count_nobody(&mut self) {
        self.counts = Counts::Nothing;
    }

    /// Takes a signal of `sender`, who has this id.
    pub(super) fn take(&mut self, unique_id: &str, outcome: Outcome, sender: Sender) -> Verdict {
        let known = self.seen.get(unique_id).copied();
        if known.is_some() && outcome == Outcome::Success {
            return Verdict::Repeated;
        }
        let counts = match known {
            Some(Seen::Success) => true,
            Some(Seen::Failure | Seen::Uncounted) => false,
            None => self.room() && self.counted_id(unique_id, sender),
        };
        if !counts {
            if known.is_none() && self.uncounted < REMEMBERED {
                self.uncounted += 1;
                self.seen.insert(unique_id.to_owned(), Seen::Uncounted);
            }
            return Verdict::Uncounted;
        }
        if known.is_some() {
            self.successes = self.successes.saturating_sub(1);
        }
        let seen = match outcome {
            Outcome::Success => {
                self.successes = self.successes.saturating_add(1);
                Seen::Success
            }
            Outcome::Failure => {
                self.failures = self.failures.saturating_add(1);
                Seen::Failure
            }
        };
        self.seen.insert(unique_id.to_owned(), seen);
        Verdict::Counted
    }

    /// Whether another id may count. There is always room for those it waits for.
    fn room(&self) -> bool {
        let counted = self.seen.len().saturating_sub(self.uncounted);
        counted < usize::try_from(self.expected).unwrap_or(usize::MAX).saturating_add(REMEMBERED)
    }

    fn counted_id(&self, unique_id: &str, sender: Sender) -> bool {
        match &self.counts {
            Counts::Nothing => false,
            Counts::Only(id) => id == unique_id,
            Counts::Any => true,
            Counts::InstanceIds => sender != Sender::Past && looks_like_an_instance(unique_id),
            Counts::Batch(ids) => {
                ids.contains(unique_id) || sender == Sender::Stranger && looks_like_an_instance(unique_id)
            }
        }
    }

    pub(super) fn expected(&self) -> u32 {
        self.expected
    }

    pub(super) fn successes(&self) -> u32 {
        self.successes
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Signals that are still to come.
    pub(super) fn missing(&self) -> u32 {
        self.expected.saturating_sub(self.successes).saturating_sub(self.failures)
    }

    /// Whether a share of them is enough.
    pub(super) fn is_share(&self) -> bool {
        self.percent.is_some()
    }

    /// Whether it has the successes it needs.
    pub(super) fn satisfied(&self) -> bool {
        self.successes >= self.required
    }

    /// Whether it has more failures than it may.
    pub(super) fn hopeless(&self) -> bool {
        self.failures > self.expected.saturating_sub(self.required)
    }

    /// Why it fails when its time is up.
    pub(super) fn timeout_reason(&self) -> String {
        match self.percent {
            Some(percent) => unsatisfied(self.successes, Outcome::Success, self.expected, percent),
            None => {
                let missing = self.expected.saturating_sub(self.successes);
                format!("Failed to receive {missing} resource signal(s) within the specified duration")
            }
        }
    }

    /// Why it fails when too many failures have come; `None` where the failure itself is the reason.
    pub(super) fn failure_reason(&self) -> Option<String> {
        self.percent.map(|percent| unsatisfied(self.failures, Outcome::Failure, self.expected, percent))
    }
}

/// The service's words on a share that cannot be reached any more. Two spaces after the full stop.
pub(super) fn unsatisfied(count: u32, outcome: Outcome, of: u32, percent: Percent) -> String {
    format!(
        "Received {count} {} signal(s) out of {of}.  Unable to satisfy {percent}% MinSuccessfulInstancesPercent \
         requirement",
        outcome.as_str()
    )
}

/// `i-` and 8 or 17 hexadecimal digits.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>
pub(super) fn looks_like_an_instance(id: &str) -> bool {
    id.strip_prefix("i-").is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests;
