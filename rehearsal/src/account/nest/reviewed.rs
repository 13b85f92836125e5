//! Change sets of nested stacks: made, executed and deleted with the one above them all.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html>

use std::sync::Arc;

use super::super::change_sets::{Above, Asked, ChangeSet, Proposed};
use super::super::version::Version;
use super::super::{Account, AccountError, Deployed, Settings};
use super::made::{Made, NotMade, not_made};
use crate::ids;
use crate::stack::{Action, OnFailure, STACK_TYPE, Status};

/// Characters of a change set's name.
const LONGEST: usize = 128;

impl Account {
    /// A change set of `stack` with those of its nested stacks, where it was asked for with them. One of them that cannot be
    /// made is why it is none.
    pub(in super::super) fn with_those_below(
        &self,
        stack: &Deployed,
        mut change_set: ChangeSet,
        above: &Above,
    ) -> ChangeSet {
        if !change_set.asked.nested {
            return change_set;
        }
        let version = self.version_of(stack, &change_set);
        let asked = change_set.asked.clone();
        let Ok(proposed) = &mut change_set.outcome else { return change_set };
        let mut failed = None;
        for it in proposed.iter_mut().filter(|it| is_nested(it)) {
            match self.below(stack, &version, &asked, it, above) {
                Ok(id) => it.below = Some(id),
                // Nobody here can say what would become of it.
                Err(NotMade::Unread(_) | NotMade::Unknown(_)) => {}
                Err(NotMade::Failed(reason)) => {
                    failed = Some((it.preview.logical_id.clone(), reason));
                    break;
                }
            }
        }
        if let Some((logical_id, reason)) = failed {
            if above.root == change_set.id {
                self.withdraw_below(&change_set);
            }
            change_set.fail(format!(
                "Nested change set of {logical_id} was not successfully created: Currently in FAILED. {reason}"
            ));
        }
        change_set
    }

    /// Makes the change set of a nested stack: its ARN.
    fn below(
        &self,
        parent: &Deployed,
        version: &Version,
        asked: &Asked,
        proposed: &Proposed,
        above: &Above,
    ) -> Result<String, NotMade> {
        let logical_id = &proposed.preview.logical_id;
        let made = self.made(parent, version, logical_id)?;
        let child = self.reviewed_nested(parent, version, logical_id, made)?;
        let made = self.made(parent, version, logical_id)?;
        let revision = self.revised(parent, version, logical_id, &child, made)?;
        let name = name(&asked.name, logical_id);
        let id = self.change_set_id(&name);
        let creates = child.status() == Some(Status::ReviewInProgress);
        let asked = Asked { name, creates, description: None, token: None, ..asked.clone() };
        let change_set =
            self.change_set(&child, id.clone(), asked, revision, Some(above.clone())).map_err(not_made)?;
        let below = Above { parent: id.clone(), root: above.root.clone() };
        let change_set = self.with_those_below(&child, change_set, &below);
        let failed = change_set.failure();
        child.change_sets.add(Arc::new(change_set));
        match failed {
            Some(reason) => Err(NotMade::Failed(reason)),
            None => Ok(id),
        }
    }

    /// The nested stack that is there, or a new one that waits to be made.
    fn reviewed_nested(
        &self,
        parent: &Deployed,
        version: &Version,
        logical_id: &str,
        made: Made,
    ) -> Result<Arc<Deployed>, NotMade> {
        let id = parent.planner.names.physical_id(logical_id, STACK_TYPE);
        let existing = self.nested(parent, logical_id).or_else(|| self.find(&id));
        if let Some(child) = existing.filter(|it| !it.is_deleted()) {
            return Ok(child);
        }
        let draft = self.drafted(parent, version, logical_id, id, made)?;
        let child = self.deploy(draft).map_err(not_made)?;
        child.engine.review();
        Ok(child)
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

    /// What a stack would be asked to be.
    fn version_of(&self, stack: &Deployed, change_set: &ChangeSet) -> Version {
        Version {
            template: Arc::clone(&change_set.template),
            parameters: change_set.parameters.clone(),
            tags: change_set.tags.clone(),
            capabilities: change_set.capabilities.clone(),
            user_data: change_set.user_data.clone(),
            ..stack.version()
        }
    }
}

fn is_nested(proposed: &Proposed) -> bool {
    proposed.preview.resource_type == STACK_TYPE && proposed.preview.action != Action::Remove
}

/// A nested stack that nobody has made goes without a word of its parent's.
fn forget(stack: &Deployed) {
    if stack.lineage.is_some() && stack.status() == Some(Status::ReviewInProgress) {
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
