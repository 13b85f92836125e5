//! A control group that is a box's own, and its own to divide where systemd in it does that.
//!
//! Source: <https://systemd.io/CGROUP_DELEGATION/>

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::sched::{CloneFlags, unshare};

use super::Mapping;

/// The processes that are of a box and not in it.
const OUTSIDE: &str = "keeper";

/// What systemd finds as the root of all groups.
const SYSTEM: &str = "system";

/// What is given away with a group: everything else of it says what it may take.
const FILES: [&str; 3] = ["cgroup.procs", "cgroup.threads", "cgroup.subtree_control"];

/// Where the groups of the second version are.
pub(super) fn hierarchy() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    mounts.lines().find_map(|line| {
        let (there, kind) = line.split_once(" - ")?;
        let is_one = kind.split(' ').next() == Some("cgroup2");
        is_one.then(|| there.split(' ').nth(4).map(PathBuf::from)).flatten()
    })
}

/// Puts a process into a group below one that is empty, whose own files it does not see then; gives both away, where they are
/// somebody's to divide.
pub(super) fn give(group: &Path, process: u32, given: Option<&Mapping>) -> io::Result<()> {
    let outside = group.join(OUTSIDE);
    if given.is_some() {
        // What is counted there is counted below; what cannot be is not.
        for controller in fs::read_to_string(group.join("cgroup.controllers"))?.split_whitespace() {
            let _ = fs::write(group.join("cgroup.subtree_control"), format!("+{controller}"));
        }
    }
    fs::create_dir(&outside)?;
    for (folder, mapping) in [group, &outside].into_iter().filter_map(|it| Some((it, given?))) {
        mapping.give_one(folder)?;
        for file in FILES.map(|it| folder.join(it)) {
            mapping.give_one(&file)?;
        }
    }
    fs::write(outside.join("cgroup.procs"), process.to_string())
}

/// Has this process, and all that come of it, in a group of the box that nobody was in before, and see nothing above that.
pub(super) fn enter(group: &Path) -> io::Result<()> {
    let system = group.join(SYSTEM);
    remove(&system);
    fs::create_dir(&system)?;
    fs::write(system.join("cgroup.procs"), "0")?;
    Ok(unshare(CloneFlags::CLONE_NEWCGROUP)?)
}

/// Removes a group and those below it, where nobody is in them.
pub(super) fn remove(group: &Path) {
    for entry in fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|it| it.is_dir()) {
            remove(&entry.path());
        }
    }
    let _ = fs::remove_dir(group);
}
