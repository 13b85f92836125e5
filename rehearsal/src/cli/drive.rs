//! The loop: what happens is shown, time passes, and scripts run, until the stack's fate.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep};

use super::boots::{Boots, Place};
use super::reports::Reports;
use super::told;
use super::{CliError, interruption};
use crate::happening::{Happening, Launch, News};
use crate::rehearsal::{Rehearsal, SetupError};
use crate::report::Console;
use crate::run::{Boot, BootEvent, Ended, PartResult, ScratchError};
use crate::stack::Waiting;
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
            if let Some(error) = self.unknown.take().or_else(|| self.rehearsal.take_unknown()) {
                return Err(SetupError::from(error).into());
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

    /// What lines call an instance, what it is, and its stack's name.
    fn named(&self, instance_id: &str) -> (String, Launch, String) {
        let booted = self.boots.as_ref().and_then(|boots| boots.booted(instance_id));
        booted.map(|it| (it.label.clone(), it.launch.clone(), it.stack.clone())).unwrap_or_else(|| {
            let launch = Launch { logical_id: String::new(), instance_id: instance_id.to_owned() };
            let stack = self.rehearsal.principal.as_ref().map(|it| it.deployed.name.clone());
            (instance_id.to_owned(), launch, stack.unwrap_or_default())
        })
    }

    /// Whether any user data, or what it left behind, still runs.
    pub(super) fn any_runs(&self) -> bool {
        self.boots.as_ref().is_some_and(Boots::any_runs)
    }

    /// What the stacks wait for; with the stack's name before each where there are several.
    fn waiting(&mut self) -> Vec<Waiting> {
        let now = self.rehearsal.account.clock.now();
        let stacks = self.rehearsal.account.all();
        let mut all = Vec::new();
        for stack in &stacks {
            let mut waiting = stack.engine.waiting();
            self.rehearsal.reporter.waiting(&stack.name, &waiting, now);
            let is_below =
                self.rehearsal.principal.as_ref().is_some_and(|it| it.deployed.id == stack.root_id());
            for it in &mut waiting {
                if is_below {
                    it.logical_id = stack.below(&it.logical_id);
                } else if stacks.len() > 1 {
                    it.logical_id = format!("{}/{}", stack.name, it.logical_id);
                }
            }
            all.extend(waiting);
        }
        all
    }

    /// Recorded each time, for a virtual clock passes over a wait in no time; shown not after each of a thousand signals.
    fn show_waiting(&mut self) {
        let all = self.waiting();
        if self.waiting_shown.is_none_or(|shown| shown.elapsed() >= REFRESH) {
            self.waiting_shown = Some(Instant::now());
            self.console.waiting(&all, self.rehearsal.account.clock.now());
        }
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
        let place = Place { region: &self.rehearsal.account.region, endpoint: &endpoint };
        boots.start(&place, &mut self.console).await?;
        // On the service nobody would wait for a turn.
        self.rehearsal.account.clock.hold(boots.any_waits());
        Ok(())
    }

    fn pass_time(&mut self) {
        let runs = self.any_runs();
        let ran = std::mem::replace(&mut self.ran, runs);
        if runs || ran {
            // What has ended since the last look may have a last line in a pipe, or a last request on its way.
            self.rehearsal.account.activity.stir();
        }
        self.rehearsal.pass_time(self.quiet);
    }

    /// How long to sleep unless something happens.
    fn nap(&self) -> Duration {
        // Scripts end without a word where somebody else waits for that.
        self.rehearsal.nap(self.quiet, self.boots.is_some().then_some(TICK))
    }

    /// All of it: nobody adds to it meanwhile, for all of them share this thread.
    fn show_what_is_there(&mut self) {
        while let Ok(news) = self.rehearsal.news.try_recv() {
            self.show(news);
        }
        while let Some(event) = self.boots.as_mut().and_then(Boots::told) {
            self.show_boot(event);
        }
        self.show_calls();
    }

    /// What stubs were called for comes before what follows from it.
    fn show_calls(&mut self) {
        let Some(boots) = &mut self.boots else { return };
        let calls = boots.new_calls();
        let now = self.rehearsal.account.clock.now();
        for (instance_id, call) in calls {
            let (label, launch, stack) = self.named(&instance_id);
            self.heard(&instance_id, &call, true);
            self.console.output(&label, &call, true);
            self.rehearsal.reporter.output(&stack, &launch, &call, true, now);
        }
    }

    fn heard(&mut self, instance_id: &str, line: &str, stub: bool) {
        if let Some(boots) = &mut self.boots {
            boots.heard(instance_id, line, stub);
        }
    }

    fn show(&mut self, news: News) {
        self.show_calls();
        if self.shown.as_ref() != Some(&news.stack) {
            self.console.expect(None);
            self.console.note(&format!("stack {}:", news.stack));
            self.shown = Some(Arc::clone(&news.stack));
        }
        let now = self.rehearsal.account.clock.now();
        self.rehearsal.reporter.happened(&news.stack, &news.happening, now);
        match news.happening {
            Happening::Event(event) => {
                self.console.fit(std::iter::once(event.resource_type.as_str()));
                self.console.event(&event);
            }
            Happening::Signal(signal) => {
                if let Some(line) = told::idle(&signal) {
                    self.console.warn(&line);
                }
            }
            Happening::Launched(launch) => {
                let Some(boots) = &mut self.boots else { return };
                let Some(stack) = self.rehearsal.rehearsed(&news.stack) else { return };
                if let Some(error) = stack.unknown_user_data(&launch.logical_id)
                    && boots.boots(&launch.logical_id)
                {
                    self.unknown.get_or_insert(error);
                    return;
                }
                if let Some(instance) = stack.instance(&launch.instance_id)
                    && let Some(not_run) = boots.launched(instance, &stack, &mut self.console)
                {
                    self.rehearsal.reporter.not_run(&news.stack, &launch, &not_run.to_string(), now);
                }
            }
            Happening::Terminated(launch) => {
                if let Some(boots) = &mut self.boots {
                    boots.terminated(&launch);
                }
            }
            Happening::Scaled(scaled) => match told::scaled(&scaled) {
                Ok(line) => self.console.note(&line),
                Err(line) => self.console.warn(&line),
            },
            Happening::Document(_) | Happening::Capacity(_) => {}
            Happening::Note(note) => self.console.warn(&note.text),
            Happening::Fault(fault) => self.console.warn(&format!("! {}: {}", fault.request, fault.fault)),
        }
    }

    fn show_boot(&mut self, event: BootEvent) {
        self.show_calls();
        let now = self.rehearsal.account.clock.now();
        match event {
            BootEvent::Line { instance_id, text, .. } => {
                let (label, launch, stack) = self.named(&instance_id);
                self.heard(&instance_id, &text, false);
                self.console.output(&label, &text, false);
                self.rehearsal.reporter.output(&stack, &launch, &text, false, now);
            }
            BootEvent::Note { instance_id, text } => {
                let (label, launch, stack) = self.named(&instance_id);
                self.console.warn(&format!("{label}: {text}"));
                self.rehearsal.reporter.output(&stack, &launch, &text, true, now);
            }
            BootEvent::Part { instance_id, name, result, .. } => {
                let (label, launch, stack) = self.named(&instance_id);
                let text = match &result {
                    PartResult::Ended(ended) => format!("{name} {}", how(*ended)),
                    PartResult::NotStarted(why) => {
                        if let Some(boots) = &mut self.boots {
                            boots.not_started(&instance_id, &name, why);
                        }
                        format!("{name} could not be started ({why})")
                    }
                };
                let line = format!("{label}: {text}");
                if matches!(result, PartResult::Ended(Ended { code: Some(0), .. })) {
                    self.console.chat(&line);
                } else {
                    self.console.warn(&line);
                }
                self.rehearsal.reporter.output(&stack, &launch, &text, true, now);
            }
            BootEvent::Broken(error) => self.broken = Some(error),
            BootEvent::Exited { instance_id, ended, .. } => {
                let (label, launch, stack) = self.named(&instance_id);
                self.rehearsal.reporter.exited(&stack, &launch, ended, now);
                let text = format!("{label}: the user data {}", how(ended));
                self.rehearsal.account.activity.stir();
                let Some(boot) = self.boots.as_mut().and_then(|boots| boots.ended(&instance_id, ended))
                else {
                    return;
                };
                let left_behind = Boot::runs(boot);
                if ended.code == Some(0) {
                    self.console.chat(&text);
                } else {
                    self.console.warn(&text);
                }
                if left_behind {
                    self.console.chat(&format!("{label}: what it left running can still signal"));
                }
            }
        }
    }
}

fn how(ended: Ended) -> String {
    let after = crate::moment::spoken(ended.after);
    match (ended.code, ended.signal) {
        (Some(code), _) => format!("exited with status {code} after {after}"),
        (None, signal) => format!("was ended by signal {} after {after}", signal.unwrap_or_default()),
    }
}
