//! Line breaks that are missing between a script's commands.

use crate::lint::facts::{Script, ScriptKind};
use crate::lint::rule::Check;
use crate::lint::shell::{self, Command, PieceKind, Word};

/// Shells by their paths.
const SHELLS: [&str; 4] = ["/bin/bash", "/usr/bin/bash", "/bin/sh", "/usr/bin/sh"];

/// Commands that scripts begin with, and that are no part of a shell's name.
const BEGINNINGS: [&str; 20] = [
    "yum",
    "dnf",
    "apt",
    "apt-get",
    "set",
    "exec",
    "echo",
    "export",
    "cd",
    "mkdir",
    "source",
    "curl",
    "wget",
    "sudo",
    "pip",
    "sleep",
    "systemctl",
    "cfn-init",
    "cfn-signal",
    "aws",
];

/// Commands that do not run their words.
const ALONE: [&str; 14] = [
    "yum",
    "dnf",
    "apt",
    "apt-get",
    "zypper",
    "pip",
    "pip3",
    "easy_install",
    "rpm",
    "dpkg",
    "systemctl",
    "service",
    "cfn-init",
    "chkconfig",
];

/// Options that only a signal has behind its name.
const OPTIONS: [&str; 7] = ["-e", "-s", "--exit-code", "--success", "--stack", "--resource", "--region"];

pub(super) fn found(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    let waits = |script: &Script| {
        script.runs_on.iter().any(|index| facts.at(*index).is_some_and(|resource| resource.may_wait()))
            || facts.may_wait && script.text.text.contains("cfn-signal")
    };
    for script in facts.scripts.iter().filter(|script| waits(script)) {
        match script.kind {
            ScriptKind::Opaque if script.is_user_data => {
                if let Some(path) = glued(&script.text.text) {
                    let path: String = path.chars().take(40).collect();
                    let message = format!(
                        "{} is no shell: the line break behind the shell's name is missing",
                        crate::template::error::quoted(&path)
                    );
                    check.in_script(script, 2, message);
                }
            }
            ScriptKind::Shell | ScriptKind::CloudConfig | ScriptKind::Inner | ScriptKind::Init => {
                let mut swallowed = None;
                shell::visit(&script.block, &mut |command| {
                    swallowed = swallowed.take().or_else(|| among_words(command));
                });
                if let Some((at, name)) = swallowed {
                    let message = format!("this is a word of {name}: the line break before it is missing");
                    check.in_script(script, at, message);
                }
            }
            _ => {}
        }
    }
}

/// What stands in place of a shell, where it begins with one: `/bin/bashyum`.
fn glued(text: &str) -> Option<&str> {
    let path = text.strip_prefix("#!")?.lines().next()?.split_whitespace().next()?;
    let rest = SHELLS.iter().find_map(|shell| path.strip_prefix(shell))?;
    (rest.starts_with('/') || BEGINNINGS.contains(&rest)).then_some(path)
}

/// A signal among the words of a command that does not run them.
fn among_words(command: &Command) -> Option<(usize, String)> {
    let name = command.name().filter(|name| ALONE.contains(&name.as_str()))?;
    let is_signal = |word: &Word| {
        let last = word.pieces.last().map(|piece| &piece.kind);
        matches!(last, Some(PieceKind::Literal(text)) if text == "cfn-signal" || text.ends_with("/cfn-signal"))
    };
    let is_option = |word: &Word| OPTIONS.iter().any(|it| word.beginning().split('=').next() == Some(*it));
    let mut pairs = command.words.iter().zip(command.words.iter().skip(1));
    let (word, _) = pairs.find(|(word, next)| is_signal(word) && is_option(next))?;
    Some((word.range.start, name))
}
