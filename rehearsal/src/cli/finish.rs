//! What runs comes to its end.

use std::time::Duration;

use super::CliError;
use super::boots::Boots;
use super::drive::{Drive, Pause};
use crate::run::{Boot, kill_daemons};

/// Between asking user data to end and making it.
const TERMINATION: Duration = Duration::from_secs(1);

/// User data may come to its end by itself.
pub(super) async fn let_end(drive: &mut Drive, grace: Duration) -> Result<Pause, CliError> {
    let going_on = |drive: &Drive| drive.boots.as_ref().is_some_and(Boots::any_goes_on);
    drive.go_on(Some(grace), going_on).await
}

/// What runs may end by itself; then it is ended. An instance that rolls back is terminated.
pub(super) async fn wind_down(drive: &mut Drive, grace: Duration) -> Result<Pause, CliError> {
    let pause = let_end(drive, grace).await?;
    // That an instance was terminated is said where its user data is ended.
    if drive.boots.as_ref().is_some_and(Boots::any_goes_on_in_service) {
        drive.console.note("the stack's fate is decided; the user data that still runs is ended (--grace)");
    }
    finish(drive).await?;
    Ok(pause)
}

/// Ends what still runs; at once when interrupted.
pub(super) async fn finish(drive: &mut Drive) -> Result<Pause, CliError> {
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
