//! The loop: what happens is shown, time passes, and scripts run, until the stack's fate.

mod show;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use cfn_signal_core::causes;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep};

use super::boots::{Boots, Place};
use super::reports::Reports;
use super::{CliError, interruption};
use crate::happening::News;
use crate::rehearsal::{Rehearsal, SetupError};
use crate::report::Console;
use crate::run::{BootEvent, ScratchError};
use crate::template::TemplateError;

/// How often scripts are looked at that may have ended.
const TICK: Duration = Duration::from_millis(50);

/// How often it is said at most what is waited for.
const REFRESH: Duration = Duration::from_millis(40);

/// How long lines that were said in time are still shown after it.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// A rehearsal under way.
pub(super) struct Drive {
    pub(super) rehearsal: Rehearsal,
    pub(super) console: Console,
    pub(super) reports: Reports,
    /// Those that run their user data; none where nothing is run.
    pub(super) boots: Option<Boots>,
    /// How long nothing may have happened before a virtual clock jumps.
    pub(super) quiet: Duration,
    /// When the stack began, by this machine's clock.
    pub(super) begun: Instant,
    /// Whether anything ran at the last look.
    ran: bool,
    /// The stack that the last line was about.
    shown: Option<Arc<str>>,
    /// Stacks whose waits may not all have been seen to end.
    watched: HashSet<Arc<str>>,
    /// When it was last said what is waited for.
    waiting_shown: Option<Instant>,
    /// Why user data cannot go on on this machine.
    broken: Option<ScratchError>,
    /// What cannot be known of what an instance runs.
    unknown: Option<TemplateError>,
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    quit: Signal,
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// What was waited for is so: the stack's fate is decided.
    Decided,
    /// SIGINT, SIGTERM, SIGHUP or SIGQUIT.
    Interrupted,
    /// The time given is over.
    Over,
}

/// What wakes the loop.
enum Wake {
    News(News),
    Boot(BootEvent),
    Interrupted,
    Time,
}

impl Drive {
    pub(super) fn new(
        mut rehearsal: Rehearsal,
        mut console: Console,
        reports: Reports,
        boots: Option<Boots>,
        quiet: Duration,
    ) -> std::io::Result<Self> {
        if let Some(principal) = &rehearsal.principal {
            console.expect(Some(principal.plan.resources.len()));
            console.fit(principal.plan.resources.iter().map(|it| it.resource_type.as_str()));
        }
        rehearsal.reporter = rehearsal.reporter.passing(reports.printer());
        let shown = rehearsal.principal.as_ref().map(|it| it.deployed.name.as_str().into());
        interruption::watch(&rehearsal.account)?;
        Ok(Self {
            rehearsal,
            console,
            reports,
            boots,
            quiet,
            begun: Instant::now(),
            ran: false,
            shown,
            watched: HashSet::new(),
            waiting_shown: None,
            broken: None,
            unknown: None,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// Begins the stack.
    pub(super) fn begin(&mut self) -> Result<(), CliError> {
        self.begun = Instant::now();
        Ok(self.rehearsal.begin()?)
    }

    /// Goes on until the stack's fate, or an interruption.
    pub(super) async fn until_decided(&mut self) -> Result<Pause, CliError> {
        let pause = self.go_on(None, |drive| drive.rehearsal.fate().is_none()).await?;
        self.console.clear();
        Ok(pause)
    }

    /// Goes on showing what happens, for at most `span`, while `on` says so. Whatever has happened by the end is shown by
    /// then: what is concluded from it has no gaps.
    pub(super) async fn go_on(
        &mut self,
        span: Option<Duration>,
        on: impl Fn(&Self) -> bool,
    ) -> Result<Pause, CliError> {
        let pause = self.show_and_wait(span, on).await;
        self.show_what_is_there();
        pause
    }

    async fn show_and_wait(
        &mut self,
        span: Option<Duration>,
        on: impl Fn(&Self) -> bool,
    ) -> Result<Pause, CliError> {
        let end = Instant::now() + span.unwrap_or(Duration::from_secs(365 * 86_400));
        loop {
            self.show_what_is_there();
            if let Some(error) = self.broken.take() {
                return Err(error.into());
            }
            match self.unknown.take().or_else(|| self.rehearsal.take_unknown()) {
                Some(error) if self.lasts() => self.console.warn(&causes::line(&error)),
                Some(error) => return Err(SetupError::from(error).into()),
                None => {}
            }
            if !on(self) {
                return Ok(Pause::Decided);
            }
            // A script that never stops talking does not keep the rehearsal from its end.
            if end.elapsed() > LAST_WORDS {
                return Ok(Pause::Over);
            }
            self.start_boots().await?;
            self.pass_time();
            // What time has brought about comes before what is waited for now.
            self.show_what_is_there();
            self.show_waiting();
            let nap = self.nap().min(end.saturating_duration_since(Instant::now()));
            match self.wake(nap).await {
                Wake::News(news) => self.show(news),
                Wake::Boot(event) => self.show_boot(event),
                Wake::Interrupted => return Ok(Pause::Interrupted),
                Wake::Time if end.elapsed() > Duration::ZERO => return Ok(Pause::Over),
                Wake::Time => {}
            }
        }
    }

    /// Whether any user data, or what it left behind, still runs.
    pub(super) fn any_runs(&self) -> bool {
        self.boots.as_ref().is_some_and(Boots::any_runs)
    }

    /// Whether it goes on whatever becomes of a stack.
    fn lasts(&self) -> bool {
        self.boots.as_ref().is_some_and(Boots::lasts)
    }

    async fn wake(&mut self, nap: Duration) -> Wake {
        let boots = &mut self.boots;
        let told = async {
            match boots {
                Some(boots) => boots.next().await,
                None => None,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => Wake::Interrupted,
            _ = self.terminate.recv() => Wake::Interrupted,
            _ = self.hang_up.recv() => Wake::Interrupted,
            _ = self.quit.recv() => Wake::Interrupted,
            Some(news) = self.rehearsal.news.recv() => Wake::News(news),
            Some(event) = told => Wake::Boot(event),
            () = sleep(nap) => Wake::Time,
        }
    }

    async fn start_boots(&mut self) -> Result<(), CliError> {
        let Some(boots) = &mut self.boots else { return Ok(()) };
        let endpoint = self.rehearsal.endpoint();
        let account = &self.rehearsal.account;
        let place = Place {
            region: &account.region,
            endpoint: &endpoint,
            secrets: &account.secrets,
            endpoints: &self.rehearsal.endpoints,
        };
        boots.start(&place, &mut self.console).await?;
        // On the service nobody would wait for a turn.
        self.rehearsal.account.clock.hold(boots.any_waits());
        Ok(())
    }

    fn pass_time(&mut self) {
        let runs = self.any_runs();
        let ran = std::mem::replace(&mut self.ran, runs);
        let account = &self.rehearsal.account;
        let armed = self.boots.as_mut().and_then(|boots| boots.keep_pace(&account.clock));
        let is_due = armed.is_some_and(|due| due <= account.clock.now());
        if runs || ran || is_due {
            // What has ended since the last look may have a last line in a pipe, or a last request on its way.
            account.activity.stir();
        }
        self.rehearsal.pass_time(self.quiet, armed);
    }

    /// How long to sleep unless something happens.
    fn nap(&self) -> Duration {
        // Scripts end without a word where somebody else waits for that.
        let idle = self.boots.as_ref().filter(|it| it.is_busy()).map(|_| TICK);
        self.rehearsal.nap(self.quiet, idle).min(idle.unwrap_or(Duration::MAX))
    }
}
