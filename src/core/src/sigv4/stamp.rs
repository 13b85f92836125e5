//! The time as Signature Version 4 writes it.

use alloc::borrow::ToOwned;
use alloc::string::String;

use time::OffsetDateTime;

use super::SignError;
use crate::calendar;

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
        let mut text = String::with_capacity(16);
        push_digits(&mut text, u32::try_from(year).unwrap_or_default(), 1_000);
        push_digits(&mut text, u8::from(month).into(), 10);
        push_digits(&mut text, day.into(), 10);
        text.push('T');
        for part in [hour, minute, second] {
            push_digits(&mut text, part.into(), 10);
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

/// Appends `number`, whose first digit counts `unit`: a tenth of the time that formatting takes.
fn push_digits(text: &mut String, number: u32, mut unit: u32) {
    while unit > 0 {
        let digit = u8::try_from(number / unit % 10).unwrap_or_default();
        text.push(char::from(b'0' + digit));
        unit /= 10;
    }
}

/// Unix seconds of a time as Signature Version 4 writes it, `YYYYMMDDTHHMMSSZ`.
pub(crate) fn parse(text: &str) -> Option<u64> {
    let &[y1, y2, y3, y4, mo1, mo2, d1, d2, b'T', h1, h2, mi1, mi2, s1, s2, b'Z'] = text.as_bytes() else {
        return None;
    };
    let month = calendar::number([mo1, mo2])?;
    calendar::unix_seconds([y1, y2, y3, y4], month, [d1, d2], [[h1, h2], [mi1, mi2], [s1, s2]])
}
