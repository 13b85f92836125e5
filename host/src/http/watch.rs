//! An end to a request that holds whatever the system's timers do.
//!
//! A socket's own timeout is kept only roughly: Linux rounds it up by as much as an eighth, two seconds of eighteen. Waiting
//! for a message is exact, so a thread does that and closes the connection when the time is up: a read, a write, a handshake
//! with the server or with any proxy ends there and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;

/// Watches over one request until it is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    /// Where it hears of an end that is to come sooner.
    sooner: mpsc::Sender<Instant>,
    over: Arc<AtomicBool>,
}

impl Watch {
    /// Closes all connections of `agent`, and lets it open none, once `total` has passed. `None` where there can be no more
    /// threads, or the end is out of sight.
    pub(super) fn start(agent: &Agent, total: Duration) -> Option<Self> {
        let mut end = Instant::now().checked_add(total)?;
        let (sooner, orders) = mpsc::channel();
        let over = Arc::new(AtomicBool::new(false));
        let (agent, flag) = (agent.clone(), Arc::clone(&over));
        let watching = thread::Builder::new().name("watch".to_owned()).spawn(move || {
            loop {
                match orders.recv_timeout(end.saturating_duration_since(Instant::now())) {
                    Ok(sooner) => end = end.min(sooner),
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        flag.store(true, Ordering::Release);
                        return agent.shutdown();
                    }
                }
            }
        });
        watching.is_ok().then_some(Self { sooner, over })
    }

    /// From now on no longer than `time`, nor than was said before.
    pub(super) fn at_most(&self, time: Duration) {
        // The only failure is that the time is up already.
        let _over = self.sooner.send(Instant::now() + time);
    }

    /// Whether the time is up: the connection's failure is that, and nobody else's.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }
}
