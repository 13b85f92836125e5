//! Time passes for every stack of the account.

use std::sync::Arc;
use std::time::Duration;

use super::{Account, Deployed};
use crate::moment::Moment;

/// What begins within this time begins at once.
const INSTANT: Duration = Duration::from_secs(1);

impl Account {
    /// When [`Self::timer`] is due next.
    #[must_use]
    pub fn deadline(&self) -> Option<Moment> {
        self.all().iter().filter_map(|stack| stack.engine.deadline()).min()
    }

    /// The end of the instant that `deadline` is in: stacks that the real service makes at once begin here one after the other.
    pub(crate) fn instant(&self, deadline: Moment) -> Moment {
        let end = deadline.plus(INSTANT);
        let deadlines = self.all().into_iter().filter_map(|stack| stack.engine.deadline());
        deadlines.filter(|it| *it <= end).max().unwrap_or(deadline)
    }

    /// Time has passed.
    pub fn timer(&self) {
        let now = self.clock.now();
        let is_due = |stack: &Arc<Deployed>| stack.engine.deadline().is_some_and(|deadline| deadline <= now);
        let due: Vec<_> = self.all().into_iter().rev().filter(is_due).collect();
        // What is due at one instant comes before what follows from it elsewhere: nothing of it is given up.
        due.iter().for_each(|stack| stack.engine.expire());
        due.iter().for_each(|stack| stack.engine.run_errands());
    }
}
