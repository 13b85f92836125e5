//! The body that a wait handle takes, byte for byte as Python's `json.dumps` writes it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::types::{PrepareError, Signal, Status};

/// The most bytes that CloudFormation reads; above, it answers `Unparsable WaitCondition data`.
const LIMIT: usize = 4096;

/// Says that a reason was cut. ASCII, so that it costs no more bytes than it shows.
const CUT: &str = "... (cut)";

/// Status, Reason, Data and UniqueId, always all four. A reason that does not fit is cut and says so.
pub(super) fn body(signal: &Signal) -> Result<Vec<u8>, PrepareError> {
    let data = quoted(signal.data.as_deref().unwrap_or_default());
    let id = quoted(&signal.unique_id);
    let with_reason = |reason: &str| {
        let status = signal.status.name();
        format!(r#"{{"Status": "{status}", "Reason": "{reason}", "Data": "{data}", "UniqueId": "{id}"}}"#)
    };
    let without_reason = with_reason("").len();
    let Some(room) = LIMIT.checked_sub(without_reason) else {
        return Err(PrepareError::TooLarge(u32::try_from(without_reason).unwrap_or(u32::MAX)));
    };
    Ok(with_reason(&fitted(reason(signal), room)).into_bytes())
}

/// The reason given, or the original's for a failure without one. Where a given reason has to be cut to nothing, this one
/// would not fit either: it is longer than the mark and any one character.
fn reason(signal: &Signal) -> &str {
    match (signal.reason.as_deref().unwrap_or_default(), signal.status) {
        ("", Status::Failure) => "Configuration failed.",
        (reason, _) => reason,
    }
}

/// `text` in JSON, cut between characters to at most `room` bytes; empty where not even the mark fits.
fn fitted(text: &str, room: usize) -> String {
    let whole = quoted(text);
    if whole.len() <= room {
        return whole;
    }
    let Some(room) = room.checked_sub(CUT.len()) else {
        return String::new();
    };
    let mut cut = String::new();
    for character in text.chars() {
        let quoted = quoted(character.encode_utf8(&mut [0; 4]));
        if cut.len() + quoted.len() > room {
            break;
        }
        cut.push_str(&quoted);
    }
    cut + CUT
}

/// `text` inside a JSON string: ASCII only, the rest as UTF-16 escapes. What else is escaped, `serde_json` escapes as Python
/// does; its `Formatter` could do it all, but cannot be implemented without the standard library.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap_or_default();
    let json = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or_default();
    let mut ascii = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, ' '..='~') {
            ascii.push(character);
        } else {
            ascii.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    ascii
}

#[cfg(test)]
mod tests;
