//! How often a rule comes true.

use std::fmt;
use std::time::Duration;

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};

use super::span::written;

/// Which of the requests that a rule selects meet its fault: those that all of these allow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// `after=N`: none of a client's first N, which the others do not count.
    pub after: Option<u64>,
    /// `first=N`: only a client's first N.
    pub first: Option<u64>,
    /// `every=N`: only a client's Nth, 2Nth, 3Nth …
    pub every: Option<u64>,
    /// `p=P`: each with this probability, over 0 and at most 1.
    pub probability: Option<f64>,
    /// `for=DURATION`: only so long after the rules came into force, by the stack's clock.
    pub span: Option<Duration>,
}

/// One decision: a client's request, and what it may be decided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Occasion {
    pub(super) seed: u64,
    /// The rule's place among the rules, from 0.
    pub(super) rule: u32,
    /// The client's number among the rule's clients, from 0, in the order in which they came.
    pub(super) client: u32,
    /// The request's number among the client's, from 1.
    pub(super) request: u64,
    /// Since the rules came into force.
    pub(super) elapsed: Duration,
}

impl Limits {
    /// Whether they limit nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether no request could ever meet the fault.
    pub(super) fn are_impossible(&self) -> bool {
        matches!((self.first, self.every), (Some(first), Some(every)) if every > first)
    }

    pub(super) fn allow(&self, on: Occasion) -> bool {
        let Some(number) = on.request.checked_sub(self.after.unwrap_or(0)).filter(|number| *number > 0)
        else {
            return false;
        };
        self.first.is_none_or(|first| number <= first)
            && self.every.is_none_or(|every| number.is_multiple_of(every))
            && self.span.is_none_or(|span| on.elapsed < span)
            && self.probability.is_none_or(|probability| draw(on) < probability)
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, number) in [("after", self.after), ("first", self.first), ("every", self.every)] {
            if let Some(number) = number {
                write!(f, ",{name}={number}")?;
            }
        }
        if let Some(probability) = self.probability {
            write!(f, ",p={probability}")?;
        }
        if let Some(span) = self.span {
            write!(f, ",for={}", written(span))?;
        }
        Ok(())
    }
}

/// From 0 up to, and without, 1: the same for the same occasion whenever and wherever it is drawn.
fn draw(on: Occasion) -> f64 {
    // A stream for each rule and client, and in it two words for each request.
    let mut random = ChaCha8Rng::seed_from_u64(on.seed);
    random.set_stream(u64::from(on.rule) << 32 | u64::from(on.client));
    random.set_word_pos(u128::from(on.request) * 2);
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}
