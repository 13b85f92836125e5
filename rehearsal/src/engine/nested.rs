//! What a stack has others do that have stacks of their own: once it is not locked any more, for they may have something
//! to say at once.

use std::sync::MutexGuard;

use super::{Engine, State};
use crate::model::Stack;
use crate::moment::Moment;
use crate::stack::{Event, Machine, Order, Reaction, Status};

/// Something to be done elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Create the stack that a resource is; then say [`Engine::created`], or [`Engine::failed`].
    Create {
        /// The resource.
        logical_id: String,
        /// The stack's ARN.
        stack_id: String,
    },
    /// Update it; then say [`Engine::updated`], or [`Engine::failed`].
    Update {
        /// The resource.
        logical_id: String,
        /// The stack's ARN.
        stack_id: String,
    },
    /// Delete it; then say [`Engine::deleted`].
    Delete {
        /// The resource.
        logical_id: String,
        /// The stack's ARN.
        stack_id: String,
    },
    /// Tell whoever wants to know that the stack itself has another status.
    Stands {
        /// The status.
        status: Status,
        /// Why.
        reason: Option<String>,
    },
}

/// Who does errands. It may ask the stack for anything.
pub type Runner = Box<dyn Fn(Errand) + Send + Sync>;

impl Engine {
    /// From now on somebody plays the stacks among the resources. Without one they are complete at once.
    /// It waits with cleaning up for [`Self::release`].
    pub fn nest(&self, runner: Runner) {
        let _ = self.runner.set(runner);
        self.state().machine.hold();
    }

    /// It may clean up now.
    pub fn release(&self) {
        self.react(Machine::release);
    }

    /// Whether somebody plays the stacks among its resources.
    pub fn plays_nested(&self) -> bool {
        self.runner.get().is_some()
    }

    /// More is known of what it has not begun with; see [`Machine::refine`].
    pub fn refine(&self, stack: Stack) {
        self.state().machine.refine(stack);
    }

    /// A wait condition counts as met; see [`Machine::meet`].
    pub fn meet(&self, logical_id: &str) {
        self.react(|machine, now| machine.meet(logical_id, now));
    }

    /// It is not deleted; its status says why.
    pub fn refuse_deletion(&self, reason: String) {
        self.react(|machine, now| machine.refuse_deletion(reason, now));
    }

    /// An update that was done is rolled back, because what the stack belongs to goes back.
    pub fn revert(&self) {
        self.react(Machine::revert);
    }

    /// The stack that a resource is has been created.
    pub fn created(&self, logical_id: &str) {
        self.react(|machine, now| machine.created(logical_id, now));
    }

    /// The stack that a resource is has been updated.
    pub fn updated(&self, logical_id: &str) {
        self.react(|machine, now| machine.updated(logical_id, now));
    }

    /// The stack that a resource was is deleted.
    pub fn deleted(&self, logical_id: &str, stack_id: &str) {
        self.react(|machine, now| machine.deleted(logical_id, stack_id, now));
    }

    /// The stack that a resource is could not be created or updated.
    pub fn failed(&self, logical_id: &str, reason: String) {
        self.react(|machine, now| machine.failed(logical_id, reason, now));
    }

    /// Others do what is left for them to do.
    pub fn run_errands(&self) {
        self.leave(self.state());
    }

    fn react(&self, with: impl FnOnce(&mut Machine, Moment) -> Reaction) {
        let mut state = self.state();
        let now = self.clock.now();
        let reaction = with(&mut state.machine, now);
        self.carry_out(&mut state, reaction, now);
        self.leave(state);
    }

    /// The stack is locked no longer: errands are run.
    pub(super) fn leave(&self, mut state: MutexGuard<'_, State>) {
        let errands = std::mem::take(&mut state.errands);
        drop(state);
        if let Some(runner) = self.runner.get() {
            errands.into_iter().for_each(runner);
        }
    }

    /// The errand that an order is, where it is about a stack that somebody plays.
    pub(super) fn errand(&self, machine: &Machine, order: &Order) -> Option<Errand> {
        self.runner.get()?;
        match order {
            Order::Create { logical_id } => {
                let (logical_id, stack_id) = (logical_id.clone(), machine.nested(logical_id)?.to_owned());
                Some(Errand::Create { logical_id, stack_id })
            }
            Order::Update { logical_id } => {
                let (logical_id, stack_id) = (logical_id.clone(), machine.nested(logical_id)?.to_owned());
                Some(Errand::Update { logical_id, stack_id })
            }
            Order::Delete { logical_id, physical_id } => {
                machine.nested(logical_id).filter(|stack_id| stack_id == physical_id)?;
                Some(Errand::Delete { logical_id: logical_id.clone(), stack_id: physical_id.clone() })
            }
            Order::Replace { .. }
            | Order::Launch { .. }
            | Order::ScaleOut { .. }
            | Order::Terminate { .. } => None,
        }
    }

    /// The errand that an event of the stack's own is.
    pub(super) fn tells(machine: &Machine, event: &Event) -> Option<Errand> {
        let own = event.is_of_stack(machine.name()) && event.physical_id.as_deref() == Some(machine.id());
        own.then(|| Errand::Stands { status: event.status, reason: event.reason.clone() })
    }
}
