//! Values of options, and what is said of those that are none.

use std::time::Duration;

/// One of several words.
pub(super) fn choice(option: &str, given: &str, choices: &[&str]) -> Result<(), String> {
    if choices.contains(&given) {
        return Ok(());
    }
    let names: Vec<String> = choices.iter().map(|choice| format!("'{choice}'")).collect();
    Err(format!("option {option}: invalid choice: {} (choose from {})", quoted(given), names.join(", ")))
}

/// Such as `90s` or `5m`; a plain number is seconds.
///
/// # Errors
///
/// What it has to be like.
pub fn duration(text: &str) -> Result<Duration, String> {
    let duration = match text.trim().parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            humantime::parse_duration(text).map_err(|_| "it has to be like 90s, 5m or 1h30m".to_owned())?
        }
    };
    if duration.as_millis() == 0 || duration.as_millis() > u128::from(u32::MAX) {
        return Err("it has to be more than nothing and less than 49 days".to_owned());
    }
    Ok(duration)
}

/// From 1 up.
pub(super) fn number(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("it has to be a whole number from 1 to 4294967295".to_owned()),
    }
}

/// What optparse says of `given` that is no integer; `option` as it was typed.
pub(super) fn no_integer(option: &str, given: &str) -> String {
    format!("option {option}: invalid integer value: {}", quoted(given))
}

/// As Python's `repr` writes a string.
pub(super) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut result = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '\\' => result.push_str("\\\\"),
            c if c == quote => {
                result.push('\\');
                result.push(c);
            }
            c if c.is_control() => result.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => result.push(c),
        }
    }
    result.push(quote);
    result
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, number};

    #[test]
    fn durations_from_a_millisecond_to_seven_weeks() {
        for (text, milliseconds) in [
            ("90", 90_000),
            (" 5 ", 5_000),
            ("90s", 90_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("1h 30m", 5_400_000),
            ("1ms", 1),
            ("4294967295ms", 4_294_967_295),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text:?}");
        }
        for text in ["", " ", "x", "-1", "1.5", "5 x", "m", "99999999999999999999"] {
            assert_eq!(duration(text), Err("it has to be like 90s, 5m or 1h30m".to_owned()), "{text:?}");
        }
        for text in ["0", "0s", "999us", "4294967296ms", "50d", "18446744073709551615"] {
            let why = "it has to be more than nothing and less than 49 days".to_owned();
            assert_eq!(duration(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn numbers_from_one_up() {
        for (text, expected) in [("1", 1), ("007", 7), ("+5", 5), ("4294967295", u32::MAX)] {
            assert_eq!(number(text), Ok(expected), "{text:?}");
        }
        for text in ["", "0", "-1", " 5", "5 ", "1.0", "1e3", "0x1", "4294967296"] {
            assert!(number(text).is_err(), "{text:?}");
        }
    }
}
