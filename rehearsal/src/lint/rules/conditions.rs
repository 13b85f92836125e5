//! Wait conditions whose time begins too early, and those that nobody can satisfy.

use std::collections::HashSet;

use crate::lint::facts::{Facts, Resource, Script, ScriptKind};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, HANDLE, INSTANCE, WAIT_CONDITION};
use crate::lint::references::{mentions, reference};
use crate::lint::rule::{Check, Rule};
use crate::lint::signal::{Outcome, Signal, Tool};
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

pub(super) const FIRST_OF_SEVERAL: Rule = Rule {
    info: RuleInfo {
        code: "CFS023",
        name: "met-by-the-first",
        severity: Severity::Warning,
        is_default: true,
        summary: "a wait condition waits for one signal, and several machines have its handle",
        why: "The first machine that succeeds meets it: whatever becomes of the others, the stack is green.",
        fix: "Make Count the number of machines, or give each machine a handle and a condition of its own.",
    },
    check: first_of_several,
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

/// The scripts that have a handle, with how often. What stands in a script inside another is that other's.
fn senders<'f>(facts: &'f Facts<'_>, handle: &str) -> Vec<(&'f Script, usize)> {
    let mut seen = HashSet::new();
    let mut count = |script: &Script| {
        let is_handle =
            |it: &Symbol| matches!(it, Symbol::Ref(name) | Symbol::Encoded(name) if name == handle);
        let own = script.text.symbols().filter(|(_, it)| is_handle(it));
        own.filter(|(at, _)| seen.insert(script.text.file_byte(*at))).count()
    };
    let run = facts.scripts.iter().filter(|script| script.kind != ScriptKind::Replaced);
    run.map(|script| (script, count(script))).filter(|(_, count)| *count > 0).collect()
}

/// The signals of a script and of those inside it.
fn signals<'f>(facts: &'f Facts<'_>, script: &'f Script) -> impl Iterator<Item = &'f Signal> {
    let inside = facts.scripts.iter().filter(|it| it.owner == script.owner && it.kind == ScriptKind::Inner);
    [script].into_iter().chain(inside).flat_map(|it| &it.signals)
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
        let Some((count, by_default)) = count_of(facts, node) else { continue };
        let senders = senders(facts, handle);
        // Whoever else has the handle may signal, too.
        let given: usize = senders.iter().map(|(_, count)| count).sum();
        if given != facts.given(handle) {
            continue;
        }
        let machines: Option<u64> = senders.iter().map(|(script, _)| ids(facts, script)).sum();
        if let Some(machines) = machines.filter(|machines| *machines > 0 && *machines < count) {
            let message = format!(
                "{} waits for {count} signals{}, and {machines} machine{} send{} one each",
                condition.id,
                by_default.map(|name| format!(", the default of {name}")).unwrap_or_default(),
                if machines == 1 { "" } else { "s" },
                if machines == 1 { "s" } else { "" }
            );
            check.at_node(condition.id, node, message);
        }
    }
}

/// How many ids the signals of a script have, at most: each machine its own, or those that are written out.
fn ids(facts: &Facts<'_>, script: &Script) -> Option<u64> {
    let all: Vec<&Signal> = signals(facts, script).collect();
    let is_known = |it: &&Signal| it.tool == Tool::CfnSignal && !it.may_hide_options();
    if all.is_empty() || !all.iter().all(is_known) {
        return None;
    }
    if all.iter().all(|it| it.option("id").is_none()) {
        return most(facts, script);
    }
    let written: Option<HashSet<String>> = all.iter().map(|it| it.option("id")?.value.literal()).collect();
    written.map(|it| u64::try_from(it.len()).unwrap_or(u64::MAX))
}

fn first_of_several(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed {
        return;
    }
    for (condition, handle) in conditions(facts) {
        let count = condition.property("Count");
        if count.is_some_and(|node| node.text().and_then(digits) != Some(1)) {
            continue;
        }
        // One after the other, or one in place of the other.
        let comes_with = |machine: &Resource<'_>| {
            !machine.is_conditional() && !needed(facts, machine).contains(condition.id)
        };
        let mut machines: Vec<(&str, u64)> = Vec::new();
        for (script, _) in senders(facts, handle) {
            // What only ever fails meets nothing.
            if signals(facts, script).next().is_some()
                && signals(facts, script).all(|it| it.outcome() == Outcome::Failure)
            {
                continue;
            }
            let on = script.runs_on.iter().filter_map(|index| facts.at(*index)).filter(|it| comes_with(it));
            machines.extend(on.filter_map(|it| Some((it.id, least(it)?))));
        }
        machines.sort_unstable();
        machines.dedup();
        let number: u64 = machines.iter().map(|(_, number)| number).sum();
        if number > 1 {
            let names: Vec<_> = machines.iter().map(|(id, _)| *id).collect();
            let message = format!(
                "{} waits for one signal, and {number} machines have its handle ({})",
                condition.id,
                names.join(", ")
            );
            check.at_place(condition.id, condition.entry.place, message);
        }
    }
}

/// How many instances there are of a machine, at least.
fn least(machine: &Resource<'_>) -> Option<u64> {
    match machine.kind {
        INSTANCE => Some(1),
        GROUP => {
            let number = |name| machine.property(name).map(|node| node.text().and_then(digits));
            number("DesiredCapacity").or_else(|| number("MinSize")).flatten()
        }
        _ => None,
    }
}

/// A count, and the parameter of which it is the default.
fn count_of<'t>(facts: &Facts<'t>, node: &'t Node) -> Option<(u64, Option<&'t str>)> {
    if let Some(count) = node.text().and_then(digits) {
        return Some((count, None));
    }
    let Some(("Ref", name)) = node.function() else { return None };
    let name = name.text()?;
    let default = facts.parameter(name)?.get("Default")?.text().and_then(digits)?;
    Some((default, Some(name)))
}

/// How many machines run a script, at most.
fn most(facts: &Facts<'_>, script: &Script) -> Option<u64> {
    let machines = script.runs_on.iter().filter_map(|index| facts.at(*index));
    machines
        .map(|machine| match machine.kind {
            INSTANCE => Some(1),
            GROUP => most_of(facts, machine.property("MaxSize")?),
            _ => None,
        })
        .sum()
}

/// A number that is written out, or the highest that a parameter takes.
fn most_of(facts: &Facts<'_>, node: &Node) -> Option<u64> {
    if let Some(number) = node.text().and_then(digits) {
        return Some(number);
    }
    let Some(("Ref", name)) = node.function() else { return None };
    let parameter = facts.parameter(name.text()?)?;
    let allowed = parameter.get("AllowedValues").and_then(Node::items);
    match allowed {
        Some(allowed) => allowed
            .iter()
            .map(|value| value.text().and_then(digits))
            .try_fold(0, |most, it| Some(most.max(it?))),
        None => parameter.get("MaxValue")?.text().and_then(digits),
    }
}
