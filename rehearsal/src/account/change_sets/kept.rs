//! A stack's change sets, by name and by ARN.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{ChangeSet, State};

/// A stack's change sets.
#[derive(Default)]
pub(crate) struct ChangeSets(Mutex<Vec<Arc<ChangeSet>>>);

impl ChangeSets {
    /// By its ARN, or, where it has not been executed yet, by its name.
    pub(crate) fn find(&self, name_or_id: &str) -> Option<Arc<ChangeSet>> {
        let named =
            |it: &&Arc<ChangeSet>| it.id == name_or_id || it.asked.name == name_or_id && !it.is_executed();
        self.all().iter().find(named).cloned()
    }

    /// Those that have not been executed, newest first.
    pub(crate) fn list(&self) -> Vec<Arc<ChangeSet>> {
        self.all().iter().rev().filter(|it| !it.is_executed()).cloned().collect()
    }

    /// The ARN of the one that the stack was last made or changed by.
    pub(crate) fn last_executed(&self) -> Option<String> {
        self.all().iter().rev().find(|it| it.is_executed()).map(|it| it.id.clone())
    }

    /// Takes those away that go with the one of this ARN.
    pub(in super::super) fn remove_below(&self, root: &str) {
        self.all().retain(|it| it.is_executed() || !it.is_below(root));
    }

    /// Those that go with the one of this ARN are executed with it, and the others go.
    pub(in super::super) fn executed_below(&self, root: &str) {
        let mut all = self.all();
        if all.iter().any(|it| it.is_below(root)) {
            all.retain(|it| it.is_below(root));
            all.iter().for_each(|it| it.set(State::ExecutedBelow));
        }
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    /// The one of this name that has not been executed yet.
    pub(super) fn waiting(&self, name: &str) -> Option<Arc<ChangeSet>> {
        self.all().iter().find(|it| it.asked.name == name && !it.is_executed()).cloned()
    }

    /// Adds one, unless there is another of its name: that.
    pub(in super::super) fn add(&self, change_set: Arc<ChangeSet>) -> Arc<ChangeSet> {
        let mut all = self.all();
        let same = all.iter().find(|it| it.asked.name == change_set.asked.name && !it.is_executed());
        if let Some(same) = same.cloned() {
            return same;
        }
        all.push(Arc::clone(&change_set));
        change_set
    }

    /// The stack is another by now: they may be looked at.
    pub(in super::super) fn obsolete(&self) {
        let all = self.all();
        all.iter().filter(|it| it.state() == State::Available).for_each(|it| it.set(State::Obsolete));
    }

    /// One is executed: the others go. These are they.
    pub(super) fn executed(&self, id: &str, operation: String) -> Vec<Arc<ChangeSet>> {
        let mut all = self.all();
        let others = all.iter().filter(|it| it.id != id).cloned().collect();
        all.retain(|it| it.id == id);
        all.iter().for_each(|it| it.set(State::Executed { operation: operation.clone() }));
        others
    }

    pub(super) fn all(&self) -> MutexGuard<'_, Vec<Arc<ChangeSet>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
