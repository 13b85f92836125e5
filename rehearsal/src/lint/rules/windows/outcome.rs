//! Signals that say success whatever happened, or nothing where it did not.

use super::flow::blocks;
use super::flow::signals_otherwise;
use super::flow::{
    command, is_armed, is_init, is_straight, named, reads_status, scripts, sends, sent, works,
};
use crate::lint::facts::Script;
use crate::lint::rule::Check;
use crate::lint::signal::{Outcome, Signal};
use crate::lint::windows::{self, Language, Statement, Step};

/// Commands that clean up, or end the script or the machine.
const CLOSING: [&str; 22] = [
    "shutdown",
    "restart-computer",
    "stop-computer",
    "del",
    "erase",
    "rd",
    "rmdir",
    "remove-item",
    "rm",
    "ri",
    "cfn-hup",
    "net",
    "start-service",
    "timeout",
    "stop-transcript",
    "logoff",
    "move-item",
    "copy-item",
    "remove-variable",
    "clear-variable",
    "unregister-scheduledtask",
    "stop-process",
];

pub(in crate::lint::rules) fn init_status(check: &mut Check<'_, '_>) {
    for script in scripts(check) {
        for block in blocks(script) {
            let mut init = false;
            for statement in block {
                if let Some(signal) = sent(script, statement) {
                    if init
                        && signal.outcome() == Outcome::Success
                        && !matches!(statement.step, Step::Chain { .. })
                    {
                        let message = "success is signalled here whatever the status of cfn-init was";
                        check.in_script(script, statement.range.start, message);
                    }
                    init = false;
                }
                let is_asked = reads_status(script, statement)
                    || matches!(statement.step, Step::Jump | Step::Unknown | Step::Group(_));
                init = !is_asked && (init || is_init(statement));
            }
        }
    }
}

pub(in crate::lint::rules) fn constant(check: &mut Check<'_, '_>) {
    const READS: [&str; 11] = [
        "errorlevel",
        "lastexitcode",
        "$?",
        "||",
        "&&",
        "throw",
        "-erroraction",
        "-ea ",
        "erroractionpreference",
        "exit",
        "catch",
    ];
    for script in scripts(check).into_iter().filter(|it| !is_armed(it)) {
        let others = check.facts.scripts.iter().filter(|it| it.owner == script.owner);
        let signals: usize = others.map(|it| it.signals.len()).sum();
        let is_success = |signal: &&Signal| signal.outcome() == Outcome::Success;
        let lower = script.text.text.to_ascii_lowercase();
        if signals > script.signals.iter().filter(is_success).count()
            || READS.iter().any(|it| lower.contains(it))
            || !is_straight(script)
            || signals_otherwise(script)
        {
            continue;
        }
        let mut first: Option<&Statement> = None;
        for statement in &script.windows {
            // cfn-init's status has a rule of its own.
            if is_init(statement) {
                break;
            }
            if let (Some(_), Some(first)) = (sent(script, statement), first) {
                let message = format!(
                    "success is signalled here whatever became of {} and what is after it",
                    named(first)
                );
                check.in_script(script, statement.range.start, message);
                break;
            }
            if first.is_none() && works(script, statement) {
                first = Some(statement);
            }
        }
    }
}

pub(in crate::lint::rules) fn only_success(check: &mut Check<'_, '_>) {
    for script in scripts(check).into_iter().filter(|it| !is_armed(it)) {
        let is_success = |signal: &Signal| signal.outcome() == Outcome::Success || signal.has_status();
        let others = check.facts.scripts.iter().filter(|it| it.owner == script.owner);
        let signals: usize = others.map(|it| it.signals.len()).sum();
        if signals > script.signals.len()
            || !script.signals.iter().all(is_success)
            || script.hides
            || signals_otherwise(script)
            || !is_straight(script)
        {
            continue;
        }
        // Whatever else signals says something of a failure, too.
        let mut conditional: Option<&Statement> = None;
        let mut is_certain = true;
        for statement in script.windows.iter().filter(|statement| sends(script, statement)) {
            match on_success(script, statement) {
                Some(inner) => conditional = conditional.or(Some(inner)),
                None => is_certain = false,
            }
        }
        if let Some(first) = conditional.filter(|_| is_certain) {
            check.in_script(script, first.range.start, "this is the only signal: on failure there is none");
        }
    }
}

/// The signal that a statement sends only where something succeeded.
fn on_success<'s>(script: &Script, statement: &'s Statement) -> Option<&'s Statement> {
    match &statement.step {
        Step::Chain { left, right, is_and: true } => {
            sent(script, right)?;
            works(script, left).then_some(&**right)
        }
        Step::Branch { test, then, otherwise, .. } => {
            let written = script.text.text.get(test.clone()).unwrap_or_default().to_ascii_lowercase();
            let is_asked = ["errorlevel", "lastexitcode", "$?"].iter().any(|it| written.contains(it));
            let inner = then.iter().find(|it| sent(script, it).is_some())?;
            let is_constant = sent(script, inner).is_some_and(|it| it.outcome() == Outcome::Success);
            (is_asked && is_constant && !otherwise.iter().any(|it| sends(script, it))).then_some(inner)
        }
        Step::Try { body, handlers, finally } => {
            let at = body.iter().position(|it| sent(script, it).is_some())?;
            let before = body.get(..at).unwrap_or_default();
            let is_elsewhere = handlers.iter().chain(finally).any(|it| sends(script, it));
            let inner = body.get(at)?;
            (before.iter().any(|it| works(script, it)) && !is_elsewhere).then_some(inner)
        }
        _ => None,
    }
}

pub(in crate::lint::rules) fn before_init(check: &mut Check<'_, '_>) {
    for script in scripts(check) {
        let [signal] = script.signals.as_slice() else { continue };
        let position = script.windows.iter().position(|it| sent(script, it).is_some());
        let Some((at, statement)) = position.and_then(|at| Some((at, script.windows.get(at)?))) else {
            continue;
        };
        let (before, later) = script.windows.split_at(at);
        let says_success = signal.outcome() == Outcome::Success || signal.has_status();
        if says_success && later.iter().any(is_init) && !before.iter().any(is_init) && is_straight(script) {
            let message = "success is signalled here, and cfn-init runs after it";
            check.in_script(script, statement.range.start, message);
        }
    }
}

pub(in crate::lint::rules) fn work_after(check: &mut Check<'_, '_>) {
    for script in scripts(check).into_iter().filter(|script| is_straight(script)) {
        let Some(last) = script.windows.iter().rposition(|it| sent(script, it).is_some()) else { continue };
        let later = script.windows.get(last + 1..).unwrap_or_default();
        // That success is signalled before cfn-init has a rule of its own.
        if later.iter().any(is_init) {
            continue;
        }
        let is_work = |statement: &&Statement| {
            let name = command(statement).and_then(windows::name).unwrap_or_default();
            let is_internal = script.language == Language::Batch && name == "start";
            (works(script, statement) || is_internal) && !CLOSING.contains(&name.as_str())
        };
        if let Some(work) = later.iter().find(is_work) {
            let message = format!("{} runs after the signal, and nobody waits for it", named(work));
            check.in_script(script, work.range.start, message);
        }
    }
}
