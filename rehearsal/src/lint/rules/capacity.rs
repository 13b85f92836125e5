//! Counts that cannot be reached, or that are reached too early.

use crate::lint::facts::{Facts, Resource};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, INSTANCE};
use crate::lint::rule::{Check, Rule};
use crate::number::digits;
use crate::template::node::Node;

pub(super) const INSTANCE_COUNT: Rule = Rule {
    info: RuleInfo {
        code: "CFS005",
        name: "count-on-instance",
        severity: Severity::Error,
        is_default: true,
        summary: "a Count above 1 on one instance",
        why: "An instance is counted once, by its instance id, so the count is never reached.",
        fix: "Write Count 1. To wait for several steps, give each a wait condition.",
    },
    check: instance_count,
};

pub(super) const GROUP_COUNT: Rule = Rule {
    info: RuleInfo {
        code: "CFS006",
        name: "count-above-capacity",
        severity: Severity::Error,
        is_default: true,
        summary: "a group's Count is more than the instances it starts with",
        why: "Each instance is counted once, so the count is never reached and the whole timeout passes.",
        fix: "Make Count the DesiredCapacity (MinSize where there is none), or raise the capacity.",
    },
    check: group_count,
};

pub(super) const GROUP_DEFAULT: Rule = Rule {
    info: RuleInfo {
        code: "CFS007",
        name: "count-left-out",
        severity: Severity::Warning,
        is_default: true,
        summary: "a group of several instances waits for one, because its Count is left out",
        why: "The stack is green with the first signal, whatever becomes of the other instances.",
        fix: "Write the Count: the DesiredCapacity, or 1 where the first is enough.",
    },
    check: group_default,
};

fn instance_count(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for resource in facts.resources.iter().filter(|resource| resource.kind == INSTANCE) {
        let node = resource.signal_policy().and_then(|signal| signal.get("Count"));
        if let Some((node, count)) =
            node.and_then(|node| Some((node, number(node)?))).filter(|(_, count)| *count > 1)
        {
            let message = format!(
                "{} is one instance and signals once; a Count of {count} is never reached",
                resource.id
            );
            check.at_node(resource.id, node, message);
        }
    }
}

fn group_count(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for group in facts.resources.iter().filter(|resource| resource.kind == GROUP) {
        let Some(node) = group.signal_policy().and_then(|signal| signal.get("Count")) else { continue };
        let (Some(count), Some((name, capacity))) = (number(node), capacity(group)) else { continue };
        if count > capacity {
            let message = format!(
                "{} waits for {count} signals and starts {capacity} instance{} ({name})",
                group.id,
                if capacity == 1 { "" } else { "s" }
            );
            check.at_node(group.id, node, message);
        }
    }
}

fn group_default(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for group in facts.resources.iter().filter(|resource| resource.kind == GROUP) {
        let Some(signal) =
            group.signal_policy().filter(|signal| signal.is_map() && signal.function().is_none())
        else {
            continue;
        };
        let written = capacity(group).map(|(name, capacity)| (name.to_owned(), capacity));
        let starts =
            written.or_else(|| default_capacity(facts, group)).or_else(|| least_of_all(facts, group));
        let Some((name, capacity)) = starts.filter(|(_, capacity)| *capacity > 1) else { continue };
        if signal.get("Count").is_none() {
            let message = format!(
                "{} starts {capacity} instances ({name}) and waits for one: Count is 1 where it is left out",
                group.id
            );
            check.at_node(group.id, signal, message);
        }
    }
}

/// How many instances a group starts with, and which property says so.
fn capacity(group: &Resource<'_>) -> Option<(&'static str, u64)> {
    let (name, node) = sizing(group)?;
    Some((name, number(node)?))
}

/// The property that says how many instances a group starts with.
fn sizing<'t>(group: &Resource<'t>) -> Option<(&'static str, &'t Node)> {
    match group.property("DesiredCapacity") {
        Some(node) => Some(("DesiredCapacity", node)),
        None => Some(("MinSize", group.property("MinSize")?)),
    }
}

/// The same where it is a parameter with a default.
fn default_capacity(facts: &Facts<'_>, group: &Resource<'_>) -> Option<(String, u64)> {
    let (name, node) = sizing(group)?;
    let Some(("Ref", parameter)) = node.function() else { return None };
    let parameter = parameter.text()?;
    let default = number(facts.parameter(parameter)?.get("Default")?)?;
    Some((format!("{name}, by the default of {parameter}"), default))
}

/// The same where it is one of several numbers: the least of them.
fn least_of_all(facts: &Facts<'_>, group: &Resource<'_>) -> Option<(String, u64)> {
    let (name, node) = sizing(group)?;
    let (function, _) = node.function()?;
    let least = values(facts, node, 0)?.into_iter().min()?;
    Some((format!("{name}, by each value of its {function}"), least))
}

/// Every number that a value may be, where all of them are known.
fn values(facts: &Facts<'_>, node: &Node, depth: usize) -> Option<Vec<u64>> {
    if depth > 8 {
        return None;
    }
    match node.function() {
        Some(("Fn::If", argument)) => {
            let branches = argument.items()?.iter().skip(1);
            let found: Option<Vec<_>> = branches.map(|it| values(facts, it, depth + 1)).collect();
            found.map(|it| it.concat())
        }
        Some(("Fn::FindInMap", argument)) => {
            let [map, _, key] = argument.items()? else { return None };
            let mut found = Vec::new();
            for row in facts.root.get("Mappings")?.get(map.text()?)?.entries() {
                match key.text() {
                    Some(key) => found.push(number(row.value.get(key)?)?),
                    None => {
                        let all: Option<Vec<u64>> =
                            row.value.entries().iter().map(|entry| number(&entry.value)).collect();
                        found.extend(all?);
                    }
                }
            }
            Some(found)
        }
        Some(("Ref", name)) => {
            let default = facts.parameter(name.text()?)?.get("Default")?;
            Some(vec![number(default)?])
        }
        _ => Some(vec![number(node)?]),
    }
}

fn number(node: &Node) -> Option<u64> {
    digits(node.text()?)
}
