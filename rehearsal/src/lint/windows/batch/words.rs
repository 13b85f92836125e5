//! cmd's words: `%NAME%` is replaced, `^` escapes, and only double quotes quote.

use std::ops::Range;

use crate::lint::shell::{Piece, PieceKind, Word};
use crate::lint::text::{STAND_IN, Text};

/// The longest name of a variable that is looked for.
const MAX_NAME: usize = 64;

#[derive(Clone, Debug)]
pub(super) enum Token {
    Word(Word),
    /// `&`.
    And,
    /// `&&`.
    Then,
    /// `|`.
    Pipe,
    /// `||`.
    Else,
    Open,
    Close,
    Line,
}

/// Goes through a text from left to right.
#[derive(Clone)]
pub(super) struct Lexer<'t> {
    text: &'t Text,
    pub(super) at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t Text) -> Self {
        Self { text, at: 0 }
    }

    /// A part of the text, as it is.
    pub(super) fn written(&self, range: Range<usize>) -> String {
        self.text.text.get(range).unwrap_or_default().to_owned()
    }

    fn rest(&self) -> &'t str {
        self.text.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, what: &str) -> bool {
        let is_next = self.rest().starts_with(what);
        if is_next {
            self.at += what.len();
        }
        is_next
    }

    /// Past blanks and lines that go on; and past an `@`, which only keeps a line from being shown.
    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\r' | '\u{c}')) || self.is_continued() {
            let is_continuation = self.peek() == Some('^');
            self.at += 1;
            if is_continuation {
                self.take("\r");
                self.take("\n");
            }
        }
    }

    fn is_continued(&self) -> bool {
        self.rest().starts_with("^\n") || self.rest().starts_with("^\r\n")
    }

    /// Past what is left of the line, as it is.
    pub(super) fn skip_line(&mut self) -> Range<usize> {
        let start = self.at;
        let line = self.rest().find('\n').unwrap_or(self.rest().len());
        self.at += line;
        start..self.at
    }

    /// The next token. A parenthesis begins a block only where a command begins, and ends one only inside of one.
    pub(super) fn next(&mut self, is_start: bool, in_block: bool) -> Option<Token> {
        loop {
            self.skip_blanks();
            let token = match self.peek()? {
                '\n' => Token::Line,
                '&' if self.take("&&") => return Some(Token::Then),
                '&' => Token::And,
                '|' if self.take("||") => return Some(Token::Else),
                '|' => Token::Pipe,
                '(' if is_start => Token::Open,
                ')' if in_block => Token::Close,
                '@' if is_start => {
                    self.at += 1;
                    continue;
                }
                '>' | '<' => {
                    self.redirection(in_block);
                    continue;
                }
                digit if digit.is_ascii_digit() && self.rest().get(1..).is_some_and(is_arrow) => {
                    self.at += 1;
                    continue;
                }
                _ => return Some(Token::Word(self.word(in_block, is_start))),
            };
            self.at += 1;
            return Some(token);
        }
    }

    fn redirection(&mut self, in_block: bool) {
        while matches!(self.peek(), Some('>' | '<')) {
            self.at += 1;
        }
        if self.take("&") {
            self.at += self.peek().filter(char::is_ascii_digit).map_or(0, char::len_utf8);
            return;
        }
        self.skip_blanks();
        if self.peek().is_some_and(|letter| !is_end(letter, in_block)) {
            self.word(in_block, false);
        }
    }

    /// A word as the program splits them, that ends where cmd's own signs stand.
    ///
    /// The two count quotes apart: to cmd each of them opens or closes, to most programs not one after a backslash. The
    /// name of a command is cmd's own.
    fn word(&mut self, in_block: bool, is_name: bool) -> Word {
        let start = self.at;
        let mut pieces = Pieces { found: Vec::new(), text: self.text };
        let (mut quoted_for_cmd, mut quoted) = (false, false);
        while let Some(letter) = self.peek() {
            let at = self.at;
            let after = at + letter.len_utf8();
            if letter == '\n' || (!quoted_for_cmd && is_end(letter, in_block) && !letter.is_whitespace()) {
                break;
            }
            if letter.is_whitespace() && !quoted {
                break;
            }
            match letter {
                '"' => {
                    quoted_for_cmd = !quoted_for_cmd;
                    if self.text.text.get(..at).is_some_and(|before| before.ends_with('\\'))
                        && at > start
                        && !is_name
                    {
                        pieces.replace_last('"', at..after);
                    } else {
                        quoted = !quoted;
                    }
                    self.at = after;
                }
                '^' if !quoted_for_cmd => {
                    self.at = after;
                    if self.take("\r\n") || self.take("\n") {
                        continue;
                    }
                    if let Some(escaped) = self.peek() {
                        self.at += escaped.len_utf8();
                        pieces.letter(escaped, at..self.at, quoted_for_cmd);
                    }
                }
                '%' | '!' => {
                    let (kind, length) = expansion(self.rest());
                    self.at += length;
                    match kind {
                        Some(kind) => pieces.push(kind, at..self.at, quoted_for_cmd),
                        None => pieces.letter(letter, at..self.at, quoted_for_cmd),
                    }
                }
                _ => {
                    self.at = after;
                    pieces.letter(letter, at..after, quoted_for_cmd);
                }
            }
        }
        if self.at == start {
            // Never twice at one place.
            self.at += self.peek().map_or(1, char::len_utf8);
        }
        if pieces.found.is_empty() && self.at > start {
            // Quotes leave nothing but an empty word.
            pieces.push(PieceKind::Literal(String::new()), self.at..self.at, true);
        }
        Word { range: start..self.at, pieces: pieces.found }
    }
}

fn is_arrow(text: &str) -> bool {
    text.starts_with(['>', '<'])
}

fn is_end(letter: char, in_block: bool) -> bool {
    matches!(letter, '&' | '|' | '>' | '<' | '\n' | ' ' | '\t' | '\r' | '\u{c}')
        || (in_block && letter == ')')
}

/// What `%…` or `!…!` at the beginning of a text is, and how long.
fn expansion(text: &str) -> (Option<PieceKind>, usize) {
    let mark = if text.starts_with('!') { '!' } else { '%' };
    let rest = text.get(1..).unwrap_or_default();
    let next = rest.chars().next().unwrap_or(' ');
    if mark == '%' && (next.is_ascii_digit() || matches!(next, '*' | '~' | '%')) {
        return (Some(PieceKind::Other), 1 + next.len_utf8());
    }
    let is_name = |letter: &char| letter.is_alphanumeric() || "_:~-,.()#$ =".contains(*letter);
    let name: String = rest.chars().take(MAX_NAME).take_while(is_name).collect();
    let is_closed = rest.get(name.len()..).is_some_and(|after| after.starts_with(mark));
    if name.is_empty() || name.starts_with(' ') || !is_closed {
        return (None, 1);
    }
    let kind = match name.to_ascii_lowercase().as_str() {
        "errorlevel" => PieceKind::Status,
        other if other.contains([':', '~']) => PieceKind::Other,
        _ => PieceKind::Variable(name.clone()),
    };
    (Some(kind), name.len() + 2)
}

/// The pieces of a word, as they come.
struct Pieces<'t> {
    found: Vec<Piece>,
    text: &'t Text,
}

impl Pieces<'_> {
    fn push(&mut self, kind: PieceKind, range: Range<usize>, quoted: bool) {
        self.found.push(Piece { range, kind, quoted });
    }

    fn letter(&mut self, letter: char, range: Range<usize>, quoted: bool) {
        if letter == STAND_IN
            && let Some(symbol) = self.text.symbol_at(range.start)
        {
            return self.push(PieceKind::Symbol(symbol.clone()), range, quoted);
        }
        match self.found.last_mut() {
            Some(Piece { kind: PieceKind::Literal(text), range: before, quoted: is_quoted })
                if *is_quoted == quoted =>
            {
                text.push(letter);
                before.end = range.end;
            }
            _ => self.push(PieceKind::Literal(letter.to_string()), range, quoted),
        }
    }

    /// The backslash before it was an escape.
    fn replace_last(&mut self, letter: char, range: Range<usize>) {
        match self.found.last_mut() {
            Some(Piece { kind: PieceKind::Literal(text), range: before, .. }) if text.ends_with('\\') => {
                text.pop();
                text.push(letter);
                before.end = range.end;
            }
            _ => self.push(PieceKind::Literal(letter.to_string()), range, true),
        }
    }
}
