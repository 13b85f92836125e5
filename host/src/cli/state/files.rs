//! Files that are there as a whole or not at all, in a folder that is nobody else's.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often it is tried again whether a lock is free.
const BETWEEN: Duration = Duration::from_millis(2);

/// Makes a folder of one's own, or takes the one that is there.
pub(in crate::cli) fn create(folder: &Path) -> io::Result<()> {
    let made = {
        #[cfg(unix)]
        let mut builder = fs::DirBuilder::new();
        #[cfg(not(unix))]
        let builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)
    };
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => check(folder),
    }
}

/// Whether nobody else can put anything there, or read it.
pub(in crate::cli) fn check(folder: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() {
        return Err(if found.is_symlink() {
            io::Error::other("it is a link, which may lead elsewhere tomorrow: name the folder itself")
        } else {
            io::ErrorKind::NotADirectory.into()
        });
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let own = rustix::process::geteuid().as_raw();
        if found.uid() != own || found.mode() & 0o077 != 0 {
            return Err(io::Error::other("it is not this user's alone (chmod 700)"));
        }
    }
    Ok(())
}

/// What is in a file; whatever else is there in its place is not waited for.
pub(in crate::cli) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, at_once());
    let mut file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn at_once() -> i32 {
    i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0)
}

/// A file to write to, which nobody else may read.
pub(in crate::cli) fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Nobody else changes what is in `folder` while what is returned lives; none is waited for longer than `patience`.
pub(in crate::cli) fn alone(folder: &Path, patience: Duration) -> io::Result<File> {
    let file = private(&folder.join("lock"))?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if started.elapsed() < patience => sleep(BETWEEN),
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

/// The whole of `text`, or what was there, also where the power fails.
pub(in crate::cli) fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    let written = replace(path, &new, text).and_then(|()| sync(path.parent().unwrap_or(Path::new("/"))));
    if written.is_err() {
        // It may be the half that there was room for.
        let _gone = fs::remove_file(&new);
    }
    written
}

fn replace(path: &Path, new: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = private(new)?;
    file.set_len(0)?;
    file.write_all(text)?;
    file.sync_all()?;
    drop(file);
    fs::rename(new, path)
}

/// Appends `text` to what is there, which stays whole, also where the power fails. `text` is there afterwards only where it is to be
/// `kept`.
pub(in crate::cli) fn append(path: &Path, text: &[u8], kept: bool) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(text)?;
    if kept { file.sync_data() } else { Ok(()) }
}

/// What was renamed or removed in `folder` stays so, also where the power fails.
pub(in crate::cli) fn sync(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
