//! From the stack to whoever watches it.
//!
//! The stack tells while it holds its lock, so telling never waits. What an operation brings about is bounded by its
//! template, and is always told. Signals and faults come as fast as clients like: of those that nobody has read yet
//! only so many are kept, and the rest are counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::happening::Happening;

/// Signals and faults that wait to be read.
const AHEAD: usize = 10_000;

/// What happens to a stack, in order.
pub struct Happenings {
    receiver: UnboundedReceiver<Happening>,
    waiting: Arc<Waiting>,
}

/// The stack's end.
pub(crate) struct Teller {
    sender: UnboundedSender<Happening>,
    waiting: Arc<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// Signals and faults that nobody has read yet.
    unread: AtomicUsize,
    untold: AtomicUsize,
}

pub(crate) fn channel() -> (Teller, Happenings) {
    let (sender, receiver) = unbounded_channel();
    let waiting = Arc::new(Waiting::default());
    (Teller { sender, waiting: Arc::clone(&waiting) }, Happenings { receiver, waiting })
}

impl Teller {
    pub(crate) fn tell(&self, happening: Happening) {
        if comes_from_outside(&happening) && self.waiting.unread.fetch_add(1, Ordering::Relaxed) >= AHEAD {
            self.waiting.unread.fetch_sub(1, Ordering::Relaxed);
            self.waiting.untold.fetch_add(1, Ordering::Relaxed);
            return;
        }
        // Nobody listens any more once the rehearsal ends.
        let _ = self.sender.send(happening);
    }
}

impl Happenings {
    /// The next thing that happens; `None` once the stack is gone.
    pub async fn recv(&mut self) -> Option<Happening> {
        let happening = self.receiver.recv().await;
        self.read(happening.as_ref());
        happening
    }

    /// The next thing that has happened.
    ///
    /// # Errors
    ///
    /// There is none, or the stack is gone.
    pub fn try_recv(&mut self) -> Result<Happening, TryRecvError> {
        let happening = self.receiver.try_recv();
        self.read(happening.as_ref().ok());
        happening
    }

    /// Signals and faults so far that came faster than they were read, and are not told.
    #[must_use]
    pub fn untold(&self) -> usize {
        self.waiting.untold.load(Ordering::Relaxed)
    }

    fn read(&self, happening: Option<&Happening>) {
        if happening.is_some_and(comes_from_outside) {
            self.waiting.unread.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

const fn comes_from_outside(happening: &Happening) -> bool {
    matches!(happening, Happening::Signal(_) | Happening::Fault(_))
}

#[cfg(test)]
mod tests;
