//! What user data left behind outside its process group (`setsid`, a daemon): once its parent is gone it is a child of
//! this process, which is its subreaper.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// How often it is looked for what still runs in a directory that is gone: what was killed may take a moment.
const ROUNDS: usize = 100;

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

/// Ends every process that was started to run in one of these directories, whose instance is gone: what works there, and
/// what was told that its home is there.
pub fn end_those_of(directories: &[&Path]) {
    // One may have started another in the meantime.
    let _ = (0..ROUNDS).find(|_| !kill_those_of(directories));
}

/// Whether there was one.
fn kill_those_of(directories: &[&Path]) -> bool {
    let mut any = false;
    let paths: Vec<_> = directories.iter().map(|it| [it.as_os_str().as_bytes(), b"/"].concat()).collect();
    let has = |text: &[u8]| {
        paths.iter().any(|path| text.windows(path.len()).any(|window| window == path.as_slice()))
    };
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = process.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let works_there =
            fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| has(cwd.as_os_str().as_bytes()));
        if (works_there || fs::read(process.path().join("environ")).is_ok_and(|it| has(&it)))
            && let Some(id) = Pid::from_raw(id)
        {
            any |= kill_process(id, Signal::KILL).is_ok();
        }
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
