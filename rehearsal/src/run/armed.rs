//! What an instance has armed (`cfn-signal arm`). Its watcher sleeps by this machine's clock; where the stack's goes ahead of that, so
//! does what is due.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::inside::Inside;
use crate::armed::{self, Pending, uptime};
use crate::clock::{Clock, wall};
use crate::moment::Moment;

/// Smaller departures are left for later: the two clocks are not read at once.
const LEAST: i64 = 50;

/// What is armed.
pub(super) struct Armed {
    place: Place,
    /// How far the stack's clock was ahead when it was last looked at, in milliseconds.
    ahead: Option<i64>,
}

/// Where it is.
enum Place {
    Here(armed::Armed),
    /// Where nobody but the box's own processes looks.
    Inside(Arc<Inside>),
}

impl Armed {
    /// Nothing, yet; it will be in this folder.
    pub(super) fn here(folder: PathBuf) -> Self {
        Self { place: Place::Here(armed::Armed::at(folder)), ahead: None }
    }

    /// Nothing, yet; it will be in a box.
    pub(super) fn inside(inside: Arc<Inside>) -> Self {
        Self { place: Place::Inside(inside), ahead: None }
    }

    /// Whether anything is armed that has not been signalled.
    pub(super) fn any(&self) -> bool {
        self.pending().any
    }

    /// Takes what is armed as far as the stack's clock has gone; when the first is due by that. What is due now is being signalled.
    pub(super) fn keep_pace(&mut self, clock: &Clock) -> Option<Moment> {
        let ahead = ahead(clock);
        let by = ahead.saturating_sub(*self.ahead.get_or_insert(ahead));
        if by.abs() >= LEAST && self.hasten(by) {
            self.ahead = Some(ahead);
        }
        let left = self.pending().due?.saturating_sub(uptime()?);
        Some(clock.now().plus(Duration::from_millis(u64::try_from(left).unwrap_or(0))))
    }

    /// Its instance is gone: each watcher sees that there is nothing more to watch.
    pub(super) fn disarm(&self) {
        match &self.place {
            Place::Here(armed) => armed.disarm(),
            Place::Inside(inside) => inside.boot().disarm(),
        }
    }

    fn pending(&self) -> Pending {
        match &self.place {
            Place::Here(armed) => armed.pending(),
            Place::Inside(inside) => inside.boot().armed(),
        }
    }

    fn hasten(&self, by: i64) -> bool {
        match &self.place {
            Place::Here(armed) => armed.hasten(by),
            Place::Inside(inside) => {
                inside.boot().hasten(by);
                true
            }
        }
    }
}

/// How far the stack's clock is ahead of this machine's, in milliseconds.
fn ahead(clock: &Clock) -> i64 {
    let [here, there] = [wall(), clock.now()].map(|it| i64::try_from(it.as_millis()).unwrap_or(i64::MAX));
    there.saturating_sub(here)
}

#[cfg(test)]
mod tests;
