//! Remembers what happens, within bounds: exact counts, and the first and the last of what there are many of.

mod blank;
mod events;
mod waits;

use std::collections::HashMap;
use std::time::Duration;

use super::bounded::Bounded;
use super::entry::{Entry, What};
use super::record::{InstanceRecord, Line, Mark, MarkKind, Planned, ResourceRecord, StackRecord};
use super::redact::redact;
use crate::happening::{DocumentReceived, Effect, Happening, Launch, SignalReceived};
use crate::model::{self, Role};
use crate::moment::Moment;
use crate::run::Ended;
use crate::stack::{Capacity, Outcome, ResourceView, Waiting};
use blank::{new_resource, new_stack};

/// What is kept: the first and the last so many.
const EVENTS: (usize, usize) = (1000, 1000);
const MARKS: (usize, usize) = (1000, 1000);
const FAULTS: (usize, usize) = (500, 500);
const SPANS: (usize, usize) = (50, 50);
const SIZES: (usize, usize) = (1000, 1000);
const LINES: (usize, usize) = (200, 800);
const STACKS: usize = 500;
const INSTANCES: usize = 2000;
/// Bytes of user data's output in all; over it, what comes last displaces what came before it.
const OUTPUT: usize = 32 << 20;

/// Cancelled, in the service's words: not the cause of anything.
const CANCELLED: &str = "Resource creation cancelled";

/// A rehearsal's memory.
#[derive(Debug, Default)]
pub struct Recorder {
    stacks: Vec<StackRecord>,
    /// Each one's place, by its name.
    places: HashMap<String, usize>,
    /// Things told of stacks that are not kept because there were too many.
    beyond: u64,
    output: usize,
    journal: Option<Vec<Entry>>,
}

impl Recorder {
    /// One that remembers nothing yet; with a journal it also gives every single thing to [`Self::drain`].
    #[must_use]
    pub fn new(journal: bool) -> Self {
        Self { journal: journal.then(Vec::new), ..Self::default() }
    }

    /// The same without a journal.
    #[must_use]
    pub fn without_journal(self) -> Self {
        Self { journal: None, ..self }
    }

    /// What is remembered.
    #[must_use]
    pub fn stacks(&self) -> &[StackRecord] {
        &self.stacks
    }

    /// Things told of stacks that are not remembered.
    #[must_use]
    pub const fn beyond(&self) -> u64 {
        self.beyond
    }

    /// What was recorded since the last time.
    pub fn drain(&mut self) -> Vec<Entry> {
        self.journal.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// A stack is going to have these resources.
    pub fn planned(&mut self, plan: &model::Stack) {
        let Some(stack) = self.stack(&plan.name) else { return };
        for resource in &plan.resources {
            let (waits, handle) = waits_for(&resource.role);
            let record = resource_mut(stack, &resource.logical_id, &resource.resource_type);
            record.planned = waits;
            record.handle = handle;
        }
    }

    /// The stack has these resources before it is updated: what the update does not come to stays as it is.
    pub fn existing(&mut self, stack: &str, resources: &[ResourceView<'_>]) {
        let Some(stack) = self.stack(stack) else { return };
        for it in resources {
            // What the update only removes is told of when it goes.
            let known =
                stack.resources.iter_mut().find(|known| !known.is_stack && known.logical_id == it.logical_id);
            if let Some(record) = known {
                record.existed = true;
                record.status = Some(it.status);
            }
        }
    }

    /// A group of the stack has this size before it is updated.
    pub fn sized(&mut self, stack: &str, size: &Capacity) {
        if let Some(stack) = self.stack(stack) {
            sized(stack, size);
        }
    }

    /// Something happened at `now`, `real` after the rehearsal began.
    pub fn happened(&mut self, stack: &str, happening: &Happening, now: Moment, real: Duration) {
        let at = happening.at().unwrap_or(now);
        self.tell(stack, at, real, What::Happened(happening.clone()));
        let mut more = Vec::new();
        if let Some(stack) = self.touched(stack, at, real) {
            match happening {
                Happening::Event(event) => more = events::told(stack, event),
                Happening::Launched(launch) => {
                    instance_mut(stack, launch, now);
                }
                Happening::Terminated(launch) => {
                    if let Some(instance) = instance_mut(stack, launch, now) {
                        instance.terminated = Some(now);
                    }
                }
                Happening::Capacity(size) => sized(stack, size),
                Happening::Scaled(_) => {}
                Happening::Signal(signal) => signalled(stack, signal),
                Happening::Document(document) => put(stack, document),
                Happening::Note(_) => {}
                Happening::Fault(fault) => {
                    stack.faults.push(fault.clone());
                }
            }
        }
        more.into_iter().for_each(|(at, what)| self.tell(stack, at, real, what));
    }

    /// What the stack waits for, as often as anybody looks.
    pub fn waiting(&mut self, stack: &str, waiting: &[Waiting], now: Moment, real: Duration) {
        if waiting.is_empty() && !self.places.contains_key(stack) {
            return;
        }
        let news = self.stack(stack).map(|record| waits::seen(record, waiting, now)).unwrap_or_default();
        news.into_iter().for_each(|(at, what)| self.tell(stack, at, real, what));
    }

    /// An instance's user data printed a line.
    pub fn output(
        &mut self,
        stack: &str,
        from: &Launch,
        text: &str,
        stub: bool,
        now: Moment,
        real: Duration,
    ) {
        let text = redact(text).into_owned();
        self.tell(stack, now, real, What::Output { instance: from.clone(), text: text.clone(), stub });
        let full = self.output > OUTPUT;
        let size = text.len();
        let mut freed = 0;
        let Some(record) = self.touched(stack, now, real) else { return };
        let Some(instance) = instance_mut(record, from, now) else { return };
        let room = !full || {
            let gone = instance.lines.forget();
            freed = gone.as_ref().map_or(0, |it| it.text.len());
            gone.is_some()
        };
        if room {
            freed += instance.lines.push(Line { text, stub }).map_or(0, |it| it.text.len());
            self.output = (self.output + size).saturating_sub(freed);
        } else {
            instance.lines.skip();
        }
    }

    /// An instance's user data ended.
    pub fn exited(&mut self, stack: &str, from: &Launch, ended: Ended, now: Moment, real: Duration) {
        self.tell(stack, now, real, What::Exited(from.clone(), ended));
        if let Some(record) = self.touched(stack, now, real)
            && let Some(instance) = instance_mut(record, from, now)
        {
            instance.ended = Some((ended, now));
        }
    }

    /// An instance's user data is nothing that can be run.
    pub fn not_run(&mut self, stack: &str, from: &Launch, why: &str, now: Moment, real: Duration) {
        self.tell(stack, now, real, What::NotRun(from.clone(), why.to_owned()));
        if let Some(record) = self.touched(stack, now, real)
            && let Some(instance) = instance_mut(record, from, now)
        {
            instance.not_run = Some(why.to_owned());
        }
    }

    /// What to do about a stack's end.
    pub fn advised(&mut self, stack: &str, advice: &[String]) {
        if let Some(stack) = self.stack(stack) {
            stack.advice = advice.iter().map(|it| redact(it).into_owned()).collect();
        }
    }

    fn tell(&mut self, stack: &str, at: Moment, real: Duration, what: What) {
        if let Some(journal) = &mut self.journal {
            journal.push(Entry { stack: stack.to_owned(), at, real, what });
        }
    }

    /// The stack at the time of something that is told of it.
    fn touched(&mut self, name: &str, at: Moment, real: Duration) -> Option<&mut StackRecord> {
        let stack = self.stack(name)?;
        stack.began.get_or_insert(at);
        stack.latest = stack.latest.max(at);
        stack.real = stack.real.max(real);
        Some(stack)
    }

    fn stack(&mut self, name: &str) -> Option<&mut StackRecord> {
        if let Some(place) = self.places.get(name) {
            return self.stacks.get_mut(*place);
        }
        if self.stacks.len() == STACKS {
            self.beyond += 1;
            return None;
        }
        self.places.insert(name.to_owned(), self.stacks.len());
        self.stacks.push(new_stack(name));
        self.stacks.last_mut()
    }
}

/// A resource with this name.
fn resource_mut<'a>(
    stack: &'a mut StackRecord,
    logical_id: &str,
    resource_type: &str,
) -> &'a mut ResourceRecord {
    let known = stack.resources.iter().position(|it| !it.is_stack && it.logical_id == logical_id);
    let place = known.unwrap_or_else(|| {
        stack.resources.push(new_resource(logical_id, resource_type));
        stack.resources.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "it was found there, or has just been put there")]
    &mut stack.resources[place]
}

/// The stack itself.
fn own_mut(stack: &mut StackRecord) -> &mut ResourceRecord {
    #[expect(clippy::indexing_slicing, reason = "it is there from the beginning")]
    &mut stack.resources[0]
}

fn instance_mut<'a>(
    stack: &'a mut StackRecord,
    launch: &Launch,
    now: Moment,
) -> Option<&'a mut InstanceRecord> {
    let known = stack
        .instances
        .iter()
        .rposition(|it| it.instance_id == launch.instance_id && it.logical_id == launch.logical_id);
    if known.is_none() {
        if stack.instances.len() >= INSTANCES {
            stack.further_instances += 1;
            return None;
        }
        stack.instances.push(InstanceRecord {
            logical_id: launch.logical_id.clone(),
            instance_id: launch.instance_id.clone(),
            launched: now,
            terminated: None,
            lines: Bounded::new(LINES.0, LINES.1),
            ended: None,
            not_run: None,
        });
    }
    match known {
        Some(place) => stack.instances.get_mut(place),
        None => stack.instances.last_mut(),
    }
}

/// What a resource's creation waits for, and at which handle.
fn waits_for(role: &Role) -> (Option<Planned>, Option<String>) {
    let planned = |expected, timeout| Some(Planned { expected, timeout });
    match role {
        Role::Instance { creation_policy } => {
            (creation_policy.and_then(|it| planned(it.count, it.timeout)), None)
        }
        Role::Group(group) => {
            (group.creation_policy.and_then(|it| planned(it.signal.count, it.signal.timeout)), None)
        }
        Role::WaitCondition(model::Wait::Signals(policy)) => (planned(policy.count, policy.timeout), None),
        Role::WaitCondition(model::Wait::Handle { handle, count, timeout }) => {
            (planned(*count, *timeout), Some(handle.clone()))
        }
        Role::WaitConditionHandle | Role::Other => (None, None),
    }
}

/// Of the sizes of one moment the last one lasts.
fn sized(stack: &mut StackRecord, size: &Capacity) {
    let sizes = &mut resource_mut(stack, &size.logical_id, "").sizes;
    match sizes.last_mut().filter(|it| it.at == size.at) {
        Some(last) => *last = size.clone(),
        None => {
            sizes.push(size.clone());
        }
    }
}

fn signalled(stack: &mut StackRecord, signal: &SignalReceived) {
    let kind = match (&signal.effect, signal.outcome) {
        (Effect::Counted, Outcome::Success) => MarkKind::Success,
        (Effect::Counted, Outcome::Failure) => MarkKind::Failure,
        (Effect::Uncounted, _) => MarkKind::Uncounted,
        (Effect::Refused(_), _) => MarkKind::Refused,
    };
    // A signal for what the stack does not have is shown with the stack.
    let known = stack.own_resources().any(|it| it.logical_id == signal.logical_id);
    let named = if known { String::new() } else { format!(" for {}", signal.logical_id) };
    let mut text = format!("{}{named} from {}", signal.outcome.as_str(), signal.unique_id);
    match &signal.effect {
        Effect::Counted => {}
        Effect::Uncounted => text.push_str(": accepted, not counted"),
        Effect::Refused(refusal) => text.push_str(&format!(": {refusal}")),
    }
    let resource = if known { resource_mut(stack, &signal.logical_id, "") } else { own_mut(stack) };
    mark(resource, signal.at, kind, &signal.unique_id, &text);
    if kind == MarkKind::Success {
        waits::counted(resource);
    }
}

/// A handle's documents are shown with the conditions that count them.
fn put(stack: &mut StackRecord, document: &DocumentReceived) {
    let (kind, text) = match document.outcome {
        Some(Outcome::Success) => (MarkKind::Success, "SUCCESS"),
        Some(Outcome::Failure) => (MarkKind::Failure, "FAILURE"),
        None => (MarkKind::Failure, "an unparsable document"),
    };
    let text = match document.unique_id.as_str() {
        "" => format!("{text} put to {}", document.handle),
        id => format!("{text} from {id} put to {}", document.handle),
    };
    let counts = |it: &&mut ResourceRecord| it.handle.as_deref() == Some(document.handle.as_str());
    stack
        .resources
        .iter_mut()
        .filter(counts)
        .for_each(|it| mark(it, document.at, kind, &document.unique_id, &text));
}

fn mark(resource: &mut ResourceRecord, at: Moment, kind: MarkKind, unique_id: &str, text: &str) {
    let place = MarkKind::ALL.iter().position(|it| *it == kind);
    if let Some(count) = place.and_then(|it| resource.signals.counts.get_mut(it)) {
        *count += 1;
    }
    resource.signals.marks.push(Mark {
        at,
        kind,
        unique_id: redact(unique_id).into_owned(),
        text: redact(text).into_owned(),
    });
}

#[cfg(test)]
pub(in crate::report) mod tests;
