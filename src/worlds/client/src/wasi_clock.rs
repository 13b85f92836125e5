//! The host's clocks.

use core::future::{Future, ready};

use cfn_signal_core::deliver::Clock;

use crate::wasi::clocks::{monotonic_clock, wall_clock};

const NANOSECONDS: u64 = 1_000_000;

/// The wall clock, and a monotonic one that starts with this value.
pub(super) struct WasiClock(monotonic_clock::Instant);

impl WasiClock {
    /// Starts now.
    pub(super) fn start() -> Self {
        Self(monotonic_clock::now())
    }
}

impl Clock for WasiClock {
    fn now(&self) -> u64 {
        let now = wall_clock::now();
        now.seconds.saturating_mul(1_000).saturating_add(u64::from(now.nanoseconds) / NANOSECONDS)
    }

    fn elapsed(&self) -> u64 {
        monotonic_clock::now().saturating_sub(self.0) / NANOSECONDS
    }

    fn sleep(&mut self, milliseconds: u32) -> impl Future<Output = ()> {
        monotonic_clock::subscribe_duration(u64::from(milliseconds) * NANOSECONDS).block();
        ready(())
    }
}
