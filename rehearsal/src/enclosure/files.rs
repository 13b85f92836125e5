//! Files of an instance, written by a process that stands in its box: links lead nowhere else.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};

use super::message::{Placed, Writing};

/// Writes a file, and the folders that it is in.
pub(super) fn put(file: &Placed, content: Option<File>) -> io::Result<()> {
    let mut content = content.ok_or(io::ErrorKind::InvalidInput)?;
    let there = fs::symlink_metadata(&file.path).is_ok();
    if file.writing == Writing::UnlessThere && there {
        return Ok(());
    }
    if let Some(parent) = file.path.parent() {
        DirBuilder::new().recursive(true).mode(0o755).create(parent)?;
    }
    if file.writing == Writing::Anew && there {
        fs::remove_file(&file.path)?;
    }
    let onto = file.writing == Writing::Onto;
    let mut open = OpenOptions::new();
    open.create(true).mode(file.mode).append(onto).write(true).truncate(!onto);
    let mut written = open.open(&file.path)?;
    io::copy(&mut content, &mut written)?;
    written.set_permissions(Permissions::from_mode(file.mode))
}
