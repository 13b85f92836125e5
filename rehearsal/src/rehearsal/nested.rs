//! The stacks below the one that is rehearsed.

use std::sync::Arc;

use super::{Principal, Rehearsal};
use crate::account::Deployed;
use crate::report::summarise;
use crate::template::TemplateError;

/// A stack that failed, and what failed in it.
pub(super) struct Culprit {
    pub(super) stack: Arc<Deployed>,
    pub(super) failure: (String, String),
}

impl Rehearsal {
    /// The stack of this name, if it is the one that is rehearsed or one below it.
    pub(crate) fn rehearsed(&self, name: &str) -> Option<Arc<Deployed>> {
        let principal = &self.principal.as_ref()?.deployed;
        if principal.name == name {
            return Some(Arc::clone(principal));
        }
        self.account.all().into_iter().find(|it| it.name == name && it.root_id() == principal.id)
    }

    /// What nobody here can say of the stacks below the one that is rehearsed.
    pub(crate) fn take_unknown(&self) -> Option<TemplateError> {
        self.account.take_unknown(&self.principal.as_ref()?.deployed.id)
    }

    /// Where the failure of a nested stack began: the lowest stack in which something failed that is no stack itself.
    pub(super) fn culprit(&self, principal: &Principal, failure: &(String, String)) -> Option<Culprit> {
        let mut found = None;
        let mut below = self.account.nested(&principal.deployed, &failure.0);
        while let Some(stack) = below {
            let Some(failure) = stack.engine.look(|_, history| summarise(history)?.failure) else { break };
            below = self.account.nested(&stack, &failure.0);
            found = Some(Culprit { stack, failure });
        }
        found
    }
}
