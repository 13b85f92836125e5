//! Shell scripts, as far as rules look at them: which commands run one after the other, with which words.

mod parse;
#[cfg(test)]
mod tests;
mod walk;

use std::ops::Range;

pub(super) use parse::parse;
pub(super) use walk::{statements, visit};

use super::text::{Fragment, Symbol, Text};

/// A list of commands, in order.
pub(super) type Block = Vec<Statement>;

/// One command of a list, with what it is made of.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    /// Followed by `&`.
    pub(super) background: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Command(Command),
    /// `a | b`.
    Pipeline(Block),
    /// `a && b`, or `a || b`.
    Chain {
        left: Box<Statement>,
        right: Box<Statement>,
        /// `&&`.
        is_and: bool,
    },
    /// `! a`.
    Negated(Box<Statement>),
    /// `( … )`, or `{ … }`.
    Group {
        body: Block,
    },
    /// `if`, `for`, `while`, `case`: what is tested, and what may run, in the order it is written. Branches such as
    /// `else` and a `case`'s are compounds in the body.
    Compound {
        form: Form,
        tests: Block,
        body: Block,
    },
    Function {
        name: String,
        body: Block,
    },
    /// `a=b`, also after `export` and its like.
    Assignment(Vec<Assigned>),
    /// `[ … ]`, `[[ … ]]`, `(( … ))`.
    Test,
    /// What the parser did not understand.
    Unknown,
}

/// Which compound it is, or which part of one.
#[derive(Clone, Debug)]
pub(super) enum Form {
    If,
    Elif,
    Else,
    /// `for`, `while`, `until`.
    Loop,
    /// What stands between `do` and `done`.
    Do,
    /// `case`, with the word that is looked at.
    Case(Word),
    /// A branch of a `case`, with its patterns.
    Item(Vec<Word>),
}

/// A variable that gets a value.
#[derive(Clone, Debug)]
pub(super) struct Assigned {
    pub(super) name: String,
    pub(super) value: Word,
    /// Whether it stands after `export` or its like, whose status is 0 whatever the value is.
    pub(super) is_declared: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Command {
    /// The command's name, then its arguments.
    pub(super) words: Vec<Word>,
    /// What it reads.
    pub(super) input: Option<Input>,
    /// The file that it writes.
    pub(super) output: Option<Word>,
}

/// A here-document.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) range: Range<usize>,
    /// Whether the shell leaves it as it is.
    pub(super) is_quoted: bool,
    /// Whether it goes to a shell through a pipe: `cat <<EOF | bash`.
    pub(super) to_shell: bool,
}

/// What a text holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Parsed {
    pub(super) block: Block,
    /// Where its comments are, in order.
    pub(super) comments: Vec<Range<usize>>,
}

/// A word, before the shell expands it.
#[derive(Clone, Debug, Default)]
pub(super) struct Word {
    pub(super) range: Range<usize>,
    pub(super) pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    pub(super) kind: PieceKind,
    /// Inside quotes of either kind.
    pub(super) quoted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Text that stands for itself, quotes and escapes removed.
    Literal(String),
    /// A value that only a stack has.
    Symbol(Symbol),
    /// `$?`.
    Status,
    /// `$NAME` and `${NAME…}`.
    Variable(String),
    /// `$( … )` and backticks, with the text inside.
    Substitution(String),
    /// Any other expansion.
    Other,
}

impl Statement {
    /// A command alone.
    pub(super) fn of(command: &Command) -> Self {
        let start = command.words.first().map_or(0, |word| word.range.start);
        let end = command.words.last().map_or(start, |word| word.range.end);
        Self { range: start..end, kind: Kind::Command(command.clone()), background: false }
    }
}

/// Whether a command is a shell.
pub(super) fn is_shell(name: &str) -> bool {
    ["sh", "bash", "dash", "ash", "ksh"].contains(&name)
}

impl Command {
    /// The last part of the command's path, such as `cfn-signal`.
    pub(super) fn name(&self) -> Option<String> {
        let path = self.words.first()?.literal()?;
        Some(path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned())
    }

    /// The arguments.
    pub(super) fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// The file that it writes as `tee`, whatever wraps that.
    pub(super) fn teed(&self) -> Option<&Word> {
        let is_tee = |word: &Word| word.literal().is_some_and(|it| it == "tee" || it.ends_with("/tee"));
        let at = self.words.iter().take(4).position(is_tee)?;
        self.words.get(at + 1..)?.iter().find(|word| !word.beginning().starts_with('-'))
    }

    /// Whether an argument is exactly this.
    pub(super) fn has(&self, argument: &str) -> bool {
        self.arguments().iter().any(|word| word.literal().as_deref() == Some(argument))
    }
}

impl Word {
    /// The text, where nothing in it is expanded.
    pub(super) fn literal(&self) -> Option<String> {
        self.pieces
            .iter()
            .map(|piece| match &piece.kind {
                PieceKind::Literal(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The one symbol that it is.
    pub(super) fn symbol(&self) -> Option<&Symbol> {
        match self.pieces.as_slice() {
            [Piece { kind: PieceKind::Symbol(symbol), .. }] => Some(symbol),
            _ => None,
        }
    }

    /// The text that it begins with.
    pub(super) fn beginning(&self) -> &str {
        match self.pieces.first() {
            Some(Piece { kind: PieceKind::Literal(text), .. }) => text,
            _ => "",
        }
    }

    pub(super) fn has_status(&self) -> bool {
        self.pieces.iter().any(|piece| piece.kind == PieceKind::Status)
    }

    /// The same without so many characters of its beginning, which are literal.
    pub(super) fn without(&self, count: usize) -> Self {
        let mut word = self.clone();
        if let Some(Piece { kind: PieceKind::Literal(text), range, .. }) = word.pieces.first_mut() {
            let cut: usize = text.chars().take(count).map(char::len_utf8).sum();
            text.drain(..cut);
            range.start = (range.start + cut).min(range.end);
            word.range.start = range.start;
        }
        word.pieces.retain(|piece| piece.kind != PieceKind::Literal(String::new()));
        word
    }

    /// The word as messages quote it: symbols by their names.
    pub(super) fn shown(&self, text: &Text) -> String {
        let shown: String = text
            .fragments(self.range.clone())
            .into_iter()
            .map(|fragment| match fragment {
                Fragment::Literal(text) => text.to_owned(),
                Fragment::Symbol(symbol) => symbol.to_string(),
            })
            .collect();
        shown
    }
}
