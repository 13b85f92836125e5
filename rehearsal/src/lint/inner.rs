//! Scripts inside scripts: here-documents that a shell reads, `bash -c`, `su -c`, and scripts that `cat` writes.

use super::shell::{self, Command, Input, PieceKind, Word, is_shell};
use super::text::Text;
use super::user_data::is_shell_script;

#[cfg(test)]
mod tests;

/// Scripts in scripts in scripts.
const MAX_DEPTH: usize = 3;
const MAX_SCRIPTS: usize = 50;

/// Commands that give a text after `-c` to a shell.
const RUNNERS: [&str; 3] = ["su", "runuser", "script"];
/// Commands that write what they read.
const WRITERS: [&str; 2] = ["cat", "tee"];

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
        let names: Vec<String> = command.words.iter().take(8).map_while(named).collect();
        let runs = |name: &String| is_shell(name) || RUNNERS.contains(&name.as_str());
        // What is before the shell's name may wrap it, such as sudo and its options.
        if let Some(at) = names.iter().position(runs) {
            let arguments = command.words.get(at + 1..).unwrap_or_default();
            found.extend(after_c(text, arguments));
            let reads_file = arguments.first().and_then(Word::literal).is_some_and(|it| !it.starts_with('-'))
                && names.get(at).is_some_and(|name| is_shell(name));
            found.extend(command.input.as_ref().filter(|_| !reads_file).and_then(|it| body(text, it)));
        } else if let Some(input) = &command.input
            && (input.to_shell || writes(command, &names))
        {
            let written = body(text, input);
            found.extend(written.filter(|it| input.to_shell || is_shell_script(&it.text)));
        }
    });
    found
}

fn named(word: &Word) -> Option<String> {
    let path = word.literal()?;
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
    let written: String = word
        .pieces
        .iter()
        .map(|piece| match &piece.kind {
            PieceKind::Literal(literal) => literal.clone(),
            _ => text.text.get(piece.range.clone()).unwrap_or_default().to_owned(),
        })
        .collect();
    (!written.is_empty()).then(|| text.scalar(word.range.start, &written))
}

fn writes(command: &Command, names: &[String]) -> bool {
    let is_writer = |name: &String| WRITERS.contains(&name.as_str());
    names.iter().any(is_writer) && (command.output.is_some() || names.iter().any(|name| name == "tee"))
}

/// A here-document's text, as its reader gets it.
fn body(text: &Text, input: &Input) -> Option<Text> {
    let whole = text.slice(input.range.clone());
    if input.is_quoted {
        return Some(whole);
    }
    let mut read = Text::default();
    let mut from = 0;
    let mut letters = whole.text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\'
            && let Some((next, _)) = letters.next_if(|(_, next)| "$`\\\n".contains(*next))
        {
            read.append(&whole.slice(from..at));
            from = if whole.text.get(next..)?.starts_with('\n') { next + 1 } else { next };
        }
    }
    read.append(&whole.slice(from..whole.text.len()));
    Some(read)
}
