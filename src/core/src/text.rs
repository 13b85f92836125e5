//! Text put together and trimmed.

use alloc::string::String;

/// `parts`, one after the other.
pub(crate) fn concat(parts: &[&str]) -> String {
    parts.concat()
}

/// As [`str::trim`].
pub(crate) fn trim(text: &str) -> &str {
    text.trim()
}
