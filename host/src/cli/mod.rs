//! The command line on a machine of its own: [`cfn_signal_command_line`] with this crate's HTTP, credentials and
//! component.

mod core_dumps;
mod definition;
mod hardware;
mod host_name;
mod log;
mod manual;
mod platform;

use std::ffi::OsString;
use std::process::ExitCode;

use cfn_signal_command_line as command_line;

use platform::Native;

/// Runs the command with `arguments`, the program's name left out, and returns its exit code.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    core_dumps::forbid();
    command_line::main(&mut Native::default(), arguments).into()
}
