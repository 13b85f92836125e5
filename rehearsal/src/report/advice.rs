//! What to do about a stack that rolled back, or about one that is green and should not be.

mod signals;
mod silence;

pub use silence::empty as empty_group;

use super::seen::Seen;
use crate::account::Stray;
use crate::happening::SignalReceived;
use crate::run::{Ended, NotRun};

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
    /// What was seen of it.
    pub seen: Seen,
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
    /// Those that start no instance.
    pub empty_groups: Vec<String>,
    /// Faults on demand that came true, where any did.
    pub faults: Option<String>,
    /// The instances' scripts, where they were to be run.
    pub scripts: Vec<ScriptFacts>,
    /// Signals without effect.
    pub idle: Vec<SignalReceived>,
    /// Signals that no stack has heard of.
    pub strays: Vec<Stray>,
    /// The stack's name.
    pub stack_name: String,
    /// Its region.
    pub region: String,
    /// The handle whose documents the failed resource waits for, where it does.
    pub handle: Option<String>,
    /// Where the metadata for `cfn-init` has the failed resource's signal.
    pub in_init: Vec<String>,
    /// Whether user data was to be run.
    pub runs: bool,
    /// Whether `cfn-init` runs what metadata says.
    pub init_runs: bool,
    /// Whether any user data signals the failed resource, or could.
    pub in_user_data: bool,
    /// What else has the handle.
    pub given_to: Vec<String>,
}

impl Facts {
    /// How `cfn-signal` names what it signals.
    fn options(&self, failed: &str) -> String {
        match &self.handle {
            Some(_) => "'URL of the wait condition handle'".to_owned(),
            None => format!("--stack … --resource {failed} --region …"),
        }
    }
}

/// What to do, most likely cause first. Empty where there is nothing to say.
#[must_use]
pub fn advise(facts: &Facts) -> Vec<String> {
    match &facts.failure {
        None => {
            let mut advice: Vec<_> = facts.scripts.iter().filter_map(green_and_dead).collect();
            advice.dedup();
            advice
        }
        Some((failed, reason)) => failed_advice(facts, failed, reason),
    }
}

/// A script that failed without anybody waiting for it.
fn green_and_dead(script: &ScriptFacts) -> Option<String> {
    let id = &script.logical_id;
    let Some(ended) = script.ended.filter(|ended| ended.code != Some(0)) else {
        let failed = &script.seen.failed_stubs;
        return (script.waits && !failed.is_empty())
            .then(|| format!("{id}: success was signalled although stubs failed: {}", failed.join(", ")));
    };
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
    let of_it = facts.scripts.iter().find(|it| it.logical_id == failed);
    let script = of_it.or(match facts.scripts.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|it| facts.handle.is_some() && it.seen.signals),
    });
    // A group's failures are counted.
    let silent = reason.starts_with("WaitCondition timed out")
        || reason.starts_with("Failed to receive")
        || reason.contains(" SUCCESS signal(s) out of ");
    if silent {
        advice.extend(silence::silent(facts, failed, reason, script));
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
        let unset = own.or(script).map(|it| it.seen.unset.as_slice()).unwrap_or_default();
        advice.extend(unset.iter().map(|name| silence::unset(name)));
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

/// How user data ended, in words.
pub(super) fn how(ended: Ended) -> String {
    match (ended.code, ended.signal) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended without a status".to_owned(),
    }
}

#[cfg(test)]
mod tests;
