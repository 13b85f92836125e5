//! The host's clocks.

use core::future::Future;

use cfn_signal_core::deliver::Clock;

use crate::http_terms::nanoseconds;
use crate::wasi::clocks::{monotonic_clock, system_clock};

const NANOSECONDS: u64 = 1_000_000;

/// The wall clock, and a monotonic one that starts with this value.
pub(crate) struct WasiClock(monotonic_clock::Mark);

impl WasiClock {
    /// Starts now.
    pub(crate) fn start() -> Self {
        Self(monotonic_clock::now())
    }
}

impl Clock for WasiClock {
    fn now(&self) -> u64 {
        let now = system_clock::now();
        let seconds = u64::try_from(now.seconds).unwrap_or_default();
        seconds.saturating_mul(1_000).saturating_add(u64::from(now.nanoseconds) / NANOSECONDS)
    }

    fn elapsed(&self) -> u64 {
        monotonic_clock::now().saturating_sub(self.0) / NANOSECONDS
    }

    fn sleep(&mut self, milliseconds: u32) -> impl Future<Output = ()> {
        pass(milliseconds)
    }
}

/// Lets so many milliseconds pass.
pub(crate) async fn pass(milliseconds: u32) {
    monotonic_clock::wait_for(nanoseconds(milliseconds)).await;
}
