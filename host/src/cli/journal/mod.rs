//! The journal: that a signal is to be sent, has left, and has arrived, each written down before anything else is done. What is
//! interrupted, `cfn-signal resume` finishes.
//!
//! A file for each signal, held by its process while that lives. Where nothing can be written the signal is sent all the same.

mod entry;
mod folder;
mod machine;
mod order;
mod record;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use cfn_signal_command_line::{self as command_line, Options};
use cfn_signal_core::delivery::{OutcomeKind, Signal, Target};

use super::state::{Names, Place};

pub(super) use entry::Entry;
pub(super) use folder::{Folder, Found, Heard};
pub(super) use machine::Machine;
pub(super) use record::{Record, Running, State};

/// The journal of one signal.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entry: RefCell<Option<Entry>>,
    /// Whether it has begun, or cannot.
    begun: Cell<bool>,
}

impl Journal {
    /// One that goes on with `entry`, or without any.
    pub(super) fn of(entry: Option<Entry>) -> Self {
        Self { entry: RefCell::new(entry), begun: Cell::new(true) }
    }

    /// A signal is to be sent as `options` say.
    pub(super) fn prepared(&self, options: &Options) {
        let mut slot = self.entry.borrow_mut();
        if let Some(entry) = slot.as_mut() {
            keep(entry.change(|record| record.prepared(options)));
        } else if !self.begun.replace(true) {
            *slot = begin(Record::new(options), options);
        }
    }

    /// `signal` leaves for `target` now.
    pub(super) fn sending(&self, signal: &Signal, target: &Target) {
        if let Some(entry) = self.entry.borrow_mut().as_mut() {
            keep(entry.change(|record| record.sent(signal, target)));
        }
    }

    /// That is how it ended.
    /// Returns the options as they were typed.
    pub(super) fn concluded(
        &self,
        options: &Options,
        signal: &Signal,
        target: &Target,
        kind: OutcomeKind,
    ) -> Options {
        let Some(mut entry) = self.entry.borrow_mut().take() else { return options.clone() };
        let typed = entry.record().typed(options);
        if entry.change(|record| record.concluded(kind)).is_err() && entry.record().state.is_over() {
            // There need be no room for that.
            entry.forget();
        }
        if entry.record().state == State::Confirmed {
            entry.folder().forget_met(&entry, &typed, signal, target);
        } else if !entry.record().state.is_over() {
            tracing::info!("the journal keeps the signal: `cfn-signal resume` tries it again");
        }
        typed
    }
}

/// Begins an entry for what is about to be done; none where there is no journal, which is said where somebody expects one.
pub(super) fn begin(record: Record, options: &Options) -> Option<Entry> {
    let place = Place::of_journal(options.state_dir.as_deref())?;
    if options.handle.is_some() && record.names.handle.is_none() {
        // It is no handle, and is refused.
        return None;
    }
    match Folder::make(&place.folder).and_then(|folder| folder.begin(record)) {
        Ok(entry) => Some(entry),
        Err(error) => {
            let line = format!("no journal is kept in {}: {error}", place.folder.display());
            if place.named {
                command_line::note(options, &line);
            } else {
                tracing::info!("{line}");
            }
            None
        }
    }
}

/// What the journal has of a signal for what was armed by `names` so long ago.
pub(super) fn heard(names: &Names, armed: Duration, options: &Options) -> Option<Heard> {
    let place = Place::of_journal(options.state_dir.as_deref())?;
    let folder = Folder::known(&place.folder).ok()??;
    let then = record::now().saturating_sub(u64::try_from(armed.as_millis()).unwrap_or(u64::MAX));
    folder.heard(names, then)
}

fn keep(written: std::io::Result<()>) {
    if let Err(error) = written {
        tracing::info!(%error, "the journal cannot be written: the signal is sent all the same");
    }
}
