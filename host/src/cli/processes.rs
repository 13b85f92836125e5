//! Processes on a system without process groups.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Kills a process that has not been waited for, and what descends from it, as far as Windows' own command can. Its id stays
/// its own meanwhile, so that no other process is meant.
pub(super) fn kill_tree(first: u32) {
    let root = env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    let taskkill = PathBuf::from(root).join(r"System32\taskkill.exe");
    // Where the whole cannot be had, such as where one of them is somebody else's, the first is killed all the same.
    if !kills(&taskkill, &["/F", "/T", "/PID"], first) && !kills(&taskkill, &["/F", "/PID"], first) {
        // Gone already, perhaps.
        tracing::info!(process = first, "taskkill did not end the command");
    }
}

fn kills(taskkill: &Path, how: &[&str], process: u32) -> bool {
    let mut command = Command::new(taskkill);
    command.args(how).arg(process.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
