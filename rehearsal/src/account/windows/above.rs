//! Wait conditions that only an instance in a stack below could signal, whose user data is for Windows: they count as met
//! once every stack is made that could have somebody else who signals.

use std::sync::Arc;

use super::counts_as_met;
use crate::account::hearsay::{Awaited, conditions, mentions, tells};
use crate::account::{Account, Deployed};
use crate::model::Role;
use crate::stack::STACK_TYPE;
use crate::template::Planned;

/// A stack, and what it is planned to be as far as that is known by now.
struct Seen {
    stack: Arc<Deployed>,
    planned: Planned,
}

/// Who signals a wait condition.
enum Heard {
    /// Nobody that is for Windows, or somebody that runs here.
    Others,
    /// A stack that is not made yet may have who does.
    NotYet,
    /// Only these, by their paths.
    Windows(Vec<String>),
}

impl Account {
    /// A stack below another is made, or changed: what its Windows would signal above it counts as met.
    pub(in crate::account) fn meet_above(&self, child: &Deployed) {
        if !self.leaves_windows {
            return;
        }
        let tree = self.tree(child.root_id());
        if tree.iter().all(|it| it.stack.version().windows.is_empty()) {
            return;
        }
        let mut lineage = child.lineage.clone();
        while let Some(above) = lineage.and_then(|it| self.find(&it.parent_id)) {
            if let Some(seen) = tree.iter().find(|it| it.stack.id == above.id) {
                self.meet_in(seen, &tree);
            }
            lineage = above.lineage.clone();
        }
    }

    /// The stacks below a root, and itself.
    fn tree(&self, root_id: &str) -> Vec<Seen> {
        let seen = |stack: Arc<Deployed>| {
            let version = stack.version();
            let planned = stack.planner.resolve(&version.template, &version.parameters).ok()?;
            Some(Seen { stack, planned })
        };
        let all = self.all().into_iter().filter(|it| it.root_id() == root_id && !it.is_deleted());
        all.filter_map(seen).collect()
    }

    fn meet_in(&self, above: &Seen, tree: &[Seen]) {
        for condition in conditions(&above.planned) {
            let waits = |role: &Role| matches!(role, Role::WaitCondition(_));
            if !above.stack.engine.look(|machine, _| machine.role(&condition.logical_id).is_some_and(waits)) {
                continue;
            }
            if let Heard::Windows(by) = self.heard(&condition, tree) {
                let name = above.stack.below(&condition.logical_id);
                self.note(&above.stack, counts_as_met(&name, &by, &condition));
                above.stack.engine.meet(&condition.logical_id);
            }
        }
    }

    fn heard(&self, condition: &Awaited, tree: &[Seen]) -> Heard {
        let mut by = Vec::new();
        for Seen { stack, planned } in tree {
            let version = stack.version();
            for resource in &planned.stack.resources {
                let id = &resource.logical_id;
                if resource.resource_type == STACK_TYPE {
                    let given = resource.properties.values().any(|it| mentions(planned, it, &condition.by));
                    if given && self.nested(stack, id).is_none() {
                        return Heard::NotYet;
                    }
                }
            }
            for resource in planned.stack.launching() {
                let id = &resource.logical_id;
                if !tells(planned, version.user_data.given(id).map(|it| &**it), id, condition) {
                    continue;
                }
                if !version.windows.contains(id) {
                    return Heard::Others;
                }
                by.push(stack.below(id));
            }
        }
        if by.is_empty() { Heard::Others } else { Heard::Windows(by) }
    }
}
