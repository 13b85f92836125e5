//! What a status means, read from its name: reports keep up with statuses that they have not met.

use crate::stack::Status;

/// What is being done to a resource or to a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `CREATE_…`, `REVIEW_…`, `IMPORT_…`.
    Create,
    /// `UPDATE_…`.
    Update,
    /// `DELETE_…`.
    Delete,
    /// `ROLLBACK_…`, `UPDATE_ROLLBACK_…`.
    Rollback,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// `…_IN_PROGRESS`.
    UnderWay,
    /// `…_COMPLETE`, and the clearing up after it.
    Complete,
    /// `…_FAILED`.
    Failed,
    /// `…_SKIPPED`.
    Skipped,
}

/// How it is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something that was wanted is reached.
    Good,
    /// Something failed, or is undone because something failed.
    Bad,
    /// Under way.
    Plain,
    /// Of no more interest.
    Faint,
}

/// A status, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    /// What is done.
    pub verb: Verb,
    /// How far it is.
    pub progress: Progress,
    /// Whether only the clearing up is left: nothing can go wrong any more.
    pub cleanup: bool,
}

impl Phase {
    /// Reads a status.
    #[must_use]
    pub fn of(status: Status) -> Self {
        Self::read(status.as_str())
    }

    /// Reads a status as the API writes it.
    #[must_use]
    pub fn read(status: &str) -> Self {
        let verb = if status.contains("ROLLBACK") {
            Verb::Rollback
        } else if status.starts_with("UPDATE") {
            Verb::Update
        } else if status.starts_with("DELETE") {
            Verb::Delete
        } else {
            Verb::Create
        };
        let cleanup = status.contains("_COMPLETE_CLEANUP");
        let progress = if cleanup || status.ends_with("_COMPLETE") {
            Progress::Complete
        } else if status.ends_with("_FAILED") {
            Progress::Failed
        } else if status.ends_with("_SKIPPED") {
            Progress::Skipped
        } else {
            Progress::UnderWay
        };
        Self { verb, progress, cleanup }
    }

    /// How to show it.
    #[must_use]
    pub const fn tone(self) -> Tone {
        match (self.verb, self.progress) {
            (_, Progress::Failed) | (Verb::Rollback, _) => Tone::Bad,
            (Verb::Delete, _) | (_, Progress::Skipped) => Tone::Faint,
            (_, Progress::Complete) => Tone::Good,
            (_, Progress::UnderWay) => Tone::Plain,
        }
    }
}
