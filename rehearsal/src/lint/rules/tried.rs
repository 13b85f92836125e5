//! What the rules about a script's course say of scripts that they cannot judge by the order of their lines.

use std::collections::HashSet;

use super::errexit::ERREXIT;
use super::order::{BEFORE_INIT, EARLY_EXPANSION, UNREACHABLE};
use super::outcome::{CONSTANT, INIT_STATUS, NOTHING, ONLY_SUCCESS, WORK_AFTER, is_work_name};
use super::status::{BACKGROUND, PIPE, STALE};
use super::timing::EARLY_STATUS_INSIDE;
use super::traps::ERR_ONLY;
use super::trial::{Trial, Verdict, VerdictKind};
use crate::lint::Selection;
use crate::lint::facts::{Facts, Script};
use crate::lint::finding::Finding;
use crate::lint::rule::{Check, Rule};
use crate::lint::signal::Outcome;

/// Those that say already why a failure is not signalled, or not as one.
const COURSE: [&Rule; 13] = [
    &ERREXIT,
    &STALE,
    &PIPE,
    &BACKGROUND,
    &EARLY_EXPANSION,
    &super::order::LITERAL_STATUS,
    &UNREACHABLE,
    &BEFORE_INIT,
    &ONLY_SUCCESS,
    &INIT_STATUS,
    &CONSTANT,
    &NOTHING,
    &ERR_ONLY,
];

/// What is found by trying what comes of failures, besides what the rules themselves found.
pub(in crate::lint) fn findings(facts: &Facts<'_>, selection: &Selection) -> Vec<Finding> {
    let check = Check::new(facts, &ERREXIT.info);
    let scripts: Vec<&Script> = check.awaited_scripts().collect();
    let trials: Vec<(&Script, Trial)> =
        scripts.into_iter().map(|script| (script, Trial::of(script))).collect();
    let mut found = Vec::new();
    if trials.iter().any(|(_, trial)| trial.verdict.is_some()) {
        let told = told(facts);
        for (script, trial) in &trials {
            let verdict = trial.verdict.as_ref().filter(|_| !told.contains(&facts.index_of(script)));
            if let Some(verdict) = verdict.filter(|it| is_alone(facts, script, it)) {
                found.extend(of(facts, script, verdict));
            }
        }
    }
    if selection.takes(&WORK_AFTER.info) {
        found.extend(works_after(facts, &trials));
    }
    found.retain(|it| selection.takes(it.rule));
    found
}

/// Work after the signals of branches and functions.
fn works_after(facts: &Facts<'_>, trials: &[(&Script, Trial)]) -> Vec<Finding> {
    let mut check = Check::new(facts, &WORK_AFTER.info);
    (WORK_AFTER.check)(&mut check);
    let told: HashSet<Option<usize>> = check.findings.into_iter().map(|it| it.script).collect();
    let mut check = Check::new(facts, &WORK_AFTER.info);
    for (script, trial) in trials {
        // That success is signalled before cfn-init has a rule of its own.
        let is_early = trial.after.iter().any(|(_, name)| name.starts_with("cfn-init"));
        let work = trial.after.iter().find(|(_, name)| is_work_name(name)).filter(|_| !is_early);
        if let Some((at, name)) = work.filter(|_| !told.contains(&facts.index_of(script))) {
            let message = format!("{name} runs after the signal, and nobody waits for it");
            check.in_script(script, *at, message);
        }
    }
    check.findings
}

/// The scripts of which a rule says already what is wrong.
fn told(facts: &Facts<'_>) -> HashSet<Option<usize>> {
    let mut told = HashSet::new();
    for rule in COURSE.into_iter().chain([&EARLY_STATUS_INSIDE]) {
        let mut check = Check::new(facts, &rule.info);
        (rule.check)(&mut check);
        told.extend(check.findings.into_iter().filter_map(|it| it.script).map(Some));
    }
    told
}

/// Whether nothing else that the machine runs may signal what this script does not.
fn is_alone(facts: &Facts<'_>, script: &Script, verdict: &Verdict) -> bool {
    let others = || {
        let all = facts.scripts.iter().filter(|it| it.owner == script.owner);
        all.filter(|it| !std::ptr::eq(*it, script)).flat_map(|it| &it.signals)
    };
    match verdict.kind {
        VerdictKind::Stale => true,
        VerdictKind::InitIgnored | VerdictKind::Constant => {
            others().all(|signal| signal.outcome() == Outcome::Success)
        }
        _ => others().next().is_none(),
    }
}

fn of(facts: &Facts<'_>, script: &Script, verdict: &Verdict) -> Vec<Finding> {
    let failing = &verdict.failing;
    let (rule, message) = match verdict.kind {
        VerdictKind::EndedByErrexit => (
            &ERREXIT,
            format!(
                "not reached where {failing} or another command before it fails: set -e ends the script there"
            ),
        ),
        VerdictKind::Exited => {
            (&UNREACHABLE, format!("never reached where {failing} fails: the script exits there"))
        }
        VerdictKind::OnlySuccess => {
            (&ONLY_SUCCESS, format!("not sent where {failing} fails, and nothing is in its place"))
        }
        VerdictKind::Stale => {
            (&STALE, format!("the status that this signals is 0, whatever that of {failing} was"))
        }
        VerdictKind::InitIgnored => {
            (&INIT_STATUS, "success is signalled here whatever the status of cfn-init was".to_owned())
        }
        VerdictKind::Constant => (
            &CONSTANT,
            format!("success is signalled here whatever became of {failing} and what is after it"),
        ),
    };
    let mut check = Check::new(facts, &rule.info);
    check.in_script(script, verdict.at, message);
    check.findings
}
