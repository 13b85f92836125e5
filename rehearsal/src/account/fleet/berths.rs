//! Instances in their order and by their ids: a group of a hundred thousand is taken apart one by one.

use std::collections::{BTreeMap, HashMap};

use super::Berth;

#[derive(Default)]
pub(super) struct Berths {
    in_order: BTreeMap<u64, Berth>,
    places: HashMap<String, u64>,
    /// Where the next one goes.
    next: u64,
}

impl Berths {
    pub(super) fn add(&mut self, berth: Berth) {
        self.places.insert(berth.instance.instance_id.clone(), self.next);
        self.in_order.insert(self.next, berth);
        self.next += 1;
    }

    pub(super) fn take(&mut self, instance_id: &str) -> Option<Berth> {
        self.in_order.remove(&self.places.remove(instance_id)?)
    }

    pub(super) fn find(&self, instance_id: &str) -> Option<&Berth> {
        self.in_order.get(self.places.get(instance_id)?)
    }

    /// In the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Berth> {
        self.in_order.values()
    }
}
