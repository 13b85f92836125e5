//! The system's clocks.

use std::future::{Future, ready};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cfn_signal_core::deliver::Clock;

/// The wall clock, and a monotonic one that starts with this value.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock(Instant);

impl SystemClock {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    fn elapsed(&self) -> u64 {
        milliseconds(self.0.elapsed())
    }

    fn sleep(&mut self, milliseconds: u32) -> impl Future<Output = ()> {
        sleep(Duration::from_millis(milliseconds.into()));
        ready(())
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
