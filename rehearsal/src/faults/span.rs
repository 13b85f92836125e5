//! Spans of time as rules have them.

use std::time::Duration;

/// A span as a rule has it: `1h30m`.
pub(super) fn written(span: Duration) -> String {
    humantime::format_duration(span).to_string().replace(' ', "")
}
