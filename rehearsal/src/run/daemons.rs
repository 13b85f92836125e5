//! What user data left behind outside its process group (`setsid`, a daemon): once its parent is gone it is a child of
//! this process, which is its subreaper.

use std::fs;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// Ends every such process; whether there was one. To be asked until there is none: what a daemon started comes to us
/// when the daemon is gone. Only for when every script has ended.
#[must_use]
pub fn kill_daemons() -> bool {
    let mut any = false;
    for child in children() {
        let _ = kill_process(child, Signal::KILL);
        let _ = waitpid(Some(child), WaitOptions::NOHANG);
        any = true;
    }
    any
}

fn children() -> Vec<Pid> {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|id| Pid::from_raw(id.parse().ok()?))
        .collect()
}
