//! Instances that boot: not all at once, for a group may have a thousand.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

use crate::account::{Deployed, Instance};
use crate::happening::Launch;
use crate::report::{Console, Seen};
use crate::run::user_data::UserData;
use crate::run::{
    Boot, BootEvent, Ended, Initialisation, LINES_AHEAD, NotRun, Scratch, ScratchError, StartError, Stub,
    Surroundings, start, user_data,
};

/// What instances boot with.
pub(super) struct Equipment {
    pub(super) signal_command: PathBuf,
    pub(super) stubs: Vec<Stub>,
    /// Instances whose user data is for Windows, also where it is not known whole.
    pub(super) windows: Vec<String>,
    /// Whether `cfn-init` works through the metadata of the instance's stack.
    pub(super) init: bool,
    /// The only resources whose instances boot, where any were chosen.
    pub(super) resources: Vec<String>,
    /// Scripts that run at a time.
    pub(super) parallel: usize,
    /// How long a script goes on after its instance's termination.
    pub(super) grace: Duration,
}

/// Where instances boot.
pub(super) struct Place<'a> {
    pub(super) region: &'a str,
    pub(super) endpoint: &'a str,
}

/// An instance that was launched, and what became of its user data.
pub(super) struct Booted {
    pub(super) launch: Launch,
    /// What lines call it.
    pub(super) label: String,
    /// Its stack's name.
    pub(super) stack: String,
    /// Whether its stack waits for its signal.
    pub(super) waits: bool,
    pub(super) not_run: Option<NotRun>,
    pub(super) ended: Option<Ended>,
    pub(super) seen: Seen,
}

/// An instance that has yet to boot.
struct Turn {
    instance: Instance,
    parts: UserData,
    stack: Arc<Deployed>,
}

/// The instances of a rehearsal.
pub(super) struct Boots {
    equipment: Equipment,
    pub(super) all: Vec<Booted>,
    /// Where in `all` an instance is.
    places: HashMap<String, usize>,
    waiting: VecDeque<Turn>,
    pub(super) running: Vec<Boot>,
    /// Whether anything was ever started.
    pub(super) any_started: bool,
    /// Ids of instances that are terminated, and when their scripts end.
    terminating: Vec<(Instant, String)>,
    /// Ids of all that were terminated.
    terminated: HashSet<String>,
    sender: Sender<BootEvent>,
    events: Receiver<BootEvent>,
}

impl Boots {
    pub(super) fn new(equipment: Equipment) -> Self {
        let (sender, events) = channel(LINES_AHEAD);
        Self {
            equipment,
            all: Vec::new(),
            places: HashMap::new(),
            waiting: VecDeque::new(),
            running: Vec::new(),
            any_started: false,
            terminating: Vec::new(),
            terminated: HashSet::new(),
            sender,
            events,
        }
    }

    /// Whether the instances of a resource boot.
    pub(super) fn boots(&self, logical_id: &str) -> bool {
        let chosen = &self.equipment.resources;
        chosen.is_empty() || chosen.iter().any(|it| it == logical_id)
    }

    /// An instance of `stack` was launched. Gives the reason where it has nothing that could be run.
    pub(super) fn launched(
        &mut self,
        instance: Instance,
        stack: &Arc<Deployed>,
        console: &mut Console,
    ) -> Option<NotRun> {
        if !self.boots(&instance.logical_id) {
            return None;
        }
        let (alone, waits) = stack.engine.look(|machine, _| {
            (machine.is_single(&instance.logical_id), machine.waits(&instance.logical_id))
        });
        let path = stack.below(&instance.logical_id);
        // Alone, its logical id says enough.
        let label = if alone { path } else { format!("{path} {}", instance.instance_id) };
        let read = match self.equipment.windows.contains(&instance.logical_id) {
            true => Err((NotRun::Windows, Vec::new())),
            false => user_data::read(instance.user_data.as_deref().unwrap_or_default()),
        };
        let notes = read.as_ref().map_or_else(|(_, notes)| notes.as_slice(), UserData::notes);
        for note in notes {
            console.warn(&format!("{label}: {note}"));
        }
        let (parts, not_run) = match read {
            Ok(parts) => (Some(parts), None),
            Err((not_run, _)) => (None, Some(not_run)),
        };
        let seen = parts.as_ref().map(Seen::of).unwrap_or_default();
        // That was said before the stack began.
        let is_said = self.equipment.windows.contains(&instance.logical_id);
        if let Some(not_run) = not_run.filter(|_| !is_said) {
            console.warn(&format!("{label}: {not_run}"));
        }
        let launch =
            Launch { logical_id: instance.logical_id.clone(), instance_id: instance.instance_id.clone() };
        self.places.insert(launch.instance_id.clone(), self.all.len());
        let name = stack.name.clone();
        self.all.push(Booted { launch, label, stack: name, waits, not_run, ended: None, seen });
        self.waiting.extend(parts.map(|parts| Turn { instance, parts, stack: Arc::clone(stack) }));
        not_run
    }

    /// An instance is terminated, and what it runs soon after: such a thing takes its time.
    pub(super) fn terminated(&mut self, launch: &Launch) {
        self.waiting.retain(|it| it.instance.instance_id != launch.instance_id);
        let end = Instant::now() + self.equipment.grace;
        self.terminating.push((end, launch.instance_id.clone()));
        self.terminated.insert(launch.instance_id.clone());
    }

    /// Ends the scripts of instances that were terminated a while ago.
    fn end_terminated(&mut self, console: &mut Console) {
        let due: Vec<_> =
            self.terminating.extract_if(.., |(end, _)| end.elapsed() > Duration::ZERO).collect();
        for (_, instance_id) in due {
            let label = self.booted(&instance_id).map_or(instance_id.clone(), |it| it.label.clone());
            let goes_on = |it: &&mut Boot| it.instance_id == instance_id && it.ended.is_none();
            if let Some(boot) = self.running.iter_mut().find(goes_on) {
                console.note(&format!("{label}: the instance is terminated, and its user data with it"));
                boot.terminate();
            }
        }
    }

    /// What is known of an instance.
    pub(super) fn booted(&self, instance_id: &str) -> Option<&Booted> {
        self.all.get(*self.places.get(instance_id)?)
    }

    /// An instance said something, or one of its stubs did.
    pub(super) fn heard(&mut self, instance_id: &str, line: &str, stub: bool) {
        if let Some(booted) = self.places.get(instance_id).and_then(|at| self.all.get_mut(*at)) {
            booted.seen.hear(line, stub);
        }
    }

    /// A part of an instance's user data was not started.
    pub(super) fn not_started(&mut self, instance_id: &str, part: &str, why: &str) {
        if let Some(booted) = self.places.get(instance_id).and_then(|at| self.all.get_mut(*at)) {
            booted.seen.not_started.push(format!("{part} ({why})"));
        }
    }

    /// The calls of stubs since the last time, and the instances that made them.
    pub(super) fn new_calls(&mut self) -> Vec<(String, String)> {
        let calls = self.running.iter_mut().flat_map(|boot| {
            let instance_id = boot.instance_id.clone();
            boot.new_calls().into_iter().map(move |call| (instance_id.clone(), call))
        });
        calls.collect()
    }

    /// Starts what has its turn.
    pub(super) async fn start(
        &mut self,
        place: &Place<'_>,
        console: &mut Console,
    ) -> Result<(), ScratchError> {
        self.end_terminated(console);
        // What is over gives its directory back. Its stubs' calls are shown by now.
        self.running.retain(|boot| boot.ended.is_none() || boot.runs());
        while !self.waiting.is_empty()
            && self.running.iter().filter(|it| it.ended.is_none()).count() < self.equipment.parallel
        {
            let Some(turn) = self.waiting.pop_front() else { return Ok(()) };
            self.boot(&turn, place, console).await?;
        }
        Ok(())
    }

    /// What an instance tells next.
    pub(super) async fn next(&mut self) -> Option<BootEvent> {
        self.events.recv().await
    }

    /// What an instance has told already.
    pub(super) fn told(&mut self) -> Option<BootEvent> {
        self.events.try_recv().ok()
    }

    /// How an instance's user data ended.
    pub(super) fn ended(&mut self, instance_id: &str, ended: Ended) -> Option<&Boot> {
        let boot = self.running.iter_mut().find(|it| it.instance_id == instance_id)?;
        boot.ended = Some(ended);
        if !boot.cut_short
            && let Some(booted) = self.places.get(instance_id).and_then(|at| self.all.get_mut(*at))
        {
            booted.ended = Some(ended);
        }
        Some(boot)
    }

    /// Whether any user data, or what it left behind, still runs or has yet to.
    pub(super) fn any_runs(&self) -> bool {
        !self.waiting.is_empty() || self.running.iter().any(Boot::runs)
    }

    /// Whether an instance waits for its turn.
    pub(super) fn any_waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether user data has yet to come to its end.
    pub(super) fn any_goes_on(&self) -> bool {
        !self.waiting.is_empty() || self.running.iter().any(|boot| boot.ended.is_none())
    }

    /// The same of instances that are not terminated.
    pub(super) fn any_goes_on_in_service(&self) -> bool {
        let in_service = |id: &str| !self.terminated.contains(id);
        self.waiting.iter().any(|it| in_service(&it.instance.instance_id))
            || self.running.iter().any(|boot| boot.ended.is_none() && in_service(&boot.instance_id))
    }

    /// Scripts that run at a time.
    pub(super) fn parallel(&self) -> usize {
        self.equipment.parallel
    }

    /// Instances that still wait for their turn will not have one; how many.
    pub(super) fn give_up(&mut self) -> usize {
        let left = self.waiting.len();
        self.waiting.clear();
        left
    }

    async fn boot(
        &mut self,
        turn: &Turn,
        place: &Place<'_>,
        console: &mut Console,
    ) -> Result<(), ScratchError> {
        let Turn { instance, parts, stack } = turn;
        let launch =
            Launch { logical_id: instance.logical_id.clone(), instance_id: instance.instance_id.clone() };
        let known = self.booted(&instance.instance_id);
        let label = known.map_or(instance.logical_id.clone(), |it| it.label.clone());
        let Some(metadata) = instance.metadata else {
            console.warn(&format!("{label}: no port is left for its metadata, so it does not boot"));
            return Ok(());
        };
        let init = self.equipment.init.then(|| stack.init());
        let scratch = Scratch::create(&self.equipment.signal_command, &self.equipment.stubs, init.is_some())?;
        let mut stubs: Vec<_> = scratch
            .stubs
            .iter()
            .filter(|stub| parts.mentions(&stub.name))
            .map(|stub| format!("{} is stubbed and exits with {}", stub.name, stub.exit))
            .collect();
        let is_stub = scratch.stubs.iter().any(|stub| stub.name == "cfn-init");
        if init.is_some() && !is_stub && parts.mentions("cfn-init") {
            stubs.push("cfn-init runs the commands of the metadata (--init run)".to_owned());
        }
        let stubbed = if stubs.is_empty() { String::new() } else { format!("; {}", stubs.join(", ")) };
        let several = match parts.names().as_slice() {
            [_] => String::new(),
            names => format!(", part by part: {}", names.join(", ")),
        };
        let called = if label.ends_with(&instance.instance_id) {
            String::new()
        } else {
            format!(" as {}", instance.instance_id)
        };
        console.chat(&format!("{label}: runs its user data{called}{several}{stubbed}"));
        let init = init.as_ref().map(|metadata| Initialisation { stack: &stack.name, metadata });
        let around = Surroundings { region: place.region, endpoint: place.endpoint, metadata, init };
        match start(&launch, parts, scratch, &around, self.sender.clone()).await {
            Ok(boot) => {
                self.any_started = true;
                self.running.push(boot);
            }
            Err(StartError::Machine(error)) => return Err(error),
            Err(StartError::Script(error)) => {
                self.not_started(&instance.instance_id, "it", &error.to_string());
                console.warn(&format!(
                    "{label}: the user data could not be started ({error}); its first line is {}",
                    parts.first_line()
                ));
            }
        }
        Ok(())
    }
}
