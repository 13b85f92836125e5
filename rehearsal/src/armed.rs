//! What `cfn-signal arm` keeps of what is armed: a record for each, in a folder. Its watcher sleeps by this machine's clock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use serde_json::Value;

/// Of a record, in bytes: a longer one is none.
const MOST: u64 = 1 << 20;

/// The folder of what is armed.
#[derive(Debug)]
pub(crate) struct Armed(PathBuf);

/// What is armed in a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub(crate) struct Pending {
    /// Whether anything is that has not been signalled.
    pub(crate) any: bool,
    /// When the first is due, in milliseconds of [`uptime`]; what nobody watches is not waited for once it is.
    pub(crate) due: Option<i64>,
}

impl Armed {
    /// In this folder, which need not be there yet.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// What is armed.
    pub(crate) fn pending(&self) -> Pending {
        let now = uptime();
        let (mut any, mut first) = (false, None::<i64>);
        for (path, record) in self.records() {
            any = true;
            let due = record.get("due").and_then(Value::as_i64);
            let counts = |due: &i64| now.is_some_and(|now| *due > now) || is_watched(&path);
            if let Some(due) = due.filter(counts) {
                first = Some(first.map_or(due, |first| first.min(due)));
            }
        }
        Pending { any, due: first }
    }

    /// Has all of it due so many milliseconds sooner. Whether that is done, which it is not where somebody changes it now.
    pub(crate) fn hasten(&self, by: i64) -> bool {
        if self.records().next().is_none() {
            return true;
        }
        let Some(_alone) = alone(&self.0) else { return false };
        for (path, mut record) in self.records() {
            if let Some(due) = record.get_mut("due") {
                *due = due.as_i64().unwrap_or(0).saturating_sub(by).max(0).into();
                // What cannot be changed is due when it was.
                let _unchanged = replace(&path, &record);
            }
        }
        true
    }

    /// Disarms all of it: each watcher sees that there is nothing more to watch.
    pub(crate) fn disarm(&self) {
        for (path, _) in self.records() {
            // Signalled meanwhile, perhaps.
            let _gone = fs::remove_file(path);
        }
    }

    fn records(&self) -> impl Iterator<Item = (PathBuf, Value)> + use<> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten().map(|entry| entry.path());
        let armed = entries.filter(|path| path.extension().is_some_and(|it| it == "armed"));
        armed.filter_map(|path| {
            let record: Value = serde_json::from_slice(&read(&path)?).ok()?;
            record.get("fired")?.is_null().then_some((path, record))
        })
    }
}

/// Milliseconds since this machine started: what records count from.
pub(crate) fn uptime() -> Option<i64> {
    let text = fs::read_to_string("/proc/uptime").ok()?;
    let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    i64::try_from(Duration::try_from_secs_f64(seconds).ok()?.as_millis()).ok()
}

/// Whoever has the folder may have put anything there, and nobody waits for a pipe.
fn open(path: &Path) -> Option<File> {
    let flags = i32::try_from((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits()).ok()?;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    file.metadata().is_ok_and(|it| it.is_file()).then_some(file)
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(MOST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Nobody else changes what is armed while this lives; none where somebody else does now.
fn alone(folder: &Path) -> Option<File> {
    open(&folder.join("lock")).filter(|file| file.try_lock().is_ok())
}

/// Its watcher holds a file while it lives.
fn is_watched(path: &Path) -> bool {
    let held = open(&path.with_extension("watched")).map(|file| file.try_lock());
    matches!(held, Some(Err(TryLockError::WouldBlock)))
}

fn replace(path: &Path, record: &Value) -> io::Result<()> {
    // What is there under that name is of nobody who lives.
    let new = path.with_extension("new");
    let _gone = fs::remove_file(&new);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(record.to_string().as_bytes())?;
    fs::rename(new, path)
}

#[cfg(test)]
mod tests;
