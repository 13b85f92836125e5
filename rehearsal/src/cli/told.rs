//! What happens, as the console has it.

use crate::happening::{Effect, SignalReceived};
use crate::model::{Role, Stack, UpdatePolicy};
use crate::stack::{ScaleOutcome, Scaled};

/// A signal without effect; one that counts has an event of its own.
pub(super) fn idle(signal: &SignalReceived) -> Option<String> {
    let SignalReceived { logical_id, unique_id, outcome, effect, .. } = signal;
    let what = format!("! {} signal for {logical_id} with unique id {unique_id}", outcome.as_str());
    match effect {
        Effect::Counted => None,
        Effect::Uncounted => Some(format!("{what} was accepted, but does not count")),
        Effect::Refused(refusal) => Some(format!("{what} was refused: {refusal}")),
    }
}

/// Groups whose updates will fail, which is seen only once instances have to be replaced.
pub(super) fn without_room(plan: &Stack) -> Vec<String> {
    let groups = plan.resources.iter().filter_map(|it| match &it.role {
        // Of one that is refused, or not known yet, the sizes say nothing.
        Role::Group(group) if it.refusal.is_none() => Some((&it.logical_id, group)),
        _ => None,
    });
    groups
        .filter_map(|(id, group)| match group.update_policy {
            UpdatePolicy::Rolling(policy) if policy.leaves_no_room(group.max_size) => Some(format!(
                "! {id}: MinInstancesInService, {}, is not less than the MaxSize, {}: every update that has to replace \
                 instances will fail",
                policy.min_instances_in_service, group.max_size
            )),
            _ => None,
        })
        .collect()
}

/// A scaling policy that acted; the error is one that did not get what it asked for.
pub(super) fn scaled(scaled: &Scaled) -> Result<String, String> {
    let Scaled { logical_id, asked, .. } = scaled;
    match scaled.outcome {
        ScaleOutcome::Set { from, to } if to == *asked && from == to => {
            Ok(format!("{logical_id} is not scaled: it is to have {to} already"))
        }
        ScaleOutcome::Set { from, to } if to == *asked => {
            Ok(format!("{logical_id} is scaled from {from} to {to}"))
        }
        ScaleOutcome::Set { from, to } => Err(format!(
            "{logical_id} is scaled from {from} to {to}: {asked} is not within its sizes at this moment"
        )),
        ScaleOutcome::Suspended => {
            Err(format!("{logical_id} is not scaled to {asked}: its update suspends AlarmNotification"))
        }
        ScaleOutcome::Over => {
            Err(format!("{logical_id} is not scaled to {asked}: the update is over before"))
        }
        ScaleOutcome::NoGroup => {
            Err(format!("{logical_id} is not scaled to {asked}: there is no such group at this moment"))
        }
    }
}
