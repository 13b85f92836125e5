//! Scripts that a script writes, at once or line by line, and that run later.

use std::collections::HashSet;

use super::{body, expanded, named};
use crate::lint::shell::{self, Command, Kind, PieceKind, Statement, Word, is_shell};
use crate::lint::signal::run_by;
use crate::lint::text::Text;
use crate::lint::user_data::is_shell_script;

/// Files that run without being called.
const AT_BOOT: [&str; 4] =
    ["/etc/rc.local", "/etc/rc.d/rc.local", "/var/lib/cloud/scripts/per-", "/etc/init.d/"];

/// Commands that run the file that they name, besides shells.
const STARTERS: [&str; 8] = ["source", ".", "exec", "sudo", "nohup", "su", "at", "runuser"];

/// Files by their names, with what is written to them.
struct Files<'t> {
    text: &'t Text,
    files: Vec<(String, Text)>,
    /// What goes to a shell through a pipe.
    piped: Vec<Text>,
}

/// What is written to files that are scripts: they say so in their first line, or something runs them.
pub(super) fn scripts(text: &Text, block: &[Statement]) -> Vec<Text> {
    let mut files = Files { text, files: Vec::new(), piped: Vec::new() };
    files.follow(block);
    if files.files.is_empty() {
        return files.piped;
    }
    let run = run(text, block);
    let is_run = |path: &str| run.contains(path) || AT_BOOT.iter().any(|boot| path.starts_with(boot));
    let scripts = files.files.into_iter().filter(|(path, text)| is_shell_script(&text.text) || is_run(path));
    scripts.map(|(_, text)| text).chain(files.piped).collect()
}

impl Files<'_> {
    fn follow(&mut self, block: &[Statement]) {
        for statement in block {
            match &statement.kind {
                Kind::Command(command) => self.command(command),
                Kind::Pipeline(stages) => self.pipeline(stages),
                Kind::Group { body } | Kind::Function { body, .. } => self.follow(body),
                Kind::Compound { tests, body, .. } => {
                    self.follow(tests);
                    self.follow(body);
                }
                Kind::Chain { left, right, .. } => {
                    self.follow(std::slice::from_ref(left));
                    self.follow(std::slice::from_ref(right));
                }
                Kind::Negated(inner) => self.follow(std::slice::from_ref(inner)),
                Kind::Assignment(_) | Kind::Test | Kind::Unknown => {}
            }
        }
    }

    /// `cat > FILE <<EOF`, `tee FILE <<EOF`, `echo … >> FILE`.
    fn command(&mut self, command: &Command) {
        let target = command.teed().or(command.output.as_ref());
        let (Some(target), Some(lines)) = (target, self.printed(command)) else { return };
        self.add(target, &lines);
    }

    /// `echo … | tee -a FILE`, `cat <<EOF | sudo tee FILE`.
    fn pipeline(&mut self, stages: &[Statement]) {
        let commands = || {
            stages.iter().filter_map(|stage| match &stage.kind {
                Kind::Command(command) => Some(command),
                _ => None,
            })
        };
        let runs = |command: &Command| {
            let names: Vec<String> = command.words.iter().take(4).map_while(named).collect();
            let at = names.iter().position(|it| is_shell(it) || super::READERS.contains(&it.as_str()));
            let is_file = |word: &Word| !word.beginning().starts_with('-');
            at.is_some_and(|at| {
                !names.get(at).is_some_and(|it| is_shell(it))
                    || !command.words.get(at + 1..).unwrap_or_default().iter().any(is_file)
            })
        };
        if commands().next_back().is_some_and(runs) {
            // A here-document in a pipe is read with the command that has it.
            let first = commands().next().filter(|it| it.input.is_none());
            self.piped.extend(first.and_then(|it| self.printed(it)));
            return;
        }
        let target = commands().skip(1).find_map(Command::teed);
        if let (Some(target), Some(lines)) = (target, commands().next().and_then(|it| self.printed(it))) {
            self.add(target, &lines);
        }
    }

    fn add(&mut self, target: &Word, lines: &Text) {
        let path = path(self.text, target);
        match self.files.iter_mut().find(|(known, _)| *known == path) {
            Some((_, text)) => text.append(lines),
            None => self.files.push((path, lines.clone())),
        }
    }

    /// What a command writes to its standard output, where that is its own words or what it reads.
    fn printed(&self, command: &Command) -> Option<Text> {
        let names: Vec<String> = command.words.iter().take(4).map_while(named).collect();
        let at = names.iter().position(|it| matches!(it.as_str(), "echo" | "printf" | "cat" | "tee"))?;
        let mut arguments = command.words.get(at + 1..).unwrap_or_default();
        match names.get(at)?.as_str() {
            "echo" => {
                let is_option = |word: &&Word| {
                    word.literal().is_some_and(|it| matches!(it.as_str(), "-e" | "-n" | "-ne" | "-en" | "-E"))
                };
                let options = arguments.iter().take_while(is_option).count();
                let escapes = arguments.iter().take(options).any(|it| it.beginning().contains('e'));
                arguments = arguments.get(options..)?;
                let mut line = Text::default();
                for (index, word) in arguments.iter().enumerate() {
                    if index > 0 {
                        line.push_made_up(" ");
                    }
                    line.append(&self.word(word, escapes));
                }
                line.push_made_up("\n");
                Some(line)
            }
            "printf" => {
                let (format, rest) = arguments.split_first()?;
                let mut lines = Text::default();
                if rest.is_empty() {
                    lines.append(&self.word(format, true));
                }
                for word in rest {
                    lines.append(&self.word(word, false));
                    lines.push_made_up("\n");
                }
                Some(lines)
            }
            _ => command.input.as_ref().map(|input| body(self.text, input)),
        }
    }

    fn word(&self, word: &Word, escapes: bool) -> Text {
        if !escapes {
            return expanded(self.text, word);
        }
        let mut read = Text::default();
        for piece in &word.pieces {
            match &piece.kind {
                PieceKind::Literal(literal) => {
                    let lines = literal.replace("\\n", "\n").replace("\\t", "\t");
                    read.append(&self.text.scalar(piece.range.start, &lines));
                }
                _ => read.append(&expanded(
                    self.text,
                    &Word { range: piece.range.clone(), pieces: vec![piece.clone()] },
                )),
            }
        }
        read
    }
}

/// A file's name, as it is written where it is not known.
fn path(text: &Text, word: &Word) -> String {
    let written = || text.text.get(word.range.clone()).unwrap_or_default().trim_matches('"').to_owned();
    word.literal().unwrap_or_else(written)
}

/// The files that are run.
fn run(text: &Text, block: &[Statement]) -> HashSet<String> {
    let mut found = HashSet::new();
    shell::visit(block, &mut |command| {
        let Some(first) = command.words.first() else { return };
        found.insert(path(text, first));
        let run = run_by(command).unwrap_or_default();
        found.extend(run.iter().map(|word| path(text, word)));
        if named(first).is_some_and(|name| is_shell(&name) || STARTERS.contains(&name.as_str())) {
            found.extend(command.arguments().iter().map(|word| path(text, word)));
        }
    });
    found
}
