//! Searching for a text in a text.
//!
//! The standard library's search is made for speed, and is 6 kB of the component; what is searched here is short.

use alloc::string::String;

/// Where `needle`, which is not empty, begins in `text`.
pub(crate) fn find(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes().windows(needle.len().max(1)).position(|window| window == needle.as_bytes())
}

/// Where `byte`, which is ASCII, occurs first in `text`.
pub(crate) fn first(text: &str, byte: u8) -> Option<usize> {
    text.bytes().position(|found| found == byte)
}

/// Where `byte`, which is ASCII, occurs last in `text`.
pub(crate) fn last(text: &str, byte: u8) -> Option<usize> {
    text.bytes().rposition(|found| found == byte)
}

/// Whether `needle`, which is not empty, is in `text`.
pub(crate) fn contains(text: &str, needle: &str) -> bool {
    find(text, needle).is_some()
}

/// What is before the first `needle` and what is after it.
pub(crate) fn split_once<'a>(text: &'a str, needle: &str) -> Option<(&'a str, &'a str)> {
    let at = find(text, needle)?;
    Some((text.get(..at)?, text.get(at + needle.len()..)?))
}

/// What is before the first `byte`, which is ASCII, and what is after it.
pub(crate) fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = first(text, byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The parts of `text` between each `byte`, which is ASCII, and the next.
pub(crate) fn split(text: &str, byte: u8) -> Split<'_> {
    Split { rest: Some(text), byte }
}

/// See [`split`].
pub(crate) struct Split<'a> {
    rest: Option<&'a str>,
    byte: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let Some((part, after)) = cut(rest, self.byte) else { return Some(rest) };
        self.rest = Some(after);
        Some(part)
    }
}

/// `text` with `by` for every `needle`, which is not empty.
pub(crate) fn replace(text: &str, needle: &str, by: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = split_once(rest, needle) {
        replaced.push_str(before);
        replaced.push_str(by);
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests;
