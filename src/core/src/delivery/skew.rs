//! How far the service's clock is from this machine's.
//!
//! The rules are those that AWS's SDKs share: the `Date` header against the middle of the request, no measure from an answer
//! that a cache gave (`Age`) or that took over 15 minutes, and every answer of the service measured, good or bad.

use super::http_date::http_date;
use crate::http::Response;
use crate::sigv4;

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
        Self::between(http_date(response.header("date")?)?, now, took)
    }

    /// What AWS says of a signature's date, such as `Signature expired: 20260101T000000Z is now earlier than
    /// 20260101T001500Z (20260101T002000Z - 15 min.)`: the time in brackets is the service's own. Received as for
    /// [`measure`](Self::measure). Where no `Date` came, or one that is not the service's, it is all there is.
    pub(super) fn told(message: &str, now: u64, took: u64) -> Option<Self> {
        const LENGTH: usize = "20260101T002000Z".len();
        let inside = message.rsplit('(').next().filter(|inside| inside.len() < message.len())?;
        let time = sigv4::verify::parse_date(inside.get(..LENGTH)?)?.checked_mul(1_000)?;
        Self::between(time, now, took)
    }

    fn between(theirs: u64, now: u64, took: u64) -> Option<Self> {
        let middle = i64::try_from(now.saturating_sub(took / 2)).ok()?;
        i64::try_from(theirs).ok()?.checked_sub(middle).map(Self)
    }

    /// In milliseconds.
    pub(super) const fn milliseconds(self) -> i64 {
        self.0
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
