//! Change sets of nested stacks: made, executed and deleted with the one above them all.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html>

use std::sync::Arc;

use super::super::asked::Draft;
use super::super::change_sets::{Above, Asked, ChangeSet, Proposed};
use super::super::version::Version;
use super::super::{Account, AccountError, Deployed, Settings};
use super::made::{Made, NotMade, not_made};
use crate::ids;
use crate::stack::{Action, OnFailure, STACK_TYPE, Status};
use crate::template::{NestedStack, Template};

/// The template of a nested stack whose own nobody can read.
const BLANK: &str = "Resources: {Nothing: {Type: AWS::CloudFormation::WaitConditionHandle}}";

/// Characters of a change set's name.
const LONGEST: usize = 128;

impl Account {
    /// A change set of `stack` with those of its nested stacks, where it was asked for with them. The first of them that
    /// cannot be made is why it cannot; what it would do, and what each of them says, can be looked at all the same.
    pub(in super::super) fn with_those_below(
        &self,
        stack: &Deployed,
        mut change_set: ChangeSet,
        above: &Above,
    ) -> ChangeSet {
        if !change_set.asked.nested {
            return change_set;
        }
        let version = change_set.version.clone();
        let asked = change_set.asked.clone();
        let mut unmade = None;
        for it in change_set.proposed.iter_mut().filter(|it| is_nested(it)) {
            // Where it is none: nobody here can say what would become of it.
            let below = self.below(stack, &version, &asked, it, above);
            it.below = below.as_ref().map(|it| it.id.clone());
            // All of them are made, whatever becomes of one.
            unmade = unmade.or(below.filter(|it| it.is_unmade()));
        }
        if let Some(below) = unmade {
            change_set.fail(format!(
                "Nested change set {} was not successfully created: Currently in FAILED.",
                below.id
            ));
        }
        change_set
    }

    /// Makes the change set of a nested stack.
    fn below(
        &self,
        parent: &Deployed,
        version: &Version,
        asked: &Asked,
        proposed: &Proposed,
        above: &Above,
    ) -> Option<Arc<ChangeSet>> {
        let logical_id = &proposed.preview.logical_id;
        let name = name(&asked.name, logical_id);
        let id = self.change_set_id(&name);
        let asked = Asked { name, description: None, token: None, ..asked.clone() };
        let made = self.made_below(parent, version, logical_id, id.clone(), asked.clone(), above.clone());
        let (child, change_set) = match made {
            Ok(made) => made,
            Err(NotMade::Failed(reason)) => {
                let child = self.unmade_nested(parent, version, logical_id).ok()?;
                let asked = Asked { creates: is_reviewed(&child), ..asked };
                let version = self.version_below(parent, version, logical_id, &child);
                let unmade =
                    self.without_changes(&child, id, asked, version, Some(above.clone()), Some(reason));
                (child, unmade)
            }
            Err(NotMade::Unread(_) | NotMade::Unknown(_)) => return None,
        };
        Some(child.change_sets.add(Arc::new(change_set)))
    }

    fn made_below(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
        id: String,
        asked: Asked,
        above: Above,
    ) -> Result<(Arc<Deployed>, ChangeSet), NotMade> {
        let made = self.made(parent, version, logical_id)?;
        let child = self.reviewed_nested(parent, version, logical_id, made)?;
        let made = self.made(parent, version, logical_id)?;
        let revision = self.revised(parent, version, logical_id, &child, made)?;
        let asked = Asked { creates: is_reviewed(&child), ..asked };
        let below = Above { parent: id.clone(), root: above.root.clone() };
        let change_set = self.change_set(&child, id, asked, revision, Some(above)).map_err(not_made)?;
        let change_set = self.with_those_below(&child, change_set, &below);
        Ok((child, change_set))
    }

    /// The nested stack that is there, or a new one that waits to be made.
    fn reviewed_nested(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
        made: Made,
    ) -> Result<Arc<Deployed>, NotMade> {
        match self.there(parent, logical_id) {
            Ok(child) => Ok(child),
            Err(id) => self.waiting(self.drafted(parent, version, logical_id, id, made)?),
        }
    }

    /// The same of one that cannot be made.
    fn unmade_nested(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
    ) -> Result<Arc<Deployed>, NotMade> {
        match self.there(parent, logical_id) {
            Ok(child) => Ok(child),
            Err(id) => {
                let made = self.made_or_blank(parent, version, logical_id)?;
                self.waiting(self.drafted_blank(parent, version, logical_id, id, made)?)
            }
        }
    }

    /// The nested stack that is there; where there is none, the ARN that one is to have.
    fn there(&self, parent: &Deployed, logical_id: &str) -> Result<Arc<Deployed>, String> {
        let id = parent.planner.names.physical_id(logical_id, STACK_TYPE);
        let existing = self.nested(parent, logical_id).or_else(|| self.find(&id));
        existing.filter(|it| !it.is_deleted()).ok_or(id)
    }

    fn waiting(&self, draft: Draft) -> Result<Arc<Deployed>, NotMade> {
        let child = self.deploy(draft).map_err(not_made)?;
        child.engine.review();
        Ok(child)
    }

    /// What a nested stack that cannot be made would be made from, as far as that is known.
    fn made_or_blank(&self, parent: &Deployed, version: &Version, logical_id: &str) -> Result<Made, NotMade> {
        self.made(parent, version, logical_id).or_else(|_| {
            let template = Template::parse(BLANK, logical_id).map_err(NotMade::Unknown)?;
            Ok(Made { properties: NestedStack::default(), template })
        })
    }

    /// What a nested stack that cannot be made would be asked to be.
    fn version_below(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
        child: &Deployed,
    ) -> Version {
        let current = child.version();
        match self.made(parent, version, logical_id) {
            Ok(Made { properties, template }) => Version {
                template: Arc::new(template),
                parameters: properties.parameters,
                capabilities: version.capabilities.clone(),
                ..current
            },
            Err(_) => current,
        }
    }

    /// Makes a nested stack that somebody has looked at.
    pub(super) fn execute_nested(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
        child: &Deployed,
        made: Made,
    ) -> Result<(), NotMade> {
        let revision = self.revised(parent, version, logical_id, child, made)?;
        let planned = revision.planned;
        let version = revision.version;
        let own = child.planner.outputs(&version.template, &version.parameters, &|_| None);
        let objection = self.taken_exports(&own, &child.id);
        let accepted = || {
            child.watcher.take(version);
            child.settle(|it: &mut Settings| it.disable_rollback = true);
        };
        let begun =
            child.engine.execute(planned.stack, None, OnFailure::DoNothing, false, objection, accepted);
        begun.map_err(|error| not_made(AccountError::from(error)))
    }

    /// A change set is executed, and those below it with it.
    pub(in super::super) fn executed_below(&self, root: &ChangeSet) {
        if root.asked.nested {
            self.all().iter().for_each(|stack| stack.change_sets.executed_below(&root.id));
        }
    }

    /// A change set goes, and those below it with it: so do stacks that were made for them.
    pub(in super::super) fn withdraw_below(&self, root: &ChangeSet) {
        if !root.asked.nested {
            return;
        }
        for stack in self.all().into_iter().filter(|it| it.lineage.is_some()) {
            stack.change_sets.remove_below(&root.id);
            if stack.change_sets.is_empty() {
                forget(&stack);
            }
        }
    }

    /// A stack goes, and with it those below it that nobody has made yet.
    pub(in super::super) fn forget_reviewed_below(&self, deployed: &Deployed) {
        self.all().iter().filter(|it| it.root_id() == deployed.id).for_each(|it| forget(it));
    }
}

fn is_nested(proposed: &Proposed) -> bool {
    proposed.preview.resource_type == STACK_TYPE && proposed.preview.action != Action::Remove
}

fn is_reviewed(stack: &Deployed) -> bool {
    stack.status() == Some(Status::ReviewInProgress)
}

/// A nested stack that nobody has made goes without a word of its parent's.
fn forget(stack: &Deployed) {
    if stack.lineage.is_some() && is_reviewed(stack) {
        let _ = stack.engine.delete(None);
    }
}

fn name(root: &str, logical_id: &str) -> String {
    let id = ids::uuid().replace('-', "").to_uppercase();
    let end = format!("-{logical_id}-{}", id.get(..12).unwrap_or_default());
    let room = LONGEST.saturating_sub(end.len());
    let name: String = root.chars().take(room).chain(end.chars()).collect();
    name.chars().take(LONGEST).collect()
}
