//! On Windows: a job object, from before the first instruction of the process on.

use std::io;
use std::mem;
use std::os::windows::process::CommandExt as _;
use std::process::{ChildStderr, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use process_wrap::std::{ChildWrapper, CommandWrap, JobObject};

/// How often it is looked whether it has ended: whoever waits for it must not keep others from killing it.
const LOOK: Duration = Duration::from_millis(10);

/// A process that was started, and all that it starts.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Started(Arc<Mutex<Box<dyn ChildWrapper>>>);

/// Starts `command` in a job of its own; alone where the system makes none.
pub(in crate::cli) fn start(command: &mut Command) -> io::Result<Started> {
    let mut wrapped = CommandWrap::from(mem::replace(command, Command::new("")));
    wrapped.wrap(JobObject);
    let started = wrapped.spawn().or_else(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            return Err(error);
        }
        // It was suspended, and nothing of it has run.
        let mut alone = wrapped.into_command();
        let child = alone.creation_flags(0).spawn()?;
        tracing::info!(%error, "no job object holds the command: what it starts may go on when it has ended");
        Ok(Box::new(child))
    });
    started.map(|child| Started(Arc::new(Mutex::new(child))))
}

impl Started {
    pub(in crate::cli) fn id(&self) -> u32 {
        self.child().id()
    }

    pub(in crate::cli) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child().stdout().take()
    }

    pub(in crate::cli) fn stderr(&mut self) -> Option<ChildStderr> {
        self.child().stderr().take()
    }

    /// Until its first process has ended; the others may run on.
    pub(in crate::cli) fn wait(&mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.try_wait()? {
                return Ok(status);
            }
            sleep(LOOK);
        }
    }

    pub(in crate::cli) fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child().try_wait()
    }

    /// Kills all of it, also where its first process has ended.
    pub(in crate::cli) fn kill(&mut self) -> io::Result<()> {
        self.child().start_kill()
    }

    fn child(&self) -> MutexGuard<'_, Box<dyn ChildWrapper>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
