//! Text that a template's functions put together, with the place of each piece in the file.

use std::ops::Range;
use std::rc::Rc;

use super::source::align;

#[cfg(test)]
mod tests;

/// Stands for a value that only a stack has. A word character to shells and to YAML.
pub(super) const STAND_IN: char = '\u{e000}';

/// A value that is not known before there is a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    /// `Ref`: a parameter's value, a resource's physical id, or a pseudo parameter.
    Ref(String),
    /// `Fn::GetAtt`.
    Attribute(String, String),
    /// `Fn::Base64` of a `Ref`, inside a text.
    Encoded(String),
    /// Any other function, by its name.
    Function(String),
}

/// Text with places.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    pub(super) text: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug)]
struct Segment {
    /// The first byte in the text.
    start: usize,
    /// Its byte in the file.
    file: usize,
    /// What the segment's one character stands for.
    symbol: Option<Rc<Symbol>>,
}

/// A piece of text as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fragment<'t> {
    Literal(&'t str),
    Symbol(&'t Symbol),
}

impl Text {
    /// Appends text of the file; `pairs` say where each part of it stands.
    pub(super) fn push(&mut self, text: &str, pairs: impl IntoIterator<Item = (usize, usize)>) {
        let base = self.text.len();
        if text.is_empty() {
            return;
        }
        for (start, file) in pairs {
            self.segments.push(Segment { start: base + start, file, symbol: None });
        }
        self.text.push_str(text);
    }

    /// Appends a value that is not known.
    pub(super) fn push_symbol(&mut self, symbol: Symbol, file: usize) {
        self.segments.push(Segment { start: self.text.len(), file, symbol: Some(Rc::new(symbol)) });
        self.text.push(STAND_IN);
    }

    /// Appends another text.
    pub(super) fn append(&mut self, other: &Self) {
        let base = self.text.len();
        self.segments.extend(
            other.segments.iter().map(|segment| Segment { start: base + segment.start, ..segment.clone() }),
        );
        self.text.push_str(&other.text);
    }

    /// Appends a character that is in no file, as if it stood where the text so far ends.
    pub(super) fn push_made_up(&mut self, letters: &str) {
        let file = self.file_byte(self.text.len());
        self.push(letters, [(0, file)]);
    }

    /// Letters that are in no file, as if they stood where this text begins.
    pub(super) fn made_up(&self, letters: &str) -> Self {
        let mut text = Self::default();
        text.push(letters, [(0, self.file_byte(0))]);
        text
    }

    /// Appends a word that a shell is to take as it is: in single quotes, and a blank behind it.
    pub(super) fn push_word(&mut self, word: &Self) {
        let mut from = 0;
        self.push_made_up("'");
        for (at, _) in word.text.match_indices('\'') {
            self.append(&word.slice(from..at));
            self.push_made_up("'\\''");
            from = at + 1;
        }
        self.append(&word.slice(from..word.text.len()));
        self.push_made_up("' ");
    }

    /// A part of it.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let mut part = Self::default();
        part.copy(self, range, 0);
        part
    }

    /// A scalar that is written inside this text, at the byte `start`.
    pub(super) fn scalar(&self, start: usize, value: &str) -> Self {
        let pairs = align(&self.text, start, value);
        let mut part = Self::default();
        for (index, (from, source)) in pairs.iter().enumerate() {
            let to = pairs.get(index + 1).map_or(value.len(), |(next, _)| *next);
            part.copy(self, *source..source + (to - from), *from);
        }
        part.text = value.to_owned();
        part
    }

    /// The byte in the file that the byte at `offset` comes from.
    pub(super) fn file_byte(&self, offset: usize) -> usize {
        let after = self.segments.partition_point(|segment| segment.start <= offset);
        match self.segments.get(after.saturating_sub(1)) {
            Some(segment) if segment.symbol.is_none() => segment.file + offset.saturating_sub(segment.start),
            Some(segment) => segment.file,
            None => 0,
        }
    }

    /// The symbol that begins at `offset`.
    pub(super) fn symbol_at(&self, offset: usize) -> Option<&Symbol> {
        let found = self.segments.binary_search_by_key(&offset, |segment| segment.start).ok()?;
        self.segments.get(found)?.symbol.as_deref()
    }

    /// A part of it, literal text and symbols apart.
    pub(super) fn fragments(&self, range: Range<usize>) -> Vec<Fragment<'_>> {
        let mut fragments = Vec::new();
        let mut literal = range.start;
        let first = self.segments.partition_point(|segment| segment.start < range.start);
        for segment in self.segments.iter().skip(first).take_while(|segment| segment.start < range.end) {
            let Some(symbol) = segment.symbol.as_deref() else { continue };
            fragments.extend(self.literal(literal, segment.start));
            fragments.push(Fragment::Symbol(symbol));
            literal = segment.start + STAND_IN.len_utf8();
        }
        fragments.extend(self.literal(literal, range.end));
        fragments
    }

    fn literal(&self, from: usize, to: usize) -> Option<Fragment<'_>> {
        self.text.get(from..to).filter(|text| !text.is_empty()).map(Fragment::Literal)
    }

    /// The symbols in it, with their offsets.
    pub(super) fn symbols(&self) -> impl Iterator<Item = (usize, &Symbol)> {
        self.segments.iter().filter_map(|segment| Some((segment.start, segment.symbol.as_deref()?)))
    }

    /// Copies the segments of a part of another text, to stand at `at`, and the part itself at the end.
    fn copy(&mut self, other: &Self, range: Range<usize>, at: usize) {
        let Some(text) = other.text.get(range.clone()) else { return };
        self.text.push_str(text);
        let first = other.segments.partition_point(|segment| segment.start <= range.start).saturating_sub(1);
        for segment in other.segments.iter().skip(first).take_while(|segment| segment.start < range.end) {
            let skipped = range.start.saturating_sub(segment.start);
            if skipped > 0 && segment.symbol.is_some() {
                continue;
            }
            self.segments.push(Segment {
                start: at + segment.start.saturating_sub(range.start),
                file: segment.file + skipped,
                symbol: segment.symbol.clone(),
            });
        }
    }
}

impl std::fmt::Display for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ref(name) => write!(f, "${{{name}}}"),
            Self::Attribute(id, attribute) => write!(f, "${{{id}.{attribute}}}"),
            Self::Encoded(name) => write!(f, "Fn::Base64 of ${{{name}}}"),
            Self::Function(name) => write!(f, "{name}"),
        }
    }
}
