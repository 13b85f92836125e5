//! Little memory, as the kernel keeps a group of processes to it.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, io};

/// No two have one name.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// A group with little memory, which only some may make.
pub struct ControlGroup(PathBuf);

impl ControlGroup {
    /// None where nobody may, or the kernel counts no memory for others.
    pub fn of(bytes: u32) -> io::Result<Option<Self>> {
        let name = format!("cfn-signal-test-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        for (root, limits) in [
            ("/sys/fs/cgroup/memory", ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]),
            ("/sys/fs/cgroup", ["memory.max", "memory.swap.max"]),
        ] {
            if !["memory.limit_in_bytes", "cgroup.controllers"]
                .iter()
                .any(|file| Path::new(root).join(file).exists())
            {
                continue;
            }
            let controllers = fs::read_to_string(Path::new(root).join("cgroup.subtree_control"));
            if controllers.is_ok_and(|controllers| !controllers.split_whitespace().any(|it| it == "memory")) {
                continue;
            }
            let group = Self(Path::new(root).join(&name));
            match fs::create_dir(&group.0) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
                made => made?,
            }
            fs::write(group.0.join(limits[0]), bytes.to_string())?;
            // Not every kernel counts swap.
            let _without_swap = fs::write(
                group.0.join(limits[1]),
                if root.ends_with("memory") { bytes } else { 0 }.to_string(),
            );
            return Ok(Some(group));
        }
        Ok(None)
    }

    /// The command is in it once it begins.
    pub fn confine(&self, command: &mut Command) {
        let file = self.0.join("cgroup.procs");
        // Whoever writes nought means itself.
        let join = move || fs::write(&file, "0");
        // SAFETY: between fork and exec it opens and writes a file, and asks for no memory.
        #[expect(unsafe_code, reason = "who is in a group has to enter it before the command begins")]
        unsafe {
            command.pre_exec(join);
        }
    }
}

impl Drop for ControlGroup {
    fn drop(&mut self) {
        let _gone = fs::remove_dir(&self.0);
    }
}
