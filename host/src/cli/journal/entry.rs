//! One signal's file, while this process holds it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::folder::{Folder, HELD};
use super::record::{Record, State};
use crate::cli::state;

/// One signal's file. Nobody else changes it while this lives.
#[derive(Debug)]
pub(in crate::cli) struct Entry {
    folder: Folder,
    path: PathBuf,
    record: Record,
    held: File,
}

impl Entry {
    pub(super) fn new(folder: Folder, path: PathBuf, record: Record, held: File) -> Self {
        Self { folder, path, record, held }
    }

    /// What is known of it.
    pub(in crate::cli) const fn record(&self) -> &Record {
        &self.record
    }

    /// Where it is.
    pub(in crate::cli) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it on the disk, for the first time.
    pub(super) fn begin(&self) -> io::Result<()> {
        state::write(&self.path, &self.text())
    }

    /// Changes it, here and on the disk: a line more, so that nothing can befall those before.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Record)) -> io::Result<()> {
        let before = self.record.clone();
        change(&mut self.record);
        if self.record == before {
            return Ok(());
        }
        // That it has left, or how that ended, makes no difference where the power fails: it is sent again from what was there before,
        // and CloudFormation knows it by its id.
        let kept = matches!(self.record.state, State::Running | State::Prepared);
        let text = self.text();
        let line = [b"\n", text.as_slice()].concat();
        state::append(&self.path, &line, kept).or_else(|error| match error.kind() {
            // Somebody has cleared the folder.
            io::ErrorKind::NotFound => state::write(&self.path, &text),
            _ => Err(error),
        })
    }

    /// What is there stays, also where the power fails.
    pub(super) fn sync(&self) -> io::Result<()> {
        state::append(&self.path, &[], true)
    }

    fn text(&self) -> Vec<u8> {
        // Strings and numbers only: there is nothing that could not be written.
        serde_json::to_vec(&self.record).unwrap_or_default()
    }

    /// Takes it away.
    pub(in crate::cli) fn forget(&self) {
        // Gone already, perhaps.
        let _gone = fs::remove_file(&self.path);
        let _synced = state::sync(self.folder.path());
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if self.record.state.is_over() {
            // While it is held: whoever finds the record afterwards finds that it is over.
            let _gone = fs::remove_file(self.path.with_extension(HELD));
        }
        let _freed = self.held.unlock();
    }
}
