//! Rolling updates whose settings do not go together.

use crate::duration::iso8601;
use crate::lint::finding::{RuleInfo, Severity};
use crate::lint::kinds::GROUP;
use crate::lint::rule::{Check, Rule};
use crate::template::node::Node;

pub(super) const PERCENT_WITHOUT_SIGNALS: Rule = Rule {
    info: RuleInfo {
        code: "CFS008",
        name: "percent-without-signals",
        severity: Severity::Warning,
        is_default: true,
        summary: "MinSuccessfulInstancesPercent in a rolling update that waits for no signals",
        why: "Without WaitOnResourceSignals nothing is counted: the update goes on whatever becomes of the instances.",
        fix: "Add WaitOnResourceSignals: true and a PauseTime, and let each instance signal; or remove the percentage.",
    },
    check: percent,
};

pub(super) const PAUSE: Rule = Rule {
    info: RuleInfo {
        code: "CFS009",
        name: "pause-left-out",
        severity: Severity::Warning,
        is_default: true,
        summary: "a rolling update waits for signals, and no PauseTime says how long",
        why: "It is the timeout of each batch: PT5M where it is left out, whatever the instances need, and none at all \
          with PT0S. An instance that takes longer rolls the update back.",
        fix: "Write a PauseTime as long as an instance takes to signal: the Timeout of the CreationPolicy, at most PT1H.",
    },
    check: pause,
};

fn percent(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for group in facts.resources.iter().filter(|resource| resource.kind == GROUP) {
        let Some(update) = group.rolling_update() else { continue };
        let Some(percent) = update.get("MinSuccessfulInstancesPercent") else { continue };
        let waits = update.get("WaitOnResourceSignals");
        let waits_not =
            waits.is_none_or(|waits| waits.text().is_some_and(|text| text.eq_ignore_ascii_case("false")));
        // 100 is what it is anyway.
        if waits_not && percent.text() != Some("100") {
            let message = "this percentage has no effect: the rolling update does not wait for signals";
            check.at_node(group.id, percent, message);
        }
    }
}

fn pause(check: &mut Check<'_, '_>) {
    let facts = check.facts;
    for group in facts.resources.iter().filter(|resource| resource.kind == GROUP) {
        let Some(update) = group.waiting_update() else { continue };
        match update.get("PauseTime") {
            None => {
                let waits = update.get("WaitOnResourceSignals").unwrap_or(update);
                let message = "no PauseTime: each batch has PT5M to signal, then it has failed";
                check.at_node(group.id, waits, message);
            }
            Some(pause) if is_zero(pause) => {
                check.at_node(
                    group.id,
                    pause,
                    "a PauseTime of nothing: each batch fails before it can signal",
                );
            }
            Some(_) => {}
        }
    }
}

fn is_zero(pause: &Node) -> bool {
    pause.text().and_then(iso8601).is_some_and(|time| time.is_zero())
}
