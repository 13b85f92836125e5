//! Instances that boot: not all at once, for a group may have a thousand.

mod enclosing;
mod known;
mod leaving;
mod relay;
mod turns;

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::enclosed::Boxes;
use crate::account::{Deployed, Instance};
use crate::clock::Clock;
use crate::endpoints::Endpoints;
use crate::happening::Launch;
use crate::ids;
use crate::moment::Moment;
use crate::report::{Console, Seen};
use crate::run::user_data::UserData;
use crate::run::{Boot, BootEvent, Ended, LINES_AHEAD, NotRun, Stub, Tried, user_data};
use crate::secrets::Secrets;
use known::Known;
use leaving::Leaving;
use turns::Turn;

/// What instances boot with.
pub(super) struct Equipment {
    pub(super) signal_command: PathBuf,
    pub(super) stubs: Vec<Stub>,
    /// Whether the command that signals was named, and is used whatever else is there.
    pub(super) own_signal_command: bool,
    /// What instances boot in, where that is not this machine.
    pub(super) boxes: Option<Boxes>,
    /// What runs their scripts, where that is neither.
    pub(super) runtime: Option<Tried>,
    /// Whether the cloud-init of the image boots them.
    pub(super) cloud_init: bool,
    /// The id of the stack that the rehearsal is about.
    pub(super) own: Option<String>,
    /// Whether `cfn-init` works through the metadata of the instance's stack.
    pub(super) init: bool,
    /// The only resources whose instances boot, where any were chosen.
    pub(super) resources: Vec<String>,
    /// Scripts that run at a time.
    pub(super) parallel: usize,
    /// How long a script goes on after its instance's termination.
    pub(super) grace: Duration,
    /// Whether it goes on for as long as it is wanted, whatever becomes of a stack: what is over is forgotten, and who waits
    /// for a turn is told of.
    pub(super) lasts: bool,
}

/// Where instances boot.
pub(super) struct Place<'a> {
    pub(super) region: &'a str,
    pub(super) endpoint: &'a str,
    pub(super) secrets: &'a Secrets,
    pub(super) endpoints: &'a Endpoints,
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
    /// Where it has run.
    directory: Option<PathBuf>,
}

/// The instances of a rehearsal.
pub(super) struct Boots {
    equipment: Equipment,
    known: Known,
    waiting: VecDeque<Turn>,
    pub(super) running: Vec<Boot>,
    /// Whether anything was ever started.
    pub(super) any_started: bool,
    terminating: Vec<Leaving>,
    /// Ids of all that were terminated.
    terminated: HashSet<String>,
    /// Whether it was said that instances wait for their turn.
    told_of_turns: bool,
    /// Whether no instance boots any more.
    closed: bool,
    sender: Sender<BootEvent>,
    events: Receiver<BootEvent>,
}

impl Boots {
    pub(super) fn new(equipment: Equipment) -> Self {
        let (sender, events) = channel(LINES_AHEAD);
        Self {
            equipment,
            known: Known::default(),
            waiting: VecDeque::new(),
            running: Vec::new(),
            any_started: false,
            terminating: Vec::new(),
            terminated: HashSet::new(),
            told_of_turns: false,
            closed: false,
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
        if self.closed || !self.boots(&instance.logical_id) {
            return None;
        }
        // It counts as created for that, which was said when it was found.
        if stack.leaves(&instance.logical_id) {
            return Some(NotRun::Windows);
        }
        let (alone, waits) = stack.engine.look(|machine, _| {
            (machine.is_single(&instance.logical_id), machine.waits(&instance.logical_id))
        });
        let path = stack.below(&instance.logical_id);
        // What others make is told apart by the name of its stack.
        let is_own = self.equipment.own.as_deref().is_none_or(|own| own == stack.root_id());
        let path = match self.equipment.lasts && (!is_own || self.equipment.own.is_none()) {
            true => format!("{}/{path}", ids::stack_name_in(stack.root_id())),
            false => path,
        };
        // Alone, its logical id says enough.
        let label = if alone { path } else { format!("{path} {}", instance.instance_id) };
        let read = user_data::read(instance.user_data.as_deref().unwrap_or_default());
        let notes = read.as_ref().map_or_else(|(_, notes)| notes.as_slice(), UserData::notes);
        let is_enclosed = self.equipment.boxes.is_some();
        // Of what is not rehearsed here cloud-init knows more.
        for note in notes.iter().filter(|_| !self.equipment.cloud_init) {
            if !(is_enclosed && user_data::is_of_scratch(note)) {
                console.warn(&format!("{label}: {note}"));
            }
        }
        let (parts, not_run) = match read {
            Ok(parts) => (Some(parts), None),
            Err(_) if self.equipment.cloud_init => (Some(UserData::default()), None),
            Err((not_run, _)) => (None, Some(not_run)),
        };
        let seen = parts.as_ref().map(Seen::of).unwrap_or_default();
        if let Some(not_run) = not_run {
            let waits =
                if self.equipment.lasts && waits { ". Its stack waits until somebody signals" } else { "" };
            console.warn(&format!("{label}: {not_run}{waits}"));
        }
        let launch =
            Launch { logical_id: instance.logical_id.clone(), instance_id: instance.instance_id.clone() };
        let name = stack.name.clone();
        self.known.add(Booted {
            launch,
            label,
            stack: name,
            waits,
            not_run,
            ended: None,
            seen,
            directory: None,
        });
        self.waiting.extend(parts.map(|parts| Turn { instance, parts, stack: Arc::clone(stack) }));
        not_run
    }

    /// What is known of an instance.
    pub(super) fn booted(&self, instance_id: &str) -> Option<&Booted> {
        self.known.get(instance_id)
    }

    /// Every instance that is known.
    pub(super) fn all(&self) -> impl Iterator<Item = &Booted> {
        self.known.all()
    }

    /// An instance said something, or one of its stubs did.
    pub(super) fn heard(&mut self, instance_id: &str, line: &str, stub: bool) {
        if let Some(booted) = self.known.get_mut(instance_id) {
            booted.seen.hear(line, stub);
        }
    }

    /// An instance has booted again.
    pub(super) fn rebooted(&mut self, instance_id: &str) {
        if let Some(booted) = self.known.get_mut(instance_id) {
            booted.seen.rebooted = true;
        }
    }

    /// A part of an instance's user data was not started.
    pub(super) fn not_started(&mut self, instance_id: &str, part: &str, why: &str) {
        if let Some(booted) = self.known.get_mut(instance_id) {
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
            && let Some(booted) = self.known.get_mut(instance_id)
        {
            booted.ended = Some(ended);
        }
        Some(boot)
    }

    /// An instance's user data cannot go on on this machine.
    pub(super) fn broken(&mut self, instance_id: &str) {
        if let Some(boot) = self.running.iter_mut().find(|it| it.instance_id == instance_id) {
            boot.kill();
            boot.ended = Some(Ended { code: None, signal: None, after: Duration::ZERO });
        }
    }

    /// Whether any user data, or what it left behind, still runs or has yet to.
    pub(super) fn any_runs(&self) -> bool {
        !self.waiting.is_empty() || self.running.iter().any(Boot::runs)
    }

    /// What instances have armed goes as far as the stack's clock has; when the first is due.
    pub(super) fn keep_pace(&mut self, clock: &Clock) -> Option<Moment> {
        self.running.iter_mut().filter_map(|boot| boot.keep_pace(clock)).min()
    }

    /// Whether it has to be looked at what became of any.
    pub(super) fn is_busy(&self) -> bool {
        let any = !self.terminating.is_empty() || !self.waiting.is_empty() || !self.running.is_empty();
        any || self.closed || !self.equipment.lasts
    }

    /// Whether what cannot be run is told of, and nothing ends for it.
    pub(super) fn lasts(&self) -> bool {
        self.equipment.lasts
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

    /// Instances that still wait for their turn will not have one, nor will others; how many.
    pub(super) fn give_up(&mut self) -> usize {
        self.closed = true;
        let left = self.waiting.len();
        self.waiting.clear();
        left
    }
}
