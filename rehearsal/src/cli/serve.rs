//! `cfn-rehearse serve`.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use super::arguments::Serve;
use super::drive::{Drive, Pause};
use super::reports::{OutputChoice, ReportError, Reports};
use super::{COMPLETE, CliError, end, environment, port_file, told, values};
use crate::rehearsal::Rehearsal;
use crate::report::Console;
use crate::report::json::Ending;

pub(super) async fn serve(arguments: &Serve) -> Result<u8, CliError> {
    let chosen = &arguments.stacked.reports;
    if arguments.env && chosen.output == OutputChoice::Json {
        return Err(ReportError::TwoOutputs.into());
    }
    chosen.check()?;
    let mut options =
        arguments.stacked.options(arguments.clock, arguments.speed, arguments.template.as_deref());
    options.faults = arguments.stacked.faults.plan()?;
    let rehearsal = Rehearsal::prepare(&options)?;
    let mut console = if arguments.env { Console::stderr().only(&chosen.only) } else { chosen.console() };
    if arguments.env {
        // Nobody can use what serves without them: a closed pipe is an error here.
        let lines = environment::exports(&rehearsal).join("\n") + "\n";
        let mut out = std::io::stdout().lock();
        out.write_all(lines.as_bytes()).and_then(|()| out.flush()).map_err(CliError::Output)?;
    }
    console.hide(&rehearsal.account.secrets);
    let endpoint = rehearsal.endpoint();
    let what = match &rehearsal.principal {
        Some(principal) => format!("stack {} answers at {endpoint}", principal.deployed.name),
        None => format!("an account without stacks answers at {endpoint}; interrupt to end"),
    };
    console.note(&what);
    rehearsal.principal.iter().flat_map(|it| &it.remarks).for_each(|line| console.note(line));
    if let Some(principal) = &rehearsal.principal {
        told::without_room(&principal.plan).iter().for_each(|line| console.warn(line));
    }
    values::announce(&rehearsal, &mut console);
    arguments.stacked.faults.announce(&options.faults, &mut console);
    let port = rehearsal.address.port();
    let has_stack = rehearsal.principal.is_some();
    let title = arguments.template.as_deref().unwrap_or(Path::new("an account without a template"));
    let mut reports = Reports::new(chosen, title);
    // What is said by now is not said again.
    reports.notes = rehearsal.notes();
    let mut drive = Drive::new(rehearsal, console, reports, None, Duration::from_secs_f64(arguments.quiet))?;
    if let Some(path) = &arguments.port_file {
        port_file::write(path, port)?;
    }
    if !has_stack {
        drive.go_on(None, |_| true).await?;
        end::closed(&mut drive);
        return end::report(&mut drive, COMPLETE);
    }
    drive.begin()?;
    let pause = drive.until_decided().await?;
    if pause == Pause::Interrupted {
        let code = end::interrupted(&mut drive);
        return end::report(&mut drive, code);
    }
    let code = end::conclude(&mut drive);
    if !arguments.once {
        // Already now, for whoever does not end it gently.
        drive.reports.write(&drive.rehearsal, Ending { exit_code: code, interrupted: false })?;
        drive.console.note("still answering; interrupt to end");
        drive.go_on(None, |_| true).await?;
        end::closed(&mut drive);
    }
    end::report(&mut drive, code)
}
