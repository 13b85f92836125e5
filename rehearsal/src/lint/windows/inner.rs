//! Scripts inside scripts: `powershell -Command`, `powershell -EncodedCommand`, `cmd /c`, and what `cfn-signal run` runs.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{Block, Language, commands, name, parse};
use crate::lint::shell::{Command, Piece, PieceKind, Word};
use crate::lint::signal::windows::run_by;
use crate::lint::text::Text;

/// Scripts in scripts in scripts.
const MAX_DEPTH: usize = 3;
const MAX_SCRIPTS: usize = 50;

/// Options of PowerShell that take a value, each as far as it has to be written.
const VALUED: [&str; 11] = ["ex", "ep", "v", "in", "if", "o", "of", "w", "ps", "config", "cus"];

/// What a command hands to another.
pub(super) enum Handed<'c> {
    /// Words that are a script.
    Script(Language, &'c [Word]),
    /// A script in base64.
    Encoded(&'c Word),
    /// A file that it runs.
    File(&'c Word),
    /// Something that cannot be told.
    Unknown,
}

/// The scripts inside a script, and those inside them.
pub(in crate::lint) fn scripts(text: &Text, language: Language, block: &Block) -> Vec<(Language, Text)> {
    let mut found = direct(text, language, block);
    let (mut at, mut depth_ends, mut depth) = (0, found.len(), 1);
    while let Some((language, inner)) = found.get(at).filter(|_| depth < MAX_DEPTH && at < MAX_SCRIPTS) {
        let further = direct(inner, *language, &parse(inner, *language).block);
        found.extend(further);
        at += 1;
        if at == depth_ends {
            (depth, depth_ends) = (depth + 1, found.len());
        }
    }
    found.truncate(MAX_SCRIPTS);
    found
}

fn direct(text: &Text, language: Language, block: &Block) -> Vec<(Language, Text)> {
    let script = |command: &Command| {
        if let Some([first, .., last] | [first @ last]) = run_by(command) {
            return Some((language, text.slice(first.range.start..last.range.end)));
        }
        match handed(command)? {
            Handed::Script(inner, words) => {
                // A script in braces is PowerShell's own, and is parsed with what is around it.
                let is_block = words.iter().any(|it| it.pieces.iter().any(|it| it.kind == PieceKind::Other));
                (language != Language::PowerShell || !is_block)
                    .then(|| Some((inner, written(text, words)?)))?
            }
            Handed::Encoded(word) => Some((Language::PowerShell, decoded(text, word)?)),
            Handed::File(_) | Handed::Unknown => None,
        }
    };
    commands(block).filter_map(script).collect()
}

/// What a command hands to cmd or to PowerShell, if it is one of them.
pub(super) fn handed(command: &Command) -> Option<Handed<'_>> {
    match name(command)?.as_str() {
        "powershell" | "pwsh" => Some(to_powershell(command)),
        "invoke-expression" | "iex" => {
            let words = command.arguments();
            let named = |word: &Word| word.beginning().to_ascii_lowercase().starts_with("-c");
            let from = usize::from(words.first().is_some_and(named));
            let is_known = |it: &Piece| matches!(it.kind, PieceKind::Literal(_) | PieceKind::Symbol(_));
            let written = words.get(from..).filter(
                |it| matches!(it, [word] if !word.pieces.is_empty() && word.pieces.iter().all(is_known)),
            );
            written.map(|it| Handed::Script(Language::PowerShell, it))
        }
        "cmd" => {
            let is_switch = |word: &Word| {
                let text = word.beginning().to_ascii_lowercase();
                ["/c", "/k", "/r"].iter().any(|it| text.starts_with(it))
            };
            let at = command.words.iter().position(is_switch)?;
            match command.words.get(at + 1..) {
                Some(words @ [_, ..]) => Some(Handed::Script(Language::Batch, words)),
                _ => Some(Handed::Unknown),
            }
        }
        _ => None,
    }
}

fn to_powershell(command: &Command) -> Handed<'_> {
    let mut at = 1;
    while let Some(word) = command.words.get(at) {
        let start = word.beginning().to_ascii_lowercase();
        let Some(option) = start.strip_prefix(['-', '/']) else { break };
        let rest = command.words.get(at + 1..).unwrap_or_default();
        match option {
            "" => return Handed::Unknown,
            // The beginnings of `-Command`, `-EncodedCommand` and `-File` that are not those of others.
            it if "command".starts_with(it) && !it.is_empty() => {
                return match rest {
                    [] => Handed::Unknown,
                    words => Handed::Script(Language::PowerShell, words),
                };
            }
            it if it == "ec" || "encodedcommand".starts_with(it) => {
                return rest.first().map_or(Handed::Unknown, Handed::Encoded);
            }
            it if "file".starts_with(it) => return rest.first().map_or(Handed::Unknown, Handed::File),
            it => at += 1 + usize::from(VALUED.iter().any(|valued| it.starts_with(valued))),
        }
    }
    match command.words.get(at..) {
        Some(words @ [_, ..]) => Handed::Script(Language::PowerShell, words),
        _ => Handed::Unknown,
    }
}

/// Words as the text that they hand over: without the quotes around it, if it is one word.
fn written(text: &Text, words: &[Word]) -> Option<Text> {
    let (first, last) = (words.first()?, words.last()?);
    if words.len() > 1 {
        return Some(text.slice(first.range.start..last.range.end));
    }
    let written: String = first
        .pieces
        .iter()
        .map(|piece| match &piece.kind {
            PieceKind::Literal(literal) => literal.clone(),
            _ => text.text.get(piece.range.clone()).unwrap_or_default().to_owned(),
        })
        .collect();
    (!written.is_empty()).then(|| text.scalar(first.range.start, &written))
}

/// What `-EncodedCommand` takes: UTF-16 in base64. All of it stands where the word stands.
fn decoded(text: &Text, word: &Word) -> Option<Text> {
    let bytes = BASE64_STANDARD.decode(word.literal()?).ok()?;
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    let script: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
    let mut decoded = Text::default();
    // Each letter, so that a place inside is never past the word.
    let at = text.file_byte(word.range.start);
    decoded.push(&script, script.char_indices().map(|(start, _)| (start, at)));
    Some(decoded)
}
