//! Traps that do not run where the script ends.

use super::flow::{Settings, blocks, is_armed, is_subshell, is_trivial, sends, signalling_functions, works};
use crate::lint::facts::{Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{self, Command, Kind, Statement, Word};
use crate::lint::signal::trap_body;

pub(super) const ERR_ONLY: Rule = Rule {
    info: RuleInfo {
        code: "CFS218",
        name: "trap-misses-failure",
        severity: Severity::Error,
        is_default: true,
        summary: "failure is signalled from a trap on ERR, which neither `exit 1` runs nor, without `set -E`, a failure in a function",
        why: "The script ends there without a signal, and the stack waits for the whole timeout.",
        fix: "Run the script under `cfn-signal run`; or signal from a trap on EXIT: `trap 'cfn-signal -e $? …' EXIT`; or signal before \
          each `exit`, and write `set -E` beside `set -e`.",
    },
    check: err_only,
};

/// The traps of a script that signal, or may, by what sets them off.
struct Traps<'s> {
    on_error: Vec<&'s Command>,
    is_on_exit: bool,
    /// The functions that traps call.
    handlers: Vec<String>,
}

impl<'s> Traps<'s> {
    fn of(script: &'s Script) -> Self {
        let functions = signalling_functions(&script.block);
        let mut traps = Self { on_error: Vec::new(), is_on_exit: false, handlers: Vec::new() };
        shell::visit(&script.block, &mut |command| {
            let Some(body) = trap_body(&script.text, command) else { return };
            let set_off = |names: &[&str]| {
                command
                    .arguments()
                    .iter()
                    .skip(1)
                    .filter_map(Word::literal)
                    .any(|it| names.contains(&it.as_str()))
            };
            let Some(parsed) = shell::parse(&body) else { return };
            let mut signals = false;
            shell::visit(&parsed.block, &mut |inner| {
                signals |= sends(inner) || inner.name().is_some_and(|name| functions.contains(&name));
                traps.handlers.extend(inner.name());
            });
            // What an EXIT trap does that is not understood may be a signal.
            traps.is_on_exit |= set_off(&["EXIT", "0"]);
            if signals && set_off(&["ERR"]) {
                traps.on_error.push(command);
            }
        });
        traps
    }
}

fn err_only(check: &mut Check<'_, '_>) {
    for script in check.awaited_scripts().filter(|it| it.kind != ScriptKind::Init && !is_armed(it)) {
        let traps = Traps::of(script);
        let Some(trap) = traps.on_error.first().and_then(|it| it.words.first()).filter(|_| !traps.is_on_exit)
        else {
            continue;
        };
        let message = in_function(script, &traps, trap.range.start).map_or_else(
            || {
                leaves(script, &traps, trap.range.start)
                    .map(|exit| format!("{exit} ends the script without this"))
            },
            |name| {
                Some(format!(
                    "a failure inside {name} ends the script without this: functions do not inherit it"
                ))
            },
        );
        if let Some(message) = message {
            check.in_script(script, trap.range.start, message);
        }
    }
}

/// An `exit` after the trap that says that something failed, and before which nothing is signalled.
fn leaves(script: &Script, traps: &Traps<'_>, trap: usize) -> Option<String> {
    let functions = signalling_functions(&script.block);
    let signals = |statement: &Statement| {
        let mut found = false;
        shell::visit(std::slice::from_ref(statement), &mut |command| {
            found |= sends(command) || command.name().is_none_or(|name| functions.contains(&name));
        });
        found
    };
    for (block, _) in blocks(&script.block, &Settings::default()) {
        for (index, statement) in block.iter().enumerate() {
            let Some(status) = exit_status(statement).filter(|_| statement.range.start > trap) else {
                continue;
            };
            let at = statement.range.start;
            // What leaves a subshell only is a failure outside of it.
            let is_handled = handler_at(script, traps, at) || in_subshell(script, &script.block, at);
            let before = block.get(..index).unwrap_or_default();
            if !is_handled && !before.iter().any(signals) {
                return Some(format!("exit {status}"));
            }
        }
    }
    None
}

/// The status that an `exit` gives, where it is written out and no success.
fn exit_status(statement: &Statement) -> Option<String> {
    let Kind::Command(command) = &statement.kind else { return None };
    let status = command.arguments().first()?.literal()?;
    let is_failure = status != "0" && status.bytes().all(|byte| byte.is_ascii_digit());
    (command.name()? == "exit" && is_failure).then_some(status)
}

/// Whether a place is in a function that a trap calls.
fn handler_at(script: &Script, traps: &Traps<'_>, at: usize) -> bool {
    script.block.iter().any(|statement| match &statement.kind {
        Kind::Function { name, .. } => statement.range.contains(&at) && traps.handlers.contains(name),
        _ => false,
    })
}

fn in_subshell(script: &Script, block: &[Statement], at: usize) -> bool {
    let inside = block.iter().filter(|statement| statement.range.contains(&at));
    inside.into_iter().any(|statement| match &statement.kind {
        Kind::Group { body } => is_subshell(script, statement) || in_subshell(script, body, at),
        Kind::Function { body, .. } => in_subshell(script, body, at),
        Kind::Compound { tests, body, .. } => in_subshell(script, tests, at) || in_subshell(script, body, at),
        Kind::Chain { left, right, .. } => {
            [left, right].into_iter().any(|it| in_subshell(script, std::slice::from_ref(&**it), at))
        }
        Kind::Negated(inner) => in_subshell(script, std::slice::from_ref(&**inner), at),
        Kind::Pipeline(_) => true,
        _ => false,
    })
}

/// A function that is called after the trap is set, where its failure ends the script and runs no trap.
fn in_function(script: &Script, traps: &Traps<'_>, trap: usize) -> Option<String> {
    if inherits(script) {
        return None;
    }
    let functions = signalling_functions(&script.block);
    let mut settings = Settings::at_start(script);
    for statement in &script.block {
        settings.follow(statement);
        let Kind::Command(command) = &statement.kind else { continue };
        let Some(name) = command.name().filter(|_| settings.errexit && statement.range.start > trap) else {
            continue;
        };
        let body = script.block.iter().find_map(|other| match &other.kind {
            Kind::Function { name: defined, body } if *defined == name => Some(body),
            _ => None,
        });
        let Some(body) = body.filter(|_| !traps.handlers.contains(&name) && !functions.contains(&name))
        else {
            continue;
        };
        // `set -e` ends the script inside, at the last command too.
        if body.iter().any(|statement| works(statement) && !is_trivial(statement) && !statement.background) {
            return Some(name);
        }
    }
    None
}

/// Whether functions inherit the trap: `set -E`, `set -o errtrace`, `bash -E`.
fn inherits(script: &Script) -> bool {
    let has_e = |word: &str| word.starts_with('-') && !word.starts_with("--") && word.contains('E');
    let first = script.text.text.lines().next().unwrap_or_default();
    let mut found = first.starts_with("#!") && first.split_whitespace().skip(1).any(has_e);
    shell::visit(&script.block, &mut |command| {
        if command.name().is_some_and(|name| name == "set") {
            let words: Vec<String> = command.arguments().iter().filter_map(Word::literal).collect();
            found |= words.iter().any(|word| has_e(word) || word == "errtrace");
        }
    });
    found
}
