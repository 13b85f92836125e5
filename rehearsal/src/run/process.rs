//! A process that was started: on this machine, or in a box.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::sync::Arc;

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpgid};
use tokio::io::AsyncRead;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use crate::enclosure::{self, Order};

/// What is to be started.
pub(super) enum Startable {
    Here(Box<Command>),
    Inside(Order),
}

impl Startable {
    /// What is run.
    pub(super) fn program(&self) -> &Path {
        match self {
            Self::Here(command) => command.as_std().get_program().as_ref(),
            Self::Inside(order) => order.program.as_ref(),
        }
    }
}

/// The processes that a script has brought about.
#[derive(Clone, Debug)]
pub(super) enum Group {
    Here(Pid),
    Inside(Arc<enclosure::Boot>, u64),
}

impl Group {
    /// Whether any is left, once its first process was collected.
    pub(super) fn is_left(&self) -> bool {
        match self {
            Self::Here(id) => {
                // Its orphans are ours: those that have ended have to be collected, or they seem to run.
                while let Ok(Some(_)) = waitpgid(*id, WaitOptions::NOHANG) {}
                test_kill_process_group(*id).is_ok()
            }
            Self::Inside(boot, id) => boot.has(*id),
        }
    }

    pub(super) fn signal(&self, signal: Signal) {
        match self {
            Self::Here(id) => _ = kill_process_group(*id, signal),
            Self::Inside(boot, id) => boot.signal(*id, signal.as_raw()),
        }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Here(one), Self::Here(other)) => one == other,
            (Self::Inside(boot, one), Self::Inside(of, other)) => Arc::ptr_eq(boot, of) && one == other,
            _ => false,
        }
    }
}

/// A stream of what a process says.
pub(super) type Output = Box<dyn AsyncRead + Send + Unpin>;

/// The first process of a group.
pub(super) struct Process {
    pub(super) group: Option<Group>,
    /// What it says, until it is taken.
    pub(super) outputs: Vec<Output>,
    end: End,
}

enum End {
    Here(Child),
    Inside(oneshot::Receiver<(Option<i32>, Option<i32>)>),
}

/// SIGKILL.
const KILLED: i32 = 9;

impl Process {
    pub(super) fn here(mut child: Child) -> Self {
        let output = child.stdout.take().map(|it| Box::new(it) as Output);
        let errors = child.stderr.take().map(|it| Box::new(it) as Output);
        Self {
            group: id_of(&child).map(Group::Here),
            outputs: output.into_iter().chain(errors).collect(),
            end: End::Here(child),
        }
    }

    pub(super) fn inside(boot: &Arc<enclosure::Boot>, running: enclosure::Running) -> Self {
        Self {
            group: Some(Group::Inside(Arc::clone(boot), running.id)),
            outputs: vec![Box::new(running.output), Box::new(running.errors)],
            end: End::Inside(running.ended),
        }
    }

    /// Its exit status, or the signal that ended it. Where its boot ends, everything is killed.
    pub(super) async fn ended(&mut self) -> (Option<i32>, Option<i32>) {
        match &mut self.end {
            End::Here(child) => {
                let status = child.wait().await.ok();
                (status.and_then(|it| it.code()), status.and_then(|it| it.signal()))
            }
            End::Inside(ended) => ended.await.unwrap_or((None, Some(KILLED))),
        }
    }
}

/// A child's group, which it leads.
pub(super) fn id_of(child: &Child) -> Option<Pid> {
    child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
}

/// Starts it in a group of its own; none where nothing is started any more.
pub(super) async fn start_inside(boot: &Arc<enclosure::Boot>, order: &Order) -> io::Result<Option<Process>> {
    Ok(boot.start(order.clone()).await?.map(|it| Process::inside(boot, it)))
}
