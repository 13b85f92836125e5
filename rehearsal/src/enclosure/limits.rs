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
#[derive(Debug)]
pub(super) struct Control(Vec<PathBuf>);

/// To whom a group is given.
type Given<'a> = Option<&'a Mapping>;

impl Control {
    /// Puts a process, and all that it starts, into groups of its own; none where this user may not.
    pub(super) fn over(process: u32, limits: &Limits) -> Option<Self> {
        Self::given(process, limits, None)
    }

    /// The same, with a group that is the box's own. Gives that, too.
    pub(super) fn delegated(
        process: u32,
        limits: &Limits,
        mapping: &Mapping,
    ) -> Option<(Self, PathBuf, bool)> {
        let is_one = Path::new(GROUPS).join("cgroup.controllers").exists();
        let counted = Self::given(process, limits, is_one.then_some(mapping));
        let counts = counted.is_some();
        let mut control = counted.unwrap_or_else(|| Self(Vec::new()));
        if let Some(group) = control.0.first().filter(|_| is_one).cloned() {
            return Some((control, group, counts));
        }
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let group = anywhere(&delegated::hierarchy()?, &own, process, &[], Some(mapping))?;
        control.0.push(group.clone());
        Some((control, group, counts))
    }

    fn given(process: u32, limits: &Limits, given: Given<'_>) -> Option<Self> {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let root = Path::new(GROUPS);
        let (memory, processes) = (limits.memory.to_string(), limits.processes.to_string());
        let control = if root.join("cgroup.controllers").exists() {
            let files = [("memory.max", memory.as_str()), ("pids.max", &processes)];
            Self(anywhere(root, &own, process, &files, given).into_iter().collect())
        } else {
            // One hierarchy each.
            let group = |controller: &str, file, value: &str| {
                let folder = root.join(controller).join(own_path(&own, controller).trim_start_matches('/'));
                within(&folder, process, &[(file, value)], None)
            };
            let memory = group("memory", "memory.limit_in_bytes", &memory);
            let processes = group("pids", "pids.max", &processes);
            Self(memory.into_iter().chain(processes).collect())
        };
        (!control.0.is_empty()).then_some(control)
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        for group in &self.0 {
            // What was killed may take a moment.
            let _ = (0..50).find(|_| {
                delegated::remove(group);
                let gone = !group.exists();
                if !gone {
                    sleep(Duration::from_millis(10));
                }
                gone
            });
        }
    }
}

/// Makes a group as near to this process's as this user may.
fn anywhere(root: &Path, own: &str, process: u32, files: &Files<'_>, given: Given<'_>) -> Option<PathBuf> {
    let folder = root.join(own_path(own, "").trim_start_matches('/'));
    folder.ancestors().take_while(|it| it.starts_with(root)).find_map(|it| within(it, process, files, given))
}

/// Makes a group in a folder, and puts a process there.
fn within(folder: &Path, process: u32, files: &Files<'_>, given: Given<'_>) -> Option<PathBuf> {
    // Those that were left by rehearsals that were killed are empty; the kernel keeps the others.
    for entry in fs::read_dir(folder).ok()?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            delegated::remove(&entry.path());
        }
    }
    let group = folder.join(format!("{PREFIX}{process}"));
    fs::create_dir(&group).ok()?;
    let set = files.iter().try_for_each(|(file, value)| {
        // Of what a kernel does not count nothing is said.
        let path = group.join(file);
        if path.exists() { fs::write(path, value) } else { Err(std::io::ErrorKind::NotFound.into()) }
    });
    let moved = set.and_then(|()| match given {
        Some(mapping) => delegated::give(&group, process, mapping),
        None => fs::write(group.join("cgroup.procs"), process.to_string()),
    });
    if moved.is_err() {
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
