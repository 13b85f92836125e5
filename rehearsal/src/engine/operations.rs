//! What was asked of a stack, one after the other: each operation has an id, which its events are known by.

use super::{Engine, State};
use crate::ids;
use crate::model::Stack;
use crate::moment::Moment;
use crate::stack::{Event, OnFailure, Reaction, RollbackError, Status, UpdateError};

/// Something that a stack was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// A UUID.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its first event's place in the history; it lasts until the next operation begins.
    pub first: usize,
}

/// What a stack is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To be looked at before it is made.
    ChangeSet,
    /// To be made.
    Create,
    /// To be another.
    Update,
    /// To go.
    Delete,
    /// To go on with going back.
    Continue,
    /// To go back.
    Rollback,
}

impl Kind {
    /// As the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangeSet => "CREATE_CHANGESET",
            Self::Create => "CREATE_STACK",
            Self::Update => "UPDATE_STACK",
            Self::Delete => "DELETE_STACK",
            Self::Continue => "CONTINUE_ROLLBACK",
            Self::Rollback => "ROLLBACK",
        }
    }
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It goes on.
    UnderWay,
    /// It came to what was asked for.
    Succeeded,
    /// It did not.
    Failed,
}

/// How far the operation is whose events are these, of the stack called `name`.
#[must_use]
pub fn standing(events: &[Event], name: &str) -> Standing {
    let own = || events.iter().filter(|it| it.is_of_stack(name));
    let Some(last) = own().next_back().map(|it| it.status) else { return Standing::UnderWay };
    let first = own().next().map(|it| it.status);
    let asked_to_go_back =
        matches!(first, Some(Status::RollbackInProgress | Status::UpdateRollbackInProgress));
    if last.as_str().ends_with("_IN_PROGRESS") {
        Standing::UnderWay
    } else if asked_to_go_back && last.as_str().ends_with("_COMPLETE") {
        Standing::Succeeded
    } else if own().any(|it| it.status.is_failure()) {
        Standing::Failed
    } else {
        Standing::Succeeded
    }
}

/// The operation that an event belongs to, by the event's place in the history.
#[must_use]
pub fn operation_of(operations: &[Operation], at: usize) -> Option<&Operation> {
    operations.iter().rev().find(|it| it.first <= at)
}

impl Operation {
    /// Its events, of a history whose operations are `all`.
    #[must_use]
    pub fn events<'h>(&self, all: &[Self], history: &'h [Event]) -> &'h [Event] {
        let next = all.iter().map(|it| it.first).find(|first| *first > self.first);
        history.get(self.first..next.unwrap_or(history.len())).unwrap_or_default()
    }
}

impl Engine {
    /// Everything that the stack was asked for, oldest first.
    #[must_use]
    pub fn operations(&self) -> Vec<Operation> {
        self.state().operations.clone()
    }

    /// The id of the last thing that it was asked for.
    #[must_use]
    pub fn operation_id(&self) -> Option<String> {
        self.state().operations.last().map(|it| it.id.clone())
    }

    /// The operation that made it be looked at, where nothing else was asked since.
    #[must_use]
    pub fn reviewed_by(&self) -> Option<String> {
        let state = self.state();
        state.operations.last().filter(|it| it.kind == Kind::ChangeSet).map(|it| it.id.clone())
    }

    /// Has somebody look at the stack first.
    pub fn review(&self) {
        let mut state = self.state();
        let now = self.clock.now();
        let reaction = state.machine.review(now);
        self.carry_out_new(&mut state, Kind::ChangeSet, reaction, now);
        self.leave(state);
    }

    /// Somebody has looked at the stack: it is made; see [`crate::stack::Machine::execute`]. `accepted` is called as with
    /// [`Engine::update`].
    ///
    /// # Errors
    ///
    /// The service's refusal.
    pub fn execute(
        &self,
        stack: Stack,
        token: Option<String>,
        on_failure: OnFailure,
        drops_new: bool,
        objection: Option<String>,
        accepted: impl FnOnce(),
    ) -> Result<(), UpdateError> {
        let mut state = self.state();
        let now = self.clock.now();
        state.machine.object(objection);
        let reaction = state.machine.execute(stack, token, on_failure, drops_new, now)?;
        accepted();
        self.carry_out_new(&mut state, Kind::Create, reaction, now);
        self.leave(state);
        Ok(())
    }

    /// Gives up the update under way; see [`crate::stack::Machine::cancel`].
    ///
    /// # Errors
    ///
    /// The service's refusal.
    pub fn cancel(&self, token: Option<String>) -> Result<(), RollbackError> {
        let mut state = self.state();
        let now = self.clock.now();
        let result = state.machine.cancel(token, now);
        // A refusal, too, may come with what time has brought about.
        let (reaction, result) = match result {
            Ok(reaction) => (reaction, Ok(())),
            Err(refusal) => (state.machine.timer(now), Err(refusal)),
        };
        self.carry_out(&mut state, reaction, now);
        self.leave(state);
        result
    }

    /// Goes on with a rollback that has failed; see [`crate::stack::Machine::continue_rollback`].
    ///
    /// # Errors
    ///
    /// The service's refusal.
    pub fn continue_rollback(&self, skipped: &[String], token: Option<String>) -> Result<(), RollbackError> {
        let mut state = self.state();
        let now = self.clock.now();
        let reaction = state.machine.continue_rollback(skipped, token, now)?;
        self.carry_out_new(&mut state, Kind::Continue, reaction, now);
        self.leave(state);
        Ok(())
    }

    /// Goes back from what failed and was left so; see [`crate::stack::Machine::roll_back`].
    ///
    /// # Errors
    ///
    /// The service's refusal.
    pub fn roll_back(&self, token: Option<String>, drops_new: bool) -> Result<(), RollbackError> {
        let mut state = self.state();
        let now = self.clock.now();
        let reaction = state.machine.roll_back(token, drops_new, now)?;
        self.carry_out_new(&mut state, Kind::Rollback, reaction, now);
        self.leave(state);
        Ok(())
    }

    /// Carries out what begins with something that the stack was asked for.
    pub(super) fn carry_out_new(&self, state: &mut State, kind: Kind, reaction: Reaction, now: Moment) {
        // A stack that was asked for what it does already says nothing.
        if !reaction.events.is_empty() {
            state.operations.push(Operation { id: ids::uuid(), kind, first: state.history.len() });
        }
        self.carry_out(state, reaction, now);
    }
}
