//! What stubs were called for, as they note it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::lines::MAX_LINE;
use crate::secrets::Secrets;

/// Bytes that are read in all. Whoever notes more is no stub.
const MOST: u64 = 1 << 20;

/// The file, read as it grows.
pub(super) struct Calls {
    file: File,
    read: u64,
    secrets: Secrets,
}

impl Calls {
    pub(super) fn open(path: &Path, secrets: Secrets) -> io::Result<Self> {
        Ok(Self::of(File::open(path)?, secrets))
    }

    /// Of a file that is open.
    pub(super) fn of(file: File, secrets: Secrets) -> Self {
        Self { file, read: 0, secrets }
    }

    /// Goes on with another file.
    pub(super) fn follow(&mut self, file: File) {
        self.file = file;
    }

    /// The calls since the last time, one a line.
    pub(super) fn latest(&mut self) -> Vec<String> {
        let left = MOST - self.read;
        if left == 0 {
            return Vec::new();
        }
        let mut new = Vec::new();
        let _ = (&self.file).take(left).read_to_end(&mut new);
        self.read += new.len() as u64;
        let mut calls: Vec<String> =
            new.split(|byte| *byte == b'\n').map(|it| shown(it, &self.secrets)).collect();
        // The last line has its end, or is none.
        calls.pop_if(|last| last.is_empty());
        if self.read == MOST {
            calls.push(format!("(calls of stubs beyond {MOST} bytes are left out)"));
        }
        calls
    }
}

/// A line's beginning, in which nothing that is hidden is cut in two.
fn shown(line: &[u8], secrets: &Secrets) -> String {
    let mut line = secrets.without(&String::from_utf8_lossy(line)).into_owned();
    line.truncate(line.floor_char_boundary(MAX_LINE));
    line
}

#[cfg(test)]
mod tests;
