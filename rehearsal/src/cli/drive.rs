//! The loop: what happens is shown, time passes, and scripts run, until the stack's fate.

use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, sleep, sleep_until};

use crate::clock::ClockKind;
use crate::happening::{Effect, Happening, Launch, SignalReceived};
use crate::rehearsal::Rehearsal;
use crate::report::Console;
use crate::run::{
    Boot, BootEvent, Ended, LINES_AHEAD, NotRun, PartResult, Scratch, ScratchError, Stub, Surroundings,
    start, user_data,
};

/// How often time is looked at while something may still happen.
const TICK: Duration = Duration::from_millis(50);

/// How long lines that were said in time are still shown after it.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What instances boot with; none where nothing is run.
pub(super) struct Boots {
    pub(super) signal_command: PathBuf,
    pub(super) stubs: Vec<Stub>,
}

/// A rehearsal under way.
pub(super) struct Drive {
    pub(super) rehearsal: Rehearsal,
    pub(super) console: Console,
    pub(super) boots: Option<Boots>,
    /// How long nothing may have happened before a virtual clock jumps.
    pub(super) quiet: Duration,
    pub(super) running: Vec<Boot>,
    /// Instances that run nothing, and why.
    pub(super) not_run: Vec<(String, NotRun)>,
    /// When the stack began, by this machine's clock.
    pub(super) begun: Instant,
    boot_sender: Sender<BootEvent>,
    boot_events: Receiver<BootEvent>,
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// The stack's fate is decided.
    Decided,
    /// SIGINT, SIGTERM or SIGHUP.
    Interrupted,
    /// The time given is over.
    Over,
}

impl Drive {
    pub(super) fn new(
        rehearsal: Rehearsal,
        mut console: Console,
        boots: Option<Boots>,
        quiet: Duration,
    ) -> std::io::Result<Self> {
        let (boot_sender, boot_events) = channel(LINES_AHEAD);
        console.fit(rehearsal.stack.resources.iter().map(|it| it.resource_type.as_str()));
        Ok(Self {
            rehearsal,
            console,
            boots,
            quiet,
            running: Vec::new(),
            not_run: Vec::new(),
            begun: Instant::now(),
            boot_sender,
            boot_events,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Begins the stack and goes on until its fate, or an interruption.
    pub(super) async fn until_decided(&mut self) -> Result<Pause, ScratchError> {
        self.begun = Instant::now();
        self.rehearsal.engine.stir();
        self.rehearsal.engine.start();
        loop {
            while let Ok(happening) = self.rehearsal.happenings.try_recv() {
                self.show(happening).await?;
            }
            while let Ok(event) = self.boot_events.try_recv() {
                self.show_boot(event);
            }
            if self.rehearsal.engine.fate().is_some() {
                self.console.clear();
                return Ok(Pause::Decided);
            }
            self.show_calls();
            self.pass_time();
            let now = self.rehearsal.engine.clock().now();
            let waiting = self.rehearsal.engine.waiting();
            self.console.waiting(&waiting, now);
            let nap = self.nap();
            tokio::select! {
                Some(happening) = self.rehearsal.happenings.recv() => self.show(happening).await?,
                Some(event) = self.boot_events.recv() => self.show_boot(event),
                _ = self.interrupt.recv() => return Ok(Pause::Interrupted),
                _ = self.terminate.recv() => return Ok(Pause::Interrupted),
                _ = self.hang_up.recv() => return Ok(Pause::Interrupted),
                () = sleep(nap) => {}
            }
        }
    }

    /// Goes on showing what happens, for at most `span`, while `on` says so.
    pub(super) async fn linger(
        &mut self,
        span: Option<Duration>,
        on: impl Fn(&Self) -> bool,
    ) -> Result<Pause, ScratchError> {
        let end = Instant::now() + span.unwrap_or(Duration::from_secs(365 * 86_400));
        loop {
            if !on(self) {
                return Ok(Pause::Decided);
            }
            // A script that never stops talking does not keep the rehearsal from its end.
            if end.elapsed() > LAST_WORDS {
                return Ok(Pause::Over);
            }
            tokio::select! {
                biased;
                _ = self.interrupt.recv() => return Ok(Pause::Interrupted),
                _ = self.terminate.recv() => return Ok(Pause::Interrupted),
                _ = self.hang_up.recv() => return Ok(Pause::Interrupted),
                Some(happening) = self.rehearsal.happenings.recv() => self.show(happening).await?,
                Some(event) = self.boot_events.recv() => self.show_boot(event),
                () = sleep_until(end) => return Ok(Pause::Over),
                () = sleep(TICK) => {}
            }
        }
    }

    /// Whether any user data, or what it left behind, still runs.
    pub(super) fn any_runs(&self) -> bool {
        self.running.iter().any(Boot::runs)
    }

    fn pass_time(&self) {
        let engine = &self.rehearsal.engine;
        let Some(deadline) = engine.deadline() else { return };
        let clock = engine.clock();
        if self.any_runs() {
            // What has ended just now may have a last line in a pipe, or a last request on its way.
            engine.stir();
        }
        let nothing_can_happen =
            clock.kind() == ClockKind::Virtual && engine.until_quiet(self.quiet).is_zero();
        if nothing_can_happen {
            clock.jump_to(deadline);
        }
        if deadline <= clock.now() {
            engine.timer();
        }
    }

    /// How long to sleep unless something happens.
    fn nap(&self) -> Duration {
        let engine = &self.rehearsal.engine;
        let Some(deadline) = engine.deadline() else { return Duration::from_secs(1) };
        let due = engine.clock().real_until(deadline);
        match engine.clock().kind() {
            ClockKind::Real | ClockKind::Scaled(_) => due.min(Duration::from_secs(1)),
            ClockKind::Virtual => due.min(TICK).min(engine.until_quiet(self.quiet)),
        }
        .max(Duration::from_millis(1))
    }

    /// What stubs were called for comes before what follows from it.
    fn show_calls(&mut self) {
        for boot in &mut self.running {
            for call in boot.new_calls() {
                self.console.output(&boot.logical_id, &call, true);
            }
        }
    }

    async fn show(&mut self, happening: Happening) -> Result<(), ScratchError> {
        self.show_calls();
        match happening {
            Happening::Event(event) => self.console.event(&event),
            Happening::Signal(signal) => {
                if let Some(line) = idle_line(&signal) {
                    self.console.warn(&line);
                }
            }
            Happening::Launched(launch) => self.boot(&launch).await?,
            Happening::Terminated(_) | Happening::Fault(_) => {}
        }
        Ok(())
    }

    fn show_boot(&mut self, event: BootEvent) {
        self.show_calls();
        match event {
            BootEvent::Line { logical_id, text, .. } => self.console.output(&logical_id, &text, false),
            BootEvent::Part { logical_id, name, result, .. } => {
                let text = match &result {
                    PartResult::Ended(ended) => format!("{logical_id}: {name} {}", how(*ended)),
                    PartResult::NotStarted(why) => {
                        format!("{logical_id}: {name} could not be started ({why})")
                    }
                };
                if matches!(result, PartResult::Ended(Ended { code: Some(0), .. })) {
                    self.console.note(&text)
                } else {
                    self.console.warn(&text)
                }
            }
            BootEvent::Exited { logical_id, instance_id, ended } => {
                let text = format!("{logical_id}: the user data {}", how(ended));
                self.rehearsal.engine.stir();
                let Some(boot) = self.running.iter_mut().find(|it| it.instance_id == instance_id) else {
                    return;
                };
                boot.ended = Some(ended);
                let good = ended.code == Some(0);
                let left_behind = boot.runs();
                if good {
                    self.console.note(&text)
                } else {
                    self.console.warn(&text)
                }
                if left_behind {
                    self.console.note(&format!("{logical_id}: what it left running can still signal"));
                }
            }
        }
    }

    /// An instance that was created boots.
    async fn boot(&mut self, launch: &Launch) -> Result<(), ScratchError> {
        let logical_id = &launch.logical_id;
        let Some(boots) = &self.boots else { return Ok(()) };
        let Some(instance) = self.rehearsal.instances.iter().find(|it| it.logical_id == *logical_id) else {
            return Ok(());
        };
        let user_data = instance.user_data.clone().unwrap_or_default();
        let read = user_data::read(&user_data);
        let notes = read.as_ref().map_or_else(|(_, notes)| notes.as_slice(), |read| read.notes());
        for note in notes {
            self.console.warn(&format!("{logical_id}: {note}"));
        }
        let parts = match read {
            Ok(parts) => parts,
            Err((not_run, _)) => {
                self.console.warn(&format!("{logical_id}: {not_run}"));
                self.not_run.push((logical_id.to_owned(), not_run));
                return Ok(());
            }
        };
        let scratch = Scratch::create(&boots.signal_command, &boots.stubs)?;
        let stubs: Vec<_> = scratch
            .stubs
            .iter()
            .filter(|stub| parts.mentions(&stub.name))
            .map(|stub| format!("{} is stubbed and exits with {}", stub.name, stub.exit))
            .collect();
        let stubbed = if stubs.is_empty() { String::new() } else { format!("; {}", stubs.join(", ")) };
        let several = match parts.names().as_slice() {
            [_] => String::new(),
            names => format!(", part by part: {}", names.join(", ")),
        };
        self.console
            .note(&format!("{logical_id}: runs its user data as {}{several}{stubbed}", instance.instance_id));
        let endpoint = self.rehearsal.endpoint();
        let around =
            Surroundings { region: &self.rehearsal.region, endpoint: &endpoint, metadata: instance.metadata };
        match start(launch, &parts, scratch, &around, self.boot_sender.clone()).await {
            Ok(boot) => self.running.push(boot),
            Err(error) => {
                let error = match error {
                    ScratchError::Io(error) => error.to_string(),
                    other => other.to_string(),
                };
                self.console.warn(&format!(
                    "{logical_id}: the user data could not be started ({error}); its first line is {}",
                    parts.first_line()
                ));
            }
        }
        Ok(())
    }
}

fn how(ended: Ended) -> String {
    let after = crate::moment::spoken(ended.after);
    match (ended.code, ended.signal) {
        (Some(code), _) => format!("exited with status {code} after {after}"),
        (None, signal) => format!("was ended by signal {} after {after}", signal.unwrap_or_default()),
    }
}

/// A signal without effect; one that counts has an event of its own.
fn idle_line(signal: &SignalReceived) -> Option<String> {
    let SignalReceived { logical_id, unique_id, outcome, effect, .. } = signal;
    let what = format!("! {} signal for {logical_id} with unique id {unique_id}", outcome.as_str());
    match effect {
        Effect::Counted => None,
        Effect::Uncounted => Some(format!("{what} was accepted, but does not count")),
        Effect::Refused(refusal) => Some(format!("{what} was refused: {refusal}")),
    }
}
