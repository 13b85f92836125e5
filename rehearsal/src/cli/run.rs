//! `cfn-rehearse run`.

use std::time::Duration;

use super::arguments::Run;
use super::boots::{Boots, Equipment};
use super::drive::{Drive, Pause};
use super::reports::Reports;
use super::{CliError, INTERRUPTED, end, scripts, told, values};
use crate::rehearsal::Rehearsal;
use crate::run::{Boot, check_place, find_signal_command, kill_daemons, sweep};

/// Without a process that could still do something, a moment of quiet is enough.
const QUIET: Duration = Duration::from_millis(50);

/// Between asking user data to end and making it.
const TERMINATION: Duration = Duration::from_secs(1);

pub(super) async fn run(arguments: &Run) -> Result<u8, CliError> {
    arguments.stacked.reports.check()?;
    if let Some((stack, id)) = arguments.resources.iter().find_map(|it| it.split_once('/')) {
        return Err(CliError::Usage(format!(
            "--resource {stack}/{id}: what a nested stack has is not chosen: rehearse all of the stack, without --resource, or the \
             nested stack's template by itself, with --resource {id}"
        )));
    }
    let given = arguments.scripts.read()?;
    let mut options = arguments.stacked.options(arguments.clock, arguments.speed, Some(&arguments.template));
    options.resources = arguments.resources.clone();
    options.update_from = arguments.update_from.clone();
    arguments.old_values.give(&mut options);
    options.user_data = given.all;
    options.user_data_of = given.of;
    options.faults = arguments.stacked.faults.plan()?;
    options.runs = true;
    options.runs_init = arguments.init.runs();
    let rehearsal = Rehearsal::prepare(&options)?;
    let Some(principal) = &rehearsal.principal else { return Ok(super::UNUSABLE) };
    let launching: Vec<_> = principal
        .plan
        .launching()
        .map(|it| it.logical_id.as_str())
        .filter(|id| arguments.resources.is_empty() || arguments.resources.iter().any(|chosen| chosen == id))
        .collect();
    scripts::check(&options, &launching)?;
    // Without anything to run, nothing has to be there either.
    let runs = !launching.is_empty() || principal.launches_below;
    let signal_command = match find_signal_command(arguments.cfn_signal.as_deref()) {
        Ok(path) => path,
        Err(error) if runs || arguments.cfn_signal.is_some() => return Err(error.into()),
        Err(_) => std::path::PathBuf::new(),
    };
    if runs {
        sweep();
        check_place()?;
    }
    let mut console = arguments.stacked.reports.console();
    values::announce(&rehearsal, &mut console);
    for id in &principal.left_out {
        console.note(&format!("{id}: not rehearsed, so its policies are left out; it counts as created"));
    }
    principal.remarks.iter().for_each(|line| console.note(line));
    told::without_room(&principal.plan).iter().for_each(|line| console.warn(line));
    arguments.stacked.faults.announce(&options.faults, &mut console);
    let boots = Boots::new(Equipment {
        signal_command,
        stubs: arguments.stubs.clone(),
        windows: principal.windows.clone(),
        init: arguments.init.runs(),
        resources: arguments.resources.clone(),
        grace: Duration::from_secs(arguments.grace),
        parallel: arguments.parallel.map_or_else(cores, std::num::NonZeroUsize::get),
    });
    let mut reports = Reports::new(&arguments.stacked.reports, &arguments.template);
    // What is said by now is not said again.
    reports.notes = rehearsal.notes();
    let mut drive = Drive::new(rehearsal, console, reports, Some(boots), QUIET)?;
    drive.begin()?;
    if let Some(before) = &arguments.update_from {
        drive.console.note(&format!(
            "stack {} is taken as created from {}, its signals as received; it is updated now",
            arguments.stacked.stack_name,
            before.display()
        ));
    }
    let mut pause = drive.until_decided().await?;
    if pause == Pause::Decided {
        pause = wind_down(&mut drive, Duration::from_secs(arguments.grace)).await?;
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

/// What runs may end by itself; then it is ended. An instance that rolls back is terminated.
async fn wind_down(drive: &mut Drive, grace: Duration) -> Result<Pause, CliError> {
    let going_on = |drive: &Drive| drive.boots.as_ref().is_some_and(Boots::any_goes_on);
    let pause = drive.go_on(Some(grace), going_on).await?;
    // That an instance was terminated is said where its user data is ended.
    if drive.boots.as_ref().is_some_and(Boots::any_goes_on_in_service) {
        drive.console.note("the stack's fate is decided; the user data that still runs is ended (--grace)");
    }
    finish(drive).await?;
    Ok(pause)
}

/// Ends what still runs; at once when interrupted.
async fn finish(drive: &mut Drive) -> Result<Pause, CliError> {
    if let Some(boots) = &mut drive.boots {
        let left = boots.give_up();
        if left > 0 {
            drive.console.warn(&format!(
                "{left} instance(s) never had their turn: {} scripts run at a time (--parallel)",
                boots.parallel()
            ));
        }
    }
    let mut pause = Pause::Decided;
    for end in [Boot::terminate, Boot::kill] {
        if pause != Pause::Interrupted && drive.any_runs() {
            drive.boots.iter_mut().flat_map(|boots| &mut boots.running).for_each(end);
            pause = drive.go_on(Some(TERMINATION), Drive::any_runs).await?;
        }
    }
    if pause == Pause::Interrupted {
        let _ = kill_daemons();
        return Ok(pause);
    }
    if drive.boots.as_ref().is_some_and(|boots| !boots.running.is_empty()) {
        drive.go_on(Some(TERMINATION), |_| kill_daemons()).await?;
    }
    if drive.any_runs() {
        drive.boots.iter_mut().flat_map(|boots| &mut boots.running).for_each(Boot::terminate);
        drive.go_on(Some(TERMINATION), Drive::any_runs).await?;
        drive.boots.iter_mut().flat_map(|boots| &mut boots.running).for_each(Boot::kill);
        drive.go_on(Some(TERMINATION), Drive::any_runs).await?;
    }
    if drive.boots.as_ref().is_some_and(|boots| boots.any_started) {
        drive.go_on(Some(TERMINATION), |_| kill_daemons()).await?;
    }
    // Signals that came with the end have their line too.
    drive.go_on(Some(Duration::ZERO), |_| true).await
}

/// Scripts at a time unless told.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get)
}
