//! `cfn-rehearse serve`.

use std::io::Write as _;
use std::time::Duration;

use super::arguments::Serve;
use super::drive::{Drive, Pause};
use super::reports::{OutputChoice, ReportError, Reports};
use super::{CliError, end, environment, port_file};
use crate::rehearsal::Rehearsal;
use crate::report::Console;
use crate::report::json::Ending;

pub(super) async fn serve(arguments: &Serve) -> Result<u8, CliError> {
    let chosen = &arguments.stacked.reports;
    if arguments.env && chosen.output == OutputChoice::Json {
        return Err(ReportError::TwoOutputs.into());
    }
    chosen.check()?;
    let options = arguments.stacked.options(arguments.clock, None);
    let rehearsal = Rehearsal::prepare(&options).await?;
    let mut console = if arguments.env { Console::stderr() } else { chosen.console() };
    if arguments.env {
        let mut out = std::io::stdout().lock();
        for line in environment::exports(&rehearsal) {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
    }
    console.note(&format!("stack {} answers at {}", rehearsal.stack.name, rehearsal.endpoint()));
    let port = rehearsal.address.port();
    let reports = Reports::new(chosen, &arguments.stacked.template, options.clock);
    let mut drive = Drive::new(rehearsal, console, reports, None, Duration::from_secs_f64(arguments.quiet))?;
    if let Some(path) = &arguments.port_file {
        port_file::write(path, port)?;
    }
    let pause = drive.until_decided().await?;
    drive.console.clear();
    if pause == Pause::Interrupted {
        let code = end::interrupted(&mut drive);
        return end::report(&mut drive, code);
    }
    let code = end::conclude(&mut drive);
    if !arguments.once {
        // Already now, for whoever does not end it gently.
        drive.reports.write(Ending { exit_code: code, interrupted: false })?;
        drive.console.note("still answering; interrupt to end");
        drive.linger(None, |_| true).await?;
    }
    end::report(&mut drive, code)
}
