//! `cfn-rehearse serve`.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use super::arguments::Serve;
use super::boots::{Boots, Equipment};
use super::drive::{Drive, Pause};
use super::finish::{finish, let_end, wind_down};
use super::reports::{OutputChoice, ReportError, Reports};
use super::{COMPLETE, CliError, INTERRUPTED, end, environment, port_file, running, told, values};
use crate::rehearsal::Rehearsal;
use crate::report::Console;
use crate::report::json::Ending;

pub(super) async fn serve(arguments: &Serve) -> Result<u8, CliError> {
    let chosen = &arguments.stacked.reports;
    if arguments.env && chosen.output == OutputChoice::Json {
        return Err(ReportError::TwoOutputs.into());
    }
    chosen.check()?;
    arguments.running.check()?;
    let (mut options, named) =
        arguments.stacked.options(arguments.clock, arguments.speed, arguments.template.as_deref());
    options.faults = arguments.stacked.faults.plan()?;
    arguments.running.give(&mut options)?;
    let equipment = arguments.running.prepare()?;
    let rehearsal = Rehearsal::prepare(&options)?;
    let mut console = if arguments.env { Console::stderr().only(&chosen.only) } else { chosen.console() };
    if arguments.env {
        // Nobody can use what serves without them: a closed pipe is an error here.
        let lines = environment::exports(&rehearsal).join("\n") + "\n";
        let mut out = std::io::stdout().lock();
        out.write_all(lines.as_bytes()).and_then(|()| out.flush()).map_err(CliError::Output)?;
    }
    named.iter().for_each(|line| console.note(line));
    console.hide(&rehearsal.account.secrets);
    let endpoint = rehearsal.endpoint();
    let what = match &rehearsal.principal {
        Some(principal) => format!("stack {} answers at {endpoint}", principal.deployed.name),
        None => format!("an account without stacks answers at {endpoint}; interrupt to end"),
    };
    console.note(&what);
    equipment.iter().flat_map(running::announcement).for_each(|line| console.note(&line));
    rehearsal.principal.iter().flat_map(|it| &it.remarks).for_each(|line| console.note(line));
    if let Some(principal) = &rehearsal.principal {
        told::without_room(&principal.plan).iter().for_each(|line| console.warn(line));
    }
    values::announce(&rehearsal, &mut console);
    arguments.stacked.faults.announce(&options.faults, &mut console);
    let port = rehearsal.address.port();
    let title = arguments.template.as_deref().unwrap_or(Path::new("an account without a template"));
    let mut reports = Reports::new(chosen, title);
    // What is said by now is not said again.
    reports.notes = rehearsal.notes();
    let boots = equipment.map(|it| boots(&rehearsal, it));
    let quiet = Duration::from_secs_f64(arguments.quiet);
    let mut drive = Drive::new(rehearsal, console, reports, boots, quiet)?;
    if let Some(path) = &arguments.port_file {
        port_file::write(path, port)?;
    }
    let stays = match drive.rehearsal.principal {
        Some(_) => until_decided(&mut drive, arguments).await?,
        None => Stays { code: COMPLETE, ends: false },
    };
    if stays.ends {
        return end::report(&mut drive, stays.code);
    }
    drive.go_on(None, |_| true).await?;
    if drive.boots.is_some() && finish(&mut drive).await? == Pause::Interrupted {
        // Asked twice: at once, then. Whatever still runs is ended with the drive.
        return Ok(INTERRUPTED);
    }
    end::closed(&mut drive);
    end::report(&mut drive, stays.code)
}

/// What to exit with, and whether it is time to.
struct Stays {
    code: u8,
    ends: bool,
}

/// The template's stack comes to its fate.
async fn until_decided(drive: &mut Drive, arguments: &Serve) -> Result<Stays, CliError> {
    drive.begin()?;
    let mut pause = drive.until_decided().await?;
    if pause == Pause::Decided && arguments.once {
        wind_down(drive, arguments.running.grace()).await?;
    } else if pause == Pause::Decided {
        pause = let_end(drive, arguments.running.grace()).await?;
    }
    if pause == Pause::Interrupted && drive.rehearsal.fate().is_none() {
        finish(drive).await?;
        return Ok(Stays { code: end::interrupted(drive), ends: true });
    }
    let code = end::conclude(drive);
    if arguments.once {
        return Ok(Stays { code, ends: true });
    }
    // Already now, for whoever does not end it gently.
    drive.reports.write(&drive.rehearsal, Ending { exit_code: code, interrupted: false }, &drive.console)?;
    if pause == Pause::Interrupted {
        finish(drive).await?;
        end::closed(drive);
        return Ok(Stays { code, ends: true });
    }
    drive.console.note("still answering; interrupt to end");
    Ok(Stays { code, ends: false })
}

/// The instances of every stack, those of the template's among them.
fn boots(rehearsal: &Rehearsal, equipment: Equipment) -> Boots {
    let principal = rehearsal.principal.as_ref();
    Boots::new(Equipment { own: principal.map(|it| it.deployed.id.clone()), ..equipment })
}
