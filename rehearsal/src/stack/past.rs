//! Instances that are no more. What they sent while they were being terminated may still be under way.

use std::collections::{HashSet, VecDeque};

/// Those that are remembered, the last ones: more than any group has.
const REMEMBERED: usize = 10_000;

/// Ids of instances that are no more.
#[derive(Clone, Debug, Default)]
pub struct Past {
    ids: HashSet<String>,
    /// Oldest first.
    order: VecDeque<String>,
}

impl Past {
    /// One more.
    pub fn add(&mut self, instance_id: &str) {
        if !self.ids.insert(instance_id.to_owned()) {
            return;
        }
        self.order.push_back(instance_id.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }

    /// Whether this one was there, and is no more.
    #[must_use]
    pub fn has(&self, instance_id: &str) -> bool {
        self.ids.contains(instance_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_remembered() {
        let mut past = Past::default();
        let id = |number: usize| format!("i-{number:017x}");
        (0..=REMEMBERED).for_each(|number| past.add(&id(number)));
        past.add(&id(1));
        assert!(!past.has(&id(0)) && past.has(&id(1)) && past.has(&id(REMEMBERED)));
        assert_eq!((past.ids.len(), past.order.len()), (REMEMBERED, REMEMBERED));
    }
}
