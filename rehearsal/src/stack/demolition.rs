//! What goes, and in which order.

use std::collections::HashMap;
use std::mem;

use super::invariant::broken;
use super::resource::Member;
use super::slots::Slot;
use crate::model::Resource;

/// Everything that goes, and how far it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Demolition {
    doomed: Vec<Doomed>,
    /// Those that are not gone.
    left: usize,
    /// What a rollback has taken out of its place, to go later.
    left_over: Vec<(Resource, Vec<Member>)>,
}

/// Something that goes.
#[derive(Clone, Debug)]
pub(super) struct Doomed {
    pub(super) model: Resource,
    /// Its place, where the resource itself goes; another may stand there.
    pub(super) place: Option<Slot>,
    pub(super) instances: Vec<String>,
    pub(super) stays: bool,
    /// Those that it depends on, and how many of those that depend on it are left.
    needs: Vec<Doom>,
    needed_by: usize,
    stage: Stage,
}

/// Which of those that go: given out by [`Demolition`], and good until the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Doom(usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Terminating,
    Deleting,
    Gone,
    /// It cannot go, and so cannot what it depends on.
    Failed,
}

impl Demolition {
    /// Begins anew: nothing goes yet.
    pub(super) fn clear(&mut self) {
        self.doomed.clear();
    }

    /// What a rollback has taken out of its place goes with the rest.
    pub(super) fn add_left_over(&mut self) {
        for (model, members) in mem::take(&mut self.left_over) {
            self.add(&model, None, &members, false);
        }
    }

    /// This goes, once the rollback is over.
    pub(super) fn leave(&mut self, model: Resource, members: Vec<Member>) {
        self.left_over.push((model, members));
    }

    pub(super) fn add(&mut self, model: &Resource, place: Option<Slot>, members: &[Member], stays: bool) {
        self.doomed.push(Doomed {
            model: model.clone(),
            place,
            instances: members.iter().map(|it| it.id.clone()).collect(),
            stays,
            needs: Vec::new(),
            needed_by: 0,
            stage: Stage::Waiting,
        });
    }

    /// Finds out who has to wait for whom; gives all, those that come first last.
    pub(super) fn link(&mut self) -> Vec<Doom> {
        self.left = self.doomed.len();
        let mut places: HashMap<String, Vec<Doom>> = HashMap::new();
        for (at, it) in self.doomed.iter().enumerate() {
            places.entry(it.model.logical_id.clone()).or_default().push(Doom(at));
        }
        for it in &mut self.doomed {
            it.needs =
                it.model.dependencies.iter().filter_map(|on| places.get(on)).flatten().copied().collect();
            it.needs.sort_unstable();
        }
        let all: Vec<Doom> = self.doomed.iter().flat_map(|it| it.needs.clone()).collect();
        for on in all {
            if let Some(needed) = self.at_mut(on) {
                needed.needed_by += 1;
            }
        }
        (0..self.doomed.len()).map(Doom).collect()
    }

    pub(super) fn at(&self, doom: Doom) -> Option<&Doomed> {
        let found = self.doomed.get(doom.0);
        if found.is_none() {
            broken("one of an earlier demolition");
        }
        found
    }

    fn at_mut(&mut self, doom: Doom) -> Option<&mut Doomed> {
        let found = self.doomed.get_mut(doom.0);
        if found.is_none() {
            broken("one of an earlier demolition");
        }
        found
    }

    /// Whether it can go now, which begins with its instances.
    pub(super) fn begin(&mut self, doom: Doom) -> Option<&Doomed> {
        let it = self.at_mut(doom).filter(|it| it.stage == Stage::Waiting && it.needed_by == 0)?;
        it.stage = Stage::Terminating;
        Some(it)
    }

    /// Its instances are gone, if it had any: now it goes itself.
    pub(super) fn delete(&mut self, doom: Doom) -> Option<&Doomed> {
        let it = self.at_mut(doom)?;
        it.stage = Stage::Deleting;
        Some(it)
    }

    /// It is gone, or stays for good. Gives what it depended on, last created first: each is to be released.
    pub(super) fn gone(&mut self, doom: Doom) -> Vec<Doom> {
        self.left = self.left.saturating_sub(1);
        let Some(it) = self.at_mut(doom) else { return Vec::new() };
        it.stage = Stage::Gone;
        it.needs.iter().rev().copied().collect()
    }

    /// One that depended on it is gone.
    pub(super) fn release(&mut self, doom: Doom) {
        if let Some(it) = self.at_mut(doom) {
            it.needed_by = it.needed_by.saturating_sub(1);
        }
    }

    /// It cannot go.
    pub(super) fn fail(&mut self, doom: Doom) {
        if let Some(it) = self.at_mut(doom) {
            it.stage = Stage::Failed;
        }
    }

    /// The logical ids of those that cannot go.
    pub(super) fn failed(&self) -> Vec<&str> {
        let failed = self.doomed.iter().filter(|it| it.stage == Stage::Failed);
        failed.map(|it| it.model.logical_id.as_str()).collect()
    }

    /// Whether everything is gone that can go.
    pub(super) fn is_over(&self) -> bool {
        let goes = |it: &Doomed| matches!(it.stage, Stage::Terminating | Stage::Deleting);
        self.left == 0
            || self.doomed.iter().any(|it| it.stage == Stage::Failed) && !self.doomed.iter().any(goes)
    }

    /// What goes itself, by its names.
    pub(super) fn type_of(&self, logical_id: &str, physical_id: &str) -> Option<&str> {
        Some(self.at(self.deleting(logical_id, physical_id)?)?.model.resource_type.as_str())
    }

    /// What waits for these instances to be gone.
    pub(super) fn terminating(&self, logical_id: &str, ids: &[String]) -> Option<Doom> {
        self.find(Stage::Terminating, |it| it.model.logical_id == logical_id && it.instances == ids)
    }

    /// What waits to be gone itself.
    pub(super) fn deleting(&self, logical_id: &str, physical_id: &str) -> Option<Doom> {
        self.find(Stage::Deleting, |it| {
            it.model.logical_id == logical_id && it.model.physical_id == physical_id
        })
    }

    fn find(&self, stage: Stage, is: impl Fn(&Doomed) -> bool) -> Option<Doom> {
        self.doomed.iter().position(|it| it.stage == stage && is(it)).map(Doom)
    }
}
