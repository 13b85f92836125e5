//! The command line on a machine of its own: [`cfn_signal_command_line`] with this crate's HTTP, credentials and
//! component.

mod core_dumps;
mod definition;
mod gates;
mod hardware;
mod host_name;
mod log;
mod manual;
mod platform;
#[cfg(windows)]
mod processes;
mod run;

use std::ffi::OsString;
use std::process::ExitCode;

use cfn_signal_command_line as command_line;

use platform::Native;

/// Runs the command with `arguments`, the program's name left out, and returns its exit code.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    core_dumps::forbid();
    let mut arguments = arguments.peekable();
    // Where Amazon's helper would look for a handle's URL: it has no such word.
    if arguments.next_if(|first| first == "run").is_some() {
        return run::main(arguments);
    }
    command_line::main(&mut Native::default(), arguments).into()
}
