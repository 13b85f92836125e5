//! `$?` that is not the status it is meant to be.

use std::collections::HashSet;

use super::flow::{
    Settings, blocks, filter, is_init, is_trivial, named, sends, sent, signalling_functions, works,
};
use crate::lint::facts::ScriptKind;
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{self, Kind, PieceKind, Statement};

pub(super) const STALE: Rule = Rule {
    info: RuleInfo {
        code: "CFS202",
        name: "stale-status",
        severity: Severity::Error,
        is_default: true,
        summary: "`$?` is read after another command than the one it is meant for",
        why: "The status of the last command is signalled, mostly that of an `echo`: success. The stack is green and the \
          server is not configured.",
        fix: "Signal right after the command, or keep its status: `status=$?`, then `cfn-signal -e $status`.",
    },
    check: stale,
};

pub(super) const PIPE: Rule = Rule {
    info: RuleInfo {
        code: "CFS203",
        name: "status-lost-in-pipe",
        severity: Severity::Error,
        is_default: true,
        summary: "`$?` is read after a pipe that ends in `tee` or its like, or failure is signalled behind `||` there",
        why: "A pipe's status is that of its last command, which succeeds: success is signalled whatever failed.",
        fix: "`set -o pipefail` before it (bash), or `${PIPESTATUS[0]}` in place of `$?`, or redirect to a file.",
    },
    check: pipe,
};

pub(super) const BACKGROUND: Rule = Rule {
    info: RuleInfo {
        code: "CFS204",
        name: "signal-before-end",
        severity: Severity::Error,
        is_default: true,
        summary: "`$?` is read after a command that runs in the background",
        why: "A command that ends in `&` has status 0 at once: success is signalled before anything is configured.",
        fix: "Leave out the `&`, or `wait $!` and signal the status of that.",
    },
    check: background,
};

pub(super) const LAST_ONLY: Rule = Rule {
    info: RuleInfo {
        code: "CFS215",
        name: "status-of-last-only",
        severity: Severity::Warning,
        is_default: false,
        summary: "`$?` after several commands, without `set -e`",
        why: "It is the status of the last of them: a failure of those before it is not signalled.",
        fix: "Begin with `set -e` and signal from a trap: `trap 'cfn-signal -e $? …' EXIT`.",
    },
    check: last_only,
};

fn last_only(check: &mut Check<'_, '_>) {
    super::windows::last_only(check);
    each(check, |before, settings| {
        let last = before.last().filter(|it| works(it) && filter(it).is_none() && !it.background)?;
        let earlier = before.iter().rev().skip(1).find(|it| works(it) && !it.background)?;
        let is_told = settings.errexit || before.iter().any(is_init);
        (!is_told).then(|| {
            format!("$? is the status of {} only, not of {} and the rest", named(last), named(earlier))
        })
    });
}

fn stale(check: &mut Check<'_, '_>) {
    super::windows::stale(check);
    each(check, |before, settings| {
        let trivial = before.iter().rev().take_while(|it| is_trivial(it) && !it.background).count();
        let (earlier, between) = before.split_at(before.len() - trivial);
        if settings.errexit {
            return None;
        }
        if let (Some(last), Some(meant)) = (between.last(), earlier.last()) {
            let is_lost = works(meant) && !meant.background && filter(meant).is_none();
            return is_lost.then(|| format!("$? is the status of {}, not of {}", named(last), named(meant)));
        }
        // cfn-init's status is what is meant wherever cfn-init runs.
        let last = earlier.last().filter(|last| works(last) && !is_init(last) && !last.background)?;
        let commands = earlier.iter().rev().skip(1).take_while(|it| works(it) || is_trivial(it));
        let init = commands.into_iter().find(|it| is_init(it) && !it.background)?;
        Some(format!("$? is the status of {}; that of {} is lost", named(last), named(init)))
    });
}

fn pipe(check: &mut Check<'_, '_>) {
    each(check, |before, settings| {
        let last = before.last().filter(|last| works(last) && !settings.pipefail)?;
        filter(last).map(|name| format!("$? is the status of {name}, not of {}", named(last)))
    });
    for script in check.awaited_scripts().filter(|script| script.kind != ScriptKind::Init) {
        let functions = signalling_functions(&script.block);
        let mut first = None;
        for (block, mut settings) in blocks(&script.block, &Settings::at_start(script)) {
            for statement in block {
                settings.follow(statement);
                let found = unheard(statement, &functions).filter(|_| !settings.pipefail);
                first = first.or(found);
            }
        }
        // One option is missing for all of them.
        if let Some((pipe, name)) = first {
            let message = format!("|| is about the status of {name}, not of {}", named(pipe));
            check.in_script(script, pipe.range.start, message);
        }
    }
}

/// `a | tee log || signal`: the pipe, and the command that succeeds at its end.
fn unheard<'s>(statement: &'s Statement, functions: &HashSet<String>) -> Option<(&'s Statement, String)> {
    let Kind::Chain { left, right, is_and: false } = &statement.kind else { return None };
    let mut signals = false;
    shell::visit(std::slice::from_ref(&**right), &mut |command| {
        signals |= sends(command) || command.name().is_some_and(|name| functions.contains(&name));
    });
    // Of `a && b | tee log || signal` the pipe is what is right.
    let pipe = match &left.kind {
        Kind::Chain { right, .. } => right,
        _ => left,
    };
    let name = filter(pipe).filter(|_| signals && works(pipe))?;
    Some((pipe, name))
}

fn background(check: &mut Check<'_, '_>) {
    super::windows::background(check);
    each(check, |before, _| {
        let last = before.iter().rev().find(|it| !is_trivial(it))?;
        let is_started = last.background && (works(last) || is_init(last));
        is_started
            .then(|| format!("{} runs in the background: it has not ended when $? is read", named(last)))
    });
}

/// Calls `judge` for every signal of `$?`, with the statements before it in its block.
fn each(check: &mut Check<'_, '_>, judge: impl Fn(&[Statement], &Settings) -> Option<String>) {
    for script in check.awaited_scripts().filter(|script| script.kind != ScriptKind::Init) {
        for (block, mut settings) in blocks(&script.block, &Settings::at_start(script)) {
            for (index, statement) in block.iter().enumerate() {
                if let Some(at) = status_of(statement)
                    && let Some(message) = judge(recent(block, index), &settings)
                {
                    check.in_script(script, at, message);
                }
                settings.follow(statement);
            }
        }
    }
}

/// The statements before one. A bound keeps long scripts of signals linear.
fn recent(block: &[Statement], index: usize) -> &[Statement] {
    block.get(index.saturating_sub(50)..index).unwrap_or_default()
}

/// Where a signal reads `$?`.
fn status_of(statement: &Statement) -> Option<usize> {
    let command = match &statement.kind {
        Kind::Chain { left, .. } => match &left.kind {
            Kind::Command(command) => command,
            _ => return None,
        },
        Kind::Command(command) => command,
        _ => return None,
    };
    sent(statement)?;
    let pieces = command.words.iter().flat_map(|word| &word.pieces);
    let piece = pieces.into_iter().find(|piece| piece.kind == PieceKind::Status)?;
    Some(piece.range.start)
}
