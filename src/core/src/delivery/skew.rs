//! How far the service's clock is from this machine's.
//!
//! The rules are those that AWS's SDKs share: the `Date` header against the middle of the request, no measure from an answer
//! that a cache gave (`Age`) or that took over 15 minutes, and every answer measured, good or bad.

use super::http_date::http_date;
use crate::http::Response;

/// Above this, in milliseconds, an error about the signature may be the clock's fault.
const DETECTED: u64 = 240_000;

/// The longest request, in milliseconds, whose middle still means something.
const TRUSTED: u64 = 900_000;

/// The service's clock minus this machine's, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Skew(i64);

impl Skew {
    /// Measures an answer received at `now` (Unix milliseconds) after `took` milliseconds.
    ///
    /// The middle is counted back from `now`, so that a clock set while the request was under way does not matter.
    pub(super) fn measure(response: &Response, now: u64, took: u64) -> Option<Self> {
        if took > TRUSTED || response.header("age").is_some() {
            return None;
        }
        let date = i64::try_from(http_date(response.header("date")?)?).ok()?;
        let middle = i64::try_from(now.saturating_sub(took / 2)).ok()?;
        date.checked_sub(middle).map(Self)
    }

    /// The service's time when this machine's is `now`, in Unix milliseconds.
    pub(super) fn apply(self, now: u64) -> u64 {
        now.saturating_add_signed(self.0)
    }

    /// Whether a signature dated `signed_at` could be refused for its date, going by an answer measured as `self` that
    /// came at `now` after `took` milliseconds.
    pub(super) fn refutes(self, signed_at: u64, now: u64, took: u64) -> bool {
        self.apply(now).saturating_sub(took).abs_diff(signed_at) > DETECTED
    }
}

#[cfg(test)]
mod tests;
