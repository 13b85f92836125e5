//! `cfn-rehearse run`.

use std::time::Duration;

use super::arguments::Run;
use super::drive::{Boots, Drive, Pause};
use super::{CliError, end};
use crate::rehearsal::Rehearsal;
use crate::report::Console;
use crate::run::{Boot, check, find_signal_command, kill_daemons};
use crate::stack::Fate;

/// Without a process that could still do something, a moment of quiet is enough.
const QUIET: Duration = Duration::from_millis(50);

/// Between asking user data to end and making it.
const TERMINATION: Duration = Duration::from_secs(1);

pub(super) async fn run(arguments: &Run) -> Result<u8, CliError> {
    let given = arguments
        .user_data
        .as_ref()
        .map(|path| {
            std::fs::read(path)
                .map_err(|error| CliError::UserData { path: path.display().to_string(), error })
        })
        .transpose()?;
    let mut options = arguments.stacked.options(arguments.clock, arguments.speed, arguments.resource.clone());
    options.user_data = given;
    let rehearsal = Rehearsal::prepare(&options).await?;
    if options.user_data.is_some() {
        match rehearsal.instances.as_slice() {
            [_] => {}
            [] => {
                return Err(CliError::Usage(
                    "--user-data: the template has no instance to run it".to_owned(),
                ));
            }
            many => {
                let ids: Vec<_> = many.iter().map(|it| it.logical_id.as_str()).collect();
                return Err(CliError::Usage(format!(
                    "--user-data: say with --resource which instance runs it: {}",
                    ids.join(", ")
                )));
            }
        }
    }
    let runs =
        rehearsal.instances.iter().any(|it| it.user_data.as_ref().is_some_and(|data| check(data).is_ok()));
    // Without anything to run, nothing has to be there either.
    let signal_command = match find_signal_command(arguments.cfn_signal.as_deref()) {
        Ok(path) => path,
        Err(error) if runs || arguments.cfn_signal.is_some() => return Err(error.into()),
        Err(_) => std::path::PathBuf::new(),
    };
    let mut console = Console::stdout();
    for id in &rehearsal.left_out {
        console
            .note(&format!("{id}: not rehearsed, so its CreationPolicy is left out; it counts as created"));
    }
    let boots = Boots { signal_command, stubs: arguments.stubs.clone() };
    let mut drive = Drive::new(rehearsal, console, Some(boots), QUIET)?;
    let mut pause = drive.until_decided().await?;
    if pause == Pause::Decided {
        pause = wind_down(&mut drive, Duration::from_secs(arguments.grace)).await?;
    }
    drive.console.clear();
    if pause == Pause::Interrupted && drive.rehearsal.engine.fate().is_none() {
        finish(&mut drive).await?;
        return Ok(end::interrupted(&mut drive));
    }
    Ok(end::conclude(&mut drive))
}

/// What runs may end by itself; then it is ended. An instance that rolls back is terminated.
async fn wind_down(drive: &mut Drive, grace: Duration) -> Result<Pause, CliError> {
    let going_on = |drive: &Drive| drive.running.iter().any(|boot| boot.ended.is_none());
    let pause = drive.linger(Some(grace), going_on).await?;
    if going_on(drive) {
        let why = match drive.rehearsal.engine.fate() {
            Some(Fate::RolledBack) => "the instance is terminated, and its user data with it",
            _ => "the stack's fate is decided; the user data that still runs is ended (--grace)",
        };
        drive.console.note(why);
    }
    finish(drive).await?;
    Ok(pause)
}

async fn finish(drive: &mut Drive) -> Result<(), CliError> {
    if drive.any_runs() {
        drive.running.iter_mut().for_each(Boot::terminate);
        drive.linger(Some(TERMINATION), Drive::any_runs).await?;
        drive.running.iter_mut().for_each(Boot::kill);
        drive.linger(Some(TERMINATION), Drive::any_runs).await?;
    }
    if !drive.running.is_empty() {
        drive.linger(Some(TERMINATION), |_| kill_daemons()).await?;
    }
    // Signals that came with the end have their line too.
    drive.linger(Some(Duration::ZERO), |_| true).await?;
    Ok(())
}
