//! Scripts inside scripts: here-documents that a shell reads, `bash -c`, `su -c`, and scripts that are written.

mod written;

use super::shell::{self, Command, Input, Piece, PieceKind, Word, is_shell};
use super::signal::run_by;
use super::text::{Symbol, Text};

#[cfg(test)]
mod tests;

/// Scripts in scripts in scripts.
const MAX_DEPTH: usize = 3;
const MAX_SCRIPTS: usize = 50;

/// Commands that give a text after `-c` to a shell.
const RUNNERS: [&str; 3] = ["su", "runuser", "script"];

/// Commands that run what they read, now or later.
const READERS: [&str; 2] = ["at", "batch"];

/// What a `$?` is called that the outer shell expands, before the inner one begins.
pub(super) const EARLY_STATUS: &str = "$?";

/// The scripts inside a script, and those inside them.
pub(super) fn scripts(text: &Text, block: &[shell::Statement]) -> Vec<Text> {
    let mut found = direct(text, block);
    let (mut at, mut depth_ends, mut depth) = (0, found.len(), 1);
    while let Some(inner) = found.get(at).filter(|_| depth < MAX_DEPTH && at < MAX_SCRIPTS) {
        let further = shell::parse(inner).map(|parsed| direct(inner, &parsed.block)).unwrap_or_default();
        found.extend(further);
        at += 1;
        if at == depth_ends {
            (depth, depth_ends) = (depth + 1, found.len());
        }
    }
    found.truncate(MAX_SCRIPTS);
    found
}

fn direct(text: &Text, block: &[shell::Statement]) -> Vec<Text> {
    let mut found = Vec::new();
    shell::visit(block, &mut |command| {
        if let Some(words) = run_by(command) {
            let [from, to] = [words.first(), words.last()].map(|word| word.map(|word| word.range.clone()));
            found.extend(from.zip(to).map(|(from, to)| text.slice(from.start..to.end)));
            return;
        }
        let names: Vec<String> = command.words.iter().take(8).map_while(named).collect();
        let runs = |name: &String| is_shell(name) || RUNNERS.contains(&name.as_str());
        // What is before the shell's name may wrap it, such as sudo and its options.
        if let Some(at) = names.iter().position(runs) {
            let arguments = command.words.get(at + 1..).unwrap_or_default();
            found.extend(after_c(text, arguments).map(|inner| with_options(inner, arguments)));
            let reads_file = arguments.first().and_then(Word::literal).is_some_and(|it| !it.starts_with('-'))
                && names.get(at).is_some_and(|name| is_shell(name));
            let read = command.input.as_ref().filter(|_| !reads_file).map(|it| body(text, it));
            found.extend(read.map(|inner| with_options(inner, arguments)));
        } else if let Some(words) = handed_over(command) {
            found.extend(words.iter().map(|word| expanded(text, word)));
        } else if names.iter().any(|name| READERS.contains(&name.as_str())) {
            found.extend(command.input.as_ref().map(|it| body(text, it)));
        } else if let Some(input) = command.input.as_ref().filter(|input| input.to_shell) {
            found.push(body(text, input));
        }
    });
    found.extend(written::scripts(text, block));
    found
}

/// What a command reads as a here-document, or gives to Python after `-c`.
pub(super) fn code(text: &Text, command: &Command) -> Option<Text> {
    let is_python = command.name().is_some_and(|name| name.starts_with("python"));
    let given = || if is_python { after_c(text, command.arguments()) } else { None };
    command.input.as_ref().map(|input| body(text, input)).or_else(given)
}

/// The words that `eval` and `scl enable` run.
fn handed_over(command: &Command) -> Option<&[Word]> {
    let arguments = command.arguments();
    match command.name()?.as_str() {
        "eval" if arguments.len() == 1 => Some(arguments),
        "scl" => arguments.get(arguments.len().checked_sub(1)?..),
        _ => None,
    }
}

/// A script as a shell runs it with its options, such as `-e`.
fn with_options(inner: Text, arguments: &[Word]) -> Text {
    let is_option = |it: &String| it.starts_with('-') && !it.starts_with("--");
    let options: Vec<String> = arguments
        .iter()
        .map_while(Word::literal)
        .take_while(|it| is_option(it) || it == "pipefail")
        .collect();
    let mut begun = Text::default();
    if options.iter().any(|it| is_option(it) && it.contains('e')) {
        begun.append(&inner.made_up("set -e\n"));
    }
    if options.iter().any(|it| it == "pipefail") {
        begun.append(&inner.made_up("set -o pipefail\n"));
    }
    begun.append(&inner);
    begun
}

/// The last part of a path, such as `bash`, also of `$(which bash)`.
fn named(word: &Word) -> Option<String> {
    let path = match word.pieces.as_slice() {
        [Piece { kind: PieceKind::Substitution(text), .. }] => {
            let inner = text.trim_matches(['$', '(', ')', '`', ' ']);
            let found = ["which ", "command -v "].iter().find_map(|asks| inner.strip_prefix(asks))?;
            found.trim().to_owned()
        }
        _ => word.literal()?,
    };
    Some(path.rsplit('/').next().unwrap_or_default().to_owned())
}

/// The text after `-c`, or after a cluster that ends in it, such as `-lc`.
fn after_c(text: &Text, arguments: &[Word]) -> Option<Text> {
    let is_c = |word: &Word| {
        word.literal().is_some_and(|it| {
            it == "--command" || (it.starts_with('-') && !it.starts_with("--") && it.ends_with('c'))
        })
    };
    let word = arguments.get(arguments.iter().position(is_c)? + 1)?;
    Some(expanded(text, word)).filter(|inner| !inner.text.is_empty())
}

/// A word as the command gets it: without quotes, with variables as they are written.
fn expanded(text: &Text, word: &Word) -> Text {
    let mut read = Text::default();
    for piece in &word.pieces {
        match &piece.kind {
            PieceKind::Literal(literal) => read.append(&text.scalar(piece.range.start, literal)),
            PieceKind::Status => {
                let file = text.file_byte(piece.range.start);
                read.push_symbol(Symbol::Function(EARLY_STATUS.to_owned()), file);
            }
            _ => read.append(&text.slice(piece.range.clone())),
        }
    }
    read
}

/// A here-document's text, as its reader gets it.
fn body(text: &Text, input: &Input) -> Text {
    let whole = text.slice(input.range.clone());
    if input.is_quoted {
        return whole;
    }
    let mut read = Text::default();
    let mut from = 0;
    let mut letters = whole.text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let rest = whole.text.get(at..).unwrap_or_default();
        if letter == '\\'
            && let Some((next, escaped)) = letters.next_if(|(_, next)| "$`\\\n".contains(*next))
        {
            read.append(&whole.slice(from..at));
            from = if escaped == '\n' { next + 1 } else { next };
        } else if let Some(status) = ["$?", "${?}"].into_iter().find(|it| rest.starts_with(it)) {
            read.append(&whole.slice(from..at));
            read.push_symbol(Symbol::Function(EARLY_STATUS.to_owned()), whole.file_byte(at));
            from = at + status.len();
        }
    }
    read.append(&whole.slice(from..whole.text.len()));
    read
}
