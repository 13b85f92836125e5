//! A temporary directory whose path may stand in a script as it is, with no quotes around it: where the script names
//! `/opt/aws/bin` there may be none, and in its language no way to have any.

use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{self, Path, PathBuf};

use tempfile::{Builder, TempDir};

/// Where a link may be made to a directory whose own path is not plain.
const PLACES: [&str; 4] = ["/tmp", "/var/tmp", "/dev/shm", "/run"];

/// The directory; it goes when this does.
pub(super) struct Directory {
    path: PathBuf,
    _link: Option<TempDir>,
    _directory: TempDir,
}

impl Directory {
    pub(super) fn create() -> io::Result<Self> {
        let directory = builder().tempdir()?;
        let path = path::absolute(directory.path())?;
        if is_plain(&path) {
            return Ok(Self { path, _link: None, _directory: directory });
        }
        for place in PLACES {
            let Ok(link) = builder().tempdir_in(place) else { continue };
            let plain = link.path().join("linked");
            if symlink(&path, &plain).is_ok() {
                return Ok(Self { path: plain, _link: Some(link), _directory: directory });
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

fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix("cfn-rehearse-");
    builder
}

/// Whether no shell, and no `PATH`, sees anything in it but a path.
fn is_plain(path: &Path) -> bool {
    path.as_os_str().as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+@".contains(byte))
}
