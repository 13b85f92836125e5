//! A file in which the command may say why it fails, better than its output does.

use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::lines::readable;

/// Tells the command where the file is.
pub(super) const VARIABLE: &str = "CFN_SIGNAL_REASON_FILE";

/// Of what is read, in bytes: more than a reason may have.
const MOST: u64 = 8 << 10;

/// The file, which is gone when this is.
#[derive(Debug)]
pub(super) struct NoteFile(PathBuf);

impl NoteFile {
    /// Readable to nobody else. None where nothing can be written: the command does without.
    pub(super) fn create() -> Option<Self> {
        let unique = RandomState::new().hash_one(std::process::id());
        let path =
            std::env::temp_dir().join(format!("cfn-signal-reason-{}-{unique:016x}", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(_) => Some(Self(path)),
            Err(error) => {
                tracing::info!(%error, "no file for a reason can be made: {VARIABLE} is not set");
                None
            }
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// What is in it, as a person reads it.
    pub(super) fn read(self) -> Option<String> {
        let mut options = OpenOptions::new();
        options.read(true);
        // The command may have put something else there: a pipe would be waited for, and a device may have no end.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags());
        let file = options.open(&self.0).ok()?;
        if !file.metadata().ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        file.take(MOST).read_to_end(&mut bytes).ok()?;
        let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').filter_map(readable).collect();
        (!lines.is_empty()).then(|| lines.join(" "))
    }
}

impl Drop for NoteFile {
    fn drop(&mut self) {
        // The command may have removed it, or made a folder of it.
        let _gone = fs::remove_file(&self.0).or_else(|_| fs::remove_dir(&self.0));
    }
}

#[cfg(unix)]
fn flags() -> i32 {
    let flags = rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::NONBLOCK;
    i32::try_from(flags.bits()).unwrap_or(0)
}
