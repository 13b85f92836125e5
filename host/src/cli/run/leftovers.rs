//! The processes that a command starts, and that they end with it.

use std::io;
use std::process::{Command, ExitStatus};
use std::time::Duration;
#[cfg(unix)]
use std::time::Instant;

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
#[cfg(target_os = "linux")]
use rustix::process::{WaitId, WaitIdOptions, WaitOptions, waitid};

use crate::cli::processes::{self, Started};

/// How often it is looked whether all have ended.
#[cfg(unix)]
const LOOK: Duration = Duration::from_millis(10);

/// All that a command starts, its orphans too: on Linux this process adopts them, on Windows a job object has them.
#[derive(Debug)]
pub(super) struct Family {
    #[cfg(windows)]
    job: std::cell::RefCell<Option<Started>>,
}

impl Family {
    /// From now on.
    pub(super) fn adopt() -> Self {
        // Where the kernel refuses, there is the group.
        #[cfg(target_os = "linux")]
        let _refused = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
        Self {
            #[cfg(windows)]
            job: std::cell::RefCell::default(),
        }
    }

    /// Starts `command` as one of it, in a group of its own if so asked.
    pub(super) fn start(&self, command: &mut Command, group: bool) -> io::Result<Started> {
        #[cfg(unix)]
        if group {
            std::os::unix::process::CommandExt::process_group(command, 0);
        }
        #[cfg(not(unix))]
        let _ = group;
        let started = processes::start(command)?;
        #[cfg(windows)]
        self.job.replace(Some(started.clone()));
        Ok(started)
    }

    /// Asks all of them for an end by `signal`, or SIGTERM, and after `grace` kills who is left. `first` is the command's own process,
    /// while it has not been waited for; `has_ended` says whether it has. On Windows nothing can be asked: all are killed at
    /// once.
    pub(super) fn end(
        &self,
        first: Option<u32>,
        signal: Option<i32>,
        grace: Duration,
        mut has_ended: impl FnMut() -> bool,
    ) {
        #[cfg(unix)]
        {
            let asked = signal.and_then(Signal::from_named_raw).unwrap_or(Signal::TERM);
            let started = Instant::now();
            let mut last = None;
            loop {
                let ended = has_ended();
                let group = first.filter(|_| !ended).and_then(pid);
                let left = descendants();
                if left.is_empty() && group.is_none() {
                    return;
                }
                let now = if started.elapsed() < grace { asked } else { Signal::KILL };
                // Once each; those who come later are asked with the killing.
                if last != Some(now) {
                    last = Some(now);
                    if let Some(group) = group {
                        // It is no group where there is a terminal.
                        let _gone = kill_process_group(group, now);
                        let _gone = kill_process(group, now);
                    }
                    for process in left {
                        let _gone = kill_process(process, now);
                    }
                } else if now == Signal::KILL && started.elapsed() > grace + Duration::from_secs(1) {
                    // Who cannot be killed, such as in the midst of input and output, is left.
                    return;
                }
                std::thread::sleep(LOOK);
            }
        }
        #[cfg(windows)]
        {
            let _ = (first, signal, grace, &mut has_ended);
            if let Some(job) = self.job.borrow_mut().as_mut() {
                // All gone already, perhaps.
                let _gone = job.kill();
            }
        }
    }
}

/// Waits for the command's own process. Whoever adopts orphans has to collect them, too, as soon as they have ended: each counts as a
/// process until then, and there may be thousands.
pub(super) fn wait(first: &mut Started) -> io::Result<ExitStatus> {
    #[cfg(target_os = "linux")]
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((process, status))) if Some(process) == pid(first.id()) => {
                return Ok(std::os::unix::process::ExitStatusExt::from_raw(status.as_raw()));
            }
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => break,
        }
    }
    first.wait()
}

#[cfg(unix)]
fn pid(raw: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(raw).ok()?)
}

/// The children of this process, and theirs, who have not ended.
#[cfg(target_os = "linux")]
fn descendants() -> Vec<Pid> {
    // As a rule nothing is left, and a machine may have ten thousand other processes.
    if is_childless() {
        return Vec::new();
    }
    let found = below(told_children);
    if !found.is_empty() {
        return found;
    }
    // What the kernel tells of children may lack some while others end. Of all processes nothing is missed.
    let table = processes();
    below(|parent| table.iter().filter(|it| it.1 == parent).map(|(id, _, ended)| (*id, *ended)).collect())
}

/// Those below this process who have not ended, by who the children of each are.
#[cfg(target_os = "linux")]
fn below(children: impl Fn(u32) -> Vec<(u32, bool)>) -> Vec<Pid> {
    let mut all = Vec::new();
    let mut parents = vec![std::process::id()];
    while let Some(parent) = parents.pop() {
        for (id, ended) in children(parent) {
            parents.push(id);
            if !ended {
                all.extend(pid(id));
            }
        }
    }
    all
}

/// Whether this process has no child, not even one that has ended.
#[cfg(target_os = "linux")]
fn is_childless() -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    matches!(waitid(WaitId::All, options), Err(rustix::io::Errno::CHILD))
}

/// The children of a process, and whether each has ended, as the kernel lists them where it does.
#[cfg(target_os = "linux")]
fn told_children(of: u32) -> Vec<(u32, bool)> {
    let tasks = std::fs::read_dir(format!("/proc/{of}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let ids: Vec<u32> = lists
        .flat_map(|list| list.split_whitespace().map(str::parse).collect::<Vec<_>>())
        .flatten()
        .collect();
    let ended = |id: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok();
        stat.as_deref().and_then(parent).is_none_or(|(_, ended)| ended)
    };
    ids.into_iter().map(|id| (id, ended(id))).collect()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn descendants() -> Vec<Pid> {
    Vec::new()
}

/// Every process: its id, its parent's, and whether it has ended. None where there is no `/proc`.
#[cfg(target_os = "linux")]
fn processes() -> Vec<(u32, u32, bool)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let of = |entry: std::fs::DirEntry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (parent, ended) = parent(&stat)?;
        Some((id, parent, ended))
    };
    entries.filter_map(of).collect()
}

/// The parent in a line of `/proc/ID/stat`, and whether the process has ended. The name before may hold anything.
#[cfg(target_os = "linux")]
fn parent(stat: &str) -> Option<(u32, bool)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    Some((fields.next()?.parse().ok()?, matches!(state, "Z" | "X")))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::parent;

    #[test]
    fn a_name_may_look_like_anything() {
        assert_eq!(parent("12 (sh) S 7 12 12 0"), Some((7, false)));
        assert_eq!(parent("12 (a) Z 1 (b) Z 9 1 1"), Some((9, true)));
        assert_eq!(parent("nothing"), None);
    }
}
