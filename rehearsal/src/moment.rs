//! Points in time, as the stack sees them.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use time::macros::format_description;

/// Milliseconds since the Unix epoch. Always a parameter: only [`crate::clock`] reads a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    /// So many milliseconds after the epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn as_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// So long after this.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
    }

    /// So long before this.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
    }

    /// `20:14:16`, in UTC.
    #[must_use]
    pub fn time_of_day(self) -> String {
        let seconds = self.as_seconds() % 86_400;
        format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    /// `2026-01-31T20:14:16.250Z`, as the API's timestamps are written.
    #[must_use]
    pub fn iso_8601(self) -> String {
        let format =
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|date| date.format(format).ok())
            .unwrap_or_default()
    }

    /// `20260131T201416Z`, as signatures write a date.
    #[must_use]
    pub fn basic(self) -> String {
        let format = format_description!("[year][month][day]T[hour][minute][second]Z");
        i64::try_from(self.as_seconds())
            .ok()
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .and_then(|date| date.format(format).ok())
            .unwrap_or_default()
    }
}

/// A span as people say it: `4 min 12 s`, `12 h`, `0.3 s`.
#[must_use]
pub fn spoken(span: Duration) -> String {
    struct Spoken(Duration);
    impl fmt::Display for Spoken {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let seconds = self.0.as_secs();
            if seconds < 10 && self.0.subsec_millis() >= 50 {
                return write!(f, "{:.1} s", self.0.as_secs_f64());
            }
            let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
            let mut first = true;
            for (amount, unit) in parts.into_iter().filter(|(amount, _)| *amount > 0) {
                write!(f, "{}{amount} {unit}", if first { "" } else { " " })?;
                first = false;
            }
            if first { f.write_str("0 s") } else { Ok(()) }
        }
    }
    Spoken(span).to_string()
}

#[cfg(test)]
mod tests;
