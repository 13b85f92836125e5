//! Wait conditions whose time begins too early, and those that nobody can satisfy.

use std::collections::HashSet;

use crate::lint::facts::{Facts, Resource, Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, HANDLE, INSTANCE, WAIT_CONDITION};
use crate::lint::references::{mentions, reference};
use crate::lint::rule::{Check, Rule};
use crate::lint::signal::Tool;
use crate::lint::text::Symbol;
use crate::number::digits;
use crate::template::node::Node;

pub(super) const EARLY: Rule = Rule {
    info: RuleInfo {
        code: "CFS017",
        name: "condition-before-machine",
        severity: Severity::Warning,
        is_default: false,
        summary: "a wait condition depends on none of the machines that signal it",
        why: "Its timeout begins when its handle is made, before there is a machine: what the machine waits for, such as a \
          database, is taken off the time it has to signal.",
        fix: "Write `DependsOn: MACHINE` on the wait condition.",
    },
    check: early,
};

pub(super) const OUT_OF_REACH: Rule = Rule {
    info: RuleInfo {
        code: "CFS018",
        name: "count-above-senders",
        severity: Severity::Error,
        is_default: true,
        summary: "a wait condition's Count is more than the machines that signal it",
        why: "A machine's signals have its instance id, and each id counts once: the count is never reached, and the whole \
          timeout passes.",
        fix: "Make Count the number of machines, or give each signal an id of its own: `cfn-signal -i \"$(uuidgen)\" …`.",
    },
    check: out_of_reach,
};

/// The wait conditions that are signalled by a handle of the template, with it.
fn conditions<'f>(facts: &'f Facts<'_>) -> Vec<(&'f Resource<'f>, &'f str)> {
    let waiting =
        facts.resources.iter().filter(|it| it.kind == WAIT_CONDITION && it.signal_policy().is_none());
    waiting
        .filter_map(|condition| {
            let handle = reference(condition.property("Handle")?)?;
            (facts.resource(handle)?.kind == HANDLE).then_some((condition, handle))
        })
        .collect()
}

/// The scripts that have a handle, with how often.
fn senders<'f>(facts: &'f Facts<'_>, handle: &str) -> Vec<(&'f Script, usize)> {
    let count = |script: &Script| {
        script
            .text
            .symbols()
            .filter(|(_, it)| matches!(it, Symbol::Ref(name) | Symbol::Encoded(name) if name == handle))
            .count()
    };
    let own = facts.scripts.iter().filter(|script| script.kind != ScriptKind::Inner);
    own.map(|script| (script, count(script))).filter(|(_, count)| *count > 0).collect()
}

fn early(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed {
        return;
    }
    for (condition, handle) in conditions(facts) {
        let machines: Vec<&str> = senders(facts, handle)
            .into_iter()
            .flat_map(|(script, _)| script.runs_on.iter().filter_map(|index| facts.at(*index)))
            .map(|machine| machine.id)
            .collect();
        let needed = needed(facts, condition);
        if let Some(first) = machines.first().filter(|_| !machines.iter().any(|id| needed.contains(*id))) {
            let message = format!("{} does not wait for {first} to be there", condition.id);
            check.at_place(condition.id, condition.entry.place, message);
        }
    }
}

/// What is made before a resource.
pub(super) fn needed(facts: &Facts<'_>, of: &Resource<'_>) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut rest = vec![of.id.to_owned()];
    while let Some(id) = rest.pop() {
        let Some(resource) = facts.resource(&id) else { continue };
        let mut names: HashSet<String> = mentions(&resource.entry.value);
        let depends = resource.attribute("DependsOn");
        let listed = depends.map(|node| node.items().unwrap_or(std::slice::from_ref(node)));
        names.extend(listed.unwrap_or_default().iter().filter_map(Node::text).map(str::to_owned));
        rest.extend(names.into_iter().filter(|name| found.insert(name.clone())));
    }
    found
}

fn out_of_reach(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed {
        return;
    }
    for (condition, handle) in conditions(facts) {
        let Some(node) = condition.property("Count") else { continue };
        let Some(count) = node.text().and_then(digits) else { continue };
        let senders = senders(facts, handle);
        // Whoever else has the handle may signal, too.
        let given: usize = senders.iter().map(|(_, count)| count).sum();
        if given != facts.given(handle) {
            continue;
        }
        let by_id = |script: &Script| {
            script.signals.iter().all(|signal| {
                signal.tool == Tool::CfnSignal && signal.option("id").is_none() && !signal.may_hide_options()
            }) && !script.signals.is_empty()
        };
        let machines: Option<u64> =
            senders.iter().map(|(script, _)| if by_id(script) { most(facts, script) } else { None }).sum();
        if let Some(machines) = machines.filter(|machines| *machines > 0 && *machines < count) {
            let message = format!(
                "{} waits for {count} signals, and {machines} machine{} send{} one each",
                condition.id,
                if machines == 1 { "" } else { "s" },
                if machines == 1 { "s" } else { "" }
            );
            check.at_node(condition.id, node, message);
        }
    }
}

/// How many machines run a script, at most.
fn most(facts: &Facts<'_>, script: &Script) -> Option<u64> {
    let machines = script.runs_on.iter().filter_map(|index| facts.at(*index));
    machines
        .map(|machine| match machine.kind {
            INSTANCE => Some(1),
            GROUP => machine.property("MaxSize")?.text().and_then(digits),
            _ => None,
        })
        .sum()
}
