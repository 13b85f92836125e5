//! The instances that are known, in the order of their launches.

use std::collections::{BTreeMap, HashMap};

use super::Booted;

/// By number, and where each is by its id.
#[derive(Default)]
pub(super) struct Known {
    all: BTreeMap<u64, Booted>,
    places: HashMap<String, u64>,
    next: u64,
}

impl Known {
    pub(super) fn add(&mut self, booted: Booted) {
        self.places.insert(booted.launch.instance_id.clone(), self.next);
        self.all.insert(self.next, booted);
        self.next += 1;
    }

    pub(super) fn get(&self, instance_id: &str) -> Option<&Booted> {
        self.all.get(self.places.get(instance_id)?)
    }

    pub(super) fn get_mut(&mut self, instance_id: &str) -> Option<&mut Booted> {
        self.all.get_mut(self.places.get(instance_id)?)
    }

    pub(super) fn forget(&mut self, instance_id: &str) {
        let place = self.places.remove(instance_id);
        place.and_then(|it| self.all.remove(&it));
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Booted> {
        self.all.values()
    }
}
