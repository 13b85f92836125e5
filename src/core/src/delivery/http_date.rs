//! Dates in HTTP headers.
//!
//! Read here with the calendar of `time`: its own parsers, and the crate made for this, are ten times the size.

use time::{Date, Month, Time};

use crate::number;

/// What follows the day of the week: every part has its place.
const FORM: &str = " __ ___ ____ __:__:__ GMT";

const NAMES: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// In the names' order: smaller than the calendar's own conversion from a number.
const MONTHS: [Month; 12] = [
    Month::January,
    Month::February,
    Month::March,
    Month::April,
    Month::May,
    Month::June,
    Month::July,
    Month::August,
    Month::September,
    Month::October,
    Month::November,
    Month::December,
];

/// A date in the form that servers have to send, such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7), in Unix
/// milliseconds. The two forms that servers may not send since 1999 are not read.
pub(super) fn http_date(text: &str) -> Option<u64> {
    let (_, date) = text.trim().split_once(',')?;
    if date.len() != FORM.len()
        || !date.bytes().zip(FORM.bytes()).all(|(byte, form)| form == b'_' || byte == form)
    {
        return None;
    }
    let (day, month, year) = (date.get(1..3)?, date.get(4..7)?, date.get(8..12)?);
    let (hour, minute, second) = (date.get(13..15)?, date.get(16..18)?, date.get(19..21)?);
    let month = NAMES.find(month).filter(|at| at % 3 == 0)? / 3;
    let year = i32::try_from(number::parse(year, 10)?).ok()?;
    let date = Date::from_calendar_date(year, *MONTHS.get(month)?, small(day)?).ok()?;
    // A leap second counts as the one before it.
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?.min(59)).ok()?;
    let seconds = u64::try_from(date.with_time(time).assume_utc().unix_timestamp()).ok()?;
    seconds.checked_mul(1_000)
}

fn small(digits: &str) -> Option<u8> {
    u8::try_from(number::parse(digits, 10)?).ok()
}

#[cfg(test)]
mod tests;
