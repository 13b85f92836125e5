//! A file's text: from places to bytes and back, and where the characters of a scalar stand in it.

mod align;
#[cfg(test)]
mod tests;

pub(super) use align::align;

use crate::template::node::{Node, Place};

/// Every so many characters, their byte is remembered.
const STRIDE: usize = 128;

/// Characters that are kept on either side of a place.
const EXCERPT: u32 = 250;

/// A text whose lines and columns are known, in constant time.
#[derive(Debug)]
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
    /// For each line, its first character's number and byte.
    lines: Vec<(usize, usize)>,
    /// The byte of each [`STRIDE`]th character.
    marks: Vec<usize>,
}

/// A line of the template, or, where it is long, what is around a place in it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Excerpt {
    /// The text.
    pub text: String,
    /// The column of its first character, from 1.
    pub column: u32,
}

impl<'t> Source<'t> {
    pub(super) fn new(whole: &'t str) -> Self {
        let text = whole.strip_prefix('\u{feff}').unwrap_or(whole);
        let (mut lines, mut marks) = (vec![(0, 0)], Vec::new());
        let mut letters = text.char_indices().enumerate().peekable();
        while let Some((number, (byte, letter))) = letters.next() {
            if number % STRIDE == 0 {
                marks.push(byte);
            }
            let followed = letters.peek().is_some_and(|(_, (_, next))| *next == '\n');
            if letter == '\n' || (letter == '\r' && !followed) {
                lines.push((number + 1, byte + 1));
            }
        }
        Self { text, lines, marks }
    }

    /// The byte at a place; the text's end where there is none.
    pub(super) fn byte_at(&self, place: Place) -> usize {
        let (line, column) = (index(place.line), index(place.column));
        let Some((first, _)) = self.lines.get(line) else { return self.text.len() };
        let number = first + column;
        let Some(mark) = self.marks.get(number / STRIDE) else { return self.text.len() };
        let rest = self.text.get(*mark..).unwrap_or_default();
        rest.char_indices().nth(number % STRIDE).map_or(self.text.len(), |(byte, _)| mark + byte)
    }

    /// The place of a byte.
    pub(super) fn place_of(&self, byte: usize) -> Place {
        let line = self.lines.partition_point(|(_, start)| *start <= byte).saturating_sub(1);
        let (first, _) = self.lines.get(line).copied().unwrap_or_default();
        let nearest = self.marks.partition_point(|mark| *mark <= byte).saturating_sub(1);
        let mark = self.marks.get(nearest).copied().unwrap_or_default();
        let beyond = self.text.get(mark..byte).unwrap_or_default().chars().count();
        let column = (nearest * STRIDE + beyond).saturating_sub(first);
        Place { line: number(line + 1), column: number(column + 1) }
    }

    /// The line that a place is on, or as much of it as is ever shown.
    pub(super) fn excerpt(&self, place: Place) -> Excerpt {
        let line = index(place.line);
        let Some((_, start)) = self.lines.get(line) else { return Excerpt::default() };
        let end = self.lines.get(line + 1).map_or(self.text.len(), |(_, next)| *next);
        let column = place.column.saturating_sub(EXCERPT).max(1);
        let from = self.byte_at(Place { line: place.line, column }).clamp(*start, end);
        let rest = self.text.get(from..end).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let text = rest.chars().take(2 * usize::try_from(EXCERPT).unwrap_or_default()).collect();
        Excerpt { text, column }
    }

    /// Where a scalar's text stands: pairs of its bytes and the file's, each reaching as far as the next.
    pub(super) fn locate(&self, node: &Node) -> Vec<(usize, usize)> {
        let start = self.byte_at(node.place);
        match node.text() {
            Some(text) => align(self.text, start, text),
            None => vec![(0, start)],
        }
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1)
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
