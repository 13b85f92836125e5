//! Scripts that stop before they signal.

use super::flow::{Settings, blocks, filter, has_trap, named, sent, signalling_functions, works};
use crate::lint::facts::ScriptKind;
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{Command, Kind, Statement};

pub(super) const ERREXIT: Rule = Rule {
    info: RuleInfo {
        code: "CFS201",
        name: "errexit-before-signal",
        severity: Severity::Error,
        summary: "`set -e` ends the script at the first failure, before the line that signals",
        why: "A failure is never signalled: the stack waits for the whole timeout to find out what the script knew at once.",
        fix: "Signal from a trap: `trap 'cfn-signal -e $? --stack … --resource … --region …' EXIT` right after `set -e`; or \
          leave out `set -e`, and signal `$?`.",
    },
    check: errexit,
};

fn errexit(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for script in &facts.scripts {
        let is_script = matches!(script.kind, ScriptKind::Shell | ScriptKind::CloudConfig);
        if !is_script || has_trap(script) {
            continue;
        }
        let functions = signalling_functions(&script.block);
        let is_sent = |statement: &Statement| sends(statement, &functions);
        for (block, mut settings) in blocks(&script.block, &Settings::at_start(script)) {
            let mut unguarded: Option<&Statement> = None;
            for statement in block {
                if let Some(first) = unguarded.filter(|_| settings.errexit && is_sent(statement)) {
                    let message = format!(
                        "not reached where {} or another command before it fails: set -e ends the script there",
                        named(first)
                    );
                    check.in_script(script, statement.range.start, message);
                    break;
                }
                settings.follow(statement);
                if settings.errexit && unguarded.is_none() && may_end(statement, &settings) {
                    unguarded = Some(statement);
                }
            }
        }
    }
}

fn sends(statement: &Statement, functions: &std::collections::HashSet<String>) -> bool {
    let calls = |command: &Command| command.name().is_some_and(|name| functions.contains(&name));
    match &statement.kind {
        Kind::Command(command) => sent(statement).is_some() || calls(command),
        _ => sent(statement).is_some(),
    }
}

/// Whether a failure of this statement ends the script under `set -e`.
fn may_end(statement: &Statement, settings: &Settings) -> bool {
    if statement.background {
        return false;
    }
    match &statement.kind {
        Kind::Pipeline(body) => match settings.pipefail {
            true => body.iter().any(works),
            false => filter(statement).is_none() && body.last().is_some_and(works),
        },
        _ => works(statement),
    }
}
