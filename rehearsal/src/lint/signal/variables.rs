//! Variables of a script that have one value all the time.

use std::collections::HashMap;

use crate::lint::shell::{self, Block, Command, Kind, Piece, PieceKind, Word};
use crate::lint::text::Text;

/// The values of variables, each with where it is given.
#[derive(Default)]
pub(super) struct Variables(HashMap<String, (usize, Word)>);

impl Variables {
    /// Those that a script gives a value once, outside of its branches, and that is written out.
    pub(super) fn of(text: &Text, block: &Block) -> Self {
        let mut given: HashMap<&str, usize> = HashMap::new();
        shell::statements(block, &mut |statement| {
            if let Kind::Assignment(assigned) = &statement.kind {
                assigned.iter().for_each(|it| *given.entry(it.name.as_str()).or_default() += 1);
            }
        });
        let (mut read, mut is_read_in): (Vec<String>, bool) = (Vec::new(), false);
        shell::visit(block, &mut |command| {
            is_read_in |= command.name().is_some_and(|it| matches!(it.as_str(), "." | "source" | "eval"));
            if command.name().is_some_and(|it| {
                matches!(it.as_str(), "read" | "unset" | "getopts" | "mapfile" | "readarray")
            }) {
                read.extend(command.arguments().iter().filter_map(Word::literal));
            }
        });
        let is_plain = |word: &Word| {
            let is_known = |it: &Piece| matches!(it.kind, PieceKind::Literal(_) | PieceKind::Symbol(_));
            !word.pieces.is_empty() && word.pieces.iter().all(is_known)
        };
        let mut found = HashMap::new();
        for statement in block {
            let Kind::Assignment(assigned) = &statement.kind else { continue };
            for it in assigned.iter().filter(|it| is_plain(&it.value)) {
                let changed =
                    [format!("for {} in", it.name), format!("{}++", it.name), format!("{}+=", it.name)];
                // A number may be counted on, and a status come from what is read in.
                let counts = ["let ", "((", "printf -v", "eval "].iter().any(|it| text.text.contains(it))
                    || is_read_in;
                let is_number = it.value.literal().is_some_and(|it| it.parse::<i64>().is_ok());
                let is_changed = changed.iter().any(|it| text.text.contains(it))
                    || (counts && is_number)
                    || read.contains(&it.name);
                let is_once = given.get(it.name.as_str()) == Some(&1);
                if is_once && !is_changed {
                    found.insert(it.name.clone(), (statement.range.start, it.value.clone()));
                }
            }
        }
        Self(found)
    }

    /// A command with the values of the variables in it; none where there are none.
    pub(super) fn filled(&self, text: &Text, command: &Command, is_trap: bool) -> Option<Command> {
        let mut filled = None;
        for (index, word) in command.words.iter().enumerate().skip(1) {
            for (at, piece) in word.pieces.iter().enumerate().rev() {
                let Some(pieces) = self.value(text, piece, is_trap) else { continue };
                let command = filled.get_or_insert_with(|| command.clone());
                let word = command.words.get_mut(index)?;
                word.pieces.splice(at..=at, pieces);
            }
        }
        filled
    }

    /// What a piece is, as if it stood there in quotes: a shell does not read it again.
    fn value(&self, text: &Text, piece: &Piece, is_trap: bool) -> Option<Vec<Piece>> {
        let PieceKind::Variable(name) = &piece.kind else { return None };
        let (given, value) = self.0.get(name)?;
        let written = text.text.get(piece.range.clone()).unwrap_or_default();
        let is_whole = written.trim_matches(['$', '{', '}']) == name;
        let is_split = |it: &Piece| matches!(&it.kind, PieceKind::Literal(text) if text.contains(char::is_whitespace) || text.contains('*'));
        let stays_whole = piece.quoted || !value.pieces.iter().any(is_split);
        if !is_whole || !stays_whole || !(is_trap || *given < piece.range.start) {
            return None;
        }
        let one = |it: &Piece| Piece { range: piece.range.clone(), kind: it.kind.clone(), quoted: true };
        Some(value.pieces.iter().map(one).collect())
    }
}
