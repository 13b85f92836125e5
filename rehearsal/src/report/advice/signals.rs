//! Signals that came, and were not what the resource waits for.

use super::{Facts, ScriptFacts};
use crate::account::Stray;
use crate::happening::{Effect, SignalReceived};
use crate::stack::SignalError;

/// A line for each that was seen, what is likest first.
pub(super) fn seen(facts: &Facts, failed: &str, script: Option<&ScriptFacts>) -> Vec<String> {
    let to_do_with_it = |it: &&SignalReceived| match &it.effect {
        // That somebody else was signalled twice or too late does not matter here.
        Effect::Refused(SignalError::NoSuchResource { .. } | SignalError::TakesNoSignal { .. }) => true,
        Effect::Refused(_) => it.logical_id == failed,
        Effect::Counted | Effect::Uncounted => true,
    };
    let idle = facts.idle.iter().filter(to_do_with_it);
    let mut told: Vec<String> =
        idle.map(|signal| misdirected(signal, failed, script, &facts.groups)).collect();
    // What the stack itself refused has been told by now.
    let known = |stray: &&Stray| !facts.idle.iter().any(|it| refused_so(it, stray));
    told.extend(facts.strays.iter().filter(known).map(|it| strayed(it, facts)));
    told.dedup();
    told
}

fn refused_so(signal: &SignalReceived, stray: &Stray) -> bool {
    match &signal.effect {
        Effect::Refused(refusal) => stray.refusal.ends_with(&refusal.to_string()),
        Effect::Counted | Effect::Uncounted => false,
    }
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

/// A signal that no stack heard of.
fn strayed(stray: &Stray, facts: &Facts) -> String {
    let Stray { stack, logical_id, unique_id, refusal, elsewhere } = stray;
    let what =
        format!("a signal for {logical_id} of stack {stack}, from {unique_id}, was refused ({refusal})");
    let (name, region) = (&facts.stack_name, &facts.region);
    if *elsewhere {
        format!("{what}: it was sent to another region, and the stack is in {region}. Mend --region or --url")
    } else if refusal.ends_with("does not exist") && !stack.contains(name.as_str()) {
        format!(
            "{what}: this stack is called {name}. Signal ${{AWS::StackName}}; or, where the name is fixed, as in what the \
             CDK writes, rehearse with --stack-name {stack}"
        )
    } else {
        what
    }
}
