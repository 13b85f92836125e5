//! Time passes.

use std::time::Duration;

use tokio::time::sleep;

use super::Rehearsal;
use crate::clock::ClockKind;
use crate::happening::News;
use crate::moment::Moment;
use crate::report::summarise;
use crate::stack::Fate;

/// How often time is looked at while something may still happen.
const TICK: Duration = Duration::from_millis(50);

impl Rehearsal {
    /// Goes on until the stack's fate is decided; without a template as long as it is asked to. A virtual clock jumps to
    /// the next timeout once no request has come for `quiet`.
    pub async fn until_decided(&mut self, quiet: Duration) -> Fate {
        loop {
            // The fate first: what led to it has been told by then.
            let fate = self.fate();
            while let Ok(news) = self.news.try_recv() {
                self.record(&news);
            }
            if let Some(fate) = fate {
                self.conclude(Vec::new());
                return fate;
            }
            self.record_waits();
            self.pass_time(quiet, None);
            let nap = self.nap(quiet, None);
            tokio::select! {
                Some(news) = self.news.recv() => self.record(&news),
                () = sleep(nap) => {}
            }
        }
    }

    /// Which resource the stack's last operation failed for, and why; none where nothing has failed.
    #[must_use]
    pub fn failure(&self) -> Option<(String, String)> {
        let principal = self.principal.as_ref()?;
        let (logical_id, reason) = principal
            .deployed
            .engine
            .look(|_, history| summarise(history.get(principal.taken_for_granted..)?)?.failure)?;
        Some((logical_id, self.account.secrets.without(&reason).into_owned()))
    }

    /// Something happened.
    fn record(&mut self, news: &News) {
        self.reporter.happened(&news.stack, &news.happening, self.account.clock.now());
    }

    /// What the stacks wait for.
    fn record_waits(&mut self) {
        let now = self.account.clock.now();
        for stack in self.account.all() {
            self.reporter.waiting(&stack.name, &stack.engine.waiting(), now);
        }
    }

    /// Lets the stacks do what their time has come for. Somebody else may have something to do at `other`, before a stack does.
    pub(crate) fn pass_time(&self, quiet: Duration, other: Option<Moment>) {
        let account = &self.account;
        let Some(deadline) = account.deadline() else { return };
        let nothing_can_happen =
            account.clock.kind() == ClockKind::Virtual && account.activity.until_quiet(quiet).is_zero();
        if nothing_can_happen {
            let instant = account.instant(deadline);
            account.clock.jump_to(other.map_or(instant, |other| other.min(instant)));
        }
        if deadline <= account.clock.now() {
            account.timer();
        }
    }

    /// How long to sleep unless something happens; `idle` where the stacks wait for nothing.
    pub(crate) fn nap(&self, quiet: Duration, idle: Option<Duration>) -> Duration {
        let account = &self.account;
        let due = match account.deadline() {
            Some(deadline) => account.clock.real_until(deadline),
            None => idle.unwrap_or(Duration::from_secs(1)),
        };
        match account.clock.kind() {
            ClockKind::Real | ClockKind::Scaled(_) => due.min(Duration::from_secs(1)),
            ClockKind::Virtual => due.min(TICK).min(account.activity.until_quiet(quiet)),
        }
        .max(Duration::from_millis(1))
    }
}
