//! A stack's resources by their place, and what is known of places: deadlines and instances.

use std::collections::{BTreeSet, HashMap};
use std::ops::{Index, IndexMut};

use super::invariant::broken;
use super::past::Past;
use super::resource::{Tracked, nobody};
use super::tally::Sender;
use crate::model;
use crate::moment::Moment;

#[cfg(test)]
mod tests;

/// The place of a resource. It is given out by [`Resources`] and good until resources are forgotten, which only
/// happens at an operation's end, when nothing is under way that could hold one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot(usize);

/// The resources, in the order in which they came.
#[derive(Clone, Debug)]
pub(super) struct Resources {
    all: Vec<Tracked>,
    by_name: HashMap<String, Slot>,
    /// What stands at a place that is none: that cannot be, and nothing comes of it.
    nobody: Tracked,
}

impl Resources {
    pub(super) fn new(models: Vec<model::Resource>) -> Self {
        let mut resources = Self { all: Vec::new(), by_name: HashMap::new(), nobody: nobody() };
        models.into_iter().for_each(|model| resources.add(model));
        resources
    }

    pub(super) fn add(&mut self, model: model::Resource) {
        self.by_name.insert(model.logical_id.clone(), Slot(self.all.len()));
        self.all.push(Tracked::new(model));
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn find(&self, logical_id: &str) -> Option<Slot> {
        self.by_name.get(logical_id).copied()
    }

    pub(super) fn named(&self, logical_id: &str) -> Option<&Tracked> {
        self.find(logical_id).map(|at| &self[at])
    }

    pub(super) fn named_mut(&mut self, logical_id: &str) -> Option<&mut Tracked> {
        self.find(logical_id).map(|at| &mut self[at])
    }

    pub(super) fn slots(&self) -> impl DoubleEndedIterator<Item = Slot> + use<> {
        (0..self.all.len()).map(Slot)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Tracked> {
        self.all.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Tracked> {
        self.all.iter_mut()
    }

    pub(super) fn placed(&self) -> impl Iterator<Item = (Slot, &Tracked)> {
        self.all.iter().enumerate().map(|(at, it)| (Slot(at), it))
    }

    /// Forgets resources: every place is another from now on.
    pub(super) fn retain(&mut self, stays: impl FnMut(&Tracked) -> bool) {
        self.all.retain(stays);
        self.by_name = self.placed().map(|(at, it)| (it.model.logical_id.clone(), at)).collect();
    }
}

impl Index<Slot> for Resources {
    type Output = Tracked;

    fn index(&self, at: Slot) -> &Tracked {
        let found = self.all.get(at.0);
        if found.is_none() {
            broken("a place outlived its resource");
        }
        found.unwrap_or(&self.nobody)
    }
}

impl IndexMut<Slot> for Resources {
    fn index_mut(&mut self, at: Slot) -> &mut Tracked {
        let found = self.all.get_mut(at.0);
        if found.is_none() {
            broken("a place outlived its resource");
        }
        found.unwrap_or(&mut self.nobody)
    }
}

/// Every resource that gives up or goes on at some moment, the next one first.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadlines {
    in_order: BTreeSet<(Moment, Slot)>,
    by_place: HashMap<Slot, Moment>,
}

impl Deadlines {
    /// Lets a resource give up, or go on, at this moment and no other.
    pub(super) fn set(&mut self, at: Slot, due: Option<Moment>) {
        let before = match due {
            Some(due) => self.by_place.insert(at, due),
            None => self.by_place.remove(&at),
        };
        if let Some(before) = before {
            self.in_order.remove(&(before, at));
        }
        self.in_order.extend(due.map(|due| (due, at)));
    }

    /// Whether it is time for a resource to give up, or to go on.
    pub(super) fn is_due(&self, at: Slot, now: Moment) -> bool {
        self.by_place.get(&at).is_some_and(|due| *due <= now)
    }

    pub(super) fn next(&self) -> Option<(Moment, Slot)> {
        self.in_order.first().copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Moment, Slot)> {
        self.in_order.iter().copied()
    }
}

/// Instances that exist, alone and in groups, with the place of their resource; and those that are no more.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    here: HashMap<String, Slot>,
    past: Past,
}

impl Members {
    /// From now on they are those that the resources name.
    pub(super) fn settle(&mut self, resources: &Resources) {
        let ids = |(at, it): (Slot, &Tracked)| {
            let all: Vec<_> = it.instance_ids().map(|id| (id.to_owned(), at)).collect();
            all
        };
        let before = std::mem::replace(&mut self.here, resources.placed().flat_map(ids).collect());
        before.keys().filter(|id| !self.here.contains_key(*id)).for_each(|id| self.past.add(id));
    }

    pub(super) fn add(&mut self, instance_id: String, at: Slot) {
        self.here.insert(instance_id, at);
    }

    pub(super) fn remove(&mut self, instance_id: &str) {
        if self.here.remove(instance_id).is_some() {
            self.past.add(instance_id);
        }
    }

    /// An instance is no more, whether it was one of these or not.
    pub(super) fn lose(&mut self, instance_id: &str) {
        self.here.remove(instance_id);
        self.past.add(instance_id);
    }

    /// Whether an instance was there, and is no more.
    pub(super) fn has_lost(&self, instance_id: &str) -> bool {
        self.past.has(instance_id)
    }

    pub(super) fn has(&self, instance_id: &str) -> bool {
        self.here.contains_key(instance_id)
    }

    /// Who sends a signal under this id for the resource at `at`.
    pub(super) fn sender(&self, instance_id: &str, at: Slot, resource: &Tracked) -> Sender {
        match self.here.get(instance_id) {
            Some(of) if *of != at => Sender::Another,
            Some(_) if resource.instance_ids().any(|id| id == instance_id) => Sender::Own,
            Some(_) => Sender::Past,
            None if self.past.has(instance_id) => Sender::Past,
            None => Sender::Stranger,
        }
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Slot)> {
        self.here.iter().map(|(id, at)| (id.as_str(), *at))
    }
}
