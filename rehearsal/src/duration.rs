//! The durations of policies.

use std::time::Duration;

use crate::number::digits;

#[cfg(test)]
mod tests;

/// The longest wait of any policy: 12 hours.
pub(crate) const MAX: Duration = Duration::from_secs(43_200);
/// What a `PauseTime` is at most.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Reads `PT#H#M#S`, the part of ISO 8601 that policies use.
///
/// The case of its letters does not matter. Nobody has published what the service says of `pt5m`; its words for a wrong
/// `PauseTime` have "PT3600S" for an hour, which is how Joda-Time writes one, and that reads either case, as Java's own
/// `Duration` does: <https://github.com/JodaOrg/joda-time/blob/main/src/main/java/org/joda/time/format/ISOPeriodFormat.java>.
pub(crate) fn iso8601(text: &str) -> Option<Duration> {
    let upper = text.to_ascii_uppercase();
    let mut rest = upper.strip_prefix("PT").filter(|rest| !rest.is_empty())?;
    let mut seconds: u64 = 0;
    for (unit, worth) in [('H', 3600), ('M', 60), ('S', 1)] {
        if let Some((number, after)) = rest.split_once(unit) {
            seconds = seconds.checked_add(digits(number)?.checked_mul(worth)?)?;
            rest = after;
        }
    }
    rest.is_empty().then(|| Duration::from_secs(seconds))
}

/// Writes what [`iso8601`] reads.
pub(crate) fn to_iso8601(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let mut text = String::from("PT");
    for (unit, count) in [('H', seconds / 3600), ('M', seconds / 60 % 60), ('S', seconds % 60)] {
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    if text == "PT" { "PT0S".to_owned() } else { text }
}
