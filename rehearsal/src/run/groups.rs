//! The process groups of an instance's scripts: one for each, with whatever it left behind.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rustix::process::Signal;
use tokio::process::Command;

use super::lines::LAST_LINES;
use super::process::{Group, Process};

/// The groups that may still have processes.
#[derive(Debug, Default)]
pub(super) struct Groups {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    groups: Vec<Known>,
    /// No script is started any more.
    closed: bool,
    /// Everything that was said has been told.
    drained: bool,
    /// Since when no process is left.
    empty_since: Option<Instant>,
}

#[derive(Debug)]
struct Known {
    group: Group,
    /// Its first process has ended and was collected; only what it left behind is there.
    over: bool,
}

impl Groups {
    /// Starts a command in a group of its own; none where nothing is started any more.
    pub(super) fn start(&self, command: &mut Command) -> io::Result<Option<Process>> {
        let mut inner = self.lock();
        if inner.closed {
            return Ok(None);
        }
        let process = Process::here(command.process_group(0).spawn()?);
        inner.groups.extend(process.group.clone().map(|group| Known { group, over: false }));
        Ok(Some(process))
    }

    /// A process was started elsewhere; whether it may go on.
    pub(super) fn add(&self, group: Group) -> bool {
        let mut inner = self.lock();
        if inner.closed {
            group.signal(Signal::KILL);
            return false;
        }
        inner.groups.push(Known { group, over: false });
        true
    }

    /// The first process of a group was collected.
    pub(super) fn over(&self, group: &Group) {
        for known in self.lock().groups.iter_mut().filter(|it| it.group.is(group)) {
            known.over = true;
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
        inner.groups.retain(|known| !known.over || known.group.is_left());
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
        inner.groups.iter().for_each(|known| known.group.signal(signal));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
