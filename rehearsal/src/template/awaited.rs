//! Policies and sizes that hang on what a nested stack gives: they are known once it is complete, which is before the stack
//! comes to the resource.

use super::{TemplateError, error::Fault, functions::Resolver, node::Node, sections};
use crate::model::Role;
use crate::stack::STACK_TYPE;

#[cfg(test)]
mod tests;

/// What stands in for an output meanwhile: a number that every policy takes.
pub(super) const STAND_IN: &str = "1";

/// A resource that is planned for the time being.
#[derive(Debug)]
pub(super) struct Awaiting {
    logical_id: String,
    of: String,
    fault: Fault,
}

/// A resource whose policies or sizes hang on a nested stack's outputs, which are not known yet.
#[derive(Clone, Debug)]
pub(crate) struct Awaited {
    /// The resource.
    pub(crate) logical_id: String,
    /// The nested stack.
    pub(crate) of: String,
    /// What is to be said where it never gives them.
    pub(crate) error: TemplateError,
}

impl Awaiting {
    pub(super) fn awaited(self, error: impl FnOnce(Fault) -> TemplateError) -> Awaited {
        Awaited { logical_id: self.logical_id, of: self.of, error: error(self.fault) }
    }
}

impl Awaited {
    /// Why the resource fails where it comes to that.
    pub(crate) fn refusal(&self) -> String {
        format!("This rehearsal cannot take the template: {}", self.error)
    }
}

impl Resolver<'_> {
    /// Whether an attribute is an output that a nested stack may give later; then it is remembered which. True where
    /// something may stand in for it.
    pub(super) fn is_to_come(&self, logical_id: &str, resource: &Node, attribute: &str) -> bool {
        if sections::type_of(resource) != STACK_TYPE || !attribute.starts_with("Outputs.") {
            return false;
        }
        self.asked.borrow_mut().get_or_insert_with(|| logical_id.to_owned());
        self.stands_in.get()
    }

    /// What a resource means for signals; for the time being, where an output is missing for it.
    pub(super) fn for_now(
        &self,
        logical_id: &str,
        role: impl Fn() -> Result<Role, Fault>,
    ) -> Result<Role, Fault> {
        let notes = self.notes.borrow().len();
        self.asked.take();
        let fault = match role() {
            Err(fault) if fault.is_unresolved() => fault,
            known => return known,
        };
        let Some(of) = self.asked.take() else { return Err(fault) };
        // What was noted so far is noted again.
        self.notes.borrow_mut().truncate(notes);
        self.stands_in.set(true);
        let role = role();
        self.stands_in.set(false);
        let Ok(role) = role else { return Err(fault) };
        self.refusal.take();
        let logical_id = logical_id.to_owned();
        self.awaiting.borrow_mut().push(Awaiting { logical_id, of, fault });
        Ok(role)
    }
}
