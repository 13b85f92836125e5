//! What CloudFormation makes of the template itself: what it refuses, and what it takes otherwise than it reads.

use std::collections::{HashMap, HashSet};

use crate::lint::facts::{Facts, Resource};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, INSTANCE, WAIT_CONDITION};
use crate::lint::references::reference;
use crate::lint::rule::{Check, Rule};
use crate::lint::source::Source;
use crate::template::error::quoted;
use crate::template::node::Place;
use crate::template::{extensions::with_names, written::refusals};

pub(super) const REFUSED: Rule = Rule {
    info: RuleInfo {
        code: "CFS401",
        name: "template-refused",
        severity: Severity::Error,
        is_default: true,
        summary: "CloudFormation refuses the template as it is written, or with the defaults of its parameters",
        why: "CreateStack and UpdateStack answer with an error, and nothing begins; or, for what is looked at resource by \
          resource, such as an attribute that a resource has not, the stack begins, fails there and rolls back.",
        fix: "The message begins with CloudFormation's words where they are known, and says what is meant.",
    },
    check: refused,
};

pub(super) const REPEATED: Rule = Rule {
    info: RuleInfo {
        code: "CFS402",
        name: "repeated-key",
        severity: Severity::Warning,
        is_default: true,
        summary: "a key is in its map twice",
        why: "CloudFormation takes the last and drops the others without a word, whole resources and policies too.",
        fix: "Remove those that are not meant.",
    },
    check: repeated,
};

pub(super) const IGNORED: Rule = Rule {
    info: RuleInfo {
        code: "CFS403",
        name: "creation-policy-ignored",
        severity: Severity::Warning,
        is_default: true,
        summary: "a CreationPolicy that CloudFormation ignores, or that asks for no signal",
        why: "The resource waits for nothing, and the stack is green before whatever should signal has done so.",
        fix: "Wait on the instance, the group or a wait condition that signals, with a ResourceSignal.",
    },
    check: ignored,
};

/// It has a policy of its own, which waits for no signal.
const FLEET: &str = "AWS::AppStream::Fleet";

fn refused(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if let Some(place) = facts.second {
        let message =
            "a second document begins here, and a template is one: nothing from here on is looked at";
        check.at_place("", place, message);
    }
    // What a loop's names are nobody knows yet, and they are no fault.
    let named = (!facts.is_whole).then(|| with_names(facts.root));
    for refusal in refusals(named.as_ref().unwrap_or(facts.root), facts.source.text, facts.is_whole) {
        check.at_place("", refusal.place, refusal.text);
    }
}

fn repeated(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    // Labels and the order of parameters on a page cost nothing.
    let metadata = facts.root.get("Metadata").map(|node| node.place.line..=node.last_line);
    let is_label = |place: Place| metadata.as_ref().is_some_and(|lines| lines.contains(&place.line));
    let key = |place: Place| (place.line, place.column);
    let by_place: HashMap<_, _> = facts.repeated.iter().map(|it| (key(it.place), it)).collect();
    let replaced: HashSet<_> = facts.repeated.iter().map(|it| key(it.earlier)).collect();
    // The last of several tells of all.
    let lasts = facts.repeated.iter().filter(|it| !replaced.contains(&key(it.place)));
    for last in lasts.filter(|it| !is_label(it.place)) {
        let mut others = vec![last.earlier];
        while let Some(before) = others.last().and_then(|place| by_place.get(&key(*place))) {
            others.push(before.earlier);
        }
        let own = lines(&facts.source, last.place);
        if own.is_some() && others.iter().all(|other| lines(&facts.source, *other) == own) {
            continue;
        }
        let message = match others.len() {
            1 => last.told(),
            count => format!(
                "the key {} is here {count} times more: this one counts, those from line {} on do not",
                quoted(&last.key),
                others.last().map_or(0, |first| first.line)
            ),
        };
        check.at_place("", last.place, message);
    }
}

/// Entries that are longer are not compared.
const MAX_ENTRY: usize = 4096;

/// The lines of an entry: that of its key, and those further in.
fn lines<'t>(source: &Source<'t>, place: Place) -> Option<Vec<&'t str>> {
    let start = source.byte_at(place);
    let rest = source.text.get(start..)?;
    let window = (MAX_ENTRY..MAX_ENTRY + 4).find_map(|end| rest.get(..end)).unwrap_or(rest);
    let column = usize::try_from(place.column).ok()?;
    let mut all = window.lines();
    let first = all.next()?.trim_end();
    // In JSON a line may hold all of an entry, whatever the next line is indented by.
    let count = |letters: [char; 2]| first.matches(letters).count();
    if first.starts_with('"') && first.ends_with(',') && count(['{', '[']) == count(['}', ']']) {
        return Some(vec![first]);
    }
    let mut found = vec![first];
    for line in all {
        let is_inside = line.chars().take_while(|it| *it == ' ').count() >= column;
        if !is_inside && !line.trim().is_empty() {
            return Some(found);
        }
        found.extend(Some(line.trim_end()).filter(|line| !line.is_empty()));
    }
    (window.len() == rest.len()).then_some(found)
}

/// Whether somebody gets the handle of a condition, and so may signal by it.
fn is_given(facts: &Facts<'_>, condition: &Resource<'_>) -> bool {
    let handle = condition.property("Handle").and_then(reference);
    handle.is_some_and(|handle| facts.given(handle) > 0)
}

fn ignored(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed {
        return;
    }
    for resource in &facts.resources {
        let Some(policy) = resource.attribute("CreationPolicy").filter(|policy| policy.function().is_none())
        else {
            continue;
        };
        let signal = policy.get("ResourceSignal");
        let other = policy.get("AutoScalingCreationPolicy").filter(|_| resource.kind == GROUP);
        let message = match resource.kind {
            // A type that is not written out may be any.
            FLEET | "" => continue,
            INSTANCE | GROUP | WAIT_CONDITION if signal.is_none() && other.is_none() => {
                format!("the CreationPolicy of {} has no ResourceSignal: it waits for nothing", resource.id)
            }
            WAIT_CONDITION if is_given(facts, resource) => format!(
                "{} has a CreationPolicy, so it is signalled by its logical id: what its Handle gets counts for nothing",
                resource.id
            ),
            INSTANCE | GROUP | WAIT_CONDITION => continue,
            kind => format!("{kind} takes no CreationPolicy: {} waits for nothing", resource.id),
        };
        let entry = resource.entry.value.entries().iter().find(|entry| entry.key == "CreationPolicy");
        let place = entry.map_or(policy.place, |entry| entry.place);
        check.at_place(resource.id, place, message);
    }
}
