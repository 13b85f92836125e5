//! What the stack's end comes to, and what to do about it.

use super::Rehearsal;
use super::nested::Culprit;
use super::senders::Senders;
use crate::engine::Engine;
use crate::model::{Role, Stack, Wait};
use crate::report::{Facts, ScriptFacts, Summary, advise, summarise};
use crate::stack::{Event, Status};

const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";

/// How it ended, and what to do.
pub(crate) struct Conclusion {
    /// In numbers and in the service's words.
    pub(crate) summary: Summary,
    /// Most likely cause first.
    pub(crate) advice: Vec<String>,
}

impl Rehearsal {
    /// Concludes and records the advice; none where there is no stack or nothing has happened. `scripts` are those that were
    /// run, what went wrong first.
    pub(crate) fn conclude(&mut self, scripts: Vec<ScriptFacts>) -> Option<Conclusion> {
        let principal = self.principal.as_ref()?;
        let engine = &principal.deployed.engine;
        let (summary, failing_ones) = engine.look(|_, history| {
            let events = history.get(principal.taken_for_granted..)?;
            Some((summarise(events)?, failing(events)))
        })?;
        let failed = summary.failure.as_ref().map_or("", |(id, _)| id.as_str());
        let waits_for = handle_of(&principal.plan, failed);
        let senders = &principal.senders;
        let culprit = summary.failure.as_ref().and_then(|failure| self.culprit(principal, failure));
        let facts = Facts {
            failure: summary.failure.clone(),
            stuck: summary.status == Status::UpdateRollbackFailed,
            failing: failing_ones,
            scripts,
            groups: groups(engine),
            empty_groups: empty_groups(&principal.plan),
            idle: engine.idle_signals(),
            strays: self.account.strays.all(),
            stack_name: principal.deployed.name.clone(),
            region: self.account.region.clone(),
            in_init: senders.in_init(failed, waits_for.as_deref()),
            runs: principal.runs,
            init_runs: principal.runs_init,
            in_user_data: senders.in_user_data(waits_for.as_deref()),
            given_to: waits_for.as_deref().map(|it| senders.given_to(it)).unwrap_or_default(),
            handle: waits_for,
            faults: self.faults.came_true(),
        };
        let advice = match culprit {
            None => advise(&facts),
            Some(Culprit { stack, failure }) => {
                let (failed, reason) = &failure;
                let mut advice = vec![format!("stack {} says why: {failed}: {reason}", stack.name)];
                let asked = stack.asked();
                let senders = asked
                    .as_ref()
                    .map(|(planned, given)| Senders::of(planned, |id| given.given(id).map(|it| it.as_ref())));
                let handle = asked.as_ref().and_then(|(planned, _)| handle_of(&planned.stack, failed));
                let of_handle = handle.as_deref();
                let in_init = senders.as_ref().map(|it| it.in_init(failed, of_handle));
                let given_to = senders.as_ref().zip(of_handle).map(|(it, handle)| it.given_to(handle));
                advice.extend(advise(&Facts {
                    failing: stack.engine.look(|_, history| failing(history)),
                    groups: groups(&stack.engine),
                    empty_groups: asked.as_ref().map(|(it, _)| empty_groups(&it.stack)).unwrap_or_default(),
                    idle: stack.engine.idle_signals(),
                    failure: Some(failure),
                    stack_name: stack.name.clone(),
                    in_init: in_init.unwrap_or_default(),
                    in_user_data: senders.as_ref().is_none_or(|it| it.in_user_data(of_handle)),
                    given_to: given_to.unwrap_or_default(),
                    handle,
                    ..facts
                }));
                advice
            }
        };
        self.reporter.advised(&principal.deployed.name, &advice);
        Some(Conclusion { summary, advice })
    }
}

/// The handle that a wait condition waits for, where the resource is one.
fn handle_of(plan: &Stack, logical_id: &str) -> Option<String> {
    plan.resources.iter().find_map(|it| match &it.role {
        Role::WaitCondition(Wait::Handle { handle, .. }) if it.logical_id == logical_id => {
            Some(handle.clone())
        }
        _ => None,
    })
}

/// The unique ids of the signals that said that something failed.
fn failing(events: &[Event]) -> Vec<String> {
    let reasons = events.iter().filter_map(|it| it.reason.as_deref());
    reasons
        .filter_map(|it| it.strip_prefix("Received FAILURE signal with UniqueId "))
        .map(str::to_owned)
        .collect()
}

/// The groups of a plan that start no instance.
pub(super) fn empty_groups(plan: &Stack) -> Vec<String> {
    let empty = plan
        .resources
        .iter()
        .filter(|it| matches!(&it.role, Role::Group(group) if group.desired_capacity == 0));
    empty.map(|it| it.logical_id.clone()).collect()
}

/// The groups of a stack.
fn groups(engine: &Engine) -> Vec<String> {
    engine.look(|machine, _| {
        let groups = machine.resources().filter(|it| it.resource_type == GROUP);
        groups.map(|it| it.logical_id.to_owned()).collect()
    })
}
