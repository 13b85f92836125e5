//! The last lines.

use super::drive::Drive;
use super::{COMPLETE, INTERRUPTED, ROLLED_BACK};
use crate::clock::ClockKind;
use crate::model::Role;
use crate::moment::spoken;
use crate::report::{Facts, ScriptFacts, advise, summarise};

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
    let name = drive.rehearsal.stack.name.clone();
    let clock = drive.rehearsal.engine.clock().kind();
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
    let pace = match clock {
        ClockKind::Real => None,
        ClockKind::Virtual => Some("in virtual time".to_owned()),
        ClockKind::Scaled(speed) => Some(format!("at {} times the speed", speed.times())),
    };
    if let Some(pace) = pace {
        cost = format!("{cost} {pace}; {} on this machine", spoken(took_here));
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
        Some(fate) if fate.is_good() => COMPLETE,
        Some(_) => ROLLED_BACK,
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
    let waiting = engine.waiting();
    drive.console.line("");
    drive.console.verdict(false, &format!("Interrupted: stack {name} is {status}"));
    for it in waiting {
        drive.console.field(
            "Waiting",
            &format!(
                "{} has {} of {} signal(s), and {} left",
                it.logical_id,
                it.received,
                it.expected,
                spoken(it.until.since(now))
            ),
        );
    }
    INTERRUPTED
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
