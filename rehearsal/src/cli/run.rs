//! `cfn-rehearse run`.

use std::time::Duration;

use super::arguments::Run;
use super::boots::{Boots, Equipment};
use super::drive::{Drive, Pause};
use super::finish::{finish, wind_down};
use super::reports::Reports;
use super::{CliError, INTERRUPTED, end, scripts, told, values};
use crate::rehearsal::Rehearsal;
use crate::run::Tried;

/// Without a process that could still do something, a moment of quiet is enough.
const QUIET: Duration = Duration::from_millis(50);

pub(super) async fn run(arguments: &Run) -> Result<u8, CliError> {
    arguments.stacked.reports.check()?;
    if let Some((stack, id)) = arguments.resources.iter().find_map(|it| it.split_once('/')) {
        return Err(CliError::Usage(format!(
            "--resource {stack}/{id}: what a nested stack has is not chosen: rehearse all of the stack, without --resource, or the \
             nested stack's template by itself, with --resource {id}"
        )));
    }
    let (mut options, named) =
        arguments.stacked.options(arguments.clock, arguments.speed, Some(&arguments.template));
    options.resources = arguments.resources.clone();
    options.update_from = arguments.update_from.clone();
    arguments.old_values.give(&mut options);
    arguments.equipment.give(&mut options)?;
    options.faults = arguments.stacked.faults.plan()?;
    let rehearsal = Rehearsal::prepare(&options)?;
    let Some(principal) = &rehearsal.principal else { return Ok(super::UNUSABLE) };
    let launching: Vec<_> = principal
        .plan
        .launching()
        .map(|it| it.logical_id.as_str())
        .filter(|id| arguments.resources.is_empty() || arguments.resources.iter().any(|chosen| chosen == id))
        .collect();
    scripts::check(&options, &launching)?;
    let equipment = arguments.equipment.prepare(!launching.is_empty() || principal.launches_below)?;
    let mut console = arguments.stacked.reports.console();
    named.iter().for_each(|line| console.note(line));
    values::announce(&rehearsal, &mut console);
    for id in &principal.left_out {
        console.note(&format!("{id}: not rehearsed, so its policies are left out; it counts as created"));
    }
    principal.remarks.iter().for_each(|line| console.note(line));
    told::without_room(&principal.plan).iter().for_each(|line| console.warn(line));
    arguments.stacked.faults.announce(&options.faults, &mut console);
    if let Some(boxes) = &equipment.boxes {
        boxes.announcement().iter().for_each(|line| console.note(line));
    }
    equipment.runtime.iter().filter_map(Tried::announcement).for_each(|line| console.warn(&line));
    let boots = Boots::new(Equipment {
        own: Some(principal.deployed.id.clone()),
        resources: arguments.resources.clone(),
        ..equipment
    });
    let mut reports = Reports::new(&arguments.stacked.reports, &arguments.template);
    // What is said by now is not said again.
    reports.notes = rehearsal.notes();
    let mut drive = Drive::new(rehearsal, console, reports, Some(boots), QUIET)?;
    drive.begin()?;
    if let Some(before) = &arguments.update_from {
        drive.console.note(&format!(
            "stack {} is taken as created from {}, its signals as received; it is updated now",
            options.stack_name,
            before.display()
        ));
    }
    let mut pause = drive.until_decided().await?;
    if pause == Pause::Decided {
        pause = wind_down(&mut drive, arguments.equipment.grace()).await?;
    }
    drive.console.clear();
    if pause == Pause::Interrupted && drive.rehearsal.fate().is_none() {
        if finish(&mut drive).await? == Pause::Interrupted {
            // Asked twice: at once, then. Whatever still runs is ended with the drive.
            return Ok(INTERRUPTED);
        }
        let code = end::interrupted(&mut drive);
        return end::report(&mut drive, code);
    }
    let code = end::conclude(&mut drive);
    end::report(&mut drive, code)
}
