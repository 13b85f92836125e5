//! What rules about the order of commands share.

use std::collections::HashSet;

use crate::lint::facts::{Script, ScriptKind};
use crate::lint::shell::{self, Command, Kind, Statement, Word};
use crate::lint::signal::{self, Tool};

/// Commands that configure nothing, and whose status nobody means to signal.
const TRIVIAL: [&str; 14] = [
    "echo", "printf", "logger", "date", "sleep", "true", ":", "set", "export", "cat", "shopt", "umask",
    "trap", "sync",
];

/// Commands at the end of a pipe that succeed whatever comes through it.
const FILTERS: [&str; 11] =
    ["tee", "logger", "cat", "ts", "sed", "awk", "systemd-cat", "tr", "head", "tail", "sort"];

/// Settings of the shell, as they are where a command stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) errexit: bool,
    pub(super) pipefail: bool,
}

impl Settings {
    /// Those that a script begins with, from its first line.
    pub(super) fn at_start(script: &Script) -> Self {
        let mut settings = Self::default();
        let first = script.text.text.trim_start().lines().next().unwrap_or_default();
        if matches!(script.kind, ScriptKind::Shell | ScriptKind::Inner)
            && first.starts_with("#!")
            && !first.contains("/env ")
        {
            let words: Vec<&str> = first.split_whitespace().skip(1).collect();
            settings.take(words.into_iter());
        }
        settings
    }

    /// Follows a `set` command.
    pub(super) fn follow(&mut self, statement: &Statement) {
        if let Kind::Command(command) = &statement.kind
            && command.name().as_deref() == Some("set")
        {
            let words: Vec<String> = command.arguments().iter().filter_map(Word::literal).collect();
            self.take(words.iter().map(String::as_str));
        }
    }

    fn take<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            let (on, letters) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
                (Some(letters), _) => (true, letters),
                (_, Some(letters)) => (false, letters),
                _ => continue,
            };
            if letters.starts_with('-') {
                return;
            }
            if letters.contains('e') {
                self.errexit = on;
            }
            if letters.ends_with('o') {
                match words.peek() {
                    Some(&"errexit") => self.errexit = on,
                    Some(&"pipefail") => self.pipefail = on,
                    _ => {}
                }
            }
        }
    }
}

/// Whether a script sets a trap that signals, or may, where it ends or fails.
pub(super) fn has_trap(script: &Script) -> bool {
    let functions = functions_with(&script.block, may_be_sent);
    let defines_elsewhere = reads_functions(script);
    let mut traps = has_unknown_trap(script, &script.block);
    shell::visit(&script.block, &mut |command| {
        let others = command.arguments().iter().skip(1).filter_map(Word::literal).collect::<Vec<_>>();
        if !others.is_empty() && others.iter().all(|it| is_from_outside(it)) {
            return;
        }
        let parsed = signal::trap_body(&script.text, command).map(|body| shell::parse(&body));
        traps |= match parsed {
            None => false,
            Some(None) => true,
            Some(Some(parsed)) => {
                may_send(&parsed.block, &functions)
                    || defines_elsewhere && calls_unknown(script, &parsed.block)
            }
        };
    });
    traps
}

/// Whether a script reads a file that may define functions of its own, and not only variables of the system's.
pub(super) fn reads_functions(script: &Script) -> bool {
    let mut reads = false;
    shell::visit(&script.block, &mut |command| {
        let is_known = |word: &Word| {
            let path = word.literal().unwrap_or_default();
            path.starts_with("/etc/")
                || path.ends_with("rc")
                || path.ends_with("profile")
                || path.ends_with("activate")
        };
        let is_read = command.name().is_some_and(|name| matches!(name.as_str(), "." | "source"));
        reads |= is_read && !command.arguments().first().is_some_and(is_known);
    });
    reads
}

/// Whether something is called that neither the script defines nor everybody knows.
fn calls_unknown(script: &Script, block: &[Statement]) -> bool {
    const KNOWN: [&str; 9] = ["rm", "exit", "return", "kill", "tail", "cp", "mv", "umount", "shutdown"];
    let mut unknown = false;
    shell::visit(block, &mut |command| {
        let name = command.name().unwrap_or_default();
        let is_known = KNOWN.contains(&name.as_str()) || TRIVIAL.contains(&name.as_str());
        let is_defined = script
            .block
            .iter()
            .any(|it| matches!(&it.kind, Kind::Function { name: defined, .. } if *defined == name));
        unknown |= !is_known && !is_defined;
    });
    unknown
}

/// Whether a failure is answered by what the script does not show: `a || die`, where a file that it reads defines that.
pub(super) fn is_answered_elsewhere(script: &Script) -> bool {
    let mut answered = false;
    if reads_functions(script) {
        shell::statements(&script.block, &mut |statement| {
            if let Kind::Chain { right, is_and: false, .. } = &statement.kind {
                answered |= calls_unknown(script, std::slice::from_ref(&**right));
            }
        });
    }
    answered
}

/// Whether a trap's condition comes from outside of the script, as `INT` and `TERM` do.
fn is_from_outside(condition: &str) -> bool {
    const OUTSIDE: [&str; 8] = ["INT", "TERM", "HUP", "QUIT", "USR1", "USR2", "PIPE", "ALRM"];
    let name = condition.strip_prefix("SIG").unwrap_or(condition);
    OUTSIDE.contains(&name) || name.parse::<u8>().is_ok_and(|it| it != 0)
}

/// Whether a failure is signalled at a deadline whatever becomes of a script: it arms one (`cfn-signal arm`).
pub(super) fn is_armed(script: &Script) -> bool {
    let mut armed = false;
    shell::visit(&script.block, &mut |command| armed |= signal::silent_part(command) == Some("arm"));
    armed
}

/// Whether what a trap runs may signal: it does, or the template does not show what it does.
fn may_send(block: &[Statement], functions: &HashSet<String>) -> bool {
    let mut may = block.iter().any(|statement| matches!(statement.kind, Kind::Unknown));
    shell::visit(block, &mut |command| {
        may |= may_be_sent(command)
            || command.name().is_none_or(|name| functions.contains(&name))
            || command.words.first().and_then(Word::literal).is_some_and(|path| path.contains('/'));
    });
    may
}

/// Whether a trap may be set in what is not understood.
fn has_unknown_trap(script: &Script, block: &[Statement]) -> bool {
    let mut rest: Vec<&Statement> = block.iter().collect();
    while let Some(statement) = rest.pop() {
        match &statement.kind {
            Kind::Unknown => {
                let text = script.text.text.get(statement.range.clone()).unwrap_or_default();
                if text.split([' ', '\t', '\n', ';', '(', '{', '&', '|']).any(|word| word == "trap") {
                    return true;
                }
            }
            Kind::Pipeline(body) | Kind::Group { body } | Kind::Function { body, .. } => rest.extend(body),
            Kind::Compound { tests, body, .. } => rest.extend(tests.iter().chain(body)),
            Kind::Chain { left, right, .. } => rest.extend([&**left, &**right]),
            Kind::Negated(inner) => rest.push(inner),
            Kind::Command(_) | Kind::Assignment(_) | Kind::Test => {}
        }
    }
    false
}

/// The functions of a script that signal when they are called.
pub(super) fn signalling_functions(block: &[Statement]) -> HashSet<String> {
    functions_with(block, sends)
}

/// Whether a command signals, or sends a value of the template somewhere.
fn may_be_sent(command: &Command) -> bool {
    signal::tool(command).is_some()
}

/// The functions of a script that have such a command.
fn functions_with(block: &[Statement], is_meant: fn(&Command) -> bool) -> HashSet<String> {
    let mut names = HashSet::new();
    for statement in block {
        if let Kind::Function { name, body } = &statement.kind {
            let mut signals = false;
            shell::visit(body, &mut |command| signals |= is_meant(command));
            if signals {
                names.insert(name.clone());
            }
        }
    }
    names
}

/// Whether a statement is `( … )`: what exits in it leaves only that.
pub(super) fn is_subshell(script: &Script, statement: &Statement) -> bool {
    let text = script.text.text.get(statement.range.clone()).unwrap_or_default();
    matches!(statement.kind, Kind::Group { .. }) && text.starts_with('(')
}

/// Whether a command is a signal.
pub(super) fn sends(command: &Command) -> bool {
    matches!(signal::tool(command), Some(Tool::CfnSignal | Tool::AwsCli))
}

/// The signal that a statement is, without a condition. Of `a || b` that is `a`.
pub(super) fn sent(statement: &Statement) -> Option<&Command> {
    match &statement.kind {
        Kind::Command(command) => sends(command).then_some(command),
        Kind::Chain { left, .. } => sent(left),
        Kind::Pipeline(body) => body.first().and_then(sent),
        _ => None,
    }
}

/// Whether a statement does nothing that could be meant by `$?`.
pub(super) fn is_trivial(statement: &Statement) -> bool {
    match &statement.kind {
        Kind::Command(command) => {
            // `exec` alone redirects.
            command.words.is_empty()
                || signal::silent_part(command).is_some()
                || command.name().is_some_and(|name| {
                    TRIVIAL.contains(&name.as_str()) || (name == "exec" && command.arguments().is_empty())
                })
        }
        // An assignment's status is that of what is substituted in it.
        Kind::Assignment(values) => values.iter().all(|it| it.value.literal().is_some()),
        Kind::Function { .. } => true,
        _ => false,
    }
}

/// Whether a statement is a command or a pipe that does something and may fail.
pub(super) fn works(statement: &Statement) -> bool {
    match &statement.kind {
        Kind::Command(_) => !is_trivial(statement) && sent(statement).is_none(),
        Kind::Pipeline(body) => body.first().is_some_and(works),
        _ => false,
    }
}

/// The command's name and first argument, to be quoted.
pub(super) fn named(statement: &Statement) -> String {
    match &statement.kind {
        Kind::Command(command) => {
            let behind = command.arguments().first().and_then(Word::literal);
            let behind =
                behind.filter(|it| command.name().as_deref() == Some("sudo") && !it.starts_with('-'));
            behind.or_else(|| command.name()).unwrap_or_else(|| "the command".to_owned())
        }
        Kind::Pipeline(body) => body.first().map(named).unwrap_or_default(),
        Kind::Assignment(_) => "the assignment".to_owned(),
        _ => "what is before it".to_owned(),
    }
}

/// The last command of a pipe, if it succeeds whatever comes.
pub(super) fn filter(statement: &Statement) -> Option<String> {
    let Kind::Pipeline(body) = &statement.kind else { return None };
    let Kind::Command(last) = &body.last()?.kind else { return None };
    last.name().filter(|name| FILTERS.contains(&name.as_str()))
}

pub(super) fn is_init(statement: &Statement) -> bool {
    let named = |command: &Command| {
        command.words.iter().take(6).any(|word| {
            word.literal().is_some_and(|path| {
                matches!(path.rsplit(['/', '\\']).next(), Some("cfn-init" | "cfn-init.exe"))
            })
        })
    };
    match &statement.kind {
        Kind::Command(command) => named(command),
        Kind::Pipeline(body) => body.first().is_some_and(is_init),
        _ => false,
    }
}

/// The block itself, and those of its groups, branches, loops and functions, each with the settings that it begins with.
pub(super) fn blocks<'s>(block: &'s [Statement], settings: &Settings) -> Vec<(&'s [Statement], Settings)> {
    let mut found = vec![(block, settings.clone())];
    let mut at = 0;
    while let Some((block, settings)) = found.get(at).cloned() {
        at += 1;
        let mut settings = settings;
        for statement in block {
            settings.follow(statement);
            let mut inside = vec![&statement.kind];
            while let Some(kind) = inside.pop() {
                match kind {
                    Kind::Group { body } | Kind::Function { body, .. } => {
                        found.push((body.as_slice(), settings.clone()));
                    }
                    Kind::Compound { tests, body, .. } => {
                        found.push((tests.as_slice(), settings.clone()));
                        found.push((body.as_slice(), settings.clone()));
                    }
                    Kind::Chain { left, right, .. } => {
                        inside.push(&left.kind);
                        match &right.kind {
                            Kind::Group { .. } | Kind::Compound { .. } | Kind::Chain { .. } => {
                                inside.push(&right.kind)
                            }
                            _ => found.push((std::slice::from_ref(&**right), settings.clone())),
                        }
                    }
                    Kind::Negated(inner) => inside.push(&inner.kind),
                    _ => {}
                }
            }
        }
    }
    found
}
