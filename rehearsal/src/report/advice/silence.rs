//! Nobody signalled, or not enough: what was seen of those who should have.

use super::{Facts, ScriptFacts, how, signals};
use crate::run::NotRun;

/// What to do about a wait that ended without the signals that it needs.
pub(super) fn silent(facts: &Facts, failed: &str, reason: &str, script: Option<&ScriptFacts>) -> Vec<String> {
    let mut advice = signals::seen(facts, failed, script);
    let heard = !advice.is_empty();
    let enough = few(facts, failed, reason, &mut advice);
    let Some(script) = script else {
        // Without anything that runs, signals are somebody else's from the start.
        advice.extend(elsewhere(facts, failed).filter(|_| facts.runs && !heard && !enough));
        return advice;
    };
    let id = &script.logical_id;
    if let Some(not_run) = script.not_run {
        advice.push(match not_run {
            NotRun::Missing => elsewhere(facts, failed).unwrap_or_else(|| format!("{id}: {not_run}")),
            _ => format!("{id}: {not_run}"),
        });
        return advice;
    }
    let seen = &script.seen;
    if !seen.not_started.is_empty() {
        advice.push(format!(
            "of the user data of {id} {} could not be started: a script's first line names its interpreter, such as \
             #!/bin/bash",
            seen.not_started.join(", ")
        ));
        return advice;
    }
    advice.extend(seen.unset.iter().map(|name| unset(name)));
    advice.extend(seen.replaced.iter().map(|lost| format!("{id}: {lost}")));
    if !heard && !enough && seen.replaced.is_empty() {
        advice.push(silence(facts, failed, script));
    }
    advice
}

/// Some came, and fewer than it waits for. Whether nobody is left who could have sent more.
fn few(facts: &Facts, failed: &str, reason: &str, advice: &mut Vec<String>) -> bool {
    let number = |after: &str| {
        let digits = reason.split_once(after)?.1.split(|it: char| !it.is_ascii_digit()).next()?;
        digits.parse::<usize>().ok()
    };
    if let (Some(came), Some(wanted)) = (number("Received "), number(" when expecting ")) {
        if came > 0 {
            advice.push(format!(
                "{came} of {wanted} counted: each sender counts once, by its unique id, however often it signals"
            ));
        }
        return came > 0;
    }
    let (Some(came), Some(wanted)) = (number("Received "), number(" signal(s) out of ")) else {
        return false;
    };
    if facts.empty_groups.iter().any(|it| it == failed) {
        advice.push(empty(failed));
        return true;
    }
    let started = facts.scripts.iter().filter(|it| it.logical_id == failed).count();
    let enough = started > 0 && started < wanted && came >= started;
    if enough {
        advice.push(format!(
            "{came} of {wanted} counted; the group starts {started} instance{}, and each counts once: Count has to be at \
             most that",
            if started == 1 { "" } else { "s" }
        ));
    } else if came > 0 {
        advice.push(format!("{came} of {wanted} counted"));
    }
    enough
}

/// What to do about a group that waits for somebody, and starts nobody.
#[must_use]
pub fn empty(group: &str) -> String {
    format!(
        "{group} starts no instance, by its sizes, so nobody is there to signal what its CreationPolicy waits for: give it a \
         DesiredCapacity or a MinSize, or Count: 0"
    )
}

/// A variable that was missed, and how to have it.
pub(super) fn unset(name: &str) -> String {
    match name {
        "AWS_REGION" | "AWS_DEFAULT_REGION" => "no region is set under cloud-init, so neither is one here: give --region, or \
             begin the user data with export AWS_DEFAULT_REGION=${AWS::Region}"
            .to_owned(),
        "HOME" => "HOME is not set under cloud-init, so neither is it here: begin the user data with export HOME=/root"
            .to_owned(),
        other => format!("{other} is not set under cloud-init, so neither is it here: set it in the user data"),
    }
}

/// Who else signals, or that nobody does; none where some user data does.
fn elsewhere(facts: &Facts, failed: &str) -> Option<String> {
    if let Some(place) = facts.in_init.first() {
        return Some(if facts.init_runs {
            format!(
                "the signal for {failed} is in {place}, which was not run: does the user data call cfn-init, with its config \
                 set (-c)?"
            )
        } else {
            format!(
                "the signal for {failed} is in {place}, and cfn-init is a stub here, which runs nothing: rehearse with --init \
                 run"
            )
        });
    }
    if facts.in_user_data {
        return None;
    }
    Some(if facts.given_to.is_empty() {
        format!(
            "nobody in this template signals {failed}: no user data and no metadata of cfn-init has it. If its image does, or \
             a script that is fetched, give that with --user-data FILE; else the user data's last line should be \
             cfn-signal -e $? {}",
            facts.options(failed)
        )
    } else {
        format!(
            "no user data and no metadata of cfn-init signals {failed}; its handle is given to {}, which is not run here: \
             signal it from a test of your own, against cfn-rehearse serve",
            facts.given_to.join(", ")
        )
    })
}

fn silence(facts: &Facts, failed: &str, script: &ScriptFacts) -> String {
    let Some(ended) = script.ended else {
        return format!("the user data of {} was still running when the time was up", script.logical_id);
    };
    // That it signals something is not that it signals this handle.
    let signals = if facts.handle.is_some() { facts.in_user_data } else { script.seen.signals };
    if let Some(elsewhere) = elsewhere(facts, failed).filter(|_| !signals) {
        return match ended.code {
            Some(0) => elsewhere,
            _ => format!("the user data {}: see its output. Besides, {elsewhere}", how(ended)),
        };
    }
    if script.seen.rebooted {
        return format!(
            "the instance rebooted before {failed} was signalled, and what stands after a reboot in user data never runs, here \
             and on EC2: signal before it, or from a unit that is enabled"
        );
    }
    match ended.code {
        Some(127) => format!(
            "the user data {} (command not found) before a signal counted: see its output. A command that only \
             this machine lacks can be stubbed with --stub NAME=0",
            how(ended)
        ),
        Some(0) if signals => format!(
            "the user data ended well, and no signal for {failed} came, although a line of it signals: see in its output \
             whether that line was reached, and what it said"
        ),
        Some(0) => format!("the user data of {} ended well, and nothing in it signals", script.logical_id),
        _ if facts.faults.is_some() || !script.seen.errexit => {
            format!("the user data {} before a signal counted: see its output", how(ended))
        }
        _ => format!(
            "the user data {} before a signal counted. With set -e the line that signals is never reached: put the \
             signal into a trap, trap \"cfn-signal -e \\$? {}\" EXIT, or run the script under cfn-signal run",
            how(ended),
            facts.options(failed)
        ),
    }
}
