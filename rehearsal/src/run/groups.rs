//! The process groups of an instance's scripts: one for each, with whatever it left behind.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpgid};
use tokio::process::{Child, Command};

use super::lines::LAST_LINES;

/// The groups that may still have processes.
#[derive(Debug, Default)]
pub(super) struct Groups {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    groups: Vec<Group>,
    /// No script is started any more.
    closed: bool,
    /// Everything that was said has been told.
    drained: bool,
    /// Since when no process is left.
    empty_since: Option<Instant>,
}

#[derive(Debug)]
struct Group {
    id: Pid,
    /// Its first process has ended and was collected; only what it left behind is there.
    over: bool,
}

impl Groups {
    /// Starts a command in a group of its own; none where nothing is started any more.
    pub(super) fn start(&self, command: &mut Command) -> io::Result<Option<Child>> {
        let mut inner = self.lock();
        if inner.closed {
            return Ok(None);
        }
        let child = command.process_group(0).spawn()?;
        if let Some(id) = id_of(&child) {
            inner.groups.push(Group { id, over: false });
        }
        Ok(Some(child))
    }

    /// The first process of a group was collected.
    pub(super) fn over(&self, id: Option<Pid>) {
        for group in self.lock().groups.iter_mut().filter(|group| Some(group.id) == id) {
            group.over = true;
        }
    }

    /// Whether no script is started any more.
    pub(super) fn closed(&self) -> bool {
        self.lock().closed
    }

    /// Everything that was said has been told.
    pub(super) fn drained(&self) {
        self.lock().drained = true;
    }

    /// Whether a script or anything that one left behind still runs, or its last words may still be on their way. What
    /// holds the pipes open from elsewhere is not waited for.
    pub(super) fn any_runs(&self) -> bool {
        let mut inner = self.lock();
        inner.groups.retain(|group| {
            !group.over || {
                // Its orphans are ours: those that have ended have to be collected, or they seem to run.
                while let Ok(Some(_)) = waitpgid(group.id, WaitOptions::NOHANG) {}
                test_kill_process_group(group.id).is_ok()
            }
        });
        if !inner.groups.is_empty() || inner.drained {
            return !inner.groups.is_empty();
        }
        inner.empty_since.get_or_insert_with(Instant::now).elapsed() < LAST_LINES
    }

    /// Sends a signal to every group, and starts no script any more.
    pub(super) fn end_with(&self, signal: Signal) {
        self.any_runs();
        let mut inner = self.lock();
        inner.closed = true;
        for group in &inner.groups {
            let _ = kill_process_group(group.id, signal);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A child's group, which it leads.
pub(super) fn id_of(child: &Child) -> Option<Pid> {
    child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
}
