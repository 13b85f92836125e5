//! The folder of what is armed: a file for each, written at once or not at all, and one that its watcher holds while it lives.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::record::Record;
use crate::cli::state::{self, Names, check, create, private};

/// Of a file that says what is armed.
const EXTENSION: &str = "armed";
/// Held by its watcher.
const WATCHED: &str = "watched";

/// One folder, nobody else's.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The one that is given, else the first of the usual ones that can be had.
    pub(super) fn of_ones_own(given: Option<&str>) -> Result<Self, String> {
        let mut why = "there is no usual one here".to_owned();
        for folder in places(given) {
            match create(&folder) {
                Ok(()) => return Ok(Self(folder)),
                Err(error) => why = format!("{}: {error}", folder.display()),
            }
        }
        Err(format!("nothing can be armed without a folder of one's own: {why}: give --state-dir"))
    }

    /// Those that are there.
    pub(super) fn known(given: Option<&str>) -> Result<Vec<Self>, String> {
        let mut found = Vec::new();
        for folder in places(given).into_iter().filter(|folder| folder.is_dir()) {
            match check(&folder) {
                Ok(()) => found.push(Self(folder)),
                // Root's, as a rule: others have their own.
                Err(_) if state::given(given).is_none() => {}
                Err(error) => return Err(format!("{}: {error}", folder.display())),
            }
        }
        Ok(found)
    }

    /// What is armed, and where.
    pub(super) fn records(&self) -> Vec<(PathBuf, Record)> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten().map(|entry| entry.path());
        let files = entries.filter(|path| path.extension().is_some_and(|it| it == EXTENSION));
        let mut records: Vec<_> = files.filter_map(|path| Some((path.clone(), read(&path)?))).collect();
        records.sort_by_key(|(_, record)| record.due);
        records
    }

    /// Keeps `record`, in place of one for the same; returns where, and whether somebody watches it already.
    pub(super) fn put(&self, record: Record) -> Result<(PathBuf, bool), String> {
        let _alone = self.alone()?;
        let known = self.records().into_iter().find(|(_, known)| known.names == record.names);
        let path = known.map_or_else(
            || self.0.join(format!("{:016x}.{EXTENSION}", cfn_signal_instance::seed())),
            |(path, _)| path,
        );
        write(&path, &record).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        let watched = is_watched(&path);
        Ok((path, watched))
    }

    /// Takes away those that are `which`.
    pub(super) fn remove(&self, which: &impl Fn(&Names) -> bool) -> Result<Vec<Names>, String> {
        let _alone = self.alone()?;
        let mut gone = Vec::new();
        for (path, record) in self.records() {
            if which(&record.names) {
                forget(&path);
                if record.fired.is_none() {
                    gone.push(record.names);
                }
            }
        }
        Ok(gone)
    }

    /// Nobody else changes what is armed while this lives.
    fn alone(&self) -> Result<File, String> {
        alone(&self.0).map_err(|error| format!("{}: {error}", self.0.display()))
    }
}

/// The record in `path`, if it is still there.
pub(super) fn read(path: &Path) -> Option<Record> {
    serde_json::from_slice(&state::read(path).ok()?).ok()
}

/// What is in `path` while nobody changes it: the same as `record`, whose signal came to `code`, is over; where nothing is armed any
/// more `held` is let go. Returns whether something is armed.
pub(super) fn settle(path: &Path, fired: Option<(Record, u8)>, held: &mut Option<File>) -> io::Result<bool> {
    let _alone = alone(path.parent().unwrap_or(Path::new("/")))?;
    let now = read(path).filter(|now| now.fired.is_none());
    let due = fired.as_ref().map(|(record, _)| record.due);
    let is_armed = now.is_some_and(|now| Some(now.due) != due);
    if let (false, Some((record, code))) = (is_armed, fired) {
        write(path, &record.over(code))?;
    }
    if !is_armed {
        *held = None;
        // Gone already, perhaps.
        let _gone = fs::remove_file(path.with_extension(WATCHED));
    }
    Ok(is_armed)
}

/// Takes it away.
pub(super) fn forget(path: &Path) {
    // Gone already, perhaps.
    let _gone = fs::remove_file(path);
    if !is_watched(path) {
        let _gone = fs::remove_file(path.with_extension(WATCHED));
    }
}

/// Watches `path` until what is returned ends; none where somebody else does.
pub(super) fn hold(path: &Path) -> io::Result<Option<File>> {
    let file = private(&path.with_extension(WATCHED))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether somebody does, and lives.
pub(super) fn is_watched(path: &Path) -> bool {
    let held = File::open(path.with_extension(WATCHED)).map(|file| file.try_lock());
    matches!(held, Ok(Err(TryLockError::WouldBlock)))
}

fn places(given: Option<&str>) -> Vec<PathBuf> {
    if let Some(given) = state::given(given) {
        return vec![given];
    }
    let mut places = Vec::new();
    if cfg!(unix) {
        places.push(PathBuf::from("/run/cfn-signal"));
    }
    let own = std::env::var_os("XDG_RUNTIME_DIR").filter(|own| !own.is_empty());
    places.extend(own.map(|own| Path::new(&own).join("cfn-signal")));
    places
}

fn alone(folder: &Path) -> io::Result<File> {
    state::alone(folder, Duration::MAX)
}

fn write(path: &Path, record: &Record) -> io::Result<()> {
    // Strings and numbers only: there is nothing that could not be written.
    state::write(path, &serde_json::to_vec(record).unwrap_or_default())
}
