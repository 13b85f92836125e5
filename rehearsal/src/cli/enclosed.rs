//! `--root`: instances boot in boxes.

use std::path::PathBuf;

use clap::Args;

use super::CliError;
use crate::enclosure::{Limits, Mapping, prepare};

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
    /// How much each instance may write to its disk [default: 4G]
    #[arg(long, value_name = "SIZE", requires = "root", value_parser = size)]
    box_disk: Option<u64>,
}

/// What instances reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Net {
    None,
    HostProxy(String),
}

impl std::str::FromStr for Net {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            None if text == "none" => Ok(Self::None),
            Some(("host-proxy", url)) if url.starts_with("http://") => Ok(Self::HostProxy(url.to_owned())),
            _ => Err("none, or host-proxy= and the URL of a proxy, such as host-proxy=http://127.0.0.1:3128"),
        }
    }
}

/// Boxes that instances boot in.
#[derive(Clone, Debug)]
pub(super) struct Boxes {
    pub(super) image: PathBuf,
    pub(super) mapping: Mapping,
    pub(super) limits: Limits,
    pub(super) keep: bool,
    pub(super) proxy: Option<String>,
}

impl EnclosureArguments {
    pub(super) fn is_given(&self) -> bool {
        self.root.is_some()
    }

    /// Looks at the image, or unpacks it; none where there are no boxes.
    pub(super) fn prepare(&self) -> Result<Option<Boxes>, CliError> {
        let Some(root) = &self.root else { return Ok(None) };
        let mapping = Mapping::here();
        let image = prepare(root, &mapping).map_err(crate::run::ScratchError::from)?;
        let limits = Limits {
            memory: self.box_memory.unwrap_or_else(half_of_memory),
            processes: self.box_processes.unwrap_or(PROCESSES),
            disk: self.box_disk.unwrap_or(DISK),
        };
        let proxy = match &self.net {
            Some(Net::HostProxy(url)) => Some(url.clone()),
            Some(Net::None) | None => None,
        };
        Ok(Some(Boxes { image, mapping, limits, keep: self.keep_root, proxy }))
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
