//! A script, and where cloud-init keeps it.
//!
//! Source: <https://docs.cloud-init.io/en/latest/explanation/format.html>, and the paths that cloud-init logs: its
//! handlers of boothooks, of scripts and of scripts by frequency have a folder each.

use std::fmt;

use super::kind::Frequency;

/// A script.
#[derive(Clone, PartialEq, Eq)]
pub(in super::super) struct Script {
    /// What cloud-init calls it: `part-001`, `runcmd`, `bootcmd`, or the file name that its MIME part has.
    pub(in super::super) name: String,
    pub(in super::super) folder: Folder,
    pub(in super::super) text: Vec<u8>,
}

/// What a script shares with others of its kind only, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Folder {
    Boothooks,
    /// `bootcmd`.
    Temporary,
    /// `runcmd` is one of them.
    Scripts(Frequency),
}

impl Folder {
    /// The folder on an instance.
    pub(in super::super) fn path(self) -> &'static str {
        match self {
            Self::Boothooks => "/var/lib/cloud/instance/boothooks",
            Self::Temporary => "/run/cloud-init/tmp",
            Self::Scripts(Frequency::Once) => "/var/lib/cloud/scripts/per-once",
            Self::Scripts(Frequency::Boot) => "/var/lib/cloud/scripts/per-boot",
            Self::Scripts(Frequency::Instance) => "/var/lib/cloud/scripts/per-instance",
            Self::Scripts(Frequency::User) => "/var/lib/cloud/instance/scripts",
        }
    }

    /// Whether what is in it runs at every boot, and not at the first only.
    pub(in super::super) fn runs_at_every_boot(self) -> bool {
        matches!(self, Self::Boothooks | Self::Temporary | Self::Scripts(Frequency::Boot))
    }

    /// Whether `INSTANCE_ID` is in the environment of what is in it.
    pub(in super::super) fn knows_instance(self) -> bool {
        matches!(self, Self::Boothooks | Self::Temporary)
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.name, String::from_utf8_lossy(&self.text))
    }
}
