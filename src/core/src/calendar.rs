//! Unix time of a date that is written in digits. The calendar is `time`'s; its readers of dates are 4 to 10 kB of a component.

use time::{Date, Month};

/// Unix seconds of a moment in UTC, whose parts are digits: `year` has four, each other part two but `month`, from 1 up. `None`
/// where there is no such moment, or it is before 1970.
pub(crate) fn unix_seconds(year: [u8; 4], month: u8, day: [u8; 2], time: [[u8; 2]; 3]) -> Option<u64> {
    const UNIX_EPOCH: i32 = 2_440_588;
    let [century, years] = [[year[0], year[1]], [year[2], year[3]]].map(number);
    let year = i32::from(century?) * 100 + i32::from(years?);
    let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, number(day)?).ok()?;
    let days = u64::try_from(date.to_julian_day().checked_sub(UNIX_EPOCH)?).ok()?;
    let [hour, minute, second] = time.map(number);
    let (hour, minute, second) = (hour?, minute?, second?);
    (hour < 24 && minute < 60 && second < 60)
        .then(|| ((days * 24 + u64::from(hour)) * 60 + u64::from(minute)) * 60 + u64::from(second))
}

/// The number of two digits.
pub(crate) fn number([tens, ones]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| byte.checked_sub(b'0').filter(|digit| *digit < 10);
    Some(digit(tens)? * 10 + digit(ones)?)
}
