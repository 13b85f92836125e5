//! How a command ended.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use super::signals;

/// How a command ended, or why it never began.
#[derive(Debug)]
pub(super) enum Ending {
    /// By itself, or by a signal that somebody else sent.
    Ended {
        status: ExitStatus,
        /// Processes that were killed meanwhile because memory ran out, if that is known.
        killed_for_memory: u64,
    },
    /// It had not ended when its time was over, and was made to.
    TimedOut { timeout: Duration, status: Option<ExitStatus> },
    /// We were asked to end by this signal, such as at shutdown.
    Asked { signal: i32, status: Option<ExitStatus> },
    /// There is no such command, or it cannot be executed.
    NotStarted {
        error: io::Error,
        /// What seems to be wrong.
        hint: Option<String>,
    },
}

/// As a shell has it: not executable, and not found.
const NOT_EXECUTABLE: u8 = 126;
const NOT_FOUND: u8 = 127;
/// As coreutils' `timeout` has it, where the command itself says success.
const TIMED_OUT: u8 = 124;
/// Added to a signal's number.
const SIGNALLED: u8 = 128;

impl Ending {
    /// Whether it is a success, where these exit codes are.
    pub(super) fn is_success(&self, codes: &[u8]) -> bool {
        match self {
            Self::Ended { status, .. } => status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .is_some_and(|code| codes.contains(&code)),
            _ => false,
        }
    }

    /// The command's own status, as a shell would give it.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Ended { status, .. } => code(*status),
            Self::TimedOut { status, .. } => status.map_or(0, code).max_or(TIMED_OUT),
            Self::Asked { signal, status } => {
                status.map_or(0, code).max_or(SIGNALLED.saturating_add(u8::try_from(*signal).unwrap_or(0)))
            }
            Self::NotStarted { error, .. } if error.kind() == io::ErrorKind::NotFound => NOT_FOUND,
            Self::NotStarted { .. } => NOT_EXECUTABLE,
        }
    }

    /// What happened, to be read after the command's name.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Ended { status, killed_for_memory } => {
                let told = told(*status);
                match killed_for_memory {
                    0 => told,
                    1 => format!("{told}: memory ran out, and the kernel killed a process for it"),
                    several => {
                        format!("{told}: memory ran out, and the kernel killed {several} processes for it")
                    }
                }
            }
            Self::TimedOut { timeout, .. } => {
                format!("had not ended within its {} (--timeout)", humantime::format_duration(*timeout))
            }
            Self::Asked { signal, .. } => {
                format!("had not ended when {} asked for an end, such as at shutdown", signals::name(*signal))
            }
            Self::NotStarted { error, hint } => {
                let what = match error.kind() {
                    io::ErrorKind::NotFound => "was not found".to_owned(),
                    _ => format!("could not be executed: {error}"),
                };
                hint.as_ref().map_or(what.clone(), |hint| format!("{what}: {hint}"))
            }
        }
    }
}

/// A code of which 0 would be a success that is none.
trait Unless {
    fn max_or(self, other: u8) -> u8;
}

impl Unless for u8 {
    fn max_or(self, other: u8) -> u8 {
        if self == 0 { other } else { self }
    }
}

fn code(status: ExitStatus) -> u8 {
    match (status.code(), signal(status)) {
        (Some(code), _) => u8::try_from(code).unwrap_or(u8::MAX),
        (None, Some(signal)) => SIGNALLED.saturating_add(u8::try_from(signal).unwrap_or(0)),
        (None, None) => u8::MAX,
    }
}

/// The signal that ended it, also where a shell tells it by its exit code.
pub(super) fn ended_by(status: ExitStatus) -> Option<i32> {
    let by_code = status.code().and_then(|code| code.checked_sub(i32::from(SIGNALLED)));
    signal(status).or(by_code).filter(|signal| *signal > 0)
}

fn told(status: ExitStatus) -> String {
    match (status.code(), signal(status)) {
        (Some(code), _) => match ended_by(status).filter(|_| cfg!(unix)).and_then(signals::known) {
            // So a shell says that its last command was killed.
            Some(name) => format!("exited with {code}, as after {name}"),
            None => format!("exited with {code}"),
        },
        (None, Some(signal)) => format!("was killed by {}", signals::name(signal)),
        (None, None) => "ended in an unknown way".to_owned(),
    }
}

fn signal(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    return status.code().and(None);
}
