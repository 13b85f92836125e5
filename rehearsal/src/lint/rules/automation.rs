//! Automations of Systems Manager that end before they signal.
//!
//! Source: <https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html> (`onFailure`: `Abort` unless
//! told).

use crate::lint::facts::Facts;
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::DOCUMENT;
use crate::lint::rule::{Check, Rule};
use crate::template::node::Node;

pub(super) const ENDS: Rule = Rule {
    info: RuleInfo {
        code: "CFS219",
        name: "automation-ends-before-signal",
        severity: Severity::Error,
        is_default: true,
        summary: "a step of an automation that signals ends it where it fails, and no failure is signalled",
        why: "A step without onFailure aborts the automation at its first failure: nothing is signalled, and the stack waits \
          for the whole timeout.",
        fix: "Write `onFailure: step:NAME`, with the name of a step that calls SignalResource with `Status: FAILURE`, on every \
          step before the signal.",
    },
    check: ends,
};

/// Actions that have nothing to fail at.
const SAFE: [&str; 4] = ["aws:branch", "aws:sleep", "aws:pause", "aws:loop"];

/// Names of steps that are told.
const TOLD: usize = 3;

fn ends(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for document in facts.resources.iter().filter(|it| it.kind == DOCUMENT) {
        let Some(steps) = document.property("Content").and_then(|it| it.get("mainSteps")?.items()) else {
            continue;
        };
        let Some((before, id)) = steps.iter().enumerate().find_map(|(at, step)| {
            let id = signalled(facts, step)?;
            Some((steps.get(..at)?, id))
        }) else {
            continue;
        };
        let ending: Vec<&Node> = before.iter().filter(|step| ends_it(step)).collect();
        let Some(first) = ending.first() else { continue };
        let name = |step: &&Node| {
            step.get("name").and_then(Node::text).unwrap_or("a step without a name").to_owned()
        };
        let names: Vec<_> = ending.iter().take(TOLD).map(name).collect();
        let more = match ending.len().saturating_sub(TOLD) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!(
            "where {}{more} fail{}, the automation ends, and nothing signals {id}",
            names.join(", "),
            if ending.len() == 1 { "s" } else { "" }
        );
        check.at_node(document.id, first, message);
    }
}

/// The resource that waits and whose success a step signals.
fn signalled<'t>(facts: &Facts<'t>, step: &'t Node) -> Option<&'t str> {
    let inputs = step.get("inputs")?;
    let text = |name: &str| inputs.get(name).and_then(Node::text);
    let is_call = text("Api").is_some_and(|it| it.eq_ignore_ascii_case("SignalResource"));
    let is_success = text("Status") == Some("SUCCESS");
    let id = text("LogicalResourceId").filter(|_| is_call && is_success)?;
    facts.resource(id).is_some_and(|it| it.may_wait()).then_some(id)
}

/// Whether an automation ends where this step fails, without a word.
fn ends_it(step: &Node) -> bool {
    let text = |name: &str| step.get(name).and_then(Node::text).unwrap_or_default();
    let goes_on = match text("onFailure") {
        "" => step.get("onFailure").is_some(),
        other => other != "Abort",
    };
    !goes_on && !SAFE.contains(&text("action")) && !tells(step)
}

/// Whether a step signals by itself.
fn tells(node: &Node) -> bool {
    let says = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["cfn-signal", "signalresource", "signal-resource", "signal_resource"]
            .iter()
            .any(|it| text.contains(it))
    };
    node.text().is_some_and(says)
        || node.items().unwrap_or_default().iter().any(tells)
        || node.entries().iter().any(|entry| tells(&entry.value))
}
