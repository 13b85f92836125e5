//! Stacks that are resources of stacks: what becomes of each is told to its parent.

mod digest;
mod instances;
mod made;
mod reviewed;
mod values;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use super::launches::launches;
use super::planner::Planner;
use super::updates::tagged;
use super::{Account, AccountError, Deployed};
use digest::Digests;
use made::{NotMade, not_made};

use crate::engine::Errand;
use crate::model::{CONTENT, Stack};
use crate::stack::{STACK_TYPE, Status, UpdateError};
use crate::template::{Given, Template, TemplateError};
use crate::wording::for_client;

/// Whose resource a stack is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineage {
    /// The ARN of the stack that it is a resource of.
    pub parent_id: String,
    /// Its logical id there.
    pub logical_id: String,
    /// The ARN of the stack that is nobody's resource.
    pub root_id: String,
    /// The logical ids from there on.
    pub path: Vec<String>,
}

impl Lineage {
    /// That of the resource `logical_id` of `parent`.
    pub(super) fn below(parent: &Deployed, logical_id: &str) -> Self {
        let mut path = parent.lineage.as_ref().map(|lineage| lineage.path.clone()).unwrap_or_default();
        path.push(logical_id.to_owned());
        let (parent_id, root_id) = (parent.id.clone(), parent.root_id().to_owned());
        Self { parent_id, logical_id: logical_id.to_owned(), root_id, path }
    }
}

impl Account {
    /// Lets the stacks among the resources of `stack` be played.
    pub(super) fn nest(&self, stack: &Deployed) {
        let Some(account) = self.me.get().map(Weak::clone) else { return };
        let id = stack.id.clone();
        stack.engine.nest(Box::new(move |errand| {
            if let Some(account) = account.upgrade()
                && let Some(stack) = account.find(&id)
            {
                account.run(&stack, errand);
            }
        }));
    }

    /// The stack that a resource is, where it is played.
    pub(crate) fn nested(&self, stack: &Deployed, logical_id: &str) -> Option<Arc<Deployed>> {
        let id = stack.engine.look(|machine, _| machine.nested(logical_id).map(str::to_owned))?;
        self.find(&id)
    }

    /// Whether a stack, or the one above all that it belongs to, is protected against deletion.
    pub(crate) fn is_protected(&self, stack: &Deployed) -> bool {
        let root = stack.lineage.as_ref().and_then(|lineage| self.find(&lineage.root_id));
        root.map_or_else(|| stack.is_protected(), |root| root.is_protected())
    }

    /// Takes every signal that any stack waits for as received.
    pub(crate) fn satisfy(&self) {
        let told =
            || -> usize { self.all().iter().map(|it| it.engine.look(|_, history| history.len())).sum() };
        loop {
            let before = told();
            self.all().iter().for_each(|stack| stack.satisfy());
            if told() == before {
                return;
            }
        }
    }

    /// What nobody here can say of the stacks below a root; once.
    pub(crate) fn take_unknown(&self, root_id: &str) -> Option<TemplateError> {
        let mut unknown = self.unknown();
        let at = unknown.iter().position(|(id, _)| id == root_id)?;
        Some(unknown.swap_remove(at).1)
    }

    /// No nested stack is made or changed from now on: somebody wants an end.
    pub(crate) fn stop_nesting(&self) {
        self.no_more_nesting.store(true, Ordering::Relaxed);
    }

    fn run(&self, stack: &Arc<Deployed>, errand: Errand) {
        match errand {
            Errand::Create { .. } | Errand::Update { .. } if self.no_more_nesting.load(Ordering::Relaxed) => {
            }
            // It was given up meanwhile, with another that failed.
            Errand::Create { logical_id, .. }
                if !stack.engine.look(|machine, _| machine.is_in_progress(&logical_id)) => {}
            Errand::Create { logical_id, stack_id } => self.create_nested(stack, &logical_id, stack_id),
            Errand::Update { logical_id, stack_id } => self.update_nested(stack, &logical_id, &stack_id),
            Errand::Delete { logical_id, stack_id } => self.delete_nested(stack, &logical_id, &stack_id),
            Errand::Stands { status, reason } => {
                self.tell(stack, status, reason.as_deref().unwrap_or_default())
            }
        }
    }

    fn create_nested(&self, parent: &Arc<Deployed>, logical_id: &str, id: String) {
        let version = parent.version();
        let result = self.made(parent, &version, logical_id).and_then(|made| {
            // Somebody has looked at it.
            if let Some(child) = self.find(&id).filter(|it| it.status() == Some(Status::ReviewInProgress)) {
                return self.execute_nested(parent, &version, logical_id, &child, made);
            }
            let draft = self.drafted(parent, &version, logical_id, id, made)?;
            self.deploy(draft).map_err(not_made).map(|child| {
                child.engine.start();
                self.meet_above(&child);
            })
        });
        if let Err(not_made) = result {
            self.not_made(parent, logical_id, not_made, "created", || parent.engine.created(logical_id));
        }
    }

    fn update_nested(&self, parent: &Arc<Deployed>, logical_id: &str, id: &str) {
        let Some(child) = self.find(id) else { return parent.engine.updated(logical_id) };
        if parent.status() == Some(Status::UpdateRollbackInProgress) {
            return Self::restore_nested(parent, logical_id, &child);
        }
        let version = parent.version();
        let result = self
            .made(parent, &version, logical_id)
            .and_then(|made| self.revised(parent, &version, logical_id, &child, made))
            .map(|revision| self.update(&child, revision));
        match result {
            Ok(Ok(())) => self.meet_above(&child),
            Ok(Err(AccountError::Update(UpdateError::NoUpdates))) => parent.engine.updated(logical_id),
            Ok(Err(error)) => {
                let reason = format!("Embedded stack {id} was not successfully updated. {error}");
                parent.engine.failed(logical_id, reason);
            }
            Err(not_made) => {
                let what = "updated";
                self.not_made(parent, logical_id, not_made, what, || parent.engine.updated(logical_id));
            }
        }
    }

    /// Its parent goes back.
    fn restore_nested(parent: &Deployed, logical_id: &str, child: &Deployed) {
        match child.status() {
            // It is told of once it is back.
            Some(Status::UpdateCompleteCleanupInProgress | Status::UpdateInProgress) => child.engine.revert(),
            Some(Status::UpdateRollbackInProgress) => {}
            Some(Status::UpdateRollbackFailed) if child.engine.continue_rollback(&[], None).is_ok() => {}
            _ => parent.engine.updated(logical_id),
        }
    }

    fn delete_nested(&self, parent: &Arc<Deployed>, logical_id: &str, id: &str) {
        match self.find(id).filter(|child| !child.is_deleted()) {
            Some(child) if child.engine.delete(None).is_ok() => {}
            _ => parent.engine.deleted(logical_id, id),
        }
    }

    /// A stack has another status: its parent hears of it, or, where it has none, those below it.
    fn tell(&self, stack: &Arc<Deployed>, status: Status, reason: &str) {
        match &stack.lineage {
            Some(lineage) => {
                self.tell_parent(stack, lineage, status, reason);
                // Whoever updated it alone waits for nothing above it.
                if self.find(&lineage.parent_id).is_none_or(|parent| parent.engine.fate().is_some()) {
                    self.release_all(stack, status);
                }
            }
            None => self.release_all(stack, status),
        }
    }

    /// Stacks that belong together clean up together, the lowest first.
    fn release_all(&self, top: &Arc<Deployed>, status: Status) {
        let cleans_up = matches!(
            status,
            Status::UpdateCompleteCleanupInProgress | Status::UpdateRollbackCompleteCleanupInProgress
        );
        if !cleans_up && status != Status::UpdateRollbackFailed {
            return;
        }
        let path = |it: &Deployed| it.lineage.as_ref().map(|it| it.path.clone()).unwrap_or_default();
        let own = path(top);
        let is_own = |it: &Arc<Deployed>| it.root_id() == top.root_id() && path(it).starts_with(&own);
        let mut below: Vec<_> = self.all().into_iter().filter(is_own).collect();
        below
            .sort_by_key(|it| std::cmp::Reverse(it.lineage.as_ref().map_or(0, |lineage| lineage.path.len())));
        below.iter().for_each(|stack| stack.engine.release());
    }

    fn tell_parent(&self, child: &Arc<Deployed>, lineage: &Lineage, status: Status, reason: &str) {
        let Some(parent) = self.find(&lineage.parent_id) else { return };
        let (id, logical_id) = (&child.id, &lineage.logical_id);
        let goes_back = || parent.status() == Some(Status::UpdateRollbackInProgress);
        match status {
            Status::CreateComplete => {
                self.learn_outputs(&parent, logical_id, child);
                parent.engine.created(logical_id);
            }
            Status::CreateFailed => {
                let reason = format!("Embedded stack {id} was not successfully created: {reason}");
                parent.engine.failed(logical_id, reason);
            }
            Status::DeleteComplete => parent.engine.deleted(logical_id, id),
            Status::DeleteFailed => {
                let reason = format!("Embedded stack {id} was not successfully deleted: {reason}");
                parent.engine.not_deleted(logical_id, id, reason);
            }
            Status::UpdateCompleteCleanupInProgress | Status::UpdateRollbackCompleteCleanupInProgress => {
                self.learn_outputs(&parent, logical_id, child);
                parent.engine.updated(logical_id);
            }
            // On the way back its parent waits until it is back.
            Status::UpdateRollbackInProgress if goes_back() => {}
            Status::UpdateRollbackInProgress | Status::UpdateRollbackFailed => {
                let reason = format!(
                    "Embedded stack {id} was not successfully updated. Currently in {status} with reason: {reason}"
                );
                parent.engine.failed(logical_id, reason);
            }
            _ => {}
        }
    }

    /// The nested stack `logical_id` gives these outputs: what the stack has not begun with, and what is launched from now
    /// on, may use them.
    fn learn_outputs(&self, parent: &Deployed, logical_id: &str, child: &Deployed) {
        let Deployed { planner, watcher, .. } = parent;
        let of = child.version();
        let names = child.planner.gives(&of.template, &of.parameters);
        let has = names.map(|names| Given { stack_id: child.id.clone(), names });
        planner.names.gives(logical_id, &child.outputs(), has);
        let version = parent.version();
        match planner.resolve(&version.template, &version.parameters) {
            Ok(mut planned) => {
                self.add_contents(planner, &version.template, &version.parameters, &mut planned.stack);
                self.leave_windows(&mut planned, &version.user_data);
                planned.stack.extras.extend(tagged(&version.tags));
                watcher.learn(Arc::new(launches(&planned, &version.user_data)), planned.awaited);
                parent.engine.refine(planned.stack);
            }
            // With these outputs it is no template.
            Err(error) if version.awaited.iter().any(|it| it.of == logical_id) => {
                self.unknown().push((parent.root_id().to_owned(), error));
            }
            Err(_) => {}
        }
        self.give_up_awaited(parent, logical_id);
    }

    /// The nested stack `logical_id` has given what it gives: nobody here can say more.
    fn give_up_awaited(&self, parent: &Deployed, logical_id: &str) {
        let awaited = parent.version().awaited;
        if let Some(it) = awaited.into_iter().find(|it| it.of == logical_id) {
            self.unknown().push((parent.root_id().to_owned(), it.error));
        }
    }

    fn not_made(
        &self,
        parent: &Deployed,
        logical_id: &str,
        not_made: NotMade,
        what: &str,
        done: impl FnOnce(),
    ) {
        match not_made {
            NotMade::Unread(why) => {
                let path = parent.below(logical_id);
                self.note(
                    parent,
                    format!("{path}: its template is not read, so it counts as {what} at once: {why}"),
                );
                self.give_up_awaited(parent, logical_id);
                done();
            }
            NotMade::Failed(reason) => parent.engine.failed(logical_id, reason),
            NotMade::Unknown(error) => {
                let told = for_client(&error.to_string());
                let reason = format!("This rehearsal cannot take the template: {told}");
                self.unknown().push((parent.root_id().to_owned(), error));
                parent.engine.failed(logical_id, reason);
            }
        }
    }

    pub(super) fn note(&self, stack: &Deployed, text: String) {
        self.remark(&stack.name, text);
    }

    /// Adds what nested stacks are made from to what an update compares: their templates may change where their URLs do
    /// not.
    pub(super) fn add_contents(
        &self,
        planner: &Planner,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        plan: &mut Stack,
    ) {
        let mut digests = Digests::new(&self.shelf, template.origin());
        for resource in plan.resources.iter_mut().filter(|it| it.resource_type == STACK_TYPE) {
            let Ok(properties) = planner.nested(template, parameters, &resource.logical_id) else { continue };
            let digest = properties.asset.and_then(|asset| digests.of(&asset));
            let digest = digest.or_else(|| digests.of(&properties.url?));
            resource.properties.extend(digest.map(|digest| (CONTENT.to_owned(), digest)));
        }
    }
}
