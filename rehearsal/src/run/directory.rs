//! A temporary directory whose path may stand in a script as it is, with no quotes around it: where the script names
//! `/opt/aws/bin` there may be none, and in its language no way to have any.

use std::fs::Permissions;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{self, Path, PathBuf};
use std::{env, io};

use tempfile::{Builder, TempDir};

use super::ScratchError;
use super::claim::{Claim, empty};
use super::daemons::end_those_of;
use crate::enclosure::sweep_groups;

/// Where a link may be made to a directory whose own path is not plain.
const PLACES: [&str; 4] = ["/tmp", "/var/tmp", "/dev/shm", "/run"];

/// What the names of our directories begin with.
const PREFIX: &str = "cfn-rehearse-";

/// The directory; it goes when this does.
pub(super) struct Directory {
    path: PathBuf,
    // Each is removed before its claim is given up.
    _link: Option<(TempDir, Claim)>,
    directory: (TempDir, Claim),
}

impl Directory {
    pub(super) fn create() -> io::Result<Self> {
        let directory = private(builder().tempdir()?)?;
        let path = path::absolute(directory.0.path())?;
        if is_plain(&path) {
            return Ok(Self { path, _link: None, directory });
        }
        for place in PLACES {
            let Ok(link) = builder().tempdir_in(place).and_then(private) else { continue };
            let plain = link.0.path().join("linked");
            if symlink(&path, &plain).is_ok() {
                return Ok(Self { path: plain, _link: Some(link), directory });
            }
        }
        Err(io::Error::other(format!(
            "{}: no script can hold this path as it is; set TMPDIR to one without spaces and quotes",
            path.display()
        )))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        empty(self.directory.0.path());
    }
}

/// Whether programs may run where directories are made.
///
/// # Errors
///
/// [`ScratchError::NoExec`].
pub fn check_place() -> Result<(), ScratchError> {
    let place = env::temp_dir();
    let flags = rustix::fs::statvfs(&place).map(|it| it.f_flag);
    if flags.is_ok_and(|flags| flags.contains(rustix::fs::StatVfsMountFlags::NOEXEC)) {
        return Err(ScratchError::NoExec(place));
    }
    Ok(())
}

/// Removes the directories of rehearsals that were killed before they could do it themselves, and ends what still runs in
/// them.
pub fn sweep() {
    sweep_groups();
    let mut places: Vec<PathBuf> = PLACES.iter().map(PathBuf::from).collect();
    let own = env::temp_dir();
    if !places.contains(&own) {
        places.push(own);
    }
    for entry in places.iter().filter_map(|place| place.read_dir().ok()).flatten().flatten() {
        let is_ours = entry.file_name().as_bytes().starts_with(PREFIX.as_bytes());
        if is_ours && let Some(_claim) = Claim::left(&entry.path()) {
            end_those_of(&[&entry.path()]);
            empty(&entry.path());
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// What scripts are given and write is nobody else's to read.
fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).permissions(Permissions::from_mode(0o700));
    builder
}

fn private(directory: TempDir) -> io::Result<(TempDir, Claim)> {
    let claim = Claim::stake(directory.path())?;
    Ok((directory, claim))
}

/// Whether no shell, and no `PATH`, sees anything in it but a path.
fn is_plain(path: &Path) -> bool {
    path.as_os_str().as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+@".contains(byte))
}
