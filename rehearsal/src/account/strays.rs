//! Signals that no stack has heard of: refused before one was found that they could be for.

use std::sync::{Mutex, PoisonError};

/// Different ones that are kept.
const KEPT: usize = 16;

/// A signal that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The stack it named.
    pub stack: String,
    /// The resource it named.
    pub logical_id: String,
    /// Whom it was from.
    pub unique_id: String,
    /// The service's code and words.
    pub refusal: String,
    /// Whether it was sent to another region.
    pub elsewhere: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Strays(Mutex<Vec<Stray>>);

impl Strays {
    /// One more, unless it is as another was.
    pub fn add(&self, stray: Stray) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < KEPT && !all.contains(&stray) {
            all.push(stray);
        }
    }

    /// As they came.
    pub fn all(&self) -> Vec<Stray> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
