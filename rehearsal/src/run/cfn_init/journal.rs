//! What is told of the work: to whoever rehearses, as stubs tell their calls, and to `cfn-init.log`, which scripts show.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use crate::clock;

/// Both.
pub(super) struct Journal {
    calls: File,
    log: Option<File>,
}

impl Journal {
    pub(super) fn open(calls: &Path, log: &Path) -> io::Result<Self> {
        let append = |path: &Path| OpenOptions::new().append(true).create(true).open(path);
        // A script may have done anything to the log.
        Ok(Self { calls: append(calls)?, log: append(log).ok() })
    }

    /// Something that is not as on an instance, or that nobody would see there.
    pub(super) fn note(&mut self, text: &str) {
        let _ = writeln!(self.calls, "{}", text.replace('\n', " "));
    }

    /// A line of the log, and of what is shown.
    pub(super) fn log(&mut self, level: &str, text: &str) {
        self.note(&format!("cfn-init: {text}"));
        if let Some(log) = &mut self.log {
            let at = clock::wall().iso_8601();
            let _ = writeln!(log, "{at} [{level}] {text}");
        }
    }

    /// Where the output of commands goes.
    pub(super) fn output(&self) -> io::Result<File> {
        self.calls.try_clone()
    }
}
