//! What a box may take: a control group counts it where this user may make one.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use super::{Mapping, delegated};

/// What a box may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory, what it writes to its disk among them.
    pub memory: u64,
    /// Processes.
    pub processes: u64,
    /// Bytes of its disk, where they are counted: what is not is on this machine's disk.
    pub disk: Option<u64>,
}

/// What the names of our groups begin with.
const PREFIX: &str = "cfn-rehearse-";

/// Where control groups are.
const GROUPS: &str = "/sys/fs/cgroup";

/// Controllers, and the files by which they are told.
type Files<'a> = [(&'a str, &'a str)];

/// The groups of a box; they go with it.
#[derive(Debug, Default)]
pub(super) struct Control {
    groups: Vec<PathBuf>,
    /// Whether they count what the box takes.
    pub(super) counts: bool,
    /// That of the second version: the root of all that the box can find out of groups, and its own to divide where it is given.
    pub(super) own: Option<PathBuf>,
}

impl Control {
    /// Puts a process, and all that it starts, into groups of its own, as far as this user may; that of the second version is
    /// `given` away.
    pub(super) fn over(process: u32, limits: &Limits, given: Option<&Mapping>) -> Self {
        let ours = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let root = Path::new(GROUPS);
        let (memory, processes) = (limits.memory.to_string(), limits.processes.to_string());
        let mut control = Self::default();
        let own = |hierarchy: &Path, files: &Files<'_>| {
            let put = |group: &Path| delegated::give(group, process, given);
            let folder = hierarchy.join(own_path(&ours, "").trim_start_matches('/'));
            let mut above = folder.ancestors().take_while(|it| it.starts_with(hierarchy));
            above.find_map(|it| within(it, process, files, put))
        };
        if root.join("cgroup.controllers").exists() {
            control.own = own(root, &[("memory.max", memory.as_str()), ("pids.max", &processes)]);
            control.counts = control.own.is_some();
        } else {
            // One hierarchy each.
            let group = |controller: &str, file, value: &str| {
                let folder = root.join(controller).join(own_path(&ours, controller).trim_start_matches('/'));
                let put = |group: &Path| fs::write(group.join("cgroup.procs"), process.to_string());
                within(&folder, process, &[(file, value)], put)
            };
            let memory = group("memory", "memory.limit_in_bytes", &memory);
            let processes = group("pids", "pids.max", &processes);
            control.groups.extend(memory.into_iter().chain(processes));
            control.counts = !control.groups.is_empty();
        }
        // Where nothing is counted in it, it still is the box's alone.
        if control.own.is_none() {
            control.own = delegated::hierarchy().and_then(|hierarchy| own(&hierarchy, &[]));
        }
        control.groups.extend(control.own.clone());
        control
    }
}

/// Removes groups that were left by rehearsals that were killed, whose boxes are gone.
pub fn sweep_groups() {
    let ours = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let root = Path::new(GROUPS);
    let hierarchies = ["memory", "pids"].map(|it| (root.join(it), it));
    for (hierarchy, controller) in hierarchies.into_iter().chain(delegated::hierarchy().map(|it| (it, ""))) {
        let folder = hierarchy.join(own_path(&ours, controller).trim_start_matches('/'));
        let above = folder.ancestors().take_while(|it| it.starts_with(&hierarchy));
        for entry in above.filter_map(|it| fs::read_dir(it).ok()).flatten().flatten() {
            let name = entry.file_name();
            let of = name.to_str().and_then(|it| it.strip_prefix(PREFIX));
            // What nobody has collected yet has no command line.
            let lives = |it: &str| fs::read(format!("/proc/{it}/cmdline")).is_ok_and(|it| !it.is_empty());
            if of.is_some_and(|it| !lives(it)) {
                remove(&entry.path());
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.groups.iter().for_each(|it| remove(it));
    }
}

/// What was killed may take a moment.
fn remove(group: &Path) {
    let _ = (0..50).find(|_| {
        delegated::remove(group);
        let gone = !group.exists();
        if !gone {
            sleep(Duration::from_millis(10));
        }
        gone
    });
}

/// Makes a group in a folder, and has a process put there.
fn within(
    folder: &Path,
    process: u32,
    files: &Files<'_>,
    put: impl Fn(&Path) -> std::io::Result<()>,
) -> Option<PathBuf> {
    let group = folder.join(format!("{PREFIX}{process}"));
    fs::create_dir(&group).ok()?;
    let set = files.iter().try_for_each(|(file, value)| {
        // Of what a kernel does not count nothing is said.
        let path = group.join(file);
        if path.exists() { fs::write(path, value) } else { Err(std::io::ErrorKind::NotFound.into()) }
    });
    if set.and_then(|()| put(&group)).is_err() {
        delegated::remove(&group);
        return None;
    }
    Some(group)
}

/// The path of this process's group in a hierarchy.
fn own_path<'o>(own: &'o str, controller: &str) -> &'o str {
    let path = own.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':');
        let controllers = fields.nth(1)?;
        controllers.split(',').any(|it| it == controller).then(|| fields.next()).flatten()
    });
    path.unwrap_or("/")
}

#[cfg(test)]
mod tests;
