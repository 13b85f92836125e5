//! The stacks of an account, by name and by ARN.
//!
//! A deleted stack is found by its ARN only, and its name is free again. So the service has it, for ninety days; here
//! the last hundred are kept.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Deleted stacks that are remembered.
const DELETED: usize = 100;

/// Stacks that an account may have.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const STACKS: usize = 2000;

/// What is kept in a roster.
pub(super) trait Listed {
    fn name(&self) -> &str;
    fn id(&self) -> &str;
    fn is_deleted(&self) -> bool;
}

pub(super) struct Roster<T> {
    by_name: HashMap<String, Arc<T>>,
    by_id: HashMap<String, Arc<T>>,
    /// Oldest first.
    order: VecDeque<Arc<T>>,
}

/// Why there is no place for a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPlace {
    /// A stack of that name exists.
    Taken,
    /// There are as many as there may be.
    Full,
}

impl<T> Default for Roster<T> {
    fn default() -> Self {
        Self { by_name: HashMap::new(), by_id: HashMap::new(), order: VecDeque::new() }
    }
}

impl<T: Listed> Roster<T> {
    /// The stack of this name or ARN.
    pub(super) fn find(&self, name_or_id: &str) -> Option<Arc<T>> {
        match self.by_name.get(name_or_id) {
            Some(stack) if !stack.is_deleted() => Some(Arc::clone(stack)),
            _ => self.by_id.get(name_or_id).cloned(),
        }
    }

    /// Whether a stack of this name may be added.
    pub(super) fn check(&self, name: &str) -> Result<(), NoPlace> {
        if self.by_name.get(name).is_some_and(|stack| !stack.is_deleted()) {
            return Err(NoPlace::Taken);
        }
        let full = self.by_id.len() >= STACKS
            && self.by_id.values().filter(|stack| !stack.is_deleted()).count() >= STACKS;
        if full { Err(NoPlace::Full) } else { Ok(()) }
    }

    pub(super) fn add(&mut self, stack: Arc<T>) -> Result<(), NoPlace> {
        self.check(stack.name())?;
        self.order.push_back(Arc::clone(&stack));
        self.by_name.insert(stack.name().to_owned(), Arc::clone(&stack));
        self.by_id.insert(stack.id().to_owned(), stack);
        self.forget();
        Ok(())
    }

    /// Every stack, newest first, deleted ones too.
    pub(super) fn all(&self) -> Vec<Arc<T>> {
        self.order.iter().rev().cloned().collect()
    }

    /// Drops the oldest deleted stacks.
    fn forget(&mut self) {
        if self.order.len() <= DELETED {
            return;
        }
        let deleted: Vec<_> = self.order.iter().filter(|it| it.is_deleted()).map(Arc::clone).collect();
        let Some(surplus @ 1..) = deleted.len().checked_sub(DELETED) else { return };
        for gone in deleted.into_iter().take(surplus) {
            self.by_id.remove(gone.id());
            if self.by_name.get(gone.name()).is_some_and(|it| it.id() == gone.id()) {
                self.by_name.remove(gone.name());
            }
            self.order.retain(|it| it.id() != gone.id());
        }
    }
}

#[cfg(test)]
mod tests;
