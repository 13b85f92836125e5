//! Whether anything comes from outside: a virtual clock jumps only when nothing does.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What comes from outside.
#[derive(Debug)]
pub struct Activity {
    in_flight: AtomicUsize,
    last: Mutex<Instant>,
}

impl Default for Activity {
    fn default() -> Self {
        Self { in_flight: AtomicUsize::new(0), last: Mutex::new(Instant::now()) }
    }
}

impl Activity {
    /// Marks a request as being answered until the guard is dropped.
    pub fn in_flight(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        InFlight(self)
    }

    /// Something came from outside just now.
    pub fn stir(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// How much longer nothing may happen before nothing has happened for `span`; zero when that is so.
    #[must_use]
    pub fn until_quiet(&self, span: Duration) -> Duration {
        if self.in_flight.load(Ordering::Relaxed) > 0 {
            return span;
        }
        span.saturating_sub(self.last.lock().unwrap_or_else(PoisonError::into_inner).elapsed())
    }
}

/// A request is being answered.
pub struct InFlight<'a>(&'a Activity);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.stir();
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
