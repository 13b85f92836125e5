//! The command line.

mod arguments;
mod boots;
mod compare;
mod drive;
mod enclosed;
mod end;
mod environment;
mod equipment;
mod faults;
mod finish;
mod init;
mod interruption;
mod lint;
mod named;
mod params;
mod port_file;
mod reports;
mod run;
mod running;
mod scaling;
mod scripts;
mod serve;
mod template_dir;
mod told;
mod values;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use cfn_signal_core::causes;
use clap::{CommandFactory as _, Parser as _};

use crate::enclosure::{self, AS_ENCLOSURE};
use crate::run::{AS_HELPER, guarded, help};
use crate::shown;
use arguments::{Arguments, Command};

/// The stack would be complete.
const COMPLETE: u8 = 0;
/// The stack rolls back.
const ROLLED_BACK: u8 = 1;
/// Nothing was rehearsed.
const UNUSABLE: u8 = 2;
/// Interrupted before the stack's fate was decided.
const INTERRUPTED: u8 = 130;

/// Does what the command line says.
#[must_use]
pub fn main() -> ExitCode {
    // An instance's helper, not a command of anybody's.
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    if let [first, rest @ ..] = words.as_slice()
        && first == AS_HELPER
    {
        return ExitCode::from(help(rest));
    }
    if let [first, rest @ ..] = words.as_slice()
        && first == AS_ENCLOSURE
    {
        return ExitCode::from(enclosure::serve(rest));
    }
    // Errors of usage exit with 2, as everything does that keeps a rehearsal from beginning.
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(other) => return instead(&other),
    };
    let result = match arguments.command {
        Command::Run(run) => guarded(|| on_a_runtime(run::run(&run))),
        Command::Serve(serve) if serve.running.runs() => guarded(|| on_a_runtime(serve::serve(&serve))),
        Command::Serve(serve) => on_a_runtime(serve::serve(&serve)),
        Command::Faults => faults::list().map(|()| COMPLETE),
        Command::Lint(arguments) => lint::lint(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Params(arguments) => params::params(&arguments),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "cfn-rehearse", &mut script);
            print(script).map(|()| COMPLETE)
        }
        Command::Man { folder } => manual_pages(&folder),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => told(&error),
    }
}

fn told(error: &CliError) -> ExitCode {
    shown::on_stderr(&format!("cfn-rehearse: {}", shown::line(&shown::escaped(&causes::line(error)))));
    ExitCode::from(UNUSABLE)
}

/// What there is in place of arguments: a mistake, or help that was asked for.
fn instead(other: &clap::Error) -> ExitCode {
    match other.print() {
        _ if other.use_stderr() => ExitCode::from(UNUSABLE),
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => told(&CliError::Output(error)),
        _ => ExitCode::from(COMPLETE),
    }
}

/// One page for the command and one for each of its subcommands.
fn manual_pages(folder: &Path) -> Result<u8, CliError> {
    clap_mangen::generate_to(Arguments::command(), folder)
        .map_err(|error| CliError::Manual { path: folder.display().to_string(), error })?;
    Ok(COMPLETE)
}

/// Why nothing was rehearsed, in one line.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Setup(#[from] crate::rehearsal::SetupError),
    #[error(transparent)]
    Scratch(#[from] crate::run::ScratchError),
    #[error("{0}")]
    Usage(String),
    #[error("{path}: cannot be read")]
    UserData {
        path: String,
        #[source]
        error: std::io::Error,
    },
    #[error(transparent)]
    Faults(#[from] faults::FaultsError),
    #[error("{path}: the port file cannot be written")]
    PortFile {
        path: String,
        #[source]
        error: std::io::Error,
    },
    #[error(transparent)]
    Compare(#[from] crate::compare::CompareError),
    #[error(transparent)]
    Report(#[from] reports::ReportError),
    #[error("{path}: the manual pages cannot be written")]
    Manual {
        path: String,
        #[source]
        error: std::io::Error,
    },
    #[error("standard output cannot be written")]
    Output(#[source] std::io::Error),
    #[error("cannot start")]
    System(#[from] std::io::Error),
}

/// Writes what was asked for to standard output. Who closed a pipe has read enough.
fn print(text: impl AsRef<[u8]>) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(CliError::Output(error)),
        _ => Ok(()),
    }
}

/// One thread does it all: the stack is one, and its signals come one after the other.
fn on_a_runtime(work: impl Future<Output = Result<u8, CliError>>) -> Result<u8, CliError> {
    many_descriptors();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(work);
    runtime.shutdown_background();
    result
}

/// Each instance has a port of its own and each client a connection: as many descriptors as the system gives.
fn many_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    // Scripts that are started inherit it; a million would make some of them slow.
    let current = limit.maximum.map_or(65_536, |most| most.min(65_536));
    if limit.current.is_some_and(|it| it < current) {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(current), ..limit });
    }
}

#[cfg(test)]
mod tests;
