//! Why a script does not start: as it would not on an instance, or because of this machine.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::io::Errno;

use super::ScratchError;
use super::scratch::runnable;

/// Why user data is not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It would not run on an instance either.
    #[error(transparent)]
    Script(io::Error),
    /// What became of the stack would say nothing.
    #[error(transparent)]
    Machine(ScratchError),
}

/// What the kernel looks at of a first line.
const FIRST_LINE: u64 = 256;

impl StartError {
    /// Of a script that was not started.
    pub(super) fn of(error: io::Error, script: &Path) -> Self {
        // The file is there and ours to run: what is not there, or may not run, is its interpreter, unless that may.
        let advice = match errno(&error) {
            Some(Errno::NOENT) => "",
            Some(Errno::ACCESS | Errno::PERM) => {
                "; no program may run in TMPDIR: set it to a directory where programs may run, such as /var/tmp"
            }
            _ => return error.into(),
        };
        if interpreter_runs(script) {
            return Self::Machine(ScratchError::NotStarted { error, advice });
        }
        Self::Script(error)
    }
}

/// Of a file that was not written, or a process that was not made.
impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        let advice = match errno(&error) {
            Some(Errno::MFILE | Errno::NFILE) => "; raise the limit of open files (ulimit -n)",
            Some(Errno::AGAIN) => "; raise the limit of processes (ulimit -u)",
            Some(Errno::NOSPC | Errno::DQUOT | Errno::ROFS) => {
                "; set TMPDIR to a directory that can be written to, with some room"
            }
            Some(Errno::NOMEM | Errno::IO) => "",
            _ => return Self::Script(error),
        };
        Self::Machine(ScratchError::NotStarted { error, advice })
    }
}

fn errno(error: &io::Error) -> Option<Errno> {
    Errno::from_io_error(error)
}

/// Whether the program is there that a script's first line names.
fn interpreter_runs(script: &Path) -> bool {
    let mut line = Vec::new();
    let read = File::open(script)
        .and_then(|file| BufReader::new(file.take(FIRST_LINE)).read_until(b'\n', &mut line));
    let name = line.strip_prefix(b"#!").map(<[u8]>::trim_ascii_start).unwrap_or_default();
    let name = name.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    read.is_ok() && !name.is_empty() && runnable(Path::new(std::ffi::OsStr::from_bytes(name))).is_some()
}

#[cfg(test)]
mod tests;
