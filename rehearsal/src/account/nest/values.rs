//! What a nested stack is given for what only the real service knows.

use std::sync::Arc;

use super::super::{Account, Deployed};
use crate::template::{OWN, PATH, Supplied, Template};

impl Account {
    /// What the stack that a resource of `parent` is has; what was given for nothing that it has is told.
    pub(in super::super) fn supplied_below(
        &self,
        parent: &Deployed,
        logical_id: &str,
        template: &Template,
    ) -> Arc<Supplied> {
        let mut supplied = parent.planner.supplied().below(logical_id);
        for path in supplied.own() {
            let (id, below) = path.split_once(PATH).map_or((path, None), |(id, below)| (id, Some(below)));
            let whole = supplied.path(id);
            let name = template.name();
            if !template.may_have(id) {
                self.note(
                    parent,
                    format!("{whole}: values are given for it, and {name} has no resource {id}"),
                );
            } else if let Some(below) = below
                && template.resource_type(id).is_some_and(|it| it != crate::stack::STACK_TYPE)
            {
                self.note(
                    parent,
                    format!("{whole}: values are given for {below} in it, and it is no nested stack"),
                );
            } else if supplied.references.contains_key(id) && is_own(template, id) {
                self.note(parent, format!("{whole}: what Ref gives for it is made by the rehearsal (--ref)"));
            }
        }
        supplied.references.retain(|id, _| !is_own(template, id));
        Arc::new(supplied)
    }
}

/// Whether what `Ref` gives for a resource is the rehearsal's own.
fn is_own(template: &Template, logical_id: &str) -> bool {
    template.resource_type(logical_id).is_some_and(|it| OWN.contains(&it))
}
