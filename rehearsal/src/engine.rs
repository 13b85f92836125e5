//! The stack at work: the state machine, its clock, its history, and services that do at once what they are told.

mod nested;
mod operations;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::clock::Clock;
use crate::happening::{DocumentReceived, Effect, Happening, Launch, SignalReceived};
use crate::ids;
use crate::model::Stack;
use crate::moment::Moment;
use crate::stack::{
    DeleteError, Document, Event, Failing, Fate, Machine, Order, Reaction, Scaling, Signal, SignalError,
    StackPolicy, Status, UpdateError, Waiting,
};

pub use nested::Errand;
use nested::Runner;
pub use operations::{Kind, Operation, Standing, operation_of, standing};

/// In place of a moment.
const NEVER: u64 = u64::MAX;

/// Idle signals that are remembered; the rest would say the same.
const REMEMBERED: usize = 20;

/// Says, of a resource's type and physical id, why it cannot be deleted, if so.
pub type Keeper = Box<dyn Fn(&str, &str) -> Option<String> + Send + Sync>;

/// Says whether an instance, of whatever stack, is no more.
pub type Mourner = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// A stack at work. It costs what its template and its history do; an account has one for each stack.
pub struct Engine {
    state: Mutex<State>,
    clock: Arc<Clock>,
    tell: Box<dyn Fn(Happening) + Send + Sync>,
    runner: OnceLock<Runner>,
    keeper: OnceLock<Keeper>,
    mourner: OnceLock<Mourner>,
    /// When it is due next, in milliseconds: many are asked, and few are ever due.
    due: AtomicU64,
    /// Whether the stack is deleted, which is asked of every stack there is.
    gone: AtomicBool,
}

struct State {
    machine: Machine,
    /// Grows as the service's does: with operations, and with signals that count.
    history: Vec<Event>,
    operations: Vec<Operation>,
    idle_signals: Vec<SignalReceived>,
    /// What is to be done once it is not locked any more.
    errands: Vec<Errand>,
}

impl Engine {
    /// A stack that has not begun. `tell` hears what happens to it, while it is locked: it must not ask it for anything.
    pub fn new(
        machine: Machine,
        clock: Arc<Clock>,
        tell: impl Fn(Happening) + Send + Sync + 'static,
    ) -> Self {
        let state = State {
            machine,
            history: Vec::new(),
            operations: Vec::new(),
            idle_signals: Vec::new(),
            errands: Vec::new(),
        };
        let due = AtomicU64::new(NEVER);
        let (state, tell, gone) = (Mutex::new(state), Box::new(tell), AtomicBool::new(false));
        let (runner, keeper, mourner) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { state, clock, tell, runner, keeper, mourner, due, gone }
    }

    /// The stack's clock.
    #[cfg(test)]
    fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Begins to create the stack.
    pub fn start(&self) {
        let mut state = self.state();
        let now = self.clock.now();
        let reaction = state.machine.start(now);
        self.carry_out_new(&mut state, Kind::Create, reaction, now);
        self.leave(state);
    }

    /// Begins to make the stack what another template asks for; see [`Machine::update_failing`]. `accepted` is called once that
    /// is certain and before anything of it is told, while the stack is locked: it must not ask it for anything.
    ///
    /// # Errors
    ///
    /// The service's refusal.
    pub fn update(
        &self,
        stack: Stack,
        token: Option<String>,
        failing: Failing,
        objection: Option<String>,
        policy: StackPolicy,
        accepted: impl FnOnce(Moment),
    ) -> Result<(), UpdateError> {
        let mut state = self.state();
        let now = self.clock.now();
        let begins = state.machine.can_update(&stack, failing);
        state.machine.object(objection.filter(|_| begins));
        if begins {
            state.machine.protect(policy);
        }
        let reaction = state.machine.update_failing(stack, token, failing, now)?;
        accepted(now);
        self.carry_out_new(&mut state, Kind::Update, reaction, now);
        self.leave(state);
        Ok(())
    }

    /// Begins to delete the stack; see [`Machine::delete`].
    ///
    /// # Errors
    ///
    /// The service's refusal.
    pub fn delete(&self, token: Option<String>) -> Result<(), DeleteError> {
        let mut state = self.state();
        let now = self.clock.now();
        let reaction = state.machine.delete(token, now)?;
        self.carry_out_new(&mut state, Kind::Delete, reaction, now);
        self.leave(state);
        Ok(())
    }

    /// See [`Machine::retain`].
    pub fn retain(&self, logical_ids: &[String]) {
        self.state().machine.retain(logical_ids);
    }

    /// From now on somebody knows what cannot be deleted.
    pub fn keep(&self, keeper: Keeper) {
        let _ = self.keeper.set(keeper);
    }

    /// From now on somebody knows which instances of other stacks are no more.
    pub fn mourn(&self, mourner: Mourner) {
        let _ = self.mourner.set(mourner);
    }

    /// The stack that a resource is, or was, could not be deleted.
    pub fn not_deleted(&self, logical_id: &str, stack_id: &str, reason: String) {
        let mut state = self.state();
        let now = self.clock.now();
        let reaction = state.machine.not_deleted(logical_id, stack_id, reason, now);
        self.carry_out(&mut state, reaction, now);
        self.leave(state);
    }

    /// A signal through the API.
    ///
    /// # Errors
    ///
    /// The service's refusal.
    pub fn signal(&self, signal: &Signal) -> Result<(), SignalError> {
        let mut state = self.state();
        let now = self.clock.now();
        if self.mourner.get().is_some_and(|mourner| mourner(&signal.unique_id)) {
            state.machine.lose(&signal.unique_id);
        }
        let answer = state.machine.signal(signal, now);
        let effect = match &answer {
            Ok(accepted) if accepted.counted => Effect::Counted,
            Ok(_) => Effect::Uncounted,
            Err(refusal) => Effect::Refused(refusal.clone()),
        };
        let received = SignalReceived {
            at: now,
            logical_id: signal.logical_id.clone(),
            unique_id: signal.unique_id.clone(),
            outcome: signal.outcome,
            effect,
        };
        // What comes too late to count is nobody's mistake.
        let late = received.effect == Effect::Uncounted && state.machine.has_lost(&signal.unique_id);
        if received.effect != Effect::Counted && !late && state.idle_signals.len() < REMEMBERED {
            state.idle_signals.push(received.clone());
        }
        (self.tell)(Happening::Signal(received));
        let (reaction, result) = match answer {
            Ok(accepted) => (accepted.reaction, Ok(())),
            Err(refusal) => (state.machine.timer(now), Err(refusal)),
        };
        self.carry_out(&mut state, reaction, now);
        self.leave(state);
        result
    }

    /// Something was put to a handle's URL.
    pub fn document(&self, handle: &str, document: Document) {
        let mut state = self.state();
        let now = self.clock.now();
        (self.tell)(Happening::Document(DocumentReceived::new(now, handle, &document)));
        let reaction = state.machine.document(handle, document, now);
        self.carry_out(&mut state, reaction, now);
        self.leave(state);
    }

    /// Time has passed.
    #[cfg(test)]
    fn timer(&self) {
        self.expire();
        self.run_errands();
    }

    /// Time has passed; what others have to do then is left to [`Self::run_errands`].
    pub fn expire(&self) {
        let mut state = self.state();
        let now = self.clock.now();
        let reaction = state.machine.timer(now);
        self.carry_out(&mut state, reaction, now);
    }

    /// Somebody scales a group; see [`Machine::scale`].
    pub fn scale(&self, logical_id: &str, asked: u32) {
        let mut state = self.state();
        let now = self.clock.now();
        let reaction = state.machine.scale(logical_id, asked, now);
        self.carry_out(&mut state, reaction, now);
    }

    /// Lets scaling policies act during the stack's first update.
    pub fn scale_during_update(&self, scalings: Vec<Scaling>) {
        self.state().machine.scale_during_update(scalings);
    }

    /// Looks at the stack and at its history, oldest event first.
    pub fn look<T>(&self, with: impl FnOnce(&Machine, &[Event]) -> T) -> T {
        let state = self.state();
        with(&state.machine, &state.history)
    }

    /// When [`Self::timer`] is due next.
    #[must_use]
    pub fn deadline(&self) -> Option<Moment> {
        let due = self.due.load(Ordering::Acquire);
        (due != NEVER).then(|| Moment::from_millis(due))
    }

    /// Whether the stack is deleted.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// How the last operation ended; `None` while one is under way.
    #[must_use]
    pub fn fate(&self) -> Option<Fate> {
        self.state().machine.fate()
    }

    /// What it waits for.
    #[must_use]
    pub fn waiting(&self) -> Vec<Waiting> {
        // Whatever waits has an end.
        if self.deadline().is_none() {
            return Vec::new();
        }
        self.state().machine.waiting()
    }

    /// Signals that had no effect.
    #[must_use]
    pub fn idle_signals(&self) -> Vec<SignalReceived> {
        self.state().idle_signals.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The other services, played: each order is carried out at once.
    fn carry_out(&self, state: &mut State, reaction: Reaction, now: Moment) {
        let mut orders = VecDeque::new();
        let mut reaction = reaction;
        loop {
            for event in reaction.events {
                state.history.push(event.clone());
                state.errands.extend(Self::tells(&state.machine, &event));
                (self.tell)(Happening::Event(event));
            }
            reaction.scalings.into_iter().for_each(|it| (self.tell)(Happening::Scaled(it)));
            reaction.capacities.into_iter().for_each(|it| (self.tell)(Happening::Capacity(it)));
            orders.extend(reaction.orders);
            let Some(order) = orders.pop_front() else { break };
            reaction = match self.errand(&state.machine, &order) {
                Some(errand) => {
                    state.errands.push(errand);
                    Reaction::default()
                }
                None => self.serve(&mut state.machine, order, now),
            };
        }
        let due = state.machine.deadline().map_or(NEVER, Moment::as_millis);
        self.due.store(due, Ordering::Release);
        let status = state.machine.stack_status().map(|(status, ..)| status);
        self.gone.store(status == Some(Status::DeleteComplete), Ordering::Release);
    }

    fn tell_launched(&self, logical_id: &str, instance_ids: Vec<String>) {
        for instance_id in instance_ids {
            let logical_id = logical_id.to_owned();
            (self.tell)(Happening::Launched(Launch { logical_id, instance_id }));
        }
    }

    fn serve(&self, machine: &mut Machine, order: Order, now: Moment) -> Reaction {
        match order {
            Order::Create { logical_id } => {
                let reaction = machine.created(&logical_id, now);
                if let Some(instance_id) = machine.instance(&logical_id).map(str::to_owned) {
                    (self.tell)(Happening::Launched(Launch { logical_id, instance_id }));
                }
                reaction
            }
            Order::Replace { logical_id, resource_type } => {
                let physical_id = ids::physical(&resource_type, machine.name(), machine.id(), &logical_id);
                let reaction = machine.replaced(&logical_id, physical_id, now);
                if let Some(instance_id) = machine.instance(&logical_id).map(str::to_owned) {
                    (self.tell)(Happening::Launched(Launch { logical_id, instance_id }));
                }
                reaction
            }
            Order::Update { logical_id } => machine.updated(&logical_id, now),
            Order::Launch { logical_id, count } => {
                let instance_ids: Vec<_> = (0..count).map(|_| ids::ec2("i")).collect();
                let reaction = machine.launched(&logical_id, instance_ids.clone(), now);
                self.tell_launched(&logical_id, instance_ids);
                reaction
            }
            Order::ScaleOut { logical_id, count } => {
                let instance_ids: Vec<_> = (0..count).map(|_| ids::ec2("i")).collect();
                let reaction = machine.scaled_out(&logical_id, instance_ids.clone(), now);
                self.tell_launched(&logical_id, instance_ids);
                reaction
            }
            Order::Terminate { logical_id, instance_ids } => {
                let reaction = machine.terminated(&logical_id, &instance_ids, now);
                for instance_id in instance_ids {
                    let logical_id = logical_id.clone();
                    (self.tell)(Happening::Terminated(Launch { logical_id, instance_id }));
                }
                reaction
            }
            Order::Delete { logical_id, physical_id } => {
                if machine.has_instance(&physical_id) {
                    let (logical_id, instance_id) = (logical_id.clone(), physical_id.clone());
                    (self.tell)(Happening::Terminated(Launch { logical_id, instance_id }));
                }
                let kept = self
                    .keeper
                    .get()
                    .and_then(|why| why(machine.type_of_doomed(&logical_id, &physical_id)?, &physical_id));
                match kept {
                    Some(reason) => machine.not_deleted(&logical_id, &physical_id, reason, now),
                    None => machine.deleted(&logical_id, &physical_id, now),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
