//! The time as Signature Version 4 writes it.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use time::OffsetDateTime;

use super::SignError;

/// `YYYYMMDDTHHMMSSZ`.
pub(super) struct Stamp(String);

impl Stamp {
    /// The moment `seconds` after the Unix epoch, up to the year 9999.
    pub(super) fn at(seconds: u64) -> Result<Self, SignError> {
        let moment = i64::try_from(seconds)
            .ok()
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .ok_or_else(|| {
                SignError::InvalidScope("the time of signing is after the year 9999".to_owned())
            })?;
        let (year, month, day) = moment.to_calendar_date();
        let (hour, minute, second) = moment.to_hms();
        Ok(Self(format!("{year:04}{:02}{day:02}T{hour:02}{minute:02}{second:02}Z", u8::from(month))))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// `YYYYMMDD`.
    pub(super) fn day(&self) -> &str {
        self.0.get(..8).unwrap_or_default()
    }
}
