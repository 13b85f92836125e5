//! What CloudFormation makes of the template itself: what it refuses, and what it takes otherwise than it reads.

use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, INSTANCE, WAIT_CONDITION};
use crate::lint::rule::{Check, Rule};
use crate::template::{extensions::with_names, written::refusals};

pub(super) const REFUSED: Rule = Rule {
    info: RuleInfo {
        code: "CFS401",
        name: "template-refused",
        severity: Severity::Error,
        is_default: true,
        summary: "CloudFormation refuses the template as it is written, or with the defaults of its parameters",
        why: "CreateStack and UpdateStack answer with an error, and nothing begins.",
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
    // What a loop's names are nobody knows yet, and they are no fault.
    let named = (!facts.is_whole).then(|| with_names(facts.root));
    for refusal in refusals(named.as_ref().unwrap_or(facts.root), facts.source.text, facts.is_whole) {
        check.at_place("", refusal.place, refusal.text);
    }
}

fn repeated(check: &mut Check<'_, '_>) {
    for repeated in check.facts.repeated {
        check.at_place("", repeated.place, repeated.told());
    }
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
            WAIT_CONDITION if resource.property("Handle").is_some() => format!(
                "{} has a CreationPolicy, so it is signalled by its logical id: its Handle counts for nothing",
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
