//! The time as Signature Version 4 writes it.

use alloc::borrow::ToOwned;
use alloc::string::String;

use time::OffsetDateTime;

use super::SignError;
use crate::number;

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
        let century = u8::try_from(year / 100).unwrap_or_default();
        let year = u8::try_from(year % 100).unwrap_or_default();
        let mut text = String::with_capacity(16);
        for part in &[century, year, u8::from(month), day, hour, minute, second] {
            if text.len() == 8 {
                text.push('T');
            }
            text.push(number::digit(part / 10));
            text.push(number::digit(part % 10));
        }
        text.push('Z');
        Ok(Self(text))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// `YYYYMMDD`.
    pub(super) fn day(&self) -> &str {
        self.0.get(..8).unwrap_or_default()
    }
}
