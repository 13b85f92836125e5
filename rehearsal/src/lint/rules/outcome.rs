//! Signals that say success whatever happened, or nothing where it did not.

use super::flow::{Settings, blocks, has_trap, is_answered_elsewhere, is_armed, is_init, named, sent, works};
use super::order::ends;
use crate::lint::build::texts;
use crate::lint::facts::{Facts, Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{self, Form, Kind, Statement};
use crate::lint::signal::{Outcome, Signal};

pub(super) const ONLY_SUCCESS: Rule = Rule {
    info: RuleInfo {
        code: "CFS209",
        name: "only-success-signalled",
        severity: Severity::Error,
        is_default: true,
        summary: "success is signalled if a command succeeds, and nothing is signalled if it fails",
        why: "A failure is never signalled: the stack waits for the whole timeout to find out what the script knew at once.",
        fix: "Signal whatever the status was: `cfn-signal -e $?` on a line of its own, without `&&` or `if`; or run the work under `cfn-signal run`.",
    },
    check: only_success,
};

pub(super) const INIT_STATUS: Rule = Rule {
    info: RuleInfo {
        code: "CFS210",
        name: "init-status-dropped",
        severity: Severity::Error,
        is_default: true,
        summary: "cfn-init's status is thrown away: success is signalled after it whatever it was",
        why: "cfn-signal without `-e` says success, as `-e 0` does: the stack is green and the server is not configured.",
        fix: "Write `cfn-signal -e $?` right after cfn-init: `-e %ERRORLEVEL%` in a batch script, `-e $LASTEXITCODE` in \
          PowerShell.",
    },
    check: init_status,
};

pub(super) const CONSTANT: Rule = Rule {
    info: RuleInfo {
        code: "CFS211",
        name: "constant-success",
        severity: Severity::Warning,
        is_default: true,
        summary: "a script can signal nothing but success, and its commands can fail",
        why: "Whatever fails before the signal, the stack is green.",
        fix: "Begin with `set -e` and signal from a trap: `trap 'cfn-signal -e $? …' EXIT`; or run it under `cfn-signal run … -- \
          bash -e SCRIPT`; or signal `-e $?` after the command that counts. In PowerShell, signal from `try` and from `catch`; in a batch script, `-e %ERRORLEVEL%`.",
    },
    check: constant,
};

pub(super) const NOTHING: Rule = Rule {
    info: RuleInfo {
        code: "CFS212",
        name: "status-of-nothing",
        severity: Severity::Error,
        is_default: true,
        summary: "`$?` is read before any command of its script, and another part of the user data does the work, or cloud-config's \
          `packages` does",
        why: "Each part is a script of its own, which begins with a status of 0: success is signalled whatever the other \
          parts did.",
        fix: "Signal in the part that does the work, right after it; or let it leave its status in a file.",
    },
    check: nothing,
};

pub(super) const WORK_AFTER: Rule = Rule {
    info: RuleInfo {
        code: "CFS213",
        name: "work-after-signal",
        severity: Severity::Warning,
        is_default: false,
        summary: "work goes on after the signal",
        why: "Nobody waits for it, and a failure of it is not seen: the stack is green already.",
        fix: "Put the signal last, or leave it where what follows is not part of the deployment.",
    },
    check: work_after,
};

/// Commands that clean up, or end the script or the machine.
const CLOSING: [&str; 22] = [
    "rm", "exit", "shutdown", "reboot", "halt", "poweroff", "init", "touch", "mv", "chmod", "chown",
    "history", "unset", "wait", "kill", "cd", "popd", "cfn-hup", "return", "tail", "ls", "cp",
];

/// The scripts whose signals hang on their own commands.
fn scripts<'f>(check: &Check<'f, '_>) -> impl Iterator<Item = &'f Script> {
    check.awaited_scripts().filter(|script| script.kind != ScriptKind::Init && !has_trap(script))
}

/// The signal that a statement is, without a condition.
fn signal<'s>(script: &'s Script, statement: &Statement) -> Option<&'s Signal> {
    script.signal(sent(statement)?)
}

fn is_written<'s>(script: &'s Script, statement: &Statement) -> &'s str {
    script.text.text.get(statement.range.clone()).unwrap_or_default()
}

fn only_success(check: &mut Check<'_, '_>) {
    super::windows::only_success(check);
    for script in scripts(check).filter(|script| !is_armed(script)).collect::<Vec<_>>() {
        let is_success = |signal: &Signal| signal.outcome() == Outcome::Success || signal.has_status();
        if !script.signals.iter().all(is_success) {
            continue;
        }
        // Somewhere a function may signal a failure, a loop may try again, and `set -e` has a rule of its own.
        let mut rest: Vec<&Statement> = script.block.iter().collect();
        let mut conditional: Vec<&Statement> = Vec::new();
        let mut is_certain = !super::errexit::is_told(check.facts, script);
        while let Some(statement) = rest.pop() {
            match &statement.kind {
                Kind::Chain { left, right, is_and: true } if sends_status(script, right) => {
                    if decides(script, left) {
                        conditional.push(&**right);
                    } else {
                        is_certain = false;
                    }
                }
                Kind::Compound { tests, body, form: Form::If | Form::Elif } if !tests.is_empty() => {
                    let sends = body.iter().find(|it| signal(script, it).is_some());
                    if let Some(inside) = sends {
                        is_certain &= tests.last().is_some_and(|test| decides(script, test))
                            && signal(script, inside).is_some_and(is_success);
                        conditional.push(inside);
                    }
                    rest.extend(body.iter().filter(|it| signal(script, it).is_none()));
                }
                _ => is_certain &= !has_signal(std::slice::from_ref(statement), script),
            }
        }
        if let Some(first) = conditional.iter().min_by_key(|it| it.range.start).filter(|_| is_certain) {
            check.in_script(script, first.range.start, "this is the only signal: on failure there is none");
        }
    }
}

fn sends_status(script: &Script, statement: &Statement) -> bool {
    signal(script, statement).is_some()
}

fn has_signal(block: &[Statement], script: &Script) -> bool {
    let mut found = false;
    shell::visit(block, &mut |command| found |= script.signal(command).is_some());
    found
}

/// Whether a condition is about what was done, and not about how the machine is set up.
fn decides(script: &Script, test: &Statement) -> bool {
    const PROBES: [&str; 10] =
        ["grep", "egrep", "which", "type", "command", "test", "rpm", "dpkg", "id", "hash"];
    match &test.kind {
        Kind::Test => reads_status(script, is_written(script, test)),
        Kind::Command(command) => {
            works(test) && !command.name().is_some_and(|name| PROBES.contains(&name.as_str()))
        }
        Kind::Chain { right, is_and: true, .. } => decides(script, right),
        _ => false,
    }
}

/// Whether a test is about `$?`, or about a variable that has it.
fn reads_status(script: &Script, test: &str) -> bool {
    let kept = script.text.text.match_indices("=$?").filter_map(|(at, _)| {
        let before = script.text.text.get(..at)?;
        before.rsplit(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next()
    });
    let is_named = |name: &str| {
        !name.is_empty() && ["$", "${"].iter().any(|sign| test.contains(&format!("{sign}{name}")))
    };
    test.contains("$?") || kept.into_iter().any(is_named)
}

fn init_status(check: &mut Check<'_, '_>) {
    super::windows::init_status(check);
    for script in scripts(check).collect::<Vec<_>>() {
        let functions: Vec<String> = script.block.iter().filter_map(function).collect();
        for (block, mut settings) in blocks(&script.block, &Settings::at_start(script)) {
            let mut init = false;
            for statement in block {
                if let Some(sent) = signal(script, statement) {
                    if init
                        && sent.outcome() == Outcome::Success
                        && !matches!(statement.kind, Kind::Chain { .. })
                    {
                        let message = "success is signalled here whatever the status of cfn-init was";
                        check.in_script(script, statement.range.start, message);
                    }
                    init = false;
                }
                settings.follow(statement);
                // Whoever reads the status may act on it, and a function that is called may.
                let written = is_written(script, statement);
                let is_call = named_of(statement).is_some_and(|name| functions.contains(&name));
                let is_read = is_call || written.contains("$?") || written.contains("PIPESTATUS");
                init =
                    (init && !is_read) || (is_init(statement) && !settings.errexit && !statement.background);
            }
        }
    }
}

fn constant(check: &mut Check<'_, '_>) {
    super::windows::constant(check);
    for script in scripts(check).collect::<Vec<_>>() {
        let is_own = |signal: &&Signal| signal.outcome() == Outcome::Success;
        let others = check.facts.scripts.iter().filter(|it| it.owner == script.owner);
        let signals: usize = others.map(|it| it.signals.len()).sum();
        let reads = ["$?", "PIPESTATUS", "|| exit", "||exit"];
        if signals > script.signals.iter().filter(is_own).count()
            || reads.iter().any(|it| script.text.text.contains(it))
            || is_answered_elsewhere(script)
        {
            continue;
        }
        let mut settings = Settings::at_start(script);
        let mut unguarded = None;
        for statement in &script.block {
            settings.follow(statement);
            if settings.errexit || is_init(statement) || ends(statement) {
                break;
            }
            if let (Some(_), Some(first)) = (signal(script, statement), unguarded) {
                let message = format!(
                    "success is signalled here whatever became of {} and what is after it",
                    named(first)
                );
                check.in_script(script, statement.range.start, message);
                break;
            }
            if unguarded.is_none() && works(statement) && !statement.background {
                unguarded = Some(statement);
            }
        }
    }
}

fn nothing(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for script in scripts(check).collect::<Vec<_>>() {
        let Some(at) = script.block.iter().position(|it| !super::flow::is_trivial(it)) else { continue };
        let Some(statement) = script.block.get(at) else { continue };
        if !signal(script, statement).is_some_and(Signal::has_status) {
            continue;
        }
        let is_other = |other: &&Script| {
            other.owner == script.owner
                && !std::ptr::eq(*other, script)
                && matches!(other.kind, ScriptKind::Shell | ScriptKind::CloudConfig)
        };
        let mut others = facts.scripts.iter().filter(is_other).flat_map(|it| &it.block);
        let is_part = matches!(script.kind, ScriptKind::Shell | ScriptKind::CloudConfig);
        if script.kind == ScriptKind::CloudConfig && installs(facts, script) {
            let message = "no command is before $?, so it is 0 whatever became of the packages";
            check.in_script(script, statement.range.start, message);
            continue;
        }
        if let Some(work) = others.find(|it| works(it) || is_init(it)).filter(|_| is_part) {
            let message = format!(
                "no command of this part is before $?, so it is 0 whatever became of {} in another",
                named(work)
            );
            check.in_script(script, statement.range.start, message);
        }
    }
}

/// Whether the user data's cloud-config installs packages, which it does before its commands run.
fn installs(facts: &Facts<'_>, script: &Script) -> bool {
    let texts = facts.launch_property(script.owner, "UserData").map(|node| texts(&facts.source, node));
    let mut lines = texts.iter().flatten().flat_map(|text| text.text.lines());
    lines.any(|line| line.starts_with("packages:"))
}

fn work_after(check: &mut Check<'_, '_>) {
    super::windows::work_after(check);
    for script in scripts(check).collect::<Vec<_>>() {
        let Some(last) = script.block.iter().rposition(|it| signal(script, it).is_some()) else { continue };
        let later = script.block.get(last + 1..).unwrap_or_default();
        // That success is signalled before cfn-init has a rule of its own.
        if later.iter().any(is_init) {
            continue;
        }
        let is_work = |statement: &&Statement| {
            let closes = |name: String| CLOSING.contains(&name.as_str());
            works(statement) && !named_of(statement).is_some_and(closes)
        };
        if let Some(work) = later.iter().find(is_work) {
            let message = format!("{} runs after the signal, and nobody waits for it", named(work));
            check.in_script(script, work.range.start, message);
        }
    }
}

/// Whether what a command does is missed where it fails.
pub(super) fn is_work_name(name: &str) -> bool {
    !CLOSING.contains(&name)
}

fn function(statement: &Statement) -> Option<String> {
    match &statement.kind {
        Kind::Function { name, .. } => Some(name.clone()),
        _ => None,
    }
}

fn named_of(statement: &Statement) -> Option<String> {
    match &statement.kind {
        Kind::Command(command) => command.name(),
        _ => None,
    }
}
