//! `Start-Process cfn-signal.exe -ArgumentList …`: the call that it makes.

use std::ops::Range;

use super::words;
use crate::lint::shell::{Piece, PieceKind, Word};
use crate::lint::text::Text;

const NAMES: [&str; 3] = ["start-process", "saps", "start"];
/// Parameters without a value.
const SWITCHES: [&str; 5] = ["wait", "nonewwindow", "passthru", "loaduserprofile", "usenewenvironment"];

/// The words of the call, if what is started is cfn-signal.
pub(super) fn signal(text: &Text, given: &[Word]) -> Option<Vec<Word>> {
    let (first, rest) = given.split_first()?;
    if !NAMES.contains(&first.literal()?.to_ascii_lowercase().as_str()) {
        return None;
    }
    let (mut file, mut arguments) = (None, None);
    let mut rest = rest;
    while let Some((word, after)) = rest.split_first() {
        let parameter = parameter(word);
        let is = |name: &str| parameter.as_deref().is_some_and(|it| !it.is_empty() && name.starts_with(it));
        if SWITCHES.iter().any(|name| is(name)) {
            rest = after;
            continue;
        }
        let values = if parameter.is_some() { after } else { rest };
        if is("argumentlist")
            || parameter.as_deref() == Some("args")
            || (parameter.is_none() && file.is_some())
        {
            let count = values.iter().take_while(|it| self::parameter(it).is_none()).count();
            let list = values.get(..count).unwrap_or_default();
            arguments = list.first().zip(list.last()).map(|(from, to)| from.range.start..to.range.end);
            rest = values.get(count..).unwrap_or_default();
            continue;
        }
        if is("filepath") || parameter.is_none() {
            file = values.first();
        }
        rest = values.get(1..).unwrap_or_default();
    }
    let file = file?;
    let path = file.literal()?.to_ascii_lowercase();
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    if !matches!(name, "cfn-signal" | "cfn-signal.exe") {
        return None;
    }
    let mut found = vec![file.clone()];
    for range in arguments.into_iter().flat_map(|range| elements(text, range)) {
        split(text, &words::word(text, range), &mut found);
    }
    Some(found)
}

/// A parameter's name, in small letters, without its hyphen.
fn parameter(word: &Word) -> Option<String> {
    let is_bare = word.pieces.first().is_some_and(|piece| !piece.quoted);
    let name = word.beginning().strip_prefix('-').filter(|_| is_bare)?;
    Some(name.to_ascii_lowercase())
}

/// The parts of a list, or the only one.
fn elements(text: &Text, range: Range<usize>) -> Vec<Range<usize>> {
    let written = text.text.get(range.clone()).unwrap_or_default();
    let (mut found, mut quote, mut from) = (Vec::new(), None, 0);
    let (written, base) = match written.strip_prefix("@(").and_then(|it| it.strip_suffix(')')) {
        Some(inner) => (inner, range.start + 2),
        None => (written, range.start),
    };
    let mut add = |part: &str, at: usize| {
        let start = base + at + (part.len() - part.trim_start().len());
        let length = part.trim().len();
        if length > 0 {
            found.push(start..start + length);
        }
    };
    for (at, letter) in written.char_indices() {
        match quote {
            Some(opened) if opened == letter => quote = None,
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None if letter == ',' => {
                add(written.get(from..at).unwrap_or_default(), from);
                from = at + 1;
            }
            _ => {}
        }
    }
    add(written.get(from..).unwrap_or_default(), from);
    found
}

/// The words that a program makes of a text: blanks part them, where they are not in double quotes.
fn split(text: &Text, word: &Word, into: &mut Vec<Word>) {
    let mut current = Word::default();
    let mut is_quoted = false;
    for piece in &word.pieces {
        let PieceKind::Literal(literal) = &piece.kind else {
            extend(&mut current, Piece { quoted: piece.quoted || is_quoted, ..piece.clone() });
            continue;
        };
        let mut at = piece.range.start;
        for letter in literal.chars() {
            // An escape stands before some of them.
            let rest = text.text.get(at..piece.range.end).unwrap_or_default();
            let start = at + rest.find(letter).filter(|skipped| *skipped <= 1).unwrap_or_default();
            at = (start + letter.len_utf8()).min(piece.range.end);
            if letter == '"' {
                is_quoted = !is_quoted;
            } else if letter.is_whitespace() && !is_quoted {
                into.extend(Some(std::mem::take(&mut current)).filter(|word| !word.pieces.is_empty()));
            } else {
                let kind = PieceKind::Literal(letter.to_string());
                extend(&mut current, Piece { range: start..at, kind, quoted: true });
            }
        }
    }
    into.extend(Some(current).filter(|word| !word.pieces.is_empty()));
}

fn extend(word: &mut Word, piece: Piece) {
    if word.pieces.is_empty() {
        word.range = piece.range.clone();
    }
    word.range.end = piece.range.end;
    match (word.pieces.last_mut(), &piece.kind) {
        (Some(Piece { kind: PieceKind::Literal(text), range, .. }), PieceKind::Literal(more)) => {
            text.push_str(more);
            range.end = piece.range.end;
        }
        _ => word.pieces.push(piece),
    }
}
