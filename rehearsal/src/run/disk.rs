//! What an instance has from its root on. A link that a script made leads nowhere else: this machine's files are nobody's
//! to write.

use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _, Permissions};

use super::user_data::WrittenFile;

/// A directory that paths do not leave, whatever becomes of its own.
pub(super) struct Disk {
    path: PathBuf,
    root: Dir,
}

impl Disk {
    /// Makes it.
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        fs::create_dir(&path)?;
        let root = Dir::open_ambient_dir(&path, ambient_authority())?;
        Ok(Self { path, root })
    }

    /// One that is there.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let root = Dir::open_ambient_dir(&path, ambient_authority())?;
        Ok(Self { path, root })
    }

    /// Makes a folder of the instance.
    pub(super) fn make_folder(&self, folder: &str) -> io::Result<()> {
        self.root.create_dir_all(folder.trim_start_matches('/'))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A path of the instance, here.
    pub(super) fn below(&self, path: &Path) -> PathBuf {
        self.path.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Writes a file, and the folders that it is in.
    pub(super) fn put(&self, file: &WrittenFile) -> io::Result<()> {
        let path = file.path.strip_prefix(&self.path).map_err(io::Error::other)?;
        if let Some(parent) = path.parent() {
            self.root.create_dir_all(parent).map_err(|error| self.why_not(parent, error))?;
        }
        // A link here leads to a helper of this machine; what is no file may never take what is written to it.
        if self.root.symlink_metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            self.root.remove_file(path)?;
        }
        let mut open = OpenOptions::new();
        open.create(true).mode(file.mode).append(file.append);
        let mut written = self.root.open_with(path, open.write(true).truncate(!file.append))?;
        written.write_all(&file.content)?;
        written.set_permissions(Permissions::from_std(fs::Permissions::from_mode(file.mode)))
    }

    /// Why a folder cannot be made: that a link leads elsewhere, where it is that.
    fn why_not(&self, folder: &Path, error: io::Error) -> io::Error {
        let looked = folder.ancestors().filter_map(|it| self.root.metadata(it).err());
        // Of what the system has no number for, the library says it.
        looked.filter(|error| error.raw_os_error().is_none()).last().unwrap_or(error)
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

#[cfg(test)]
mod tests;
