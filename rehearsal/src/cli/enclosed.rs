//! `--root`: instances boot in boxes.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::CliError;
use crate::enclosure::{Image, Limits, Mapping, prepare};
use crate::run::{Runtime, ScratchError};

/// What a box may take unless told.
const DISK: u64 = 4 << 30;
const PROCESSES: u64 = 4096;

#[derive(Args, Clone, Debug, Default)]
pub(super) struct EnclosureArguments {
    /// Boot each instance in a box, a throw-away machine made of an image's files: a folder that has them, or a tar such as
    /// docker export, podman export and debootstrap make
    ///
    /// User data runs as root of the box, and nothing of this machine can be reached or changed from there. Every address
    /// that an instance knows is the rehearsal's: its metadata at 169.254.169.254, and AWS's endpoints by their names and
    /// over TLS. It needs user namespaces, and ip.
    #[arg(long, value_name = "FOLDER|ARCHIVE")]
    root: Option<PathBuf>,
    /// Run each script by a runtime of your own, such as 'podman run --rm --init --network host -v {root}:{root} IMAGE'
    ///
    /// {root} stands for the folder that the instance's files are in, which has to be there at the same path; what is to be
    /// run is added to the command. It is tried once before anything runs.
    #[arg(long = "in", value_name = "COMMAND", conflicts_with = "root")]
    runtime: Option<Runtime>,
    /// Let the image's own systemd be the first process of each box, as on an instance: its units, timers and systemctl are real,
    /// and user data is run by cloud-init's units where the image has it
    ///
    /// It needs systemd 247 or later in the image, and a control group that is the box's own (cgroup2).
    #[arg(long, requires = "root")]
    systemd: bool,
    /// Keep what each instance wrote, and say where
    #[arg(long, requires = "root")]
    keep_root: bool,
    /// What instances reach besides what the rehearsal answers: nothing, or what a proxy of this machine lets through
    /// [default: none]
    #[arg(long, value_name = "none|host-proxy=URL", requires = "root")]
    net: Option<Net>,
    /// Memory that each instance may take, its disk's among it [default: half of this machine's]
    #[arg(long, value_name = "SIZE", requires = "root", value_parser = size)]
    box_memory: Option<u64>,
    /// Processes that each instance may have [default: 4096]
    #[arg(long, value_name = "N", requires = "root")]
    box_processes: Option<u64>,
    /// How much each instance may write to its disk, which is in memory; unlimited: as much as there is room for in TMPDIR,
    /// where its disk is then [default: 4G]
    #[arg(long, value_name = "SIZE|unlimited", requires = "root")]
    box_disk: Option<Disk>,
}

/// How much an instance may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disk {
    Unlimited,
    Limited(u64),
}

impl std::str::FromStr for Disk {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "unlimited" { Ok(Self::Unlimited) } else { size(text).map(Self::Limited) }
    }
}

/// What instances reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Net {
    None,
    /// `host:port`.
    HostProxy(String),
}

impl std::str::FromStr for Net {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            None if text == "none" => Ok(Self::None),
            Some(("host-proxy", url)) => proxy(url).map(Self::HostProxy).ok_or(NOT_A_PROXY),
            _ => Err(NOT_A_PROXY),
        }
    }
}

const NOT_A_PROXY: &str =
    "none, or host-proxy= and the URL of a proxy, such as host-proxy=http://127.0.0.1:3128";

/// The host and the port of a proxy's URL.
fn proxy(url: &str) -> Option<String> {
    let authority = url.strip_prefix("http://")?.trim_end_matches('/');
    let (host, port) = authority.rsplit_once(':')?;
    let is_one = !host.is_empty() && !authority.contains(['/', '@', '?', '#']) && port.parse::<u16>().is_ok();
    is_one.then(|| authority.to_owned())
}

/// Boxes that instances boot in.
#[derive(Clone, Debug)]
pub(super) struct Boxes {
    pub(super) image: Arc<Image>,
    pub(super) mapping: Mapping,
    pub(super) limits: Limits,
    /// Whether the image's systemd is their first process.
    pub(super) systemd: bool,
    /// Where what instances write is kept.
    pub(super) kept: Option<PathBuf>,
    /// `host:port`.
    pub(super) proxy: Option<String>,
}

impl EnclosureArguments {
    /// What runs the scripts, where that is named.
    pub(super) fn runtime(&self) -> Option<&Runtime> {
        self.runtime.as_ref()
    }

    pub(super) fn is_given(&self) -> bool {
        self.root.is_some()
    }

    /// Looks at the image, or unpacks it; none where there are no boxes.
    pub(super) fn prepare(&self) -> Result<Option<Boxes>, CliError> {
        let Some(root) = &self.root else { return Ok(None) };
        let mapping = Mapping::here();
        let image = Arc::new(prepare(root, &mapping).map_err(ScratchError::from)?);
        if self.systemd && !image.has_systemd() {
            return Err(CliError::Usage(
                "--systemd: the image has none (/usr/lib/systemd/systemd): install it there, or leave out --systemd".to_owned(),
            ));
        }
        let kept = self.keep_root.then(|| {
            // Its name is not one of those that are swept away.
            Ok::<_, std::io::Error>(
                tempfile::Builder::new().prefix("kept-by-cfn-rehearse-").tempdir()?.keep(),
            )
        });
        let limits = Limits {
            memory: self.box_memory.unwrap_or_else(half_of_memory),
            processes: self.box_processes.unwrap_or(PROCESSES),
            disk: match self.box_disk {
                None => Some(DISK),
                Some(Disk::Limited(most)) => Some(most),
                Some(Disk::Unlimited) => None,
            },
        };
        let proxy = match &self.net {
            Some(Net::HostProxy(url)) => Some(url.clone()),
            Some(Net::None) | None => None,
        };
        Ok(Some(Boxes { image, mapping, limits, systemd: self.systemd, kept: kept.transpose()?, proxy }))
    }
}

impl Boxes {
    /// Where what an instance writes is kept, if it is.
    pub(super) fn kept_of(&self, instance_id: &str) -> std::io::Result<Option<PathBuf>> {
        let kept = self.kept.as_ref().map(|it| it.join(instance_id));
        kept.iter().try_for_each(std::fs::create_dir)?;
        Ok(kept)
    }

    /// What is said of them before anything runs.
    pub(super) fn announcement(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.mapping.has_many() {
            lines.push(
                "boxes have no users but root, so chown, useradd and su fail in them: install newuidmap (Debian: uidmap) and \
                 give yourself ids in /etc/subuid and /etc/subgid, or run this as root"
                    .to_owned(),
            );
        }
        if let Some(kept) = &self.kept {
            lines.push(format!("what instances write is kept: {}/INSTANCE/upper", kept.display()));
        }
        lines
    }
}

/// Bytes: a number with K, M or G after it, or nothing.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..).unwrap_or_default().to_ascii_uppercase().as_str() {
        "" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => 0,
    };
    let bytes = digits.parse::<u64>().ok().and_then(|it| it.checked_mul(unit)).filter(|it| *it >= 1 << 20);
    bytes.ok_or_else(|| "a size of 1M or more, such as 512M or 4G".to_owned())
}

fn half_of_memory() -> u64 {
    let known = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    known.map_or(2 << 30, |kilobytes| kilobytes / 2 * 1024)
}

#[cfg(test)]
mod tests;
