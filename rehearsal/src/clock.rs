//! The only place that reads a clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::moment::Moment;

/// How a rehearsal's time passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockKind {
    /// As everywhere else.
    #[default]
    Real,
    /// As everywhere else while anything can still happen; then straight to the next timeout.
    Virtual,
}

/// The stack's clock.
#[derive(Debug)]
pub struct Clock {
    kind: ClockKind,
    /// Milliseconds that were jumped over so far.
    ahead: AtomicU64,
}

impl Clock {
    /// A clock that shows the present.
    #[must_use]
    pub const fn new(kind: ClockKind) -> Self {
        Self { kind, ahead: AtomicU64::new(0) }
    }

    /// How time passes.
    #[must_use]
    pub const fn kind(&self) -> ClockKind {
        self.kind
    }

    /// The stack's time.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment::from_millis(wall().as_millis().saturating_add(self.ahead.load(Ordering::Relaxed)))
    }

    /// Makes it `moment`, if that is still to come and the clock is virtual.
    pub fn jump_to(&self, moment: Moment) {
        if self.kind == ClockKind::Virtual {
            let millis = u64::try_from(moment.since(self.now()).as_millis()).unwrap_or(0);
            self.ahead.fetch_add(millis, Ordering::Relaxed);
        }
    }
}

/// The machine's time: what signatures and expiry dates of clients are held against, whatever the stack's clock shows.
#[must_use]
pub fn wall() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
