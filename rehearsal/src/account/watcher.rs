//! Follows what a stack does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fleet::Fleet;
use super::launches::Launches;
use super::version::{Version, Versions};
use crate::clock::Clock;
use crate::happening::{Happening, News, Note};
use crate::moment::Moment;
use crate::stack::{Event, Status};
use crate::telling::Teller;
use crate::template::Awaited;

/// Follows what the stack does: its instances come and go, its version changes.
pub(super) struct Watcher {
    pub(super) name: Arc<str>,
    pub(super) fleet: Fleet,
    versions: Mutex<Versions>,
    news: Teller,
    clock: Arc<Clock>,
}

impl Watcher {
    pub(super) fn new(name: &str, fleet: Fleet, first: Version, news: Teller, clock: Arc<Clock>) -> Self {
        fleet.set_launches(Arc::clone(&first.launches));
        let versions = Versions { current: first, previous: None, failed: None, left: false, updated: None };
        Self { name: name.into(), fleet, versions: Mutex::new(versions), news, clock }
    }

    /// Something happened to the stack. Called while the stack is locked: it must not ask the stack for anything.
    pub(super) fn hear(&self, happening: Happening) {
        let mut note = None;
        match &happening {
            Happening::Launched(launch) => note = self.fleet.launched(launch),
            Happening::Terminated(launch) => self.fleet.terminated(launch),
            Happening::Event(event) if event.is_of_stack(&self.name) => self.follow(event),
            _ => {}
        }
        self.news.tell(News { stack: Arc::clone(&self.name), happening });
        if let Some(text) = note {
            let happening = Happening::Note(Note { at: self.clock.now(), text });
            self.news.tell(News { stack: Arc::clone(&self.name), happening });
        }
    }

    pub(super) fn versions(&self) -> MutexGuard<'_, Versions> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is asked from now on, until the update it belongs to fails.
    pub(super) fn begin(&self, version: Version, now: Moment) {
        let mut versions = self.versions();
        self.fleet.set_launches(Arc::clone(&version.launches));
        let current = std::mem::replace(&mut versions.current, version);
        // What was left as it failed goes back to what was before that.
        if !std::mem::take(&mut versions.left) {
            versions.previous = Some(current);
        }
        versions.failed = None;
        versions.updated = Some(now);
    }

    /// It is made as this asks, whatever was asked before.
    pub(super) fn take(&self, version: Version) {
        self.fleet.set_launches(Arc::clone(&version.launches));
        self.versions().current = version;
    }

    /// More is known of what instances have.
    pub(super) fn learn(&self, launches: Arc<Launches>, awaited: Vec<Awaited>) {
        self.fleet.set_launches(Arc::clone(&launches));
        let mut versions = self.versions();
        versions.current.launches = launches;
        versions.current.awaited = awaited;
    }

    fn follow(&self, event: &Event) {
        match event.status {
            Status::UpdateRollbackInProgress => {
                let mut versions = self.versions();
                versions.left = false;
                if let Some(previous) = versions.previous.take() {
                    self.fleet.set_launches(Arc::clone(&previous.launches));
                    versions.failed = Some(std::mem::replace(&mut versions.current, previous));
                }
            }
            Status::UpdateFailed => self.versions().left = true,
            Status::UpdateComplete => self.versions().previous = None,
            _ => {}
        }
    }
}
