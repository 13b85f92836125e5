//! Text put together and trimmed.
//!
//! The standard library's functions for it are made for speed and for every kind of pattern, and are 2 kB of the
//! component.

use alloc::string::String;

/// `parts`, one after the other.
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut whole = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        whole.push_str(part);
    }
    whole
}

/// As [`String::from_utf8_lossy`].
pub(crate) fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// Unicode's `White_Space`, as [`char::is_whitespace`], which has a table for it.
pub(crate) fn is_whitespace(character: char) -> bool {
    matches!(
        character,
        '\t'..='\r'
            | ' '
            | '\u{85}'
            | '\u{a0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200a}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202f}'
            | '\u{205f}'
            | '\u{3000}'
    )
}

/// As [`str::trim`].
pub(crate) fn trim(text: &str) -> &str {
    trim_start(trim_end(text))
}

/// As [`str::trim_start`].
pub(crate) fn trim_start(text: &str) -> &str {
    let mut rest = text.chars();
    while rest.clone().next().is_some_and(is_whitespace) {
        rest.next();
    }
    rest.as_str()
}

/// As [`str::trim_end`].
pub(crate) fn trim_end(text: &str) -> &str {
    // Forwards, which is how all else is read: reading backwards would be one more function.
    let mut rest = text.chars();
    let mut end = 0;
    while let Some(character) = rest.next() {
        if !is_whitespace(character) {
            end = text.len() - rest.as_str().len();
        }
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
