//! What stacks export, and others import.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html>

use std::collections::BTreeMap;

use super::planner::Planner;
use super::version::Version;
use super::{Account, Creation, Deployed};
use crate::model::Stack;
use crate::stack::{DeleteError, Fate, Replacement, Status};
use crate::template::{Output, Template};

impl Account {
    /// Begins to delete a stack; see [`crate::stack::Machine::delete`]. One whose exports others import stays as it is, and
    /// its status says why.
    ///
    /// `retained` is what it leaves of what it could not delete before: all of that where it is empty.
    ///
    /// # Errors
    ///
    /// The service's refusal.
    pub(crate) fn delete(
        &self,
        deployed: &Deployed,
        retained: Option<&[String]>,
        token: Option<String>,
    ) -> Result<(), DeleteError> {
        match self.in_use(deployed) {
            Some(reason) => {
                deployed.engine.refuse_deletion(reason);
                Ok(())
            }
            None => {
                if let Some(retained) = retained {
                    deployed.engine.retain(retained);
                }
                deployed.engine.delete(token)?;
                self.forget_reviewed_below(deployed);
                Ok(())
            }
        }
    }

    /// Tells a planner what other stacks export and what Systems Manager keeps, where its template asks for any.
    pub(super) fn tell_others(&self, planner: &Planner, template: &Template) {
        let asks = |words: &[&str]| words.iter().any(|it| template.text().contains(it));
        let (imports, reads) = (asks(&["ImportValue"]), asks(&["resolve:ssm", "AWS::SSM::Parameter::Value"]));
        if !imports && !reads {
            return;
        }
        let exporting = self.all().into_iter().filter(|it| imports && it.has_outputs());
        let exports =
            exporting.flat_map(|it| it.outputs()).filter_map(|it| Some((it.export_name?, it.value)));
        planner.learn(exports.collect(), if reads { self.stored() } else { BTreeMap::new() });
    }

    /// Why a stack cannot be made: another exports, or is about to export, something under the same name.
    pub(super) fn refuse_exports(&self, planner: &Planner, creation: &Creation, id: &str) -> Option<String> {
        self.taken_exports(&planner.outputs(&creation.template, &creation.parameters, &|_| None), id)
    }

    /// The same of outputs that the stack `id` is to have.
    pub(super) fn taken_exports(&self, outputs: &[Output], id: &str) -> Option<String> {
        let names: Vec<_> = outputs.iter().filter_map(|it| it.export_name.as_deref()).collect();
        if names.is_empty() {
            return None;
        }
        let mut taken = BTreeMap::new();
        let all = self.all().into_iter().filter(|it| it.id != id);
        for other in all.filter(|it| it.has_outputs() || is_coming(it)) {
            let own = other.outputs().into_iter().filter_map(|it| it.export_name);
            taken.extend(own.map(|name| (name, other.name.clone())));
        }
        names.iter().find_map(|name| {
            let owner = taken.get(*name)?;
            Some(format!("Export with name {name} is already exported by stack {owner}"))
        })
    }

    /// Why an update cannot end well: others import what it takes away or makes another, or have what it exports.
    pub(super) fn objection(&self, deployed: &Deployed, plan: &Stack, version: &Version) -> Option<String> {
        if deployed.by_client
            && let Some(missing) = self.lacks_imports(&deployed.planner, &version.imports)
        {
            return Some(missing);
        }
        let before = deployed.outputs();
        let after = deployed.planner.outputs(&version.template, &version.parameters, &|_| None);
        if let Some(taken) = self.taken_exports(&after, &deployed.id) {
            return Some(taken);
        }
        let replaced: Vec<_> = deployed
            .engine
            .look(|machine, _| machine.preview(plan, false))
            .unwrap_or_default()
            .into_iter()
            .filter(|it| it.replacement == Some(Replacement::True))
            .filter_map(|it| it.physical_id)
            .collect();
        before.iter().find_map(|old| {
            let name = old.export_name.as_deref()?;
            let new = after.iter().find(|it| it.export_name.as_deref() == Some(name));
            let verb = match new {
                None => ("Delete", "delete"),
                Some(new) if new.value != old.value => ("Update", "update"),
                Some(_) if replaced.iter().any(|id| old.value.contains(id)) => ("Update", "update"),
                Some(_) => return None,
            };
            Some(in_use_by(verb, name, &self.importers(deployed, name)?))
        })
    }

    /// Why a stack cannot be deleted: others import what it, or a stack below it, exports.
    fn in_use(&self, deployed: &Deployed) -> Option<String> {
        // While an operation is under way, that is the reason.
        if !deployed.engine.fate().is_some_and(|fate| fate != Fate::Deleted) {
            return None;
        }
        let all = self.all();
        let is_own = |it: &Deployed| it.root_id() == deployed.id || it.id == deployed.id;
        let exporting = all.iter().filter(|it| !it.is_deleted() && is_own(it) && it.has_outputs());
        let names = exporting.flat_map(|it| it.outputs()).filter_map(|it| it.export_name);
        names
            .into_iter()
            .find_map(|name| Some(in_use_by(("Delete", "delete"), &name, &self.importers(deployed, &name)?)))
    }

    /// Who imports what a stack, or one below it, exports, itself and those below it aside: their names in a sentence.
    fn importers(&self, deployed: &Deployed, name: &str) -> Option<String> {
        let is_own = |it: &Deployed| it.root_id() == deployed.id || it.id == deployed.id;
        let all = self.all().into_iter().filter(|it| !it.is_deleted() && !is_own(it));
        let mut others: Vec<_> =
            all.filter(|it| it.version().imports.contains(name)).map(|it| it.name.clone()).collect();
        others.sort();
        let last = others.pop()?;
        Some(if others.is_empty() { last } else { format!("{} and {last}", others.join(", ")) })
    }
}

/// The service's words.
///
/// Source: <https://repost.aws/articles/ARrtwG71pqTYi3bGme27_3bg>
fn in_use_by((what, does): (&str, &str), name: &str, users: &str) -> String {
    format!("{what} canceled. Cannot {does} export {name} as it is in use by {users}.")
}

/// Whether a stack is being made.
fn is_coming(stack: &Deployed) -> bool {
    stack.status().is_none_or(|status| status == Status::CreateInProgress)
}
