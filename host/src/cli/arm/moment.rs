//! A clock that nobody sets: at boot the wall clock often jumps, and no deadline is to jump with it.

use std::time::Duration;

/// Since this machine started, by its kernel; where that does not tell, the wall clock.
pub(super) fn now() -> Duration {
    let uptime = std::fs::read_to_string("/proc/uptime").ok();
    let seconds = uptime.as_deref().and_then(|text| text.split_whitespace().next()?.parse().ok());
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or_else(wall)
}

fn wall() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}
