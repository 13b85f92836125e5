//! What stacks export, and others import.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html>

use std::collections::BTreeMap;

use super::planner::Planner;
use super::{Account, Creation, Deployed};
use crate::stack::{DeleteError, Fate, Status};
use crate::template::Template;

impl Account {
    /// Begins to delete a stack; see [`crate::stack::Machine::delete`]. One whose exports others import stays as it is, and
    /// its status says why.
    ///
    /// # Errors
    ///
    /// The service's refusal.
    pub(crate) fn delete(&self, deployed: &Deployed, token: Option<String>) -> Result<(), DeleteError> {
        match self.in_use(deployed) {
            Some(reason) => {
                deployed.engine.refuse_deletion(reason);
                Ok(())
            }
            None => deployed.engine.delete(token),
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
    pub(super) fn refuse_exports(&self, planner: &Planner, creation: &Creation) -> Option<String> {
        let outputs = planner.outputs(&creation.template, &creation.parameters, &|_| None);
        let names: Vec<_> = outputs.into_iter().filter_map(|it| it.export_name).collect();
        if names.is_empty() {
            return None;
        }
        let mut taken = BTreeMap::new();
        let others = self.all().into_iter().filter(|it| it.has_outputs() || is_coming(it));
        for other in others {
            let own = other.outputs().into_iter().filter_map(|it| it.export_name);
            taken.extend(own.map(|name| (name, other.name.clone())));
        }
        names.iter().find_map(|name| {
            let owner = taken.get(name)?;
            Some(format!("Export with name {name} is already exported by stack {owner}"))
        })
    }

    /// Why a stack cannot be deleted: others import what it, or a stack below it, exports.
    fn in_use(&self, deployed: &Deployed) -> Option<String> {
        // While an operation is under way, that is the reason.
        if !deployed.engine.fate().is_some_and(|fate| fate != Fate::Deleted) {
            return None;
        }
        let all = self.all();
        let is_below = |it: &Deployed| it.root_id() == deployed.id || it.id == deployed.id;
        let living = || all.iter().filter(|it| !it.is_deleted());
        for exporting in living().filter(|it| is_below(it) && it.has_outputs()) {
            for name in exporting.outputs().into_iter().filter_map(|it| it.export_name) {
                let others = living().filter(|it| !is_below(it) && it.version().imports.contains(&name));
                let mut others: Vec<_> = others.map(|it| it.name.clone()).collect();
                others.sort();
                if let Some(last) = others.pop() {
                    let users =
                        if others.is_empty() { last } else { format!("{} and {last}", others.join(", ")) };
                    return Some(format!("Export {name} cannot be deleted as it is in use by {users}"));
                }
            }
        }
        None
    }
}

/// Whether a stack is being made.
fn is_coming(stack: &Deployed) -> bool {
    stack.status().is_none_or(|status| status == Status::CreateInProgress)
}
