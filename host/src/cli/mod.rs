//! The command line on a machine of its own: [`cfn_signal_command_line`] with this crate's HTTP, credentials and
//! component.

mod arm;
mod check;
mod concealed;
mod core_dumps;
mod definition;
mod gates;
mod hardware;
mod host_name;
mod journal;
mod log;
mod manual;
mod meant;
mod part;
mod platform;
mod printed;
mod processes;
mod resume;
mod run;
mod state;

use std::ffi::OsString;
use std::process::ExitCode;

use cfn_signal_command_line as command_line;

use journal::Journal;
use platform::Native;

/// Runs the command with `arguments`, the program's name left out, and returns its exit code.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    core_dumps::forbid();
    let mut arguments = arguments.peekable();
    // Where Amazon's helper would look for a handle's URL: it has no such words.
    let part: Option<fn(_) -> ExitCode> = match arguments.peek().and_then(|first| first.to_str()) {
        Some("arm") => Some(arm::main),
        Some("disarm") => Some(arm::disarm),
        Some("check") => Some(check::main),
        Some("resume") => Some(resume::main),
        Some("run") => Some(run::main),
        _ => None,
    };
    if let Some(part) = part {
        arguments.next();
        return part(&mut arguments);
    }
    let typed: Vec<OsString> = arguments.collect();
    let code = command_line::main(&mut Native::with(Journal::default()), typed.iter().cloned());
    meant::tell(&typed, code);
    code.into()
}
