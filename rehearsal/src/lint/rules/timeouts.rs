//! Timeouts that CloudFormation refuses, or reads otherwise than they are meant.

use std::time::Duration;

use crate::duration::{LONGEST_PAUSE, MAX, iso8601, to_iso8601};
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::WAIT_CONDITION;
use crate::lint::rule::{Check, Rule};
use crate::number::digits;
use crate::template::error::quoted;
use crate::template::node::Node;

pub(super) const TOO_LONG: Rule = Rule {
    info: RuleInfo {
        code: "CFS003",
        name: "timeout-too-long",
        severity: Severity::Error,
        is_default: true,
        summary: "a timeout over the maximum: PT12H, 43200 seconds, PT1H for a PauseTime",
        why: "CloudFormation takes the template, fails once it gets to the resource (a PauseTime: once instances have to be \
          replaced), and rolls back what it has done until then.",
        fix: "Write PT12H (43200 for a wait condition with a handle, PT1H for a PauseTime) or less.",
    },
    check: too_long,
};

pub(super) const FORM: Rule = Rule {
    info: RuleInfo {
        code: "CFS004",
        name: "timeout-form",
        severity: Severity::Error,
        is_default: true,
        summary: "a timeout in the wrong form: PT#H#M#S for policies, seconds for a wait condition with a handle",
        why: "CloudFormation takes the template, fails once it gets to the resource (a PauseTime: once instances have to be \
          replaced), and rolls back what it has done until then.",
        fix: "Write PT15M in a CreationPolicy and a PauseTime, 900 in a wait condition's Timeout.",
    },
    check: form,
};

/// A timeout as it is written.
struct Written<'t> {
    resource: &'t str,
    node: &'t Node,
    text: &'t str,
    is_seconds: bool,
    most: Duration,
    what: &'static str,
}

fn too_long(check: &mut Check<'_, '_>) {
    for written in timeouts(check) {
        let length = match (digits(written.text), iso8601(written.text)) {
            (Some(seconds), _) if written.is_seconds => Duration::from_secs(seconds),
            (_, Some(length)) if !written.is_seconds => length,
            _ => continue,
        };
        if length > written.most {
            let most = match written.is_seconds {
                true => written.most.as_secs().to_string(),
                false => to_iso8601(written.most),
            };
            let message = format!("{} of {} is more than the maximum, {most}", written.what, written.text);
            check.at_node(written.resource, written.node, message);
        }
    }
}

fn form(check: &mut Check<'_, '_>) {
    for written in timeouts(check) {
        let (seconds, length) = (digits(written.text), iso8601(written.text));
        let message = match (written.is_seconds, seconds, length) {
            (true, Some(_), _) | (false, _, Some(_)) => continue,
            (true, None, Some(length)) => {
                format!("{} is in seconds: for {} write {}", written.what, written.text, length.as_secs())
            }
            (false, Some(seconds), None) => format!(
                "{} is PT#H#M#S: for {seconds} seconds write {}",
                written.what,
                to_iso8601(Duration::from_secs(seconds))
            ),
            (true, ..) => format!("{} is a number of seconds, not {}", written.what, quoted(written.text)),
            (false, ..) => format!("{} is PT#H#M#S, not {}", written.what, quoted(written.text)),
        };
        check.at_node(written.resource, written.node, message);
    }
}

/// Every timeout that is written out.
fn timeouts<'f>(check: &Check<'f, '_>) -> Vec<Written<'f>> {
    let mut found = Vec::new();
    for resource in &check.facts.resources {
        let mut add = |node: Option<&'f Node>, is_seconds, most, what| {
            let text = node.and_then(Node::text).filter(|text| !text.contains("{{resolve:"));
            if let (Some(node), Some(text)) = (node, text) {
                found.push(Written { resource: resource.id, node, text, is_seconds, most, what });
            }
        };
        let creation = resource.signal_policy().and_then(|signal| signal.get("Timeout"));
        add(creation, false, MAX, "the Timeout of a CreationPolicy");
        if resource.kind == WAIT_CONDITION && resource.attribute("CreationPolicy").is_none() {
            add(resource.property("Timeout"), true, MAX, "the Timeout of a wait condition");
        }
        let pause = resource.rolling_update().and_then(|update| update.get("PauseTime"));
        add(pause, false, LONGEST_PAUSE, "a PauseTime");
    }
    found
}
