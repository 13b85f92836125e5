//! Change sets: what a stack may become, to be looked at first.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html>

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cfn_signal_core::endpoint::Partition;

use super::{ACCOUNT_ID, Account, AccountError, Change, Creation, Deployed, Revision, Terms, UserDataFrom};
use crate::ids;
use crate::moment::Moment;
use crate::stack::{Failing, OnFailure, Preview, Status, UpdateError};
use crate::template::Template;

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
    /// The operation that it was made by.
    pub(crate) operation: String,
    pub(crate) template: Arc<Template>,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) notification_arns: Vec<String>,
    pub(crate) capabilities: Vec<String>,
    pub(crate) terms: Terms,
    /// What it would do, or why there is nothing to do.
    pub(crate) outcome: Result<Vec<Preview>, &'static str>,
    state: Mutex<State>,
}

/// Whether it can be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Available,
    /// There is nothing to do.
    Unavailable,
    /// The stack is another than it was made for.
    Obsolete,
    /// Since then the operation goes on, or has ended.
    Executed {
        operation: String,
    },
}

impl ChangeSet {
    pub(crate) fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn is_executed(&self) -> bool {
        matches!(self.state(), State::Executed { .. })
    }

    /// The first of its attributes that another of the same name has otherwise, in the service's word for it.
    fn mismatch(&self, asked: &Asked, revision: &Revision) -> Option<&'static str> {
        let version = &revision.version;
        let pairs = [
            ("Template", self.template.text() == version.template.text()),
            ("Parameters", self.parameters == version.parameters),
            ("Tags", self.tags == version.tags),
            ("Capabilities", self.capabilities == version.capabilities),
            ("NotificationARNs", self.notification_arns == version.notification_arns),
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

/// A stack's change sets.
#[derive(Default)]
pub(crate) struct ChangeSets(Mutex<Vec<Arc<ChangeSet>>>);

impl ChangeSets {
    /// By its ARN, or, where it has not been executed yet, by its name.
    pub(crate) fn find(&self, name_or_id: &str) -> Option<Arc<ChangeSet>> {
        let named =
            |it: &&Arc<ChangeSet>| it.id == name_or_id || it.asked.name == name_or_id && !it.is_executed();
        self.all().iter().find(named).cloned()
    }

    /// Those that have not been executed, newest first.
    pub(crate) fn list(&self) -> Vec<Arc<ChangeSet>> {
        self.all().iter().rev().filter(|it| !it.is_executed()).cloned().collect()
    }

    /// The ARN of the one that the stack was last made or changed by.
    pub(crate) fn last_executed(&self) -> Option<String> {
        self.all().iter().rev().find(|it| it.is_executed()).map(|it| it.id.clone())
    }

    pub(crate) fn remove(&self, name_or_id: &str) {
        self.all().retain(|it| it.is_executed() || it.id != name_or_id && it.asked.name != name_or_id);
    }

    /// The stack is another by now: they may be looked at.
    pub(super) fn obsolete(&self) {
        let all = self.all();
        all.iter().filter(|it| it.state() == State::Available).for_each(|it| it.set(State::Obsolete));
    }

    /// One is executed: the others go.
    fn executed(&self, id: &str, operation: String) {
        let mut all = self.all();
        all.retain(|it| it.id == id);
        all.iter().for_each(|it| it.set(State::Executed { operation: operation.clone() }));
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<ChangeSet>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let current = stack.version();
        let revision = self.revise(stack, change).map_err(AccountError::from)?;
        let mut all = stack.change_sets.all();
        let same_name = |it: &&Arc<ChangeSet>| it.asked.name == asked.name && !it.is_executed();
        if let Some(existing) = all.iter().find(same_name).cloned() {
            let name = asked.name.clone();
            return match existing.mismatch(&asked, &revision) {
                Some(attribute) => Err(ChangeSetError::Mismatch { name, attribute }),
                None => Ok(existing),
            };
        }
        if all.len() >= MOST {
            return Err(ChangeSetError::Full);
        }
        let version = revision.version;
        let plan = &revision.planned.stack;
        let outcome = match stack.engine.look(|machine, _| machine.preview(plan, asked.creates)) {
            Ok(previews) => Ok(previews),
            Err(UpdateError::NoUpdates) if version.template.text() == current.template.text() => Err(SAME),
            Err(UpdateError::NoUpdates) => Err(NO_UPDATES),
            Err(other) => return Err(AccountError::from(other).into()),
        };
        let (region, partition) = (&self.region, Partition::of(&self.region).name());
        let name = &asked.name;
        let change_set = Arc::new(ChangeSet {
            id: format!(
                "arn:{partition}:cloudformation:{region}:{ACCOUNT_ID}:changeSet/{name}/{}",
                ids::uuid()
            ),
            created: self.clock.now(),
            operation: stack.engine.reviewed_by().unwrap_or_else(ids::uuid),
            state: Mutex::new(if outcome.is_ok() { State::Available } else { State::Unavailable }),
            asked,
            template: version.template,
            parameters: version.parameters,
            tags: version.tags,
            notification_arns: version.notification_arns,
            capabilities: version.capabilities,
            terms: revision.terms,
            outcome,
        });
        all.push(Arc::clone(&change_set));
        Ok(change_set)
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
            State::Executed { .. } => return not("execution status", "EXECUTE_COMPLETE"),
        }
        let change = Change {
            template: Some((*change_set.template).clone()),
            parameters: change_set.parameters.clone(),
            tags: Some(change_set.tags.clone()),
            notification_arns: Some(change_set.notification_arns.clone()),
            capabilities: change_set.capabilities.clone(),
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
            let objection = self.taken_exports(&own, &stack.id);
            let settled = token.clone();
            let accepted = || {
                stack.watcher.take(version);
                stack.settle(|settings| {
                    settings.take(terms);
                    settings.token = settled;
                });
            };
            let begun =
                stack.engine.execute(planned.stack, token, on_failure, drops_new, objection, accepted);
            begun.map_err(AccountError::from)?;
        } else {
            self.update(stack, revision)?;
        }
        let operation = stack.engine.operation_id().unwrap_or_default();
        stack.change_sets.executed(&change_set.id, operation);
        Ok(())
    }
}
