//! Scripts that stop before they signal.

use super::flow::{arms, is_straight, named, scripts, sends, sent, signals_otherwise, works};
use crate::lint::facts::Script;
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::rule::{Check, Rule};
use crate::lint::windows::{self, Language, Statement, Step};

pub(in crate::lint::rules) const STOPS: Rule = Rule {
    info: RuleInfo {
        code: "CFS417",
        name: "stop-before-signal",
        severity: Severity::Error,
        is_default: true,
        summary: "`$ErrorActionPreference = 'Stop'` ends the PowerShell script at the first failure, before the line that \
          signals",
        why: "A failure is never signalled: the stack waits for the whole timeout to find out what the script knew at once.",
        fix: "Signal from both: `try { …; cfn-signal.exe -e 0 … } catch { cfn-signal.exe -e 1 … }`.",
    },
    check: stops,
};

fn stops(check: &mut Check<'_, '_>) {
    for script in scripts(check) {
        if script.language != Language::PowerShell || !is_straight(script) || signals_otherwise(script) {
            continue;
        }
        let is_trap = |statement: &&Statement| matches!(statement.step, Step::Trap(_));
        if windows::all(&script.windows).iter().any(is_trap) {
            continue;
        }
        let (mut is_set, mut first): (bool, Option<&Statement>) = (false, None);
        for statement in &script.windows {
            let is_branch = matches!(statement.step, Step::Branch { .. });
            let is_sent = sent(script, statement).is_some() || (is_branch && sends(script, statement));
            if let Some(first) = first.filter(|_| is_sent) {
                let message = format!(
                    "not reached where {} or another cmdlet before it fails: the script stops there",
                    named(first)
                );
                check.in_script(script, statement.range.start, message);
                break;
            }
            // What fails later is signalled at the deadline.
            if sends(script, statement) || (first.is_none() && arms(statement)) {
                break;
            }
            if let Some(stops) = sets_stop(script, statement) {
                is_set = stops;
            }
            let is_tried = written(script, statement).to_ascii_lowercase().contains("-erroraction")
                || written(script, statement).to_ascii_lowercase().contains("-ea ");
            // The status of a program stops nothing.
            let is_program = super::flow::is_native(script, statement);
            if is_set && first.is_none() && works(script, statement) && !is_program && !is_tried {
                first = Some(statement);
            }
        }
    }
}

fn written<'s>(script: &'s Script, statement: &Statement) -> &'s str {
    script.text.text.get(statement.range.clone()).unwrap_or_default()
}

/// Whether a statement says what is done about a failure, and whether that is to stop.
fn sets_stop(script: &Script, statement: &Statement) -> Option<bool> {
    let lower = written(script, statement).to_ascii_lowercase();
    let (_, rest) = lower.split_once("erroractionpreference")?;
    let (_, value) = rest.split_once('=')?;
    let is_set = matches!(statement.step, Step::Value | Step::Command(_));
    Some(is_set && value.trim().trim_matches(['"', '\'']) == "stop")
}

pub(in crate::lint::rules) fn unreachable(check: &mut Check<'_, '_>) {
    let readable = |script: &&Script| is_straight(script) && !signals_otherwise(script);
    for script in scripts(check).into_iter().filter(readable) {
        let sends_here = |statement: &Statement| sends(script, statement);
        let is_caught =
            |it: &&Statement| matches!(it.step, Step::Trap(_) | Step::Try { .. }) && sends_here(it);
        if windows::all(&script.windows).iter().any(is_caught) {
            continue;
        }
        let Some(signal) = script.windows.iter().position(|it| sent(script, it).is_some()) else { continue };
        let (before, after) = script.windows.split_at(signal);
        let Some(late) = after.first() else { continue };
        if before.iter().any(sends_here) {
            continue;
        }
        let armed = before.iter().position(arms).unwrap_or(before.len());
        let (before, _) = before.split_at(armed);
        if before.iter().any(|it| matches!(it.step, Step::End)) {
            check.in_script(script, late.range.start, "never reached: the script exits before it");
        } else if before.iter().any(|it| ends_on_failure(script, it)) {
            let message = "never reached where the script exits before it because of a failure";
            check.in_script(script, late.range.start, message);
        }
    }
}

/// Whether a statement ends the script where what was before it failed.
fn ends_on_failure(script: &Script, statement: &Statement) -> bool {
    let ends = |block: &[Statement]| block.iter().any(|it| matches!(it.step, Step::End));
    match &statement.step {
        Step::Branch { test, then, .. } => {
            let written = script.text.text.get(test.clone()).unwrap_or_default().to_ascii_lowercase();
            // What goes on after a restart is not told here.
            let restarts = windows::commands(then)
                .filter_map(windows::name)
                .any(|name| name == "shutdown" || name == "restart-computer");
            let asks = ["-ne 0", "neq 0", "errorlevel 1", "-gt 0", "gtr 0", "-not $?", "!$?"];
            ends(then)
                && !restarts
                && asks.iter().any(|it| written.contains(it))
                && !written.contains("not errorlevel")
        }
        Step::Chain { left, right, is_and: false } => {
            works(script, left)
                && match &right.step {
                    Step::End => true,
                    Step::Group(body) => ends(body),
                    _ => false,
                }
        }
        _ => false,
    }
}
