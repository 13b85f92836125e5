//! Errors for people. Of what is behind an error its own text says nothing; whoever prints it prints that too.

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use core::error::Error;
use core::iter::successors;
use core::ops::Deref;

/// An error that can be cloned, for it is shared. No error itself: what has it for a source gives out the shared one, which
/// can be downcast, where an [`Arc`] would stand in between.
#[derive(Debug)]
pub struct Shared<E: ?Sized>(Arc<E>);

impl<E> Shared<E> {
    /// Shares `error`.
    #[must_use]
    pub fn new(error: E) -> Self {
        Self(Arc::new(error))
    }
}

impl<E: ?Sized> Clone for Shared<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E: ?Sized> Deref for Shared<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.0
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Shared<dyn Error + Send + Sync> {
    fn from(error: E) -> Self {
        Self(Arc::new(error))
    }
}

/// An error and what is behind it, outermost first.
pub fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |error| (**error).source())
}

/// An error and what is behind it in one line, each after a colon.
#[must_use]
pub fn line(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    for cause in causes(error).skip(1) {
        line.push_str(": ");
        line.push_str(&cause.to_string());
    }
    line
}

#[cfg(test)]
mod tests;
