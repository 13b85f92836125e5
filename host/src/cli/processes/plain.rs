//! Where there are process groups.

use std::io;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, LazyLock, atomic::AtomicBool};

use signal_hook::consts::SIGCHLD;

/// Who begins this process may have it ignore that its children end: the system would forget how each did. What is handled
/// is not ignored.
static CHILDREN_ARE_KNOWN: LazyLock<bool> =
    LazyLock::new(|| signal_hook::flag::register(SIGCHLD, Arc::new(AtomicBool::new(false))).is_ok());

/// A process that was started.
#[derive(Debug)]
pub(in crate::cli) struct Started(Child);

/// Starts `command`.
pub(in crate::cli) fn start(command: &mut Command) -> io::Result<Started> {
    // Where it cannot be handled it is as it was.
    let _handled = LazyLock::force(&CHILDREN_ARE_KNOWN);
    command.spawn().map(Started)
}

impl Started {
    pub(in crate::cli) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(in crate::cli) fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    pub(in crate::cli) fn stderr(&mut self) -> Option<ChildStderr> {
        self.0.stderr.take()
    }

    /// Until its first process has ended.
    pub(in crate::cli) fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }

    pub(in crate::cli) fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.0.try_wait()
    }

    /// Kills its first process; its group is its starter's to kill.
    pub(in crate::cli) fn kill(&mut self) -> io::Result<()> {
        self.0.kill()
    }
}
