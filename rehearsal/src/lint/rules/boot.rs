//! User data and cfn-init's metadata that do not come together.

use super::flow::is_init;
use crate::lint::awaited::is_awaited;
use crate::lint::facts::{Facts, Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::fold::listed;
use crate::lint::kinds::{GROUP, INIT, INSTANCE};
use crate::lint::rule::{Check, Rule};
use crate::lint::shell::{self, Command, Statement, Word};
use crate::lint::text::Symbol;
use crate::template::node::Node;

pub(super) const FIRST_LINE: Rule = Rule {
    info: RuleInfo {
        code: "CFS305",
        name: "first-line-swallows",
        severity: Severity::Error,
        is_default: true,
        summary: "a line break is lost: the script, or more than one option, stands in its `#!` line, or the signal among another command's words",
        why: "All that follows the shell's name is one argument to the kernel, and the shell refuses it; words of another \
          command are not run. Nothing is signalled, and the stack waits for the whole timeout.",
        fix: "End each line: in an Fn::Join, with `\\n` or a delimiter of it; in YAML, with `|` in place of `>`.",
    },
    check: first_line,
};

pub(super) const INIT_NOT_RUN: Rule = Rule {
    info: RuleInfo {
        code: "CFS306",
        name: "init-never-run",
        severity: Severity::Error,
        is_default: true,
        summary: "success is signalled, and nothing runs the AWS::CloudFormation::Init of the machine",
        why: "Metadata is only text: without cfn-init nothing of it happens, and the stack is green without it.",
        fix: "Run `/opt/aws/bin/cfn-init -v --stack ${AWS::StackName} --resource ID --region ${AWS::Region}` before the \
          signal, or remove the metadata.",
    },
    check: init_not_run,
};

pub(super) const INIT_ELSEWHERE: Rule = Rule {
    info: RuleInfo {
        code: "CFS307",
        name: "init-without-metadata",
        severity: Severity::Error,
        is_default: true,
        summary: "cfn-init is run for a resource that has no AWS::CloudFormation::Init, or that is not there",
        why: "cfn-init finds nothing to do there, so the server is not configured.",
        fix: "Give --resource the logical id of the resource that has the metadata: mostly the instance, or the launch \
          template or configuration of a group.",
    },
    check: init_elsewhere,
};

pub(super) const REPLACED: Rule = Rule {
    info: RuleInfo {
        code: "CFS308",
        name: "commands-replaced",
        severity: Severity::Error,
        is_default: true,
        summary: "a part of cloud-config signals from a `runcmd` that a later part replaces",
        why: "Of several parts the last one's `runcmd` counts, so the signal is never sent: the stack waits for the whole \
          timeout.",
        fix: "Put the commands into one part, or give the later part the header \
          `Merge-Type: list(append)+dict(recurse_array)+str()`.",
    },
    check: replaced,
};

fn first_line(check: &mut Check<'_, '_>) {
    super::lost_lines::found(check);
    let facts = check.facts;
    for script in facts.scripts.iter().filter(|script| script.kind == ScriptKind::Shell) {
        let waits = |index: &usize| facts.at(*index).is_some_and(|resource| resource.may_wait());
        let first = script.text.text.lines().next().unwrap_or_default();
        let mut words = first.trim_start_matches("#!").split_whitespace();
        let shell = words.next().unwrap_or_default();
        let (option, more) = (words.next(), words.next());
        if shell.ends_with("/env") || !(script.runs_on.iter().any(waits) || first.contains("cfn-signal")) {
            continue;
        }
        if let (Some(option), Some(_)) = (option, more) {
            let at = first.find(option).unwrap_or_default();
            let rest = first.get(at..).unwrap_or_default();
            let is_all = !script.text.text.trim_end().contains('\n');
            let message = match is_all {
                true => "the whole script is in its first line, as one argument of the shell".to_owned(),
                false => format!("{} is one argument of the shell, which refuses it", shorten(rest)),
            };
            check.in_script(script, at, message);
        }
    }
}

fn shorten(text: &str) -> String {
    let shown: String = text.trim_end().chars().take(40).collect();
    crate::template::error::quoted(&shown)
}

fn has_init(resource: &crate::lint::facts::Resource<'_>) -> bool {
    let init = resource.attribute("Metadata").and_then(|metadata| metadata.get(INIT));
    init.is_some_and(|init| !init.entries().is_empty())
}

fn init_not_run(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed {
        return;
    }
    for machine in facts.resources.iter().filter(|it| matches!(it.kind, INSTANCE | GROUP) && it.may_wait()) {
        let owner = facts.launched_from(machine).and_then(|owner| facts.at(owner));
        let Some(holder) = [Some(machine), owner].into_iter().flatten().find(|it| has_init(it)) else {
            continue;
        };
        let scripts: Vec<&Script> =
            facts.scripts_of(machine.id).filter(|script| script.kind != ScriptKind::Init).collect();
        let signals = scripts.iter().any(|script| !script.signals.is_empty());
        let is_run = facts
            .scripts
            .iter()
            .any(|script| script.text.text.contains("cfn-init") || script.text.text.contains("cfn-hup"));
        if signals && !is_run && scripts.iter().all(|script| super::waiting::shows_everything(script)) {
            let entry = holder.attribute("Metadata").map(Node::entries).unwrap_or_default();
            if let Some(entry) = entry.iter().find(|entry| entry.key == INIT) {
                let message = format!("nothing runs cfn-init on {}, so nothing of this happens", machine.id);
                check.at_place(holder.id, entry.place, message);
            }
        }
    }
}

fn init_elsewhere(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed {
        return;
    }
    let holders: Vec<&str> = facts.resources.iter().filter(|it| has_init(it)).map(|it| it.id).collect();
    let waits = |index: &usize| facts.at(*index).is_some_and(|resource| resource.may_wait());
    let awaited = |script: &&Script| {
        script.kind != ScriptKind::Replaced
            && (script.runs_on.iter().any(waits)
                || script.signals.iter().any(|signal| is_awaited(facts, signal)))
    };
    for script in facts.scripts.iter().filter(awaited) {
        let mut found = Vec::new();
        shell::visit(&script.block, &mut |command| found.extend(named_by_init(command)));
        for (word, id) in found {
            let is_right = facts.resource(&id).map_or(facts.is_transformed, |resource| {
                // One that is empty is meant to be.
                resource
                    .attribute("Metadata")
                    .is_some_and(|it| it.function().is_some() || it.get(INIT).is_some())
            });
            if !is_right {
                let what = match facts.resource(&id) {
                    Some(_) => format!("{id} has no AWS::CloudFormation::Init"),
                    None => format!("the template has no resource {}", crate::template::error::quoted(&id)),
                };
                let held = match holders.as_slice() {
                    [] => "nor has anything else in the template".to_owned(),
                    holders => format!("{} has", listed(holders)),
                };
                check.in_script(script, word.range.start, format!("{what}; {held}"));
            }
        }
    }
}

/// The logical id that a call of cfn-init names, in this stack.
fn named_by_init(command: &Command) -> Option<(Word, String)> {
    let statement = Statement { range: 0..0, kind: shell::Kind::Command(command.clone()), background: false };
    if !is_init(&statement) {
        return None;
    }
    let value = |short: &str, long: &str| {
        command.words.iter().enumerate().find_map(|(index, word)| {
            let start = word.beginning();
            if word.literal().is_some_and(|it| it == short || it == long) {
                return command.words.get(index + 1).cloned();
            }
            start.starts_with(&format!("{long}=")).then(|| word.without(long.chars().count() + 1))
        })
    };
    let is_own = value("-s", "--stack").is_some_and(|stack| {
        matches!(stack.symbol(), Some(Symbol::Ref(name)) if name == "AWS::StackName" || name == "AWS::StackId")
    });
    let word = value("-r", "--resource").filter(|_| is_own)?;
    let id = word.literal()?;
    Some((word, id))
}

fn replaced(check: &mut Check<'_, '_>) {
    let facts: &Facts<'_> = check.facts;
    for script in facts.scripts.iter().filter(|script| script.kind == ScriptKind::Replaced) {
        if let Some(signal) = script.signals.first() {
            let message = "a later part of cloud-config has commands of its own, and these do not run";
            check.at_byte(script, signal.start(), message);
        }
    }
}
