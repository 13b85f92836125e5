//! Policies that wait at creation and not at updates, or the reverse, or for another time.

use super::waiting::nobody_signals;
use crate::duration::iso8601;
use crate::lint::facts::Resource;
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::{GROUP, INSTANCE, WAIT_CONDITION};
use crate::lint::rule::{Check, Rule};
use crate::number::digits;
use crate::template::node::Node;

pub(super) const NOT_UPDATES: Rule = Rule {
    info: RuleInfo {
        code: "CFS013",
        name: "update-does-not-wait",
        severity: Severity::Warning,
        is_default: true,
        summary: "a group waits for signals when it is created, and its rolling update does not",
        why: "An update that breaks the instances goes through all of them and is green: their signals are not waited for.",
        fix: "Add `WaitOnResourceSignals: true` and a PauseTime to the AutoScalingRollingUpdate.",
    },
    check: not_updates,
};

pub(super) const NOT_CREATION: Rule = Rule {
    info: RuleInfo {
        code: "CFS014",
        name: "creation-does-not-wait",
        severity: Severity::Warning,
        is_default: false,
        summary: "a group's rolling update waits for signals, and its creation does not",
        why: "The first deployment is green at once, whatever becomes of the instances.",
        fix: "Give the group a CreationPolicy: `{ResourceSignal: {Count: 1, Timeout: PT15M}}`.",
    },
    check: not_creation,
};

pub(super) const REPLACED: Rule = Rule {
    info: RuleInfo {
        code: "CFS015",
        name: "replacement-does-not-wait",
        severity: Severity::Error,
        is_default: true,
        summary: "WillReplace beside a rolling update that waits, and no CreationPolicy",
        why: "An update makes a new group in place of rolling, and a new group waits by its CreationPolicy only: the old one \
          is deleted whatever becomes of the new instances.",
        fix: "Add a CreationPolicy, which replacements wait by, or take out AutoScalingReplacingUpdate.",
    },
    check: replaced,
};

pub(super) const SHORT_PAUSE: Rule = Rule {
    info: RuleInfo {
        code: "CFS016",
        name: "pause-below-timeout",
        severity: Severity::Warning,
        is_default: false,
        summary: "a PauseTime shorter than the Timeout of the CreationPolicy",
        why: "An instance that is in time at creation is late in an update, which then rolls back.",
        fix: "Make the PauseTime as long as the Timeout, at most PT1H.",
    },
    check: short_pause,
};

pub(super) const ZERO: Rule = Rule {
    info: RuleInfo {
        code: "CFS019",
        name: "count-zero",
        severity: Severity::Note,
        is_default: false,
        summary: "a Count of 0",
        why: "The policy waits for nobody: the resource is complete at once.",
        fix: "Write how many signals are waited for, or take out the policy.",
    },
    check: zero,
};

pub(super) const SIZES: Rule = Rule {
    info: RuleInfo {
        code: "CFS020",
        name: "sizes-out-of-range",
        severity: Severity::Error,
        is_default: true,
        summary: "a group's sizes, or its MinInstancesInService, that do not go together",
        why: "CloudFormation takes the template and fails once it gets to the group; with MinInstancesInService only when \
          the group is updated, and every update fails then.",
        fix: "MinSize is at most DesiredCapacity, which is at most MaxSize; MinInstancesInService is less than MaxSize.",
    },
    check: sizes,
};

pub(super) const LATEST: Rule = Rule {
    info: RuleInfo {
        code: "CFS021",
        name: "version-never-changes",
        severity: Severity::Warning,
        is_default: false,
        summary: "a rolling update of a group whose launch template has the version `$Latest` or `$Default`",
        why: "A change of the launch template changes nothing in the group: no instance is replaced, no signal is waited \
          for, and the stack is green with the old user data.",
        fix: "Write `Version: !GetAtt TEMPLATE.LatestVersionNumber`.",
    },
    check: latest,
};

fn groups<'f>(check: &Check<'f, '_>) -> impl Iterator<Item = &'f Resource<'f>> {
    check.facts.resources.iter().filter(|resource| resource.kind == GROUP)
}

fn number(node: Option<&Node>) -> Option<u64> {
    digits(node?.text()?)
}

fn not_updates(check: &mut Check<'_, '_>) {
    for group in groups(check).collect::<Vec<_>>() {
        let Some(update) = group.rolling_update().filter(|it| it.is_map() && it.function().is_none()) else {
            continue;
        };
        let creation = group.signal_policy().filter(|it| it.is_map() && it.function().is_none());
        let waits = creation.is_some_and(|it| it.get("Count").and_then(Node::text) != Some("0"));
        let is_off = update
            .get("WaitOnResourceSignals")
            .is_none_or(|node| node.text().is_some_and(|text| text.eq_ignore_ascii_case("false")));
        // What the percentage says has a rule of its own.
        let has_percent = update.get("MinSuccessfulInstancesPercent").is_some();
        if waits && is_off && !has_percent && !will_replace(group) {
            let message = format!("creation of {} waits for signals, and its updates do not", group.id);
            check.at_node(group.id, update, message);
        }
    }
}

fn will_replace(group: &Resource<'_>) -> bool {
    group
        .attribute("UpdatePolicy")
        .and_then(|policy| policy.get("AutoScalingReplacingUpdate")?.get("WillReplace")?.text())
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

fn not_creation(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for group in groups(check).collect::<Vec<_>>() {
        let Some(update) = group.waiting_update() else { continue };
        if group.attribute("CreationPolicy").is_none()
            && !will_replace(group)
            && !nobody_signals(facts, group)
        {
            let message = format!("updates of {} wait for signals, and its creation does not", group.id);
            check.at_node(group.id, update, message);
        }
    }
}

fn replaced(check: &mut Check<'_, '_>) {
    for group in groups(check).collect::<Vec<_>>() {
        let Some(update) = group.waiting_update() else { continue };
        if will_replace(group) && group.attribute("CreationPolicy").is_none() {
            let message = format!("{} is replaced, not rolled: these signals are never waited for", group.id);
            check.at_node(group.id, update, message);
        }
    }
}

fn short_pause(check: &mut Check<'_, '_>) {
    for group in groups(check).collect::<Vec<_>>() {
        let length = |node: Option<&Node>| iso8601(node?.text()?);
        let pause = group.waiting_update().and_then(|update| update.get("PauseTime"));
        let timeout = group.signal_policy().and_then(|signal| signal.get("Timeout"));
        let (Some(node), Some(short), Some(long)) = (pause, length(pause), length(timeout)) else { continue };
        if !short.is_zero() && short < long {
            let text = |node: Option<&Node>| node.and_then(Node::text).unwrap_or_default().to_owned();
            let message = format!(
                "an instance of {} has {} to signal when it is created, and {} in an update",
                group.id,
                text(timeout),
                text(pause)
            );
            check.at_node(group.id, node, message);
        }
    }
}

fn zero(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for resource in facts.resources.iter().filter(|it| matches!(it.kind, INSTANCE | GROUP | WAIT_CONDITION)) {
        let count = resource.signal_policy().and_then(|signal| signal.get("Count"));
        // That it is signalled all the same is worse.
        let is_signalled = !resource.may_wait()
            && check.all_signals().any(|(_, signal)| {
                signal.option("resource").and_then(|it| it.value.literal()).as_deref() == Some(resource.id)
            });
        if let Some(node) = count.filter(|node| node.text() == Some("0") && !is_signalled) {
            check.at_node(resource.id, node, format!("{} waits for nobody", resource.id));
        }
    }
}

fn sizes(check: &mut Check<'_, '_>) {
    for group in groups(check).collect::<Vec<_>>() {
        let (least, most) = (group.property("MinSize"), group.property("MaxSize"));
        let desired = group.property("DesiredCapacity");
        let serving = group.rolling_update().and_then(|update| update.get("MinInstancesInService"));
        let pairs = [
            ("MinSize", least, "MaxSize", most),
            ("DesiredCapacity", desired, "MaxSize", most),
            ("MinSize", least, "DesiredCapacity", desired),
        ];
        let wrong = pairs.into_iter().find_map(|(small, less, large, more)| {
            let (low, high) = (number(less)?, number(more)?);
            (low > high).then_some((less?, format!("{small} of {low} is more than the {large}, {high}")))
        });
        let late = || {
            let (low, high) = (number(serving)?, number(most)?);
            let message = format!("MinInstancesInService of {low} is not less than the MaxSize, {high}");
            (low >= high && high > 0).then_some((serving?, message))
        };
        if let Some((node, message)) = wrong.or_else(late) {
            check.at_node(group.id, node, message);
        }
    }
}

fn latest(check: &mut Check<'_, '_>) {
    for group in groups(check).collect::<Vec<_>>() {
        let mixed = group
            .property("MixedInstancesPolicy")
            .and_then(|policy| policy.get("LaunchTemplate")?.get("LaunchTemplateSpecification"));
        let version = group.property("LaunchTemplate").or(mixed).and_then(|it| it.get("Version"));
        let Some(node) = version.filter(|_| group.rolling_update().is_some()) else { continue };
        if let Some(text @ ("$Latest" | "$Default")) = node.text() {
            let message =
                format!("{text} stays {text}: a changed launch template rolls nothing in {}", group.id);
            check.at_node(group.id, node, message);
        }
    }
}
