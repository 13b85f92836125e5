//! Signals signed with a role's credentials.

use crate::lint::facts::{Facts, Script};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::references::reference;
use crate::lint::rule::{Check, Rule};
use crate::lint::signal::{Signal, Tool};
use crate::lint::text::Symbol;
use crate::template::node::{Kind, Node};

pub(super) const ARN: Rule = Rule {
    info: RuleInfo {
        code: "CFS112",
        name: "role-arn",
        severity: Severity::Error,
        is_default: true,
        summary: "--role with an ARN",
        why: "cfn-signal asks the metadata service for the role by its name: an ARN is not found, nothing is sent, and the \
          stack waits for the whole timeout.",
        fix: "Give the role's name, `--role ${ROLE}`, or leave it out: an instance may signal its own stack without.",
    },
    check: arn,
};

pub(super) const PERMISSION: Rule = Rule {
    info: RuleInfo {
        code: "CFS113",
        name: "role-without-permission",
        severity: Severity::Error,
        is_default: true,
        summary: "the signal is signed with a role that may not signal",
        why: "The signal is denied, and the stack waits for the whole timeout.",
        fix: "Allow `cloudformation:SignalResource` on the stack in the role's policy, or signal with the instance's own \
          identity: cfn-signal without --role.",
    },
    check: permission,
};

const ROLE: &str = "AWS::IAM::Role";
const ACTION: &str = "cloudformation:signalresource";

fn arn(check: &mut Check<'_, '_>) {
    for (script, signal) in check.signals() {
        let Some(option) = signal.option("role") else { continue };
        let is_arn = option.value.beginning().starts_with("arn:")
            || matches!(option.value.symbol(), Some(Symbol::Attribute(_, attribute)) if attribute == "Arn");
        if is_arn {
            let shown = option.value.shown(&signal.text);
            check.at_byte(
                script,
                signal.at(&option.value),
                format!("{shown} is an ARN; --role takes a name"),
            );
        }
    }
}

fn permission(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    if facts.is_transformed || facts.resources.iter().any(may_allow) {
        return;
    }
    for (script, signal) in check.signals() {
        let Some((role, at)) = used_role(facts, script, signal) else { continue };
        let Some(resource) = facts.resource(role).filter(|resource| resource.kind == ROLE) else { continue };
        // What a managed policy allows is not in the template.
        if resource.property("ManagedPolicyArns").is_none() {
            let message =
                format!("{role} signs this, and no policy here allows it cloudformation:SignalResource");
            check.at_byte(script, at, message);
        }
    }
}

/// The role that signs a signal, and where that is said.
fn used_role<'f>(facts: &'f Facts<'_>, script: &Script, signal: &'f Signal) -> Option<(&'f str, usize)> {
    if let Some(option) = signal.option("role") {
        return match option.value.symbol()? {
            Symbol::Ref(name) => Some((name, signal.at(&option.value))),
            _ => None,
        };
    }
    if signal.tool != Tool::AwsCli {
        return None;
    }
    let profile = facts.launch_property(script.owner, "IamInstanceProfile")?;
    let profile =
        reference(profile).or_else(|| reference(profile.get("Name").or_else(|| profile.get("Arn"))?))?;
    let roles = facts.resource(profile)?.property("Roles")?.items()?;
    match roles {
        [role] => Some((reference(role)?, signal.start())),
        _ => None,
    }
}

/// Whether a resource of IAM holds a statement that allows it, or may.
fn may_allow(resource: &crate::lint::facts::Resource<'_>) -> bool {
    if !resource.kind.starts_with("AWS::IAM::") {
        return false;
    }
    let mut rest: Vec<&Node> = resource.entry.value.get("Properties").into_iter().collect();
    while let Some(node) = rest.pop() {
        match &node.kind {
            Kind::List(items) => rest.extend(items),
            Kind::Map(entries) => {
                let is_action = |key: &str| key == "Action" || key == "NotAction";
                let allows = entries
                    .iter()
                    .filter(|entry| is_action(&entry.key))
                    .any(|entry| entry.key == "NotAction" || actions_may_allow(&entry.value));
                // A policy that is not a map, such as an Fn::If's, may hold anything.
                let is_hidden = entries.iter().any(|entry| {
                    matches!(entry.key.as_str(), "Fn::Transform" | "Fn::ImportValue" | "Fn::FindInMap")
                });
                if allows || is_hidden {
                    return true;
                }
                rest.extend(entries.iter().map(|entry| &entry.value));
            }
            _ => {}
        }
    }
    false
}

fn actions_may_allow(node: &Node) -> bool {
    match (node.text(), node.items()) {
        (Some(action), _) => {
            let action = action.to_ascii_lowercase();
            let fixed = action.split(['*', '?']).next().unwrap_or_default();
            action == ACTION || (fixed.len() < action.len() && ACTION.starts_with(fixed))
        }
        (None, Some(items)) => items.iter().any(actions_may_allow),
        (None, None) => true,
    }
}
