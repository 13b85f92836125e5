//! The last lines.

use super::drive::Drive;
use super::{COMPLETE, CliError, INTERRUPTED, ROLLED_BACK};
use crate::clock::ClockKind;
use crate::model::Role;
use crate::moment::spoken;
use crate::report::json::Ending;
use crate::report::{Facts, ScriptFacts, advise, state, summarise};
use crate::stack::Fate;

/// Says how it ended, and what to do; gives the exit code.
pub(super) fn conclude(drive: &mut Drive) -> u8 {
    let engine = &drive.rehearsal.engine;
    let fate = engine.fate();
    let Some(summary) = engine.look(|_, history| summarise(history)) else { return INTERRUPTED };
    let facts = Facts {
        failure: summary.failure.clone(),
        scripts: scripts(drive),
        idle: drive.rehearsal.engine.idle_signals(),
    };
    let advice = advise(&facts);
    drive.reports.recorder.advised(&drive.rehearsal.stack.name, &advice);
    let name = drive.rehearsal.stack.name.clone();
    let virtual_time = drive.rehearsal.engine.clock().kind() == ClockKind::Virtual;
    let took_here = drive.begun.elapsed();
    let console = &mut drive.console;
    console.line("");
    match &summary.failure {
        None => console.verdict(true, &format!("Stack {name} is {}", summary.status)),
        Some((failed, reason)) => {
            console.verdict(false, &format!("Stack {name} is {}", summary.status));
            console.field("Why", &format!("{failed}: {reason}"));
        }
    }
    let mut cost = spoken(summary.took);
    if virtual_time {
        cost = format!("{cost} in virtual time; {} on this machine", spoken(took_here));
    }
    if let Some((id, span)) = &summary.longest
        && drive.rehearsal.stack.resources.len() > 1
        && !span.is_zero()
    {
        cost = format!("{cost}; longest for {id}, {}", spoken(*span));
    }
    console.field("Wait", &cost);
    for text in &advice {
        console.field(if summary.failure.is_some() { "Advice" } else { "But" }, text);
    }
    match fate {
        Some(Fate::Complete) => COMPLETE,
        Some(Fate::RolledBack) => ROLLED_BACK,
        None => INTERRUPTED,
    }
}

/// Says where it stood when it was interrupted.
pub(super) fn interrupted(drive: &mut Drive) -> u8 {
    let engine = &drive.rehearsal.engine;
    let now = engine.clock().now();
    let (name, status) = engine.look(|machine, _| {
        let status = machine.stack_status().map_or("not begun", |(status, ..)| status.as_str());
        (machine.name().to_owned(), status)
    });
    drive.console.line("");
    drive.console.verdict(false, &format!("Interrupted: stack {name} is {status}"));
    for it in drive.rehearsal.engine.waiting() {
        let left = spoken(it.until.since(now));
        let text =
            format!("{} has {} of {} signal(s), and {left} left", it.logical_id, it.received, it.expected);
        drive.console.field("Waiting", &text);
    }
    for stack in drive.reports.recorder.stacks() {
        state(stack).iter().for_each(|line| drive.console.line(line));
    }
    INTERRUPTED
}

/// Writes the reports: to be called last, with what the process exits with.
pub(super) fn report(drive: &mut Drive, exit_code: u8) -> Result<u8, CliError> {
    let ending = Ending { exit_code, interrupted: exit_code == INTERRUPTED };
    drive.reports.finish(ending);
    drive.reports.write(ending)?;
    Ok(exit_code)
}

fn scripts(drive: &Drive) -> Vec<ScriptFacts> {
    if drive.boots.is_none() {
        return Vec::new();
    }
    let waits =
        |id: &str| {
            drive.rehearsal.stack.resources.iter().any(|it| {
                it.logical_id == id && matches!(it.role, Role::Instance { creation_policy: Some(_) })
            })
        };
    drive
        .rehearsal
        .instances
        .iter()
        .map(|instance| ScriptFacts {
            logical_id: instance.logical_id.clone(),
            instance_id: instance.instance_id.clone(),
            waits: waits(&instance.logical_id),
            not_run: drive.not_run.iter().find(|(id, _)| *id == instance.logical_id).map(|(_, why)| *why),
            ended: drive
                .running
                .iter()
                .find(|boot| boot.logical_id == instance.logical_id && !boot.cut_short)
                .and_then(|boot| boot.ended),
        })
        .collect()
}
