//! A file in which the command may say why it fails, better than its output does.

use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::Read as _;
use std::path::{Path, PathBuf};

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

    /// What is in it.
    pub(super) fn read(self) -> Option<String> {
        let mut bytes = Vec::new();
        fs::File::open(&self.0).ok()?.take(MOST).read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }
}

impl Drop for NoteFile {
    fn drop(&mut self) {
        // The command may have removed it.
        let _gone = fs::remove_file(&self.0);
    }
}
