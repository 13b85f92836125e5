//! What to do about a stack that rolled back, or about one that is green and should not be.

use crate::happening::{Effect, SignalReceived};
use crate::run::{Ended, NotRun};
use crate::stack::SignalError;

/// What an instance's user data did.
#[derive(Clone, Debug)]
pub struct ScriptFacts {
    /// The instance.
    pub logical_id: String,
    /// Its id.
    pub instance_id: String,
    /// Whether its creation waits for a signal.
    pub waits: bool,
    /// Why nothing ran.
    pub not_run: Option<NotRun>,
    /// How it ended by itself.
    pub ended: Option<Ended>,
}

/// What is known in the end.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The resource that failed, and why.
    pub failure: Option<(String, String)>,
    /// Whether the way back failed too: `UPDATE_ROLLBACK_FAILED`.
    pub stuck: bool,
    /// Unique ids of signals that said that something failed.
    pub failing: Vec<String>,
    /// The groups among the resources.
    pub groups: Vec<String>,
    /// Faults on demand that came true, where any did.
    pub faults: Option<String>,
    /// The instances' scripts, where they were to be run.
    pub scripts: Vec<ScriptFacts>,
    /// Signals without effect.
    pub idle: Vec<SignalReceived>,
}

/// What to do, most likely cause first. Empty where there is nothing to say.
#[must_use]
pub fn advise(facts: &Facts) -> Vec<String> {
    match &facts.failure {
        None => facts.scripts.iter().filter_map(green_and_dead).collect(),
        Some((failed, reason)) => failed_advice(facts, failed, reason),
    }
}

/// A script that failed without anybody waiting for it.
fn green_and_dead(script: &ScriptFacts) -> Option<String> {
    let ended = script.ended.filter(|ended| ended.code != Some(0))?;
    let id = &script.logical_id;
    Some(if script.waits {
        format!("{id}: the user data {} although it had signalled success", how(ended))
    } else {
        format!(
            "{id}: the user data {}, and the stack is green all the same, because nothing waits for it. Give {id} a \
             CreationPolicy, and let the user data signal its exit code",
            how(ended)
        )
    })
}

fn failed_advice(facts: &Facts, failed: &str, reason: &str) -> Vec<String> {
    let mut advice = Vec::new();
    if let Some(faults) = &facts.faults {
        advice.push(format!(
            "there were faults on demand ({faults}): rehearse without them, to see whether they are why"
        ));
    }
    let script = facts.scripts.iter().find(|it| it.logical_id == failed).or(match facts.scripts.as_slice() {
        [only] => Some(only),
        _ => None,
    });
    let by_handle = reason.starts_with("WaitCondition timed out");
    // A group's failures are counted.
    let silent =
        by_handle || reason.starts_with("Failed to receive") || reason.contains(" SUCCESS signal(s) out of ");
    if silent {
        let to_do_with_it = |it: &&SignalReceived| match &it.effect {
            // That somebody else was signalled twice or too late does not matter here.
            Effect::Refused(SignalError::NoSuchResource { .. } | SignalError::TakesNoSignal { .. }) => true,
            Effect::Refused(_) => it.logical_id == failed,
            Effect::Counted | Effect::Uncounted => true,
        };
        let idle = facts.idle.iter().filter(to_do_with_it);
        advice.extend(idle.map(|signal| misdirected(signal, failed, script, &facts.groups)));
        if let Some(script) = script {
            let options = if by_handle {
                "'URL of the wait condition handle'".to_owned()
            } else {
                format!("--stack … --resource {failed} --region …")
            };
            advice.push(silence(script, &options, facts.faults.is_some()));
        }
    } else if reason.starts_with("Received FAILURE")
        || reason.contains(" FAILURE signal(s) out of ")
        || reason.starts_with("WaitCondition received failed")
    {
        // A group's instances fail one by one.
        let own = facts.scripts.iter().find(|it| facts.failing.contains(&it.instance_id));
        let whose = match own {
            Some(own) if facts.groups.contains(&own.logical_id) => {
                format!("the user data of {}", own.instance_id)
            }
            _ => "the user data".to_owned(),
        };
        advice.push(match own.or(script).map(|it| it.ended) {
            Some(Some(ended)) if ended.code != Some(0) => {
                format!("{whose} signalled a failure and {}: its output says why", how(ended))
            }
            Some(_) => format!("{whose} signalled a failure: its output says why"),
            None => "the failure was signalled: whoever sent the signal knows why".to_owned(),
        });
    } else if reason.starts_with("Unparsable") {
        advice.push(
            "put a JSON object with Status (SUCCESS or FAILURE), UniqueId, Reason and Data to the handle, at most 4096 \
             bytes"
                .to_owned(),
        );
    }
    if facts.stuck {
        advice.push(
            "the way back failed too, for the old version's instances have to signal success as well: a real stack is \
             stuck there until continue-update-rollback succeeds or skips the resource"
                .to_owned(),
        );
    }
    advice.dedup();
    advice
}

/// A signal that did not reach what it was meant for.
fn misdirected(
    signal: &SignalReceived,
    failed: &str,
    script: Option<&ScriptFacts>,
    groups: &[String],
) -> String {
    let SignalReceived { logical_id, unique_id, .. } = signal;
    match &signal.effect {
        Effect::Counted | Effect::Uncounted if groups.contains(logical_id) => format!(
            "{logical_id} was signalled with unique id {unique_id}, which is accepted and never counted: a group counts the \
             ids of the instances that it waits for, each once. Leave out --id"
        ),
        Effect::Counted | Effect::Uncounted => {
            let own =
                script.filter(|it| it.logical_id == *logical_id).map_or("its own id", |it| &it.instance_id);
            format!(
                "{logical_id} was signalled with unique id {unique_id}, which is accepted and never counted: an \
                 instance counts {own} only. Leave out --id"
            )
        }
        Effect::Refused(SignalError::NoSuchResource { .. } | SignalError::TakesNoSignal { .. }) => {
            format!("{logical_id} was signalled, but the resource that waits is {failed}: mend --resource")
        }
        Effect::Refused(refusal) => format!("a signal for {logical_id} was refused: {refusal}"),
    }
}

fn silence(script: &ScriptFacts, options: &str, faults: bool) -> String {
    if let Some(not_run) = script.not_run {
        return format!("{}: {not_run}", script.logical_id);
    }
    match script.ended {
        None => format!("the user data of {} was still running when the time was up", script.logical_id),
        Some(ended) if ended.code == Some(127) => format!(
            "the user data {} (command not found) before a signal counted: see its output. A command that only \
             this machine lacks can be stubbed with --stub NAME=0",
            how(ended)
        ),
        Some(ended) if ended.code != Some(0) && faults => {
            format!("the user data {} before a signal counted: see its output", how(ended))
        }
        Some(ended) if ended.code != Some(0) => format!(
            "the user data {} before a signal counted. With set -e the line that signals is never reached: put the \
             signal into a trap, trap \"cfn-signal -e \\$? {options}\" EXIT",
            how(ended)
        ),
        Some(_) => format!(
            "the user data ended well, but no signal counted: its last line should be cfn-signal -e $? {options}"
        ),
    }
}

/// How user data ended, in words.
pub(super) fn how(ended: Ended) -> String {
    match (ended.code, ended.signal) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended without a status".to_owned(),
    }
}
