//! What an instance has armed (`cfn-signal arm`). Its watcher sleeps by this machine's clock; where the stack's goes ahead of that, so
//! does what is due.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::clock::{Clock, wall};
use crate::moment::Moment;

/// Smaller departures are left for later: the two clocks are not read at once.
const LEAST: i64 = 50;

/// The folder of what is armed, as `cfn-signal` keeps it.
#[derive(Debug)]
pub(super) struct Armed {
    folder: PathBuf,
    /// How far the stack's clock was ahead when it was last looked at, in milliseconds.
    ahead: Option<i64>,
}

impl Armed {
    /// Nothing, yet.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, ahead: None }
    }

    /// Whether anything is armed that has not been signalled.
    pub(super) fn any(&self) -> bool {
        self.records().next().is_some()
    }

    /// Takes what is armed as far as the stack's clock has gone; when the first is due by that. What is due now is being signalled.
    pub(super) fn keep_pace(&mut self, clock: &Clock) -> Option<Moment> {
        let ahead = ahead(clock);
        let mut by = ahead.saturating_sub(*self.ahead.get_or_insert(ahead));
        let alone = self.any().then(|| alone(&self.folder)).flatten();
        if by.abs() >= LEAST && (alone.is_some() || !self.any()) {
            self.ahead = Some(ahead);
        } else {
            by = 0;
        }
        let uptime = uptime()?;
        let due = self.records().filter_map(|(path, mut record)| {
            let mut due = record.get("due")?.as_i64()?;
            if by != 0 {
                due = due.saturating_sub(by);
                *record.get_mut("due")? = due.max(0).into();
                replace(&path, &record).ok()?;
            }
            let left = u64::try_from(due.saturating_sub(uptime)).unwrap_or(0);
            // What nobody watches is not waited for.
            (left > 0 || is_watched(&path)).then(|| clock.now().plus(Duration::from_millis(left)))
        });
        due.min()
    }

    /// Its instance is gone: each watcher sees that there is nothing more to watch.
    pub(super) fn disarm(&self) {
        for (path, _) in self.records() {
            // Signalled meanwhile, perhaps.
            let _gone = fs::remove_file(path);
        }
    }

    fn records(&self) -> impl Iterator<Item = (PathBuf, Value)> + use<> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let armed = entries.filter(|path| path.extension().is_some_and(|it| it == "armed"));
        armed.filter_map(|path| {
            let record: Value = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
            record.get("fired")?.is_null().then_some((path, record))
        })
    }
}

/// How far the stack's clock is ahead of this machine's, in milliseconds.
fn ahead(clock: &Clock) -> i64 {
    let [here, there] = [wall(), clock.now()].map(|it| i64::try_from(it.as_millis()).unwrap_or(i64::MAX));
    there.saturating_sub(here)
}

/// Milliseconds since this machine started: what `due` counts from.
fn uptime() -> Option<i64> {
    let text = fs::read_to_string("/proc/uptime").ok()?;
    let seconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    i64::try_from(Duration::try_from_secs_f64(seconds).ok()?.as_millis()).ok()
}

/// Nobody else changes what is armed while this lives; none where somebody else does now.
fn alone(folder: &Path) -> Option<File> {
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(folder.join("lock"));
    file.ok().filter(|file| file.try_lock().is_ok())
}

/// Its watcher holds a file while it lives.
fn is_watched(path: &Path) -> bool {
    let held = File::open(path.with_extension("watched")).map(|file| file.try_lock());
    matches!(held, Ok(Err(TryLockError::WouldBlock)))
}

fn replace(path: &Path, record: &Value) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(record.to_string().as_bytes())?;
    fs::rename(new, path)
}

#[cfg(test)]
mod tests;
