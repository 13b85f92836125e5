//! Dates in HTTP headers.
//!
//! Read here with the calendar of `time`: its own parsers, and the crate made for this, are ten times the size.

use time::{Date, Month, Time};

use crate::text::trim;
use crate::{number, search};

const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// A date in the form that servers have to send, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), in Unix
/// milliseconds. The two forms that servers may not send since 1999 are not read.
pub(super) fn http_date(text: &str) -> Option<u64> {
    let (_, date) = search::cut(trim(text), b',')?;
    let mut parts = search::split(date.strip_prefix(" ")?.strip_suffix(" GMT")?, b' ');
    let day = two_digits(parts.next()?)?;
    let name = parts.next().filter(|name| name.len() == 3)?;
    let month = search::find(MONTHS, name).filter(|at| at % 3 == 0)? / 3 + 1;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let year = parts.next().filter(|year| year.len() == 4)?;
    let year = i32::try_from(number::parse(year, 10)?).ok()?;
    let mut clock = search::split(parts.next()?, b':');
    let (hour, minute) = (two_digits(clock.next()?)?, two_digits(clock.next()?)?);
    // A leap second counts as the one before it.
    let second = two_digits(clock.next()?)?.min(59);
    if parts.next().is_some() || clock.next().is_some() {
        return None;
    }
    let date = Date::from_calendar_date(year, month, day).ok()?;
    let time = Time::from_hms(hour, minute, second).ok()?;
    let seconds = u64::try_from(date.with_time(time).assume_utc().unix_timestamp()).ok()?;
    seconds.checked_mul(1_000)
}

fn two_digits(text: &str) -> Option<u8> {
    if text.len() == 2 { u8::try_from(number::parse(text, 10)?).ok() } else { None }
}

#[cfg(test)]
mod tests;
