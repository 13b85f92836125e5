//! A list that keeps its beginning and its end, and counts what was between them.

use std::collections::VecDeque;

/// The first and the last of many.
#[derive(Clone, Debug)]
pub struct Bounded<T> {
    head: Vec<T>,
    tail: VecDeque<T>,
    first: usize,
    last: usize,
    dropped: u64,
}

impl<T> Bounded<T> {
    /// Keeps the `first` and the `last` so many.
    #[must_use]
    pub const fn new(first: usize, last: usize) -> Self {
        Self { head: Vec::new(), tail: VecDeque::new(), first, last, dropped: 0 }
    }

    /// Adds one; gives back what had to go for it.
    pub fn push(&mut self, item: T) -> Option<T> {
        if self.head.len() < self.first {
            self.head.push(item);
            return None;
        }
        self.tail.push_back(item);
        if self.tail.len() <= self.last {
            return None;
        }
        self.dropped += 1;
        self.tail.pop_front()
    }

    /// Gives back the oldest of the end, which counts as left out from now on.
    pub fn forget(&mut self) -> Option<T> {
        let gone = self.tail.pop_front()?;
        self.dropped += 1;
        Some(gone)
    }

    /// One more that is not kept.
    pub const fn skip(&mut self) {
        self.dropped += 1;
    }

    /// The beginning.
    #[must_use]
    pub fn head(&self) -> &[T] {
        &self.head
    }

    /// The end, as far as it is not the beginning.
    pub fn tail(&self) -> impl Iterator<Item = &T> {
        self.tail.iter()
    }

    /// What is kept, in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.head.iter().chain(&self.tail)
    }

    /// The newest.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.tail.back().or(self.head.last())
    }

    /// The newest, to be changed.
    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.tail.back_mut().or(self.head.last_mut())
    }

    /// How many between the beginning and the end are not kept.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Every one that ever was, kept or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        (self.head.len() + self.tail.len()) as u64 + self.dropped
    }

    /// Whether there never was any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }
}
