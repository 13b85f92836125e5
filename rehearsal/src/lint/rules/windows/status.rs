//! `%ERRORLEVEL%` and `$LASTEXITCODE` that are not the status they are meant to be.

use super::flow::{blocks, is_init, is_native, is_silent, named, part, scripts, sent};
use crate::lint::facts::{Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{Piece, PieceKind};
use crate::lint::signal::{Signal, Tool};
use crate::lint::windows::{self, Language, Statement, Step};

pub(in crate::lint::rules) const BOOLEAN: Rule = Rule {
    info: RuleInfo {
        code: "CFS411",
        name: "powershell-boolean-status",
        severity: Severity::Error,
        is_default: true,
        summary: "PowerShell's `$?` is given to `--exit-code`",
        why: "It is True or False there, and no number: cfn-signal refuses it and sends nothing, so the stack waits for the \
          whole timeout.",
        fix: "Write `-e $LASTEXITCODE` after a program, or `--success $?` after a cmdlet.",
    },
    check: boolean,
};

pub(in crate::lint::rules) const EARLY_LEVEL: Rule = Rule {
    info: RuleInfo {
        code: "CFS413",
        name: "errorlevel-expanded-early",
        severity: Severity::Error,
        is_default: true,
        summary: "`%ERRORLEVEL%` in the same parentheses, or on the same line, as the command that it is meant for",
        why: "cmd replaces it before any of the block runs: the status of what was before the block is signalled, mostly \
          success.",
        fix: "Put the signal on a line of its own outside of the block, or begin with `setlocal EnableDelayedExpansion` and \
          write `!ERRORLEVEL!`.",
    },
    check: early_level,
};

pub(in crate::lint::rules) const NO_PROGRAM: Rule = Rule {
    info: RuleInfo {
        code: "CFS414",
        name: "lastexitcode-of-nothing",
        severity: Severity::Error,
        is_default: true,
        summary: "`$LASTEXITCODE` is read where no program has run",
        why: "Cmdlets do not set it. It is empty until the first program ends, so cfn-signal gets an option without its value, \
          refuses it and sends nothing: the stack waits for the whole timeout.",
        fix: "Signal `--success $?` right after the cmdlet, or from `try { … } catch { … }` with `-e 0` and `-e 1`.",
    },
    check: no_program,
};

pub(in crate::lint::rules) const OTHERS_STATUS: Rule = Rule {
    info: RuleInfo {
        code: "CFS415",
        name: "status-of-another-shell",
        severity: Severity::Error,
        is_default: true,
        summary: "`%ERRORLEVEL%` in PowerShell, or `$LASTEXITCODE` or `$?` in a batch script",
        why: "The other one replaces nothing there: cfn-signal gets the name itself, refuses it and sends nothing, so the \
          stack waits for the whole timeout.",
        fix: "Write `-e %ERRORLEVEL%` between <script> tags, and `-e $LASTEXITCODE` between <powershell> tags.",
    },
    check: others_status,
};

/// How many statements before a signal are looked at. A bound keeps long scripts of signals linear.
const RECENT: usize = 50;

/// Where a signal reads the status as it is meant to be read, and the option that has it.
fn status(signal: &Signal) -> Option<&Piece> {
    let value = &signal.option("exit-code")?.value;
    value.pieces.iter().find(|piece| piece.kind == PieceKind::Status)
}

/// The signals of a number, each with the statements before it in its block.
fn each<'f>(check: &mut Check<'f, '_>, judge: impl Fn(&'f Script, &'f [Statement]) -> Option<String>) {
    for script in scripts(check) {
        for block in blocks(script) {
            for (index, statement) in block.iter().enumerate() {
                let Some(piece) = sent(script, statement).and_then(status) else { continue };
                let before = block.get(index.saturating_sub(RECENT)..index).unwrap_or_default();
                if let Some(message) = judge(script, before) {
                    check.in_script(script, piece.range.start, message);
                }
            }
        }
    }
}

fn variable(script: &Script) -> &'static str {
    if script.language == Language::Batch { "%ERRORLEVEL%" } else { "$LASTEXITCODE" }
}

/// The programs before a signal, the last first, as far as it can be told.
fn programs<'f>(script: &'f Script, before: &'f [Statement]) -> impl Iterator<Item = &'f Statement> {
    let known = before.iter().rev().take_while(|it| is_silent(script, it) || is_native(script, it));
    known.filter(|it| is_native(script, it))
}

pub(in crate::lint::rules) fn stale(check: &mut Check<'_, '_>) {
    each(check, |script, before| {
        let mut programs = programs(script, before);
        let last = programs.next().filter(|last| !is_init(last))?;
        let variable = variable(script);
        // It does what it is told, and is never what is meant.
        if let Some(own @ ("arm" | "disarm")) = part(last) {
            return Some(match programs.find(|it| part(it).is_none()) {
                Some(meant) => {
                    format!("{variable} is the status of cfn-signal {own}; that of {} is lost", named(meant))
                }
                None => format!("{variable} is the status of cfn-signal {own}, and of nothing else"),
            });
        }
        let init = programs.find(|it| is_init(it))?;
        Some(format!("{variable} is the status of {}; that of {} is lost", named(last), named(init)))
    });
}

pub(in crate::lint::rules) fn last_only(check: &mut Check<'_, '_>) {
    each(check, |script, before| {
        let mut programs = programs(script, before).filter(|it| part(it).is_none());
        let (last, earlier) = (programs.next()?, programs.next()?);
        let is_told = is_init(last) || is_init(earlier) || programs.any(is_init);
        let variable = variable(script);
        (!is_told).then(|| {
            format!(
                "{variable} is the status of {} only, not of {} and the rest",
                named(last),
                named(earlier)
            )
        })
    });
}

pub(in crate::lint::rules) fn background(check: &mut Check<'_, '_>) {
    each(check, |script, before| {
        let last = before.iter().rev().find(|it| !is_silent(script, it))?;
        let Step::Command(command) = &last.step else { return None };
        let message = "start does not wait: what it starts has not ended when %ERRORLEVEL% is read";
        windows::runs_later(script.language, command).then(|| message.to_owned())
    });
}

fn boolean(check: &mut Check<'_, '_>) {
    for (script, signal) in check.signals().filter(|(_, signal)| signal.tool == Tool::CfnSignal) {
        let Some(option) = signal.option("exit-code") else { continue };
        let is_truth = |piece: &&Piece| matches!(&piece.kind, PieceKind::Variable(name) if name == "?");
        if script.language == Language::PowerShell
            && let Some(piece) = option.value.pieces.iter().find(is_truth)
        {
            let message = "$? is True or False, and cfn-signal takes a number here";
            check.at_byte(script, signal.text.file_byte(piece.range.start), message);
        }
    }
}

fn others_status(check: &mut Check<'_, '_>) {
    for (script, signal) in check.signals().filter(|(_, signal)| signal.tool == Tool::CfnSignal) {
        let Some(option) = signal.option("exit-code") else { continue };
        let written = signal.text.text.get(option.value.range.clone()).unwrap_or_default();
        let lower = written.trim_matches(['"', '\'']).to_ascii_lowercase();
        let message = match script.language {
            Language::PowerShell if lower == "%errorlevel%" => {
                "PowerShell does not replace %ERRORLEVEL%: its name is $LASTEXITCODE"
            }
            Language::Batch if matches!(lower.as_str(), "$?" | "$lastexitcode") => {
                "cmd does not replace this: its name for the status is %ERRORLEVEL%"
            }
            _ => continue,
        };
        // What hands a script over may have replaced it before.
        let is_own = script.kind == ScriptKind::Windows;
        if is_own || (script.kind == ScriptKind::Init && script.language == Language::Batch) {
            check.at_byte(script, signal.at(&option.value), message);
        }
    }
}

fn early_level(check: &mut Check<'_, '_>) {
    for script in scripts(check).into_iter().filter(|it| it.language == Language::Batch) {
        // What is parsed at once: a line, with the blocks that begin on it.
        for line in lines(&script.windows, &script.text.text) {
            let mut walk = Walk { script, found: None };
            walk.block(line, None);
            if let Some((at, program)) = walk.found {
                let message = format!(
                    "cmd replaces %ERRORLEVEL% before {} runs: it is the status of what was before",
                    named(program)
                );
                check.in_script(script, at, message);
            }
        }
    }
}

/// Looks for the first `%ERRORLEVEL%` that is meant for a program of the same line.
struct Walk<'s> {
    script: &'s Script,
    found: Option<(usize, &'s Statement)>,
}

impl<'s> Walk<'s> {
    /// The program that ran last after a block, or may have, where `program` ran last before it.
    fn block(&mut self, block: &'s [Statement], mut program: Option<&'s Statement>) -> Option<&'s Statement> {
        for statement in block {
            if let Step::Command(_) = statement.step {
                let status = sent(self.script, statement).and_then(status);
                let early = status.filter(|piece| {
                    let written = self.script.text.text.get(piece.range.clone());
                    written.is_some_and(|it| it.starts_with('%'))
                });
                if let (Some(piece), Some(program), None) = (early, program, self.found) {
                    self.found = Some((piece.range.start, program));
                }
                if is_native(self.script, statement) {
                    program = Some(statement);
                }
            }
            program = match &statement.step {
                Step::Branch { then, otherwise, .. } => {
                    let (then, otherwise) = (self.block(then, program), self.block(otherwise, program));
                    then.or(otherwise)
                }
                _ => statement.inside().into_iter().fold(program, |before, inner| self.block(inner, before)),
            };
        }
        program
    }
}

/// The statements of a block, those of one line together.
fn lines<'s>(block: &'s [Statement], text: &str) -> Vec<&'s [Statement]> {
    let is_one = |a: &Statement, b: &Statement| {
        !text.get(a.range.end..b.range.start).is_some_and(|between| between.contains('\n'))
    };
    block.chunk_by(is_one).collect()
}

fn no_program(check: &mut Check<'_, '_>) {
    for script in scripts(check) {
        // A module's functions may run programs.
        let has_modules = script.text.text.to_ascii_lowercase().contains("-module");
        if script.language != Language::PowerShell || script.hides || has_modules {
            continue;
        }
        // Whatever is no cmdlet may be a program; one that stands later runs earlier in a loop.
        let others = |command| !windows::is_known_cmdlet(command) && script.signal(command).is_none();
        if windows::commands(&script.windows).any(others) {
            continue;
        }
        let mut signals = windows::commands(&script.windows).filter_map(|it| script.signal(it));
        // The first signal is a program itself.
        let first = signals.next().filter(|signal| signal.tool == Tool::CfnSignal);
        if let Some(piece) = first.and_then(status) {
            let message = "no program has run yet, so $LASTEXITCODE is empty";
            check.in_script(script, piece.range.start, message);
        }
    }
}
