//! Files of an instance, written by a process that stands in its box: links lead nowhere else.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;

use super::message::{Placed, Writing};

/// Writes a file, and the folders that it is in. Whatever an image has there, this process is not kept waiting by it.
pub(super) fn put(file: &Placed, content: Option<File>) -> io::Result<()> {
    let mut content = content.ok_or(io::ErrorKind::InvalidInput)?;
    let there = fs::symlink_metadata(&file.path);
    if file.writing == Writing::UnlessThere && there.is_ok() {
        return Ok(());
    }
    if let Some(parent) = file.path.parent() {
        match file.writing {
            Writing::Anew | Writing::UnlessThere => clear_way(parent)?,
            Writing::Over | Writing::Onto => DirBuilder::new().recursive(true).mode(0o755).create(parent)?,
        }
    }
    match there {
        Ok(it) if file.writing == Writing::Anew && it.is_dir() => fs::remove_dir_all(&file.path)?,
        Ok(_) if file.writing == Writing::Anew => fs::remove_file(&file.path)?,
        _ => {}
    }
    let onto = file.writing == Writing::Onto;
    let mut open = OpenOptions::new();
    open.create(true).mode(file.mode).append(onto).write(true).truncate(!onto).custom_flags(at_once());
    let mut written = open.open(&file.path)?;
    io::copy(&mut content, &mut written)?;
    written.set_permissions(Permissions::from_mode(file.mode))
}

/// Makes folders, in place of what is none.
fn clear_way(folder: &Path) -> io::Result<()> {
    let mut way: Vec<_> = folder.ancestors().collect();
    way.reverse();
    for step in way {
        match fs::metadata(step) {
            Ok(there) if there.is_dir() => continue,
            _ => {}
        }
        if fs::symlink_metadata(step).is_ok() {
            fs::remove_file(step)?;
        }
        DirBuilder::new().mode(0o755).create(step)?;
    }
    Ok(())
}

/// Of a pipe that nobody reads an error says so.
pub(super) fn at_once() -> i32 {
    i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0)
}
