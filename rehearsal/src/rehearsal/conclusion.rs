//! What the stack's end comes to, and what to do about it.

use super::Rehearsal;
use super::nested::Culprit;
use crate::engine::Engine;
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
        let culprit = summary.failure.as_ref().and_then(|failure| self.culprit(principal, failure));
        let facts = Facts {
            failure: summary.failure.clone(),
            stuck: summary.status == Status::UpdateRollbackFailed,
            failing: failing_ones,
            scripts,
            groups: groups(engine),
            idle: engine.idle_signals(),
            faults: self.faults.came_true(),
        };
        let advice = match culprit {
            None => advise(&facts),
            Some(Culprit { stack, failure }) => {
                let (failed, reason) = &failure;
                let mut advice = vec![format!("stack {} says why: {failed}: {reason}", stack.name)];
                advice.extend(advise(&Facts {
                    failing: stack.engine.look(|_, history| failing(history)),
                    groups: groups(&stack.engine),
                    idle: stack.engine.idle_signals(),
                    failure: Some(failure),
                    ..facts
                }));
                advice
            }
        };
        self.reporter.advised(&principal.deployed.name, &advice);
        Some(Conclusion { summary, advice })
    }
}

/// The unique ids of the signals that said that something failed.
fn failing(events: &[Event]) -> Vec<String> {
    let reasons = events.iter().filter_map(|it| it.reason.as_deref());
    reasons
        .filter_map(|it| it.strip_prefix("Received FAILURE signal with UniqueId "))
        .map(str::to_owned)
        .collect()
}

/// The groups of a stack.
fn groups(engine: &Engine) -> Vec<String> {
    engine.look(|machine, _| {
        let groups = machine.resources().filter(|it| it.resource_type == GROUP);
        groups.map(|it| it.logical_id.to_owned()).collect()
    })
}
