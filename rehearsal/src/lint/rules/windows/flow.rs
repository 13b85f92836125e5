//! What rules about the order of commands share.

use crate::lint::facts::{Script, ScriptKind};
use crate::lint::rule::Check;
use crate::lint::shell::Command;
use crate::lint::signal::windows::silent_part;
use crate::lint::signal::{Signal, Tool};
use crate::lint::windows::{self, Language, Statement, Step};

/// The scripts of Windows whose signals hang on their own commands. Each command of cfn-init is a process of its own.
pub(super) fn scripts<'f>(check: &Check<'f, '_>) -> Vec<&'f Script> {
    let scripts = check.with_awaited_signals();
    scripts.filter(|it| it.language != Language::Shell && it.kind != ScriptKind::Init).collect()
}

/// The blocks of a script: its own, and all that are inside others.
pub(super) fn blocks(script: &Script) -> Vec<&[Statement]> {
    let inside = windows::all(&script.windows).into_iter().flat_map(Statement::inside);
    std::iter::once(script.windows.as_slice()).chain(inside).collect()
}

/// The command that a statement is, without a condition. Of `a || b` and of `a | b` that is `a`.
pub(super) fn command(statement: &Statement) -> Option<&Command> {
    match &statement.step {
        Step::Command(command) => Some(command),
        Step::Chain { left, .. } => command(left),
        Step::Pipeline(stages) => stages.first().and_then(command),
        Step::Group(body) if body.len() == 1 => body.first().and_then(command),
        _ => None,
    }
}

/// The signal that a statement is, without a condition.
pub(super) fn sent<'s>(script: &'s Script, statement: &Statement) -> Option<&'s Signal> {
    script.signal(command(statement)?).filter(|it| is_sender(it))
}

fn is_sender(signal: &Signal) -> bool {
    matches!(signal.tool, Tool::CfnSignal | Tool::AwsCli | Tool::Cmdlet)
}

/// Whether anything in a statement signals.
pub(super) fn sends(script: &Script, statement: &Statement) -> bool {
    windows::commands(std::slice::from_ref(statement)).any(|command| script.signal(command).is_some())
}

pub(super) fn is_init(statement: &Statement) -> bool {
    command(statement).is_some_and(windows::is_init)
}

/// Whether a statement, or what is inside it, sees to it that a failure is signalled at a deadline (`cfn-signal arm`).
pub(super) fn arms(statement: &Statement) -> bool {
    windows::commands(std::slice::from_ref(statement)).any(|it| silent_part(it) == Some("arm"))
}

/// Whether a failure is signalled at a deadline whatever becomes of a script.
pub(super) fn is_armed(script: &Script) -> bool {
    script.windows.iter().any(arms)
}

/// The part of this project's command that a statement is, where that is none that signals.
pub(super) fn part(statement: &Statement) -> Option<&'static str> {
    command(statement).and_then(silent_part)
}

/// Whether a statement is a program, after which the status is the program's.
pub(super) fn is_native(script: &Script, statement: &Statement) -> bool {
    command(statement).is_some_and(|command| {
        windows::is_native(script.language, command)
            && script.signal(command).is_none()
            && !windows::name(command).is_some_and(|name| is_function(script, &name))
    })
}

/// Whether a statement leaves the status as it is.
pub(super) fn is_silent(script: &Script, statement: &Statement) -> bool {
    match (&statement.step, script.language) {
        (Step::Value | Step::Function { .. } | Step::Trap(_), _) => true,
        (Step::Command(command), Language::Batch) => windows::is_trivial(script.language, command),
        // No cmdlet changes $LASTEXITCODE.
        (Step::Command(command), _) => windows::is_known_cmdlet(command) && !is_call(script, command),
        _ => false,
    }
}

/// Whether a command is a function of the script, which may do anything.
fn is_call(script: &Script, command: &Command) -> bool {
    windows::name(command).is_some_and(|name| is_function(script, &name))
}

fn is_function(script: &Script, called: &str) -> bool {
    windows::all(&script.windows).iter().any(
        |statement| matches!(&statement.step, Step::Function { name, .. } if name.eq_ignore_ascii_case(called)),
    )
}

/// Whether a statement is a command that does something and may fail.
pub(super) fn works(script: &Script, statement: &Statement) -> bool {
    let Some(command) = command(statement) else { return false };
    let is_known = match script.language {
        Language::Batch => windows::is_native(script.language, command),
        _ => windows::is_native(script.language, command) || windows::is_known_cmdlet(command),
    };
    is_known
        && script.signal(command).is_none()
        && silent_part(command).is_none()
        && !windows::is_trivial(script.language, command)
}

/// Whether a statement reads whether what was before it succeeded, or says what is to happen where it does not.
pub(super) fn reads_status(script: &Script, statement: &Statement) -> bool {
    let written = script.text.text.get(statement.range.clone()).unwrap_or_default();
    let lower = written.to_ascii_lowercase();
    let calls = command(statement).is_some_and(|it| is_call(script, it));
    calls || ["errorlevel", "lastexitcode", "$?", "||", "&&"].iter().any(|it| lower.contains(it))
}

/// A command's name, to be quoted.
pub(super) fn named(statement: &Statement) -> String {
    let word = command(statement).and_then(|command| command.words.first()?.literal());
    let last = word.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()).map(str::to_owned);
    last.unwrap_or_else(|| "the command".to_owned())
}

/// Whether what runs is what is written, one after the other.
pub(super) fn is_straight(script: &Script) -> bool {
    !windows::all(&script.windows)
        .iter()
        .any(|statement| matches!(statement.step, Step::Jump | Step::Unknown))
}

/// Whether a script signals in a way that is not looked at, such as by `Start-Process`.
pub(super) fn signals_otherwise(script: &Script) -> bool {
    const NAMES: [&str; 4] = ["cfn-signal", "cfnresourcesignal", "quickstart", "launchwizard"];
    let lower = script.text.text.to_ascii_lowercase();
    let named = |text: &str| NAMES.iter().map(|it| text.matches(it).count()).sum::<usize>();
    // What arms, or takes that back, is looked at.
    let silent = windows::commands(&script.windows).filter(|it| silent_part(it).is_some());
    let silent = silent.filter_map(|it| lower.get(it.words.first()?.range.start..it.words.last()?.range.end));
    named(&lower) > script.signals.len() + silent.map(named).sum::<usize>()
}

/// Whether a script says anything of a signal, in whichever way.
pub(super) fn mentions_signal(script: &Script) -> bool {
    let lower = script.text.text.to_ascii_lowercase();
    ["signal", "quickstart", "launchwizard"].iter().any(|it| lower.contains(it))
}
