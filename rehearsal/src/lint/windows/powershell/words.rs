//! PowerShell's words: `$name` is replaced, a backtick escapes, and single quotes keep what they hold as it is.

use std::ops::Range;

use crate::lint::shell::{Piece, PieceKind, Word};
use crate::lint::text::{STAND_IN, Text};

/// The word that is written in a range of the text.
pub(super) fn word(text: &Text, range: Range<usize>) -> Word {
    let written = text.text.get(range.clone()).unwrap_or_default();
    let pieces = match here_string(written) {
        Some((inner, is_expanded)) => {
            let inner = range.start + inner.start..range.start + inner.end;
            let mut reader = Reader { text, at: inner.start, end: inner.end, pieces: Vec::new() };
            reader.quoted(is_expanded, None);
            reader.pieces
        }
        None => {
            let mut reader = Reader { text, at: range.start, end: range.end, pieces: Vec::new() };
            reader.bare();
            reader.pieces
        }
    };
    Word { range, pieces }
}

/// What stands between `@"` and `"@`, and whether variables are replaced in it.
fn here_string(written: &str) -> Option<(Range<usize>, bool)> {
    let quote = written.strip_prefix('@')?.chars().next().filter(|it| "\"'".contains(*it))?;
    let first = written.find('\n')? + 1;
    let last = written.rfind('\n').filter(|last| *last >= first).unwrap_or(first);
    written.ends_with('@').then_some((first..last, quote == '"'))
}

struct Reader<'t> {
    text: &'t Text,
    at: usize,
    end: usize,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.text.get(self.at..self.end).unwrap_or_default()
    }

    /// Outside of quotes.
    fn bare(&mut self) {
        while let Some(letter) = self.rest().chars().next() {
            let start = self.at;
            self.at += letter.len_utf8();
            match letter {
                '"' | '\'' => {
                    let count = self.pieces.len();
                    self.quoted(letter == '"', Some(letter));
                    if self.pieces.len() == count {
                        self.push(PieceKind::Literal(String::new()), self.at..self.at, true);
                    }
                }
                '`' => self.escaped(start, false),
                '$' => self.variable(start, false),
                // A list, a table, a script, a variable of options: more than one word, or none.
                '@' | '(' | '{' | '[' | ',' => {
                    self.at = self.end;
                    self.push(PieceKind::Other, start..self.end, false);
                }
                _ => self.letter(letter, start, false),
            }
        }
    }

    /// Inside of quotes, as far as the one that ends them.
    fn quoted(&mut self, is_expanded: bool, closing: Option<char>) {
        while let Some(letter) = self.rest().chars().next() {
            let start = self.at;
            self.at += letter.len_utf8();
            match letter {
                _ if Some(letter) == closing => {
                    if !self.rest().starts_with(letter) {
                        return;
                    }
                    self.at += letter.len_utf8();
                    self.letter(letter, start, true);
                }
                '`' if is_expanded => self.escaped(start, true),
                '$' if is_expanded => self.variable(start, true),
                _ => self.letter(letter, start, true),
            }
        }
    }

    fn escaped(&mut self, start: usize, quoted: bool) {
        if let Some(letter) = self.rest().chars().next() {
            self.at += letter.len_utf8();
            match letter {
                '\n' | '\r' => {}
                'n' => self.letter('\n', start, quoted),
                't' => self.letter('\t', start, quoted),
                _ => self.letter(letter, start, quoted),
            }
        }
    }

    /// What follows a dollar sign.
    fn variable(&mut self, start: usize, quoted: bool) {
        let rest = self.rest();
        let (kind, length) = if rest.starts_with('?') {
            // A truth value, and no number.
            (PieceKind::Variable("?".to_owned()), 1)
        } else if rest.starts_with('(') {
            let length = closed(rest);
            (PieceKind::Substitution(rest.get(..length).unwrap_or_default().to_owned()), length)
        } else if let Some(inner) = rest.strip_prefix('{') {
            let name: String = inner.chars().take_while(|letter| *letter != '}').collect();
            (named(&name), (name.len() + 2).min(rest.len()))
        } else {
            let is_name = |letter: &char| letter.is_alphanumeric() || matches!(letter, '_' | ':');
            let name: String = rest.chars().take_while(is_name).collect();
            // `$name:` before anything else than a name is a mistake of the script's.
            let name = name.trim_end_matches(':');
            if name.is_empty() {
                return self.letter('$', start, quoted);
            }
            (named(name), name.len())
        };
        self.at += length;
        let is_member = !quoted && self.rest().starts_with(['.', '[']);
        let kind = if is_member { PieceKind::Other } else { kind };
        if is_member {
            self.at = self.end;
        }
        self.push(kind, start..self.at, quoted);
    }

    fn push(&mut self, kind: PieceKind, range: Range<usize>, quoted: bool) {
        self.pieces.push(Piece { range, kind, quoted });
    }

    fn letter(&mut self, letter: char, start: usize, quoted: bool) {
        let range = start..self.at;
        if letter == STAND_IN
            && let Some(symbol) = self.text.symbol_at(start)
        {
            return self.push(PieceKind::Symbol(symbol.clone()), range, quoted);
        }
        match self.pieces.last_mut() {
            Some(Piece { kind: PieceKind::Literal(text), range: before, quoted: is_quoted })
                if *is_quoted == quoted =>
            {
                text.push(letter);
                before.end = range.end;
            }
            _ => self.push(PieceKind::Literal(letter.to_string()), range, quoted),
        }
    }
}

fn named(name: &str) -> PieceKind {
    let plain = name.rsplit(':').next().unwrap_or(name);
    match plain.eq_ignore_ascii_case("lastexitcode") {
        true => PieceKind::Status,
        false => PieceKind::Variable(name.to_owned()),
    }
}

/// How far a text that begins with `(` goes until it is closed.
fn closed(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth <= 1 => return at + 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}
