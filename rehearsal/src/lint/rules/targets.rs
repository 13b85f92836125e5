//! Signals that name another resource, stack or region than the one that waits.

use std::collections::HashSet;

use crate::lint::awaited::may_be_own_stack;
use crate::lint::facts::{Facts, Script};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, INSTANCE, WAIT_CONDITION};
use crate::lint::rule::{Check, Rule};
use crate::lint::signal::{Signal, Tool};
use crate::lint::text::Symbol;
use crate::template::error::quoted;

pub(super) const RESOURCE: Rule = Rule {
    info: RuleInfo {
        code: "CFS101",
        name: "wrong-resource",
        severity: Severity::Error,
        is_default: true,
        summary: "the signal names a resource that is not the one that waits",
        why: "CloudFormation refuses the signal, or counts it for another resource, and the one that waits times out.",
        fix: "Write the logical id of the resource with the policy: for a group that of the group, not that of its launch \
          template. A logical id is plain text, never a Ref.",
    },
    check: resource,
};

pub(super) const NOBODY_WAITS: Rule = Rule {
    info: RuleInfo {
        code: "CFS102",
        name: "nobody-waits",
        severity: Severity::Warning,
        is_default: true,
        summary: "the signal is for a resource without a policy, or with a Count of 0, so nobody waits for it",
        why: "The stack is green as soon as the machine exists, and a failure that is signalled later changes nothing.",
        fix: "Give the resource a CreationPolicy: `{ResourceSignal: {Count: 1, Timeout: PT15M}}`.",
    },
    check: nobody_waits,
};

pub(super) const STACK: Rule = Rule {
    info: RuleInfo {
        code: "CFS103",
        name: "wrong-stack",
        severity: Severity::Error,
        is_default: true,
        summary: "the signal names a stack that is not `${AWS::StackName}`",
        why: "Under any other name the stack's signals go to another stack, or to none, and it waits for the whole timeout.",
        fix: "Write `--stack ${AWS::StackName}`, inside Fn::Sub or Fn::Join.",
    },
    check: stack,
};

pub(super) const REGION: Rule = Rule {
    info: RuleInfo {
        code: "CFS104",
        name: "wrong-region",
        severity: Severity::Warning,
        is_default: true,
        summary: "the signal names a region that is not `${AWS::Region}`",
        why: "In any other region the signal goes where the stack is not, and the stack waits for the whole timeout.",
        fix: "Write `--region ${AWS::Region}`, inside Fn::Sub or Fn::Join.",
    },
    check: region,
};

pub(super) const NO_REGION: Rule = Rule {
    info: RuleInfo {
        code: "CFS105",
        name: "region-left-out",
        severity: Severity::Warning,
        is_default: true,
        summary: "a resource is signalled without --region",
        why: "Amazon's cfn-signal takes us-east-1 for it, whatever the instance's region: anywhere else the stack is not \
          found, and waits for the whole timeout.",
        fix: "Add `--region ${AWS::Region}`.",
    },
    check: no_region,
};

/// Who is meant to be signalled, where it can be told.
enum Target<'s> {
    Wrong(String),
    Unawaited(&'s str),
    Unasked(&'s str),
    Fine,
}

fn resource(check: &mut Check<'_, '_>) {
    each_target(check, |target| match target {
        Target::Wrong(message) => Some(message),
        _ => None,
    });
}

fn nobody_waits(check: &mut Check<'_, '_>) {
    // However many signals a resource gets, what it lacks is one thing.
    let mut told = HashSet::new();
    each_target(check, |target| match target {
        Target::Unawaited(id) if told.insert(id.to_owned()) => {
            Some(format!("{id} has no CreationPolicy, and no UpdatePolicy that waits for signals"))
        }
        Target::Unasked(id) if told.insert(id.to_owned()) => {
            Some(format!("the CreationPolicy of {id} has a Count of 0: it is complete at once"))
        }
        _ => None,
    });
}

fn each_target(check: &mut Check<'_, '_>, mut message: impl FnMut(Target<'_>) -> Option<String>) {
    let facts = check.facts;
    for (script, signal) in check.all_signals() {
        let Some(option) = signal.option("resource") else { continue };
        let value = option.value.literal();
        let target = match (&value, option.value.symbol()) {
            (Some(id), _) if !id.is_empty() && may_be_own_stack(signal) => {
                literal_target(facts, script, signal, id)
            }
            (None, Some(symbol)) => symbol_target(facts, symbol),
            _ => Target::Fine,
        };
        if let Some(message) = message(target) {
            check.at_byte(script, signal.at(&option.value), message);
        }
    }
}

fn literal_target<'s>(facts: &Facts<'_>, script: &Script, signal: &Signal, id: &'s str) -> Target<'s> {
    let runners = || script.runs_on.iter().filter_map(|index| facts.at(*index));
    let waiting: Vec<&str> =
        runners().filter(|resource| resource.may_wait()).map(|resource| resource.id).collect();
    let meant = match waiting.as_slice() {
        [] => String::new(),
        waiting => format!("; {} waits", waiting.join(" or ")),
    };
    let Some(resource) = facts.resource(id) else {
        return match facts.is_transformed {
            true => Target::Fine,
            false => Target::Wrong(format!("the template has no resource {}{meant}", quoted(id))),
        };
    };
    if !matches!(resource.kind, INSTANCE | GROUP | WAIT_CONDITION) && !resource.may_wait() {
        return Target::Wrong(format!("{id} is {} and takes no signal{meant}", resource.kind));
    }
    if !resource.may_wait() {
        return match waiting.is_empty() {
            true if resource.asks_for_none() => Target::Unasked(id),
            true => Target::Unawaited(id),
            false => Target::Wrong(format!("{id} waits for no signal{meant}")),
        };
    }
    let is_counted_by_instance = matches!(resource.kind, INSTANCE | GROUP);
    let runs_here = runners().any(|runner| runner.id == id);
    if is_counted_by_instance && !runs_here && !script.runs_on.is_empty() && signal.option("id").is_none() {
        return Target::Wrong(format!(
            "{id} counts its own instances only, and this script runs on another{meant}"
        ));
    }
    Target::Fine
}

fn symbol_target<'s>(facts: &Facts<'_>, symbol: &Symbol) -> Target<'s> {
    match symbol {
        Symbol::Ref(name) if facts.resource(name).is_some() => Target::Wrong(format!(
            "a Ref to {name} gives its physical id; the option takes the logical id, the word {name}"
        )),
        Symbol::Ref(name) if name.starts_with("AWS::") => {
            Target::Wrong(format!("{name} is no logical id of a resource"))
        }
        _ => Target::Fine,
    }
}

fn stack(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for (script, signal) in check.signals().filter(|(_, signal)| signal.is_resource_mode()) {
        if let Some((at, message)) = wrong_stack(facts, signal) {
            check.at_byte(script, at, message);
        }
    }
}

/// What is wrong with the stack that a signal names, and where.
fn wrong_stack(facts: &Facts<'_>, signal: &Signal) -> Option<(usize, String)> {
    let known = facts.known.stack.as_deref();
    let option = signal.option("stack").filter(|_| !facts.is_cdk || known.is_some())?;
    let message = match (option.value.literal(), option.value.symbol()) {
        (Some(name), _) if known == Some(&name) => return None,
        (Some(name), _) if !name.is_empty() && known.is_some() => {
            format!(
                "{} is not this stack's name, which is {} in manifest.json",
                quoted(&name),
                known.map(quoted)?
            )
        }
        (Some(name), _) if !name.is_empty() => {
            format!("{} is this stack's name only while nobody gives it another", quoted(&name))
        }
        (_, Some(Symbol::Ref(name))) if name == "AWS::StackName" || name == "AWS::StackId" => return None,
        (_, Some(symbol @ Symbol::Ref(name))) if name.starts_with("AWS::") || is_no_stack(facts, name) => {
            format!("{symbol} is not this stack's name")
        }
        _ => return None,
    };
    Some((signal.at(&option.value), message))
}

fn is_no_stack(facts: &Facts<'_>, name: &str) -> bool {
    facts.resource(name).is_some_and(|resource| resource.kind != "AWS::CloudFormation::Stack")
}

fn region(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    let known = facts.known.region.as_deref();
    if facts.is_cdk && known.is_none() {
        return;
    }
    for (script, signal) in check.signals().filter(|(_, signal)| signal.is_resource_mode()) {
        let Some(option) = signal.option("region") else { continue };
        // One call is one finding.
        if wrong_stack(facts, signal).is_some() {
            continue;
        }
        let message = match (option.value.literal(), option.value.symbol()) {
            (Some(name), _) if known == Some(&name) => continue,
            (Some(name), _) if !name.is_empty() && known.is_some() => {
                let known = known.map(quoted).unwrap_or_default();
                format!("{} is not this stack's region, which is {known} in manifest.json", quoted(&name))
            }
            (Some(name), _) if !name.is_empty() => {
                format!("{} is the stack's region only while it is made nowhere else", quoted(&name))
            }
            (_, Some(symbol @ Symbol::Ref(name))) if name.starts_with("AWS::") && name != "AWS::Region" => {
                format!("{symbol} is no region")
            }
            _ => continue,
        };
        check.at_byte(script, signal.at(&option.value), message);
    }
}

fn no_region(check: &mut Check<'_, '_>) {
    for (script, signal) in check.signals() {
        let is_left_out = signal.tool == Tool::CfnSignal
            && signal.is_resource_mode()
            && signal.option("region").is_none()
            && signal.option("url").is_none()
            && !signal.may_hide_options();
        if is_left_out {
            check.at_byte(script, signal.start(), "without --region the signal goes to us-east-1");
        }
    }
}
