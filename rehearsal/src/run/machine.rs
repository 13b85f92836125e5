//! What scripts run on: this machine, in a scratch directory, or a box.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::disk::Disk;
use super::groups::Groups;
use super::inside::{Inside, Later};
use super::process::{Process, Startable, start_inside};
use super::refusal::StartError;
use super::sequence::Prepared;
use super::user_data::WrittenFile;

/// As long as systemd waits for those that it has asked for an end.
const GOING_DOWN: Duration = Duration::from_secs(10);

/// What scripts run on.
#[derive(Clone)]
pub(super) enum Machine {
    Here(Arc<Disk>),
    Inside(Arc<Inside>),
}

impl Machine {
    /// Starts something in a group of its own; none where nothing is started any more.
    pub(super) async fn start(
        &self,
        startable: &mut Startable,
        groups: &Groups,
    ) -> io::Result<Option<Process>> {
        match (startable, self) {
            (Startable::Here(command), _) => groups.start(command),
            (Startable::Inside(_), _) if groups.closed() => Ok(None),
            (Startable::Inside(order), Self::Inside(inside)) => {
                let started = start_inside(&inside.boot(), order).await?;
                Ok(started.filter(|it| it.group.clone().is_some_and(|group| groups.add(group))))
            }
            (Startable::Inside(_), Self::Here(_)) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Writes a file of the instance.
    pub(super) async fn put(&self, file: &WrittenFile) -> io::Result<()> {
        match self {
            Self::Here(disk) => disk.put(file),
            Self::Inside(inside) => inside.put(file).await,
        }
    }

    /// Why something does not start. In a box everything is as it would be on an instance.
    pub(super) fn refuse(&self, error: io::Error, program: &Path) -> StartError {
        match self {
            Self::Here(_) => StartError::of(error, program),
            Self::Inside(_) => StartError::Script(error),
        }
    }

    /// Whether the system goes down.
    pub(super) fn goes_down(&self) -> bool {
        match self {
            Self::Here(_) => false,
            Self::Inside(inside) => inside.boot().goes_down(),
        }
    }

    /// Waits a while for the end of a boot by systemd, which ends whatever runs a moment before, as it goes down.
    pub(super) async fn may_go_down(&self) {
        if let Self::Inside(inside) = self
            && inside.is_by_systemd()
        {
            let _stays_up = tokio::time::timeout(GOING_DOWN, self.over()).await;
        }
    }

    /// Waits until the present boot is over. On this machine that is never.
    pub(super) async fn over(&self) {
        match self {
            Self::Here(_) => std::future::pending().await,
            Self::Inside(inside) => _ = inside.boot().over().await,
        }
    }

    /// What runs at a later boot has run.
    pub(super) fn has_booted(&self) {
        if let Self::Inside(inside) = self {
            inside.has_booted();
        }
    }

    /// What comes after the system went down: it boots again, or it does not. This machine never does.
    pub(super) async fn after(&self) -> io::Result<After> {
        match self {
            Self::Here(_) => std::future::pending().await,
            Self::Inside(inside) => inside.after().await,
        }
    }
}

/// What comes after the system went down.
pub(super) enum After {
    /// It has booted again, and this is run.
    Boots(Vec<Prepared>),
    /// Nothing, and why.
    Ends(&'static str),
}

impl From<&Later> for Prepared {
    fn from(later: &Later) -> Self {
        Self::Script {
            name: later.name.clone(),
            startable: Startable::Inside(later.order.clone()),
            runs: later.runs,
            counts: later.counts,
            hook: later.file.clone(),
        }
    }
}
