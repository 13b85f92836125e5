//! `cfn-rehearse serve`.

use std::io::Write as _;
use std::time::Duration;

use super::arguments::Serve;
use super::drive::{Drive, Pause};
use super::{CliError, end, environment, port_file};
use crate::rehearsal::Rehearsal;
use crate::report::Console;

pub(super) async fn serve(arguments: &Serve) -> Result<u8, CliError> {
    let options = arguments.stacked.options(arguments.clock, arguments.speed, None);
    let rehearsal = Rehearsal::prepare(&options).await?;
    let mut console = if arguments.env { Console::stderr() } else { Console::stdout() };
    if arguments.env {
        let mut out = std::io::stdout().lock();
        for line in environment::exports(&rehearsal) {
            writeln!(out, "{line}")?;
        }
        out.flush()?;
    }
    console.note(&format!("stack {} answers at {}", rehearsal.stack.name, rehearsal.endpoint()));
    let port = rehearsal.address.port();
    let mut drive = Drive::new(rehearsal, console, None, Duration::from_secs_f64(arguments.quiet))?;
    if let Some(path) = &arguments.port_file {
        port_file::write(path, port)?;
    }
    let pause = drive.until_decided().await?;
    drive.console.clear();
    if pause == Pause::Interrupted {
        return Ok(end::interrupted(&mut drive));
    }
    let code = end::conclude(&mut drive);
    if !arguments.once {
        drive.console.note("still answering; interrupt to end");
        drive.linger(None, |_| true).await?;
    }
    Ok(code)
}
