//! Scripts that stop before they signal.

use std::collections::HashMap;
use std::ops::Range;

use super::clients;
use super::flow::{Settings, filter, has_trap, is_armed, named, sent, works};
use crate::lint::awaited::handle;
use crate::lint::facts::{Facts, Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{Kind, Statement};
use crate::lint::signal::{Signal, Tool};

/// Functions that call one another, as deep as they are followed.
const MAX_CALLS: usize = 8;

pub(super) const ERREXIT: Rule = Rule {
    info: RuleInfo {
        code: "CFS201",
        name: "errexit-before-signal",
        severity: Severity::Error,
        is_default: true,
        summary: "`set -e` ends the script at the first failure, before the line that signals",
        why: "A failure is never signalled: the stack waits for the whole timeout to find out what the script knew at once.",
        fix: "With this project's cfn-signal run the work under `cfn-signal run --timeout … --stack … -- bash -e SCRIPT`, which \
          signals whatever becomes of it, or begin with `cfn-signal arm --deadline … --stack …`. With any, signal from a trap: \
          `trap 'cfn-signal -e $? --stack … --resource … --region …' EXIT` right after `set -e`; or leave out `set -e`, and \
          signal `$?`.",
    },
    check: errexit,
};

fn errexit(check: &mut Check<'_, '_>) {
    for script in check.awaited_scripts() {
        let is_script =
            matches!(script.kind, ScriptKind::Shell | ScriptKind::CloudConfig | ScriptKind::Inner);
        if !is_script || has_trap(script) || is_armed(script) {
            continue;
        }
        // All signals of a script are late for one reason.
        if let Some((at, first)) = late(check.facts, script) {
            let message = format!(
                "not reached where {} or another command before it fails: set -e ends the script there",
                named(first)
            );
            check.in_script(script, at, message);
        }
    }
}

/// The first signal of a script that `set -e` keeps from being sent, and the first command that does so.
fn late<'s>(facts: &Facts<'_>, script: &'s Script) -> Option<(usize, &'s Statement)> {
    let mut walk = Walk {
        functions: functions(&script.block),
        requests: requests(facts, script),
        called: Vec::new(),
        first: None,
    };
    let at = walk.block(&script.block, &mut Settings::at_start(script))?;
    Some((at, walk.first?))
}

/// Whether this rule has something to say of a script.
pub(super) fn is_told(facts: &Facts<'_>, script: &Script) -> bool {
    late(facts, script).is_some()
}

/// Where the last words are of the requests that a handle takes.
fn requests(facts: &Facts<'_>, script: &Script) -> Vec<Range<usize>> {
    let is_right = |signal: &&Signal| {
        let wrong = match signal.tool {
            Tool::Curl => clients::curl(signal),
            Tool::Wget => clients::wget(signal),
            Tool::Httpie => clients::httpie(signal),
            _ => return false,
        };
        wrong.is_none() && !signal.may_hide_options() && handle(facts, signal).is_some()
    };
    let last = |signal: &Signal| signal.words.last().map(|word| word.range.clone());
    script.signals.iter().filter(is_right).filter_map(last).collect()
}

fn functions(block: &[Statement]) -> HashMap<&str, &[Statement]> {
    block
        .iter()
        .filter_map(|statement| match &statement.kind {
            Kind::Function { name, body } => Some((name.as_str(), body.as_slice())),
            _ => None,
        })
        .collect()
}

/// Goes through a script in the order in which it runs.
struct Walk<'s> {
    functions: HashMap<&'s str, &'s [Statement]>,
    /// The last words of what signals without cfn-signal.
    requests: Vec<Range<usize>>,
    /// The functions that are running.
    called: Vec<&'s str>,
    /// The first command that ends the script where it fails.
    first: Option<&'s Statement>,
}

impl<'s> Walk<'s> {
    /// Where the first signal is that may not be reached.
    fn block(&mut self, block: &'s [Statement], settings: &mut Settings) -> Option<usize> {
        let before = self.first;
        for statement in block {
            if let Some(found) = self.statement(statement, settings) {
                return Some(found);
            }
            if is_exit(statement) {
                // What follows the block does not follow what is in it.
                self.first = before;
                return None;
            }
            settings.follow(statement);
            if settings.errexit && self.first.is_none() && !self.is_call(statement) {
                self.first = may_end(statement, settings);
            }
        }
        None
    }

    /// Whether a statement signals, without a condition.
    fn is_sent(&self, statement: &Statement) -> bool {
        let is_request = match &statement.kind {
            Kind::Command(command) => {
                command.words.last().is_some_and(|it| self.requests.contains(&it.range))
            }
            Kind::Chain { left, .. } => self.is_sent(left),
            Kind::Pipeline(body) => body.iter().any(|stage| self.is_sent(stage)),
            _ => false,
        };
        is_request || sent(statement).is_some()
    }

    fn statement(&mut self, statement: &'s Statement, settings: &Settings) -> Option<usize> {
        let is_late = self.first.is_some();
        if is_late && self.is_sent(statement) {
            return Some(statement.range.start);
        }
        match &statement.kind {
            Kind::Group { body } => {
                let before = self.first;
                let found = self.block(body, &mut settings.clone());
                // What only ends a subshell does not end the script.
                if found.is_none() && !settings.errexit {
                    self.first = before;
                }
                found
            }
            Kind::Compound { tests, body, .. } => {
                let tested = tests.iter().find_map(|test| self.guarded(test, settings));
                tested.or_else(|| self.block(body, &mut settings.clone()))
            }
            Kind::Chain { left, right, .. } => {
                self.guarded(left, settings).or_else(|| self.statement(right, settings))
            }
            Kind::Negated(inner) => self.guarded(inner, settings),
            Kind::Pipeline(stages) => stages.iter().find_map(|stage| self.guarded(stage, settings)),
            Kind::Command(command) => {
                let name = command.name()?;
                let (name, body) = self.functions.get_key_value(name.as_str()).map(|(a, b)| (*a, *b))?;
                if self.called.contains(&name) || self.called.len() > MAX_CALLS {
                    return None;
                }
                self.called.push(name);
                let found = self.block(body, &mut settings.clone());
                self.called.pop();
                // What is late already when it is called is told where it is called.
                found.map(|inside| if is_late { statement.range.start } else { inside })
            }
            _ => None,
        }
    }

    /// Where a failure ends nothing: as it is for what is tested.
    fn guarded(&mut self, statement: &'s Statement, settings: &Settings) -> Option<usize> {
        self.statement(statement, &Settings { errexit: false, ..settings.clone() })
    }

    /// Whether a statement ends in a call of a function, which is looked into.
    fn is_call(&self, statement: &Statement) -> bool {
        match &statement.kind {
            Kind::Command(command) => {
                command.name().is_some_and(|name| self.functions.contains_key(name.as_str()))
            }
            Kind::Chain { right, .. } => self.is_call(right),
            _ => false,
        }
    }
}

fn is_exit(statement: &Statement) -> bool {
    matches!(&statement.kind, Kind::Command(it) if it.name().is_some_and(|it| it == "exit"))
}

/// The command whose failure ends the script under `set -e`.
fn may_end<'s>(statement: &'s Statement, settings: &Settings) -> Option<&'s Statement> {
    if statement.background {
        return None;
    }
    let ends = match &statement.kind {
        Kind::Pipeline(body) => match settings.pipefail {
            true => body.iter().any(works),
            false => filter(statement).is_none() && body.last().is_some_and(works),
        },
        // What is before the last of them ends nothing by itself; `a || exit` is about `a`.
        Kind::Chain { left, right, .. } => {
            let last = may_end(right, settings)?;
            return Some(if is_exit(last) { left } else { last });
        }
        _ => works(statement),
    };
    ends.then_some(statement)
}
