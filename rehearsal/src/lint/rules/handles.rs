//! Wait conditions and their handles.

use std::collections::HashMap;

use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, HANDLE, WAIT_CONDITION};
use crate::lint::references::reference;
use crate::lint::rule::{Check, Rule};
use crate::lint::text::Symbol;
use crate::template::node::{Kind, Node};

pub(super) const UNUSED: Rule = Rule {
    info: RuleInfo {
        code: "CFS010",
        name: "handle-never-given",
        severity: Severity::Error,
        is_default: true,
        summary: "a wait condition whose handle nobody gets",
        why: "Who does not know the handle's URL cannot signal it: the stack waits for the whole timeout, then rolls back.",
        fix: "Put `!Ref HANDLE` into the user data that is to signal, as `cfn-signal -e $? '${HANDLE}'`.",
    },
    check: unused,
};

pub(super) const SHARED: Rule = Rule {
    info: RuleInfo {
        code: "CFS011",
        name: "handle-shared",
        severity: Severity::Error,
        is_default: true,
        summary: "two wait conditions share a handle",
        why: "The first signal belongs to both, so the second waits for nothing of its own: each condition needs a handle.",
        fix: "Give every wait condition a WaitConditionHandle of its own.",
    },
    check: shared,
};

pub(super) const UPDATED: Rule = Rule {
    info: RuleInfo {
        code: "CFS012",
        name: "handle-reused-by-updates",
        severity: Severity::Warning,
        is_default: true,
        summary: "the instances of a group that is updated by replacing them signal a wait condition's handle",
        why: "A wait condition waits once, when it is created. Instances that an update starts signal an old handle, whose \
          URL has expired after a day, and nobody waits for them: the update is green whatever becomes of them.",
        fix: "Let the instances signal the group (`--resource GROUP`), with a CreationPolicy and with WaitOnResourceSignals \
          in its UpdatePolicy.",
    },
    check: updated,
};

fn unused(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed {
        return;
    }
    for condition in facts.resources.iter().filter(|resource| resource.kind == WAIT_CONDITION) {
        // With a policy it is signalled by its logical id.
        if condition.attribute("CreationPolicy").is_some_and(may_wait) {
            continue;
        }
        let Some(node) = condition.property("Handle") else { continue };
        let Some(handle) =
            reference(node).filter(|id| facts.resource(id).is_some_and(|it| it.kind == HANDLE))
        else {
            continue;
        };
        let is_none_due = condition.property("Count").and_then(Node::text) == Some("0");
        if !facts.referred.contains(handle) && !is_none_due && !is_looked_up(facts.root, handle) {
            let message = format!(
                "nothing else in the template refers to {handle}, so nobody can signal {}",
                condition.id
            );
            check.at_node(condition.id, node, message);
        }
    }
}

/// Whether a logical id stands as a word in some text: who has it can ask CloudFormation for the URL.
fn is_looked_up(root: &Node, handle: &str) -> bool {
    let is_word = |text: &str| {
        text.match_indices(handle).any(|(at, _)| {
            let is_outside = |letter: Option<char>| letter.is_none_or(|it| !it.is_ascii_alphanumeric());
            is_outside(text.get(..at).and_then(|before| before.chars().next_back()))
                && is_outside(text.get(at + handle.len()..).and_then(|after| after.chars().next()))
        })
    };
    let mut rest = vec![root];
    while let Some(node) = rest.pop() {
        match &node.kind {
            Kind::List(items) => rest.extend(items),
            // A reference is no text; the others have been looked for.
            Kind::Map(_) if matches!(node.function(), Some(("Ref", _))) => {}
            Kind::Map(entries) => {
                let texts =
                    entries.iter().filter(|entry| entry.key != "DependsOn" && entry.key != "Description");
                rest.extend(texts.map(|entry| &entry.value));
            }
            Kind::Text(text) if is_word(text) => return true,
            _ => {}
        }
    }
    false
}

/// Whether a creation policy waits for signals, or may once it is chosen.
fn may_wait(policy: &Node) -> bool {
    policy.function().is_some() || policy.get("ResourceSignal").is_some()
}

fn shared(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    let mut first: HashMap<&str, &str> = HashMap::new();
    for condition in facts.resources.iter().filter(|resource| resource.kind == WAIT_CONDITION) {
        let Some(node) = condition.property("Handle") else { continue };
        // With a Condition, one of them may be there in the other's place.
        let Some(handle) = reference(node).filter(|_| !condition.is_conditional()) else { continue };
        match first.get(handle) {
            Some(other) => {
                let message = format!("{handle} is the handle of {other} already");
                check.at_node(condition.id, node, message);
            }
            None => {
                first.insert(handle, condition.id);
            }
        }
    }
}

fn updated(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for script in &facts.scripts {
        let group = script.runs_on.iter().filter_map(|index| facts.at(*index)).find(|resource| {
            resource.kind == GROUP
                && resource.attribute("UpdatePolicy").is_some_and(|policy| {
                    policy.get("AutoScalingRollingUpdate").is_some()
                        || policy.get("AutoScalingReplacingUpdate").is_some()
                })
                && resource.waiting_update().is_none()
                && resource.signal_policy().is_none()
        });
        let Some(group) = group else { continue };
        let used = script.text.symbols().find_map(|(at, symbol)| match symbol {
            Symbol::Ref(name) | Symbol::Encoded(name)
                if facts.resource(name).is_some_and(|it| it.kind == HANDLE) =>
            {
                Some((at, name))
            }
            _ => None,
        });
        if let Some((at, handle)) = used {
            let message = format!(
                "updates of {} start new instances, which signal {handle} when nobody waits for it any more",
                group.id
            );
            check.in_script(script, at, message);
        }
    }
}
