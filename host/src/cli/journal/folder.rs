//! The journal's folder.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cfn_signal_command_line::Options;
use cfn_signal_core::delivery::{Signal, Target};
use serde::Deserialize;

use super::entry::Entry;
use super::machine::Machine;
use super::record::{Record, VERSION};
use crate::cli::state::{self, Names};

/// Of a signal's file.
const EXTENSION: &str = "signal";
/// Beside it: locked by whoever deals with it.
pub(super) const HELD: &str = "held";
/// Beside it, until it is whole.
const NEW: &str = "new";
/// For others who look around here: a signal waits for no one.
const PATIENCE: Duration = Duration::from_secs(2);

/// A folder of signals.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Folder(PathBuf);

/// What the journal has of a signal.
#[derive(Debug)]
pub(in crate::cli) enum Heard {
    /// CloudFormation has it.
    Confirmed,
    /// It may have arrived; whoever sent it is dead.
    Left(Box<Entry>),
}

/// What is in one of its files.
#[derive(Debug)]
pub(in crate::cli) enum Found {
    /// A signal.
    Record(Box<Record>),
    /// One of a later version of this program.
    Newer(u32),
    /// Something else, and why.
    Unreadable(String),
}

impl Folder {
    /// The folder, which is made where it is not there.
    pub(super) fn make(path: &Path) -> io::Result<Self> {
        state::create(path)?;
        Ok(Self(path.to_owned()))
    }

    /// The folder, if it is there.
    pub(in crate::cli) fn known(path: &Path) -> io::Result<Option<Self>> {
        match state::check(path) {
            Ok(()) => Ok(Some(Self(path.to_owned()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(in crate::cli) fn path(&self) -> &Path {
        &self.0
    }

    /// Everything in it but for what another stands for, the oldest first.
    pub(in crate::cli) fn contents(&self) -> Vec<(PathBuf, Found)> {
        let mut found = signals(self.files());
        let replaced: Vec<String> =
            found.iter().filter_map(|(_, it)| it.record()).flat_map(|it| it.instead_of.clone()).collect();
        found.retain(|(path, _)| !replaced.contains(&stem(path)));
        found.sort_by_key(|(_, it)| it.record().map_or(0, |record| record.at));
        found
    }

    /// Begins with `record`, in place of those for the same whose processes are dead.
    pub(super) fn begin(&self, mut record: Record) -> io::Result<Entry> {
        let (path, held) = {
            let _alone = state::alone(&self.0, PATIENCE)?;
            let others = self.tidy();
            record.instead_of = dead(&others, &record, |names| *names == record.names);
            let path = self.0.join(format!("{:016x}.{EXTENSION}", cfn_signal_instance::seed()));
            let held = hold(&path)?.ok_or(io::ErrorKind::AlreadyExists)?;
            (path, held)
        };
        let entry = Entry::new(self.clone(), path, record, held);
        if let Err(error) = entry.begin() {
            let _gone = fs::remove_file(entry.path().with_extension(HELD));
            return Err(error);
        }
        for stem in &entry.record().instead_of {
            self.forget(stem);
        }
        Ok(entry)
    }

    /// The one in `path`, with nobody else at it; none where somebody is, or it is gone.
    pub(in crate::cli) fn acquire(&self, path: &Path) -> io::Result<Option<Entry>> {
        let _alone = state::alone(&self.0, PATIENCE)?;
        let Some(held) = hold(path)? else { return Ok(None) };
        let record = read(path).and_then(|found| found.record().cloned());
        if record.is_none() {
            let _gone = fs::remove_file(path.with_extension(HELD));
        }
        Ok(record.map(|record| Entry::new(self.clone(), path.to_owned(), record, held)))
    }

    /// Takes away whatever waits for the signal that `entry` has brought to its target.
    pub(super) fn forget_met(&self, entry: &Entry, options: &Options, signal: &Signal, target: &Target) {
        if let Ok(_alone) = state::alone(&self.0, PATIENCE) {
            let others = signals(self.files().filter(|path| path != entry.path()));
            let met = dead(&others, entry.record(), |names| names.is_met_by(options, signal, target));
            if met.is_empty() || entry.sync().is_err() {
                return;
            }
            for stem in met {
                self.forget(&stem);
            }
            // None of them comes back where the power fails, when nobody remembers what stood for it.
            let _synced = state::sync(&self.0);
        }
    }

    /// Whether the same was confirmed after `record` began.
    pub(in crate::cli) fn was_confirmed_since(&self, record: &Record) -> bool {
        let contents = self.contents();
        contents
            .iter()
            .filter_map(|(_, found)| found.record())
            .any(|other| other.names == record.names && other.was_confirmed_since(record.at))
    }

    /// Whether the same may have left since `record` began, and is still to be confirmed.
    pub(in crate::cli) fn may_have_left_since(&self, record: &Record, this: &Machine) -> bool {
        let contents = self.contents();
        contents.iter().filter_map(|(_, found)| found.record()).any(|other| {
            other.names == record.names
                && !other.machine.is_another_than(this)
                && other.at >= record.at
                && other.may_have_left(this)
                && !other.is_late()
        })
    }

    /// What there is of a signal for what was armed by `names` at `then`: that it was confirmed since, or that it has left.
    pub(super) fn heard(&self, names: &Names, then: u64) -> Option<Heard> {
        let contents = self.contents();
        let records: Vec<_> = contents
            .iter()
            .filter_map(|(path, found)| Some((path, found.record()?)))
            .filter(|(_, record)| record.is_for(names) && !record.machine.is_another_than(&Machine::this()))
            .collect();
        if records.iter().any(|(_, record)| record.was_confirmed_since(then)) {
            return Some(Heard::Confirmed);
        }
        let this = Machine::this();
        let left = records.iter().filter(|(_, record)| record.may_have_left(&this) && !record.is_late());
        left.filter_map(|(path, _)| self.acquire(path).ok()?).map(|entry| Heard::Left(Box::new(entry))).next()
    }

    fn forget(&self, stem: &str) {
        for extension in [EXTENSION, HELD, NEW] {
            // Gone already, perhaps.
            let _gone = fs::remove_file(self.0.join(stem).with_extension(extension));
        }
    }

    /// Takes away what nobody asks for any more, and what those have left who were killed. Returns the signals that stay.
    fn tidy(&self) -> Vec<(PathBuf, Found)> {
        let files: Vec<_> = self.files().collect();
        let besides = |path: &&PathBuf| has_extension(path, HELD) || has_extension(path, NEW);
        for path in files.iter().filter(besides) {
            if !path.with_extension(EXTENSION).exists() && !is_held(path) {
                let _gone = fs::remove_file(path);
            }
        }
        let mut signals = signals(files.into_iter());
        signals.retain(|(path, it)| {
            let goes = it.record().is_some_and(Record::is_forgotten) && !is_held(path);
            if goes {
                self.forget(&stem(path));
            }
            !goes
        });
        signals
    }

    fn files(&self) -> impl Iterator<Item = PathBuf> {
        fs::read_dir(&self.0).into_iter().flatten().flatten().map(|entry| entry.path())
    }
}

/// What is in those of these files that are signals'.
fn signals(files: impl Iterator<Item = PathBuf>) -> Vec<(PathBuf, Found)> {
    let own = files.filter(|path| has_extension(path, EXTENSION));
    own.filter_map(|path| read(&path).map(|found| (path, found))).collect()
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|it| it == extension)
}

/// Those of the same machine as `record` that nobody holds.
fn dead(signals: &[(PathBuf, Found)], record: &Record, which: impl Fn(&Names) -> bool) -> Vec<String> {
    let is_meant = |other: &Record| which(&other.names) && !other.machine.is_another_than(&record.machine);
    let dead = signals.iter().filter(|(path, it)| it.record().is_some_and(is_meant) && !is_held(path));
    dead.map(|(path, _)| stem(path)).collect()
}

impl Found {
    /// The signal, where it is one.
    pub(in crate::cli) fn record(&self) -> Option<&Record> {
        match self {
            Self::Record(record) => Some(record),
            _ => None,
        }
    }
}

/// What is in `path`; nothing where it has gone meanwhile.
fn read(path: &Path) -> Option<Found> {
    let text = match state::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => return Some(Found::Unreadable(error.to_string())),
    };
    // The last line counts that is whole: what follows it was being written when the power failed, or the disk was full.
    let mut lines = text.split(|byte| *byte == b'\n').rev().map(line);
    let last = lines.next()?;
    Some(match last {
        Found::Unreadable(_) => lines.find(|it| !matches!(it, Found::Unreadable(_))).unwrap_or(last),
        _ => last,
    })
}

fn line(text: &[u8]) -> Found {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    match serde_json::from_slice::<Record>(text) {
        Ok(record) if record.version() > VERSION => Found::Newer(record.version()),
        Ok(record) => Found::Record(Box::new(record)),
        Err(error) => match serde_json::from_slice(text) {
            Ok(Version { version }) if version > VERSION => Found::Newer(version),
            _ => Found::Unreadable(error.to_string()),
        },
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Holds what is in `path` until what is returned ends; none where somebody else does.
fn hold(path: &Path) -> io::Result<Option<File>> {
    let file = state::private(&path.with_extension(HELD))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether somebody does, and lives. Looked at with nobody else in the folder: it locks for a moment.
pub(super) fn is_held(path: &Path) -> bool {
    let held = File::open(path.with_extension(HELD)).map(|file| file.try_lock());
    matches!(held, Ok(Err(TryLockError::WouldBlock)))
}
