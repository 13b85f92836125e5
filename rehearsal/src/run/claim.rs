//! Whose a directory is: a locked file in it says that its process lives. The lock goes with the process, however that
//! ends, and unlike the number of a process it is never somebody else's.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::{Mode, OFlags, open};

/// The file. It has this name only once it is locked: one without a lock is always a dead one's.
const LOCK: &str = "lock";
const UNLOCKED: &str = "lock.new";

/// Keeps a directory for as long as it lives.
pub(super) struct Claim {
    _lock: File,
}

impl Claim {
    /// For this process.
    pub(super) fn stake(directory: &Path) -> io::Result<Self> {
        let new = directory.join(UNLOCKED);
        let lock = File::create_new(&new)?;
        lock.try_lock()?;
        fs::rename(new, directory.join(LOCK))?;
        Ok(Self { _lock: lock })
    }

    /// For this process, where the process that had it is gone: only of a directory that is this user's and nobody else's
    /// to look into, or whoever else may write there could choose what is removed.
    pub(super) fn left(directory: &Path) -> Option<Self> {
        let there = fs::symlink_metadata(directory).ok()?;
        let is_private = there.is_dir()
            && there.uid() == rustix::process::geteuid().as_raw()
            && there.permissions().mode() & 0o077 == 0;
        if !is_private {
            return None;
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let lock = File::from(open(directory.join(LOCK), flags, Mode::empty()).ok()?);
        lock.try_lock().ok()?;
        Some(Self { _lock: lock })
    }
}

/// Removes what is in a directory, all but what says whose it is: where that is cut short, the next rehearsal goes on.
pub(super) fn empty(directory: &Path) {
    for entry in directory.read_dir().into_iter().flatten().flatten() {
        let _ = match entry.file_type() {
            _ if entry.file_name() == LOCK => Ok(()),
            Ok(kind) if kind.is_dir() => fs::remove_dir_all(entry.path()),
            _ => fs::remove_file(entry.path()),
        };
    }
}

#[cfg(test)]
mod tests;
