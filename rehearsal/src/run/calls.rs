//! What stubs were called for, as they note it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::lines::MAX_LINE;

/// Bytes that are read in all. Whoever notes more is no stub.
const MOST: u64 = 1 << 20;

/// The file, read as it grows.
pub(super) struct Calls {
    file: File,
    read: u64,
}

impl Calls {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::open(path)?, read: 0 })
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
        let mut calls: Vec<String> = new.split(|byte| *byte == b'\n').map(shown).collect();
        // The last line has its end, or is none.
        calls.pop_if(|last| last.is_empty());
        if self.read == MOST {
            calls.push(format!("(calls of stubs beyond {MOST} bytes are left out)"));
        }
        calls
    }
}

fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(line.get(..MAX_LINE).unwrap_or(line)).into_owned()
}

#[cfg(test)]
mod tests;
