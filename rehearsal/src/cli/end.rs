//! The last lines.

use super::drive::Drive;
use super::{CliError, INTERRUPTED};
use crate::clock::ClockKind;
use crate::moment::spoken;
use crate::rehearsal::Conclusion;
use crate::report::json::Ending;
use crate::report::{ScriptFacts, state};
use crate::stack::Status;

/// Says how it ended, and what to do; gives the exit code.
pub(super) fn conclude(drive: &mut Drive) -> u8 {
    take_notes(drive);
    let scripts = scripts(drive);
    let Some(Conclusion { summary, advice }) = drive.rehearsal.conclude(scripts) else { return INTERRUPTED };
    let Some(principal) = &drive.rehearsal.principal else { return INTERRUPTED };
    let fate = principal.deployed.engine.fate();
    let name = principal.deployed.name.clone();
    let resources = principal.plan.resources.len();
    let clock = drive.rehearsal.account.clock.kind();
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
        && resources > 1
        && !span.is_zero()
    {
        cost = format!("{cost}; longest for {id}, {}", spoken(*span));
    }
    console.field("Wait", &cost);
    if let Some(faults) = drive.rehearsal.faults.summary() {
        console.field("Faults", &faults);
    }
    for text in &advice {
        console.field(if summary.failure.is_some() { "Advice" } else { "But" }, text);
    }
    Ending::of(fate).exit_code
}

/// Learns what is to be said beside the stacks' histories; on the console too, if not everything could be told.
fn take_notes(drive: &mut Drive) {
    let notes = drive.rehearsal.notes();
    if let Some(untold) = notes.untold()
        && notes.untold > drive.reports.notes.untold
    {
        drive.console.warn(&untold);
    }
    for made in notes.made_up.iter().filter(|it| !drive.reports.notes.made_up.contains(it)) {
        drive.console.note(&format!("made up: {made}"));
    }
    drive.reports.notes = notes;
}

/// Says where it stood when it was interrupted.
pub(super) fn interrupted(drive: &mut Drive) -> u8 {
    let stood = drive.rehearsal.principal.as_ref().map(|principal| {
        let status = principal.deployed.status().map_or("not begun", Status::as_str);
        format!("Interrupted: stack {} is {status}", principal.deployed.name)
    });
    drive.console.clear();
    drive.console.line("");
    drive.console.verdict(false, stood.as_deref().unwrap_or("Interrupted"));
    stand(drive);
    INTERRUPTED
}

/// Writes the reports: to be called last, with what the process exits with.
pub(super) fn report(drive: &mut Drive, exit_code: u8) -> Result<u8, CliError> {
    take_notes(drive);
    let ending = Ending { exit_code, interrupted: exit_code == INTERRUPTED };
    drive.rehearsal.reporter.finish(ending, &drive.reports.notes);
    drive.reports.write(&drive.rehearsal, ending, &drive.console)?;
    Ok(exit_code)
}

/// An account that has nothing more to wait for is closed by interrupting it: says what stacks it had.
pub(super) fn closed(drive: &mut Drive) {
    drive.console.clear();
    let count = drive.rehearsal.account.all().len();
    drive.console.line("");
    drive.console.verdict(true, &format!("Closed, with {count} stack{}", if count == 1 { "" } else { "s" }));
    stand(drive);
}

/// Where each stack stands, oldest first; of one under way, what it waits for and its resources too.
fn stand(drive: &mut Drive) {
    let now = drive.rehearsal.account.clock.now();
    let stacks = drive.rehearsal.account.all();
    for stack in stacks.iter().rev() {
        let status = stack.status().map_or("not begun", Status::as_str);
        drive.console.field("Stack", &format!("{} is {status}", stack.name));
        if stack.engine.fate().is_some() {
            continue;
        }
        for it in stack.engine.waiting() {
            let left = spoken(it.until.since(now));
            let text = format!(
                "{} has {} of {} signal(s), and {left} left",
                it.logical_id, it.received, it.expected
            );
            drive.console.field("Waiting", &text);
        }
        let record = drive.rehearsal.reporter.stacks().iter().find(|it| it.name == stack.name);
        record.map(state).unwrap_or_default().iter().for_each(|line| drive.console.text(line));
    }
}

/// What the instances' user data did: what went wrong first.
fn scripts(drive: &Drive) -> Vec<ScriptFacts> {
    let Some(boots) = &drive.boots else { return Vec::new() };
    let mut scripts: Vec<_> = boots
        .all()
        .map(|booted| ScriptFacts {
            logical_id: booted.launch.logical_id.clone(),
            instance_id: booted.launch.instance_id.clone(),
            waits: booted.waits,
            not_run: booted.not_run,
            ended: booted.ended,
            seen: booted.seen.clone(),
        })
        .collect();
    scripts.sort_by_key(|script| match (script.not_run, script.ended) {
        (Some(_), _) => 0,
        (None, Some(ended)) if ended.code != Some(0) => 1,
        (None, None) => 2,
        (None, Some(_)) => 3,
    });
    scripts
}
