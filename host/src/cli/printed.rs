//! Help, versions and manual pages on standard output.

use std::io;
use std::process::ExitCode;

use cfn_signal_command_line::{exit, line, print};

/// Prints what was asked for, and has nothing to do but that.
pub(super) fn page(text: &str) -> ExitCode {
    print(text).into()
}

/// What clap has in place of arguments: a mistake, or help that was asked for.
pub(super) fn instead(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    if error.use_stderr() {
        // Where standard error is closed there is nobody to tell.
        return exit::USAGE.into();
    }
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            line(&format!("cfn-signal: standard output cannot be written: {error}"));
            exit::REFUSED.into()
        }
        _ => ExitCode::SUCCESS,
    }
}
