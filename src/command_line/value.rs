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
pub(super) fn duration(text: &str) -> Result<Duration, String> {
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
