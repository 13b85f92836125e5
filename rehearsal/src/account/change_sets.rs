//! Change sets: what a stack may become, to be looked at first.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html>

mod kept;

pub(crate) use kept::ChangeSets;

use std::sync::{Arc, Mutex, PoisonError};

use super::contexts::{Context, contexts};
use super::{Account, AccountError, Change, Creation, Deployed, Revision, Terms, UserDataFrom, Version};
use crate::ids;
use crate::moment::Moment;
use crate::stack::{Failing, OnFailure, Preview, Status, UpdateError};

/// Change sets that a stack may have. Each keeps a template.
const MOST: usize = 100;

/// What was asked with a change set, to be compared with what is asked with another of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// `ClientToken`.
    pub(crate) token: Option<String>,
    pub(crate) creates: bool,
    pub(crate) nested: bool,
    pub(crate) imports: bool,
    pub(crate) on_failure: Option<OnFailure>,
}

/// A change set.
pub(crate) struct ChangeSet {
    pub(crate) asked: Asked,
    /// Its ARN.
    pub(crate) id: String,
    pub(crate) created: Moment,
    /// Whose change set made it, where that is another's.
    pub(crate) above: Option<Above>,
    /// The operation that it was made by.
    pub(crate) operation: String,
    /// What it would have the stack be.
    pub(crate) version: Version,
    pub(crate) terms: Terms,
    /// What it would do.
    pub(crate) proposed: Vec<Proposed>,
    /// Why it cannot be executed: there is nothing to do, or it could not be made.
    pub(crate) failure: Option<String>,
    state: Mutex<State>,
}

/// What a change set would do to a resource.
pub(crate) struct Proposed {
    pub(crate) preview: Preview,
    pub(crate) context: Context,
    /// The ARN of the change set of the nested stack that it is.
    pub(crate) below: Option<String>,
}

/// The change sets that one of a nested stack belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Above {
    /// The ARN of the one of the stack that it is a resource of.
    pub(crate) parent: String,
    /// The ARN of the one that all of them are executed and deleted with.
    pub(crate) root: String,
}

/// Whether it can be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Available,
    /// There is nothing to do.
    Unavailable,
    /// It is executed with the one above it.
    Below,
    /// The stack is another than it was made for.
    Obsolete,
    /// Since then the operation goes on, or has ended.
    Executed {
        operation: String,
    },
    /// The same, with the one above it.
    ExecutedBelow,
}

impl ChangeSet {
    pub(crate) fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn is_below(&self, root: &str) -> bool {
        self.above.as_ref().is_some_and(|it| it.root == root)
    }

    fn is_executed(&self) -> bool {
        matches!(self.state(), State::Executed { .. } | State::ExecutedBelow)
    }

    /// It cannot be made. What it would do is still told, as far as that is known.
    pub(super) fn fail(&mut self, reason: String) {
        self.failure = Some(reason);
        self.set(State::Unavailable);
    }

    /// Whether it could not be made; one that would do nothing could.
    pub(super) fn is_unmade(&self) -> bool {
        self.failure.as_ref().is_some_and(|it| ![SAME, NO_UPDATES].contains(&it.as_str()))
    }

    /// The first of its attributes that another of the same name has otherwise, in the service's word for it.
    fn mismatch(&self, asked: &Asked, revision: &Revision) -> Option<&'static str> {
        let version = &revision.version;
        let pairs = [
            ("Template", self.version.template.text() == version.template.text()),
            ("Parameters", self.version.parameters == version.parameters),
            ("Tags", self.version.tags == version.tags),
            ("Capabilities", self.version.capabilities == version.capabilities),
            ("NotificationARNs", self.version.notification_arns == version.notification_arns),
            ("ChangeSetType", self.asked.creates == asked.creates),
            ("Description", self.asked.description == asked.description),
            ("ClientToken", self.asked.token == asked.token),
        ];
        pairs
            .into_iter()
            .find(|(_, same)| !same)
            .map(|(name, _)| name)
            .or((self.asked != *asked).then_some("OnStackFailure"))
    }
}

/// Why there is no change set, in the service's words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeSetError {
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("Stack [{stack}] already exists and cannot be created again with the changeSet [{name}].")]
    Exists { stack: String, name: String },
    #[error("ChangeSet {name} cannot be created due to a mismatch with existing attribute {attribute}")]
    Mismatch { name: String, attribute: &'static str },
    #[error("A stack has at most {MOST} change sets in a rehearsal: delete some")]
    Full,
    #[error("ChangeSet [{id}] cannot be executed in its current {what} of [{state}]")]
    NotAvailable { id: String, what: &'static str, state: &'static str },
    #[error("ChangeSet [{id}] is of a nested stack: it can only be {done} from root change set [{root}]")]
    Nested { id: String, done: &'static str, root: String },
}

/// The service's words where nothing would be done: whether anything else was given at all.
const SAME: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";
const NO_UPDATES: &str = "No updates are to be performed.";

impl Account {
    /// The stack that a change set is to create, waiting for it: one that is there, or a new one.
    pub(crate) fn reviewed(
        &self,
        asked: &Asked,
        creation: Creation,
    ) -> Result<Arc<Deployed>, ChangeSetError> {
        let stack = creation.name.clone();
        match self.find(&stack).filter(|it| !it.is_deleted() && it.status().is_some()) {
            Some(found) if found.status() == Some(Status::ReviewInProgress) => Ok(found),
            Some(_) => Err(ChangeSetError::Exists { stack, name: asked.name.clone() }),
            None => {
                let deployed = self.draft(creation).and_then(|draft| self.deploy(draft))?;
                deployed.engine.review();
                Ok(deployed)
            }
        }
    }

    /// Adds a change set to a stack; the one that is there, where the same was asked before.
    pub(crate) fn propose(
        &self,
        stack: &Deployed,
        asked: Asked,
        change: Change,
    ) -> Result<Arc<ChangeSet>, ChangeSetError> {
        let revision = self.revise(stack, change).map_err(AccountError::from)?;
        self.check_fetched(stack, &revision)?;
        if let Some(existing) = stack.change_sets.waiting(&asked.name) {
            let name = asked.name.clone();
            return match existing.mismatch(&asked, &revision) {
                Some(attribute) => Err(ChangeSetError::Mismatch { name, attribute }),
                None => Ok(existing),
            };
        }
        if stack.change_sets.all().len() >= MOST {
            return Err(ChangeSetError::Full);
        }
        let id = self.change_set_id(&asked.name);
        let above = Above { parent: id.clone(), root: id.clone() };
        let change_set = self.change_set(stack, id, asked, revision, None)?;
        let change_set = Arc::new(self.with_those_below(stack, change_set, &above));
        let first = stack.change_sets.add(Arc::clone(&change_set));
        // Somebody asked for the same at the same time.
        if first.id != change_set.id {
            self.withdraw_below(&change_set);
        }
        Ok(first)
    }

    pub(super) fn change_set_id(&self, name: &str) -> String {
        self.arn("changeSet", name)
    }

    /// What a change set says that makes `revision` of a stack.
    pub(super) fn change_set(
        &self,
        stack: &Deployed,
        id: String,
        asked: Asked,
        revision: Revision,
        above: Option<Above>,
    ) -> Result<ChangeSet, AccountError> {
        let current = stack.version();
        let version = revision.version;
        let plan = &revision.planned.stack;
        let lacks = || self.lacks_imports(&stack.planner, &version.imports);
        let lacks = stack.by_client.then(lacks).flatten();
        let (proposed, failure) = match stack.engine.look(|machine, _| machine.preview(plan, asked.creates)) {
            Ok(previews) => (self.proposed(previews), lacks),
            Err(UpdateError::NoUpdates) if version.template.text() == current.template.text() => {
                (Vec::new(), Some(SAME.to_owned()))
            }
            Err(UpdateError::NoUpdates) => (Vec::new(), Some(NO_UPDATES.to_owned())),
            Err(other) => return Err(other.into()),
        };
        Ok(ChangeSet {
            terms: revision.terms,
            proposed,
            ..self.without_changes(stack, id, asked, version, above, failure)
        })
    }

    /// One that would do nothing; of a nested stack that cannot be planned, with `failure` for the reason.
    pub(super) fn without_changes(
        &self,
        stack: &Deployed,
        id: String,
        asked: Asked,
        version: Version,
        above: Option<Above>,
        failure: Option<String>,
    ) -> ChangeSet {
        let state = match (&failure, &above) {
            (Some(_), _) => State::Unavailable,
            (None, Some(_)) => State::Below,
            (None, None) => State::Available,
        };
        ChangeSet {
            id,
            created: self.clock.now(),
            above,
            operation: stack.engine.reviewed_by().unwrap_or_else(ids::uuid),
            state: Mutex::new(state),
            asked,
            version,
            terms: Terms::default(),
            proposed: Vec::new(),
            failure,
        }
    }

    fn proposed(&self, previews: Vec<Preview>) -> Vec<Proposed> {
        let contexts = contexts(&previews, &self.secrets);
        let pairs = previews.into_iter().zip(contexts);
        pairs.map(|(preview, context)| Proposed { preview, context, below: None }).collect()
    }

    /// Deletes a change set, and with it those of nested stacks. What is not there is as good as deleted.
    pub(crate) fn withdraw(&self, stack: &Deployed, name_or_id: &str) -> Result<(), ChangeSetError> {
        let Some(change_set) = stack.change_sets.find(name_or_id).filter(|it| !it.is_executed()) else {
            return Ok(());
        };
        if let Some(Above { root, .. }) = &change_set.above {
            let (id, root) = (change_set.id.clone(), root.clone());
            return Err(ChangeSetError::Nested { id, done: "deleted", root });
        }
        stack.change_sets.all().retain(|it| it.id != change_set.id);
        self.withdraw_below(&change_set);
        Ok(())
    }

    /// Does what a change set says.
    pub(crate) fn execute(
        &self,
        stack: &Deployed,
        change_set: &ChangeSet,
        token: Option<String>,
        on_failure: OnFailure,
        drops_new: bool,
    ) -> Result<(), ChangeSetError> {
        let not = |what, state| {
            let id = change_set.id.clone();
            Err(ChangeSetError::NotAvailable { id, what, state })
        };
        match change_set.state() {
            State::Available => {}
            State::Unavailable => return not("status", "FAILED"),
            State::Obsolete => return not("execution status", "OBSOLETE"),
            State::Executed { .. } | State::ExecutedBelow => {
                return not("execution status", "EXECUTE_COMPLETE");
            }
            State::Below => {
                let root = change_set.above.as_ref().map_or_else(String::new, |it| it.root.clone());
                let id = change_set.id.clone();
                return Err(ChangeSetError::Nested { id, done: "executed", root });
            }
        }
        let version = &change_set.version;
        let change = Change {
            template: Some((*version.template).clone()),
            parameters: version.parameters.clone(),
            tags: Some(version.tags.clone()),
            notification_arns: Some(version.notification_arns.clone()),
            capabilities: version.capabilities.clone(),
            token,
            terms: Terms {
                failing: Failing { keeps: on_failure == OnFailure::DoNothing, drops_new },
                ..change_set.terms.clone()
            },
            user_data: UserDataFrom::Template,
        };
        let revision = self.revise(stack, change).map_err(AccountError::from)?;
        if change_set.asked.creates {
            let Revision { planned, version, token, terms } = revision;
            let own = stack.planner.outputs(&version.template, &version.parameters, &|_| None);
            let lacks = || self.lacks_imports(&stack.planner, &version.imports);
            let lacks = stack.by_client.then(lacks).flatten();
            let objection = lacks.or_else(|| self.taken_exports(&own, &stack.id));
            let accepted = || {
                stack.watcher.take(version);
                stack.settle(|settings| settings.take(terms));
            };
            let begun =
                stack.engine.execute(planned.stack, token, on_failure, drops_new, objection, accepted);
            begun.map_err(AccountError::from)?;
        } else {
            self.update(stack, revision)?;
        }
        let operation = stack.engine.operation_id().unwrap_or_default();
        self.executed_below(change_set);
        let others = stack.change_sets.executed(&change_set.id, operation);
        others.iter().for_each(|it| self.withdraw_below(it));
        Ok(())
    }
}
