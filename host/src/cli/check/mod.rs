//! `cfn-signal check`: everything that a signal needs, looked at; none is sent.

mod api;
mod definition;
mod finding;
mod identity;
mod machine;
mod network;
mod survey;

use std::ffi::OsString;
use std::iter::once;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cfn_signal_command_line::{self as command_line, Look, Platform as _, exit};

use super::manual;
use super::platform::Native;
use super::printed;

pub(super) use definition::command;

use survey::Survey;

/// Its manual page, in roff.
fn manual() -> String {
    let page = command().name("cfn-signal-check").bin_name("cfn-signal check");
    manual::page_of_part(&page, definition::DESCRIPTION, definition::HEADING, definition::AFTER)
}

/// Checks as `arguments` say, without the word `check`; returns the exit code.
pub(super) fn main(arguments: &mut dyn Iterator<Item = OsString>) -> ExitCode {
    let name = OsString::from("cfn-signal check");
    let read = command().try_get_matches_from(once(name).chain(arguments));
    let read = read.and_then(|matches| Ok((definition::TABLE.read(&matches, command)?, matches)));
    let (mut options, matches) = match read {
        Ok(read) => read,
        Err(error) => {
            return printed::instead(&error);
        }
    };
    if matches.get_flag("man") {
        return printed::page(&manual());
    }
    options.deadline = matches.get_one::<Duration>("deadline").copied().unwrap_or_default();
    let platform = Native::default();
    platform.listen(options.log_format, options.verbosity);
    let end = Instant::now() + options.deadline;
    let look = match Look::new(&platform, &options) {
        Ok(look) => look,
        Err(line) => {
            let _refused = command_line::refuse(&options, &line);
            return exit::USAGE.into();
        }
    };
    let mut survey = Survey::new(&platform, &options, &look, end);
    survey.run();
    survey.conclude(matches.get_flag("strict")).into()
}
