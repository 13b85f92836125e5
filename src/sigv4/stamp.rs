//! The time as Signature Version 4 writes it.

use alloc::borrow::ToOwned;
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
        let year = year.unsigned_abs();
        let mut text = String::with_capacity(16);
        push_two_digits(&mut text, year / 100);
        push_two_digits(&mut text, year % 100);
        push_two_digits(&mut text, u32::from(u8::from(month)));
        push_two_digits(&mut text, u32::from(day));
        text.push('T');
        for part in [hour, minute, second] {
            push_two_digits(&mut text, u32::from(part));
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

fn push_two_digits(out: &mut String, number: u32) {
    for digit in [number / 10 % 10, number % 10] {
        out.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}
