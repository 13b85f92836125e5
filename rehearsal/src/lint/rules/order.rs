//! Signals that are sent too early, too late, or with the wrong words.

use super::flow::{
    Settings, blocks, has_trap, is_armed, is_init, is_subshell, named, sends, sent, signalling_functions,
    works,
};
use crate::lint::facts::{Facts, Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{self, Command, Kind, PieceKind, Statement};
use crate::lint::signal::{Signal, Tool};
use crate::lint::windows::Language;

pub(super) const EARLY_EXPANSION: Rule = Rule {
    info: RuleInfo {
        code: "CFS205",
        name: "trap-expands-early",
        severity: Severity::Error,
        is_default: true,
        summary: "`$?` in a trap in double quotes",
        why: "The shell expands it where the trap is set, not where it runs: it is 0, and success is signalled whatever \
          failed.",
        fix: "Put the trap's command into single quotes: `trap 'cfn-signal -e $? …' EXIT`.",
    },
    check: early,
};

pub(super) const UNREACHABLE: Rule = Rule {
    info: RuleInfo {
        code: "CFS206",
        name: "signal-unreachable",
        severity: Severity::Error,
        is_default: true,
        summary: "the script exits before the line that signals, always or where a command fails (`|| exit 1`)",
        why: "The signal is never sent, and the stack waits for the whole timeout.",
        fix: "Signal before the `exit`, or from a trap on EXIT; or run the script under `cfn-signal run`.",
    },
    check: unreachable,
};

pub(super) const BEFORE_INIT: Rule = Rule {
    info: RuleInfo {
        code: "CFS207",
        name: "signal-before-init",
        severity: Severity::Error,
        is_default: true,
        summary: "success is signalled before cfn-init runs",
        why: "The stack is green before anything is configured, and what cfn-init does wrong is never signalled.",
        fix: "Put cfn-signal after cfn-init, with `-e $?`.",
    },
    check: before_init,
};

pub(super) const LITERAL_STATUS: Rule = Rule {
    info: RuleInfo {
        code: "CFS208",
        name: "status-not-expanded",
        severity: Severity::Error,
        is_default: true,
        summary: "`$?` in single quotes, after a backslash, or in a list of cloud-config's runcmd or of cfn-init's command",
        why: "No shell expands it there: cfn-signal gets the two characters `$?`, refuses them and sends nothing, so the \
          stack waits for the whole timeout.",
        fix: "Take away the quotes or the backslash. In runcmd write the command as text, not as a list: `- cfn-signal -e $? …`.",
    },
    check: literal_status,
};

fn early(check: &mut Check<'_, '_>) {
    for script in check.awaited_scripts() {
        let mut found = Vec::new();
        shell::visit(&script.block, &mut |command| found.extend(status_in_trap(command)));
        for at in found {
            check.in_script(
                script,
                at,
                "$? is expanded where the trap is set; single quotes keep it for when it runs",
            );
        }
    }
}

fn status_in_trap(command: &Command) -> Option<usize> {
    if command.name().as_deref() != Some("trap") {
        return None;
    }
    let body = command.arguments().first()?;
    let signals = body
        .pieces
        .iter()
        .any(|piece| matches!(&piece.kind, PieceKind::Literal(text) if text.contains("signal")));
    let status = body.pieces.iter().find(|piece| piece.kind == PieceKind::Status)?;
    signals.then_some(status.range.start)
}

fn unreachable(check: &mut Check<'_, '_>) {
    super::windows::unreachable(check);
    for script in check
        .awaited_scripts()
        .filter(|script| script.kind != ScriptKind::Init && !has_trap(script) && !is_armed(script))
    {
        // Under `set -e` another rule says the same.
        let has_errexit =
            blocks(&script.block, &Settings::at_start(script)).iter().any(|(block, settings)| {
                let mut settings = settings.clone();
                block.iter().for_each(|statement| settings.follow(statement));
                settings.errexit
            });
        if let Some((failing, late)) = after_exit(script).filter(|_| !has_errexit) {
            let message = format!("never reached where {} fails: the script exits there", named(failing));
            check.in_script(script, late.range.start, message);
            continue;
        }
        let Some(end) = script.block.iter().position(ends) else { continue };
        let late = script.block.iter().skip(end + 1).find(|statement| sent(statement).is_some());
        if let Some(late) = late {
            check.in_script(script, late.range.start, "never reached: the script exits before it");
        }
    }
}

/// The first `command || exit 1` that keeps a failure from being signalled, and the signal after it.
fn after_exit(script: &Script) -> Option<(&Statement, &Statement)> {
    let block = &script.block;
    let functions = signalling_functions(block);
    let exits = |statement: &Statement| {
        let (mut exits, mut signals) = (false, false);
        shell::visit(std::slice::from_ref(statement), &mut |command| {
            let is_exit = command.name().is_some_and(|name| name == "exit");
            exits |= is_exit && !command.has("0");
            signals |= sends(command) || command.name().is_none_or(|name| functions.contains(&name));
        });
        exits && !signals && !is_subshell(script, statement)
    };
    let (at, failing) = block.iter().enumerate().find_map(|(at, statement)| match &statement.kind {
        Kind::Chain { left, right, is_and: false } if works(left) && exits(right) => Some((at, &**left)),
        _ => None,
    })?;
    let late = block.iter().skip(at + 1).find(|statement| sent(statement).is_some())?;
    let is_sent_before = block.iter().take(at).any(|statement| sent(statement).is_some());
    (!is_sent_before).then_some((failing, late))
}

/// Whether the script ends here, whatever happens.
pub(super) fn ends(statement: &Statement) -> bool {
    let Kind::Command(command) = &statement.kind else { return false };
    match command.name().as_deref() {
        Some("exit") => true,
        // `exec > file` goes on.
        Some("exec") => !command.arguments().is_empty() && !sends(command),
        _ => false,
    }
}

fn before_init(check: &mut Check<'_, '_>) {
    super::windows::before_init(check);
    for script in check.awaited_scripts().filter(|script| script.kind != ScriptKind::Init) {
        let position = script.block.iter().position(|statement| sent(statement).is_some());
        let Some((at, statement)) = position.and_then(|at| Some((at, script.block.get(at)?))) else {
            continue;
        };
        let later = script.block.get(at + 1..).unwrap_or_default();
        let is_only = script.signals.len() == 1;
        let succeeds =
            sent(statement).is_some_and(|command| !command.words.iter().any(|word| word.has_status()));
        let is_failure =
            sent(statement).is_some_and(|command| command.has("false") || command.has("FAILURE"));
        if is_only
            && succeeds
            && !is_failure
            && later.iter().any(is_init)
            && !script.block.iter().take(at).any(is_init)
        {
            check.in_script(
                script,
                statement.range.start,
                "success is signalled here, and cfn-init runs after it",
            );
        }
    }
}

fn literal_status(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for (script, signal) in check.signals().filter(|(_, signal)| signal.tool == Tool::CfnSignal) {
        let Some(option) = signal.option("exit-code") else { continue };
        if script.language != Language::Shell {
            continue;
        }
        if option.value.literal().as_deref() != Some("$?") || is_preprocessed(facts, signal) {
            continue;
        }
        let written = signal.text.text.get(option.value.range.clone()).unwrap_or_default();
        let message = match script.kind {
            ScriptKind::CloudConfig if !written.contains('\\') => {
                "no shell expands $? in a list: cloud-init quotes each of its items"
            }
            _ if written.contains('\\') => "no shell expands $? after a backslash",
            _ => "no shell expands $? in single quotes",
        };
        check.at_byte(script, signal.at(&option.value), message);
    }
}

/// Whether another tool replaces `$(Name)` before CloudFormation gets the template: no shell has such commands.
fn is_preprocessed(facts: &Facts<'_>, signal: &Signal) -> bool {
    signal.words.iter().flat_map(|word| &word.pieces).any(|piece| {
        let PieceKind::Substitution(text) = &piece.kind else { return false };
        let name = text.trim_start_matches("$(").trim_end_matches(')');
        name.starts_with("AWS::") || facts.resource(name).is_some() || facts.parameter(name).is_some()
    })
}
