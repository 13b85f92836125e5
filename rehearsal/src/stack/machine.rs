//! The transitions.

use std::collections::HashMap;
use std::mem;

use super::resource::{ResourceView, State, Tracked, Waiting, failure_reason};
use super::types::{Accepted, Document, Event, Fate, Order, Outcome, Reaction, Signal, Status};
use super::{STACK_TYPE, SignalError};
use crate::model;
use crate::moment::Moment;

/// A stack being created, and rolled back if that fails.
#[derive(Clone, Debug)]
pub struct Machine {
    name: String,
    id: String,
    token: Option<String>,
    state: Option<State>,
    resources: Vec<Tracked>,
    index: HashMap<String, usize>,
    /// What has not been handed out yet.
    reaction: Reaction,
}

impl Machine {
    /// A stack that nobody has begun to create. `token` is the `ClientRequestToken` of its creation.
    #[must_use]
    pub fn new(stack: model::Stack, token: Option<String>) -> Self {
        let mut resources: Vec<_> = stack.resources.into_iter().map(Tracked::new).collect();
        let index: HashMap<_, _> =
            resources.iter().enumerate().map(|(at, it)| (it.model.logical_id.clone(), at)).collect();
        let edges: Vec<_> = resources
            .iter()
            .enumerate()
            .flat_map(|(at, it)| {
                it.model.dependencies.iter().filter_map(|on| index.get(on)).map(move |on| (*on, at))
            })
            .collect();
        for (on, at) in edges {
            if let Some(resource) = resources.get_mut(on) {
                resource.dependents.push(at);
            }
        }
        Self {
            name: stack.name,
            id: stack.id,
            token,
            state: None,
            resources,
            index,
            reaction: Reaction::default(),
        }
    }

    /// Begins to create the stack. A second start changes nothing.
    pub fn start(&mut self, now: Moment) -> Reaction {
        if self.state.is_none() {
            self.set_stack(Status::CreateInProgress, Some("User Initiated".to_owned()), now);
            self.begin_what_can_begin(now);
        }
        mem::take(&mut self.reaction)
    }

    /// The service behind a resource has created it.
    pub fn created(&mut self, logical_id: &str, now: Moment) -> Reaction {
        self.expire(now);
        if let Some(at) = self.index.get(logical_id).copied()
            && let Some(resource) = self.resources.get_mut(at)
            && resource.in_progress()
        {
            resource.created = true;
            self.complete_if_done(at, now);
        }
        mem::take(&mut self.reaction)
    }

    /// The service behind a resource has deleted it.
    pub fn deleted(&mut self, logical_id: &str, now: Moment) -> Reaction {
        if let Some(at) = self.index.get(logical_id).copied()
            && self.resources.get(at).and_then(Tracked::status) == Some(Status::DeleteInProgress)
        {
            self.set(at, Status::DeleteComplete, None, now);
            self.delete_what_can_be_deleted(now);
        }
        mem::take(&mut self.reaction)
    }

    /// A `SignalResource`. Whatever it brings about is in the answer, a timeout that came first included; after a
    /// refusal [`Self::timer`] hands that out.
    ///
    /// # Errors
    ///
    /// Refused as the service refuses it; the stack stays as it is.
    pub fn signal(&mut self, signal: &Signal, now: Moment) -> Result<Accepted, SignalError> {
        self.expire(now);
        let at = self.signalled_resource(&signal.logical_id)?;
        let Some(resource) = self.resources.get_mut(at) else { return Err(self.no_such(&signal.logical_id)) };
        let fresh = resource.unique_ids.insert(signal.unique_id.clone());
        if !fresh && signal.outcome == Outcome::Success {
            return Err(SignalError::Repeated {
                unique_id: signal.unique_id.clone(),
                logical_id: signal.logical_id.clone(),
            });
        }
        let counted = resource.counts(&signal.unique_id);
        if counted {
            let text =
                format!("Received {} signal with UniqueId {}", signal.outcome.as_str(), signal.unique_id);
            match signal.outcome {
                Outcome::Failure => self.fail(at, text, now),
                Outcome::Success => {
                    resource.received = resource.received.saturating_add(1);
                    self.set(at, Status::CreateInProgress, Some(text), now);
                    self.complete_if_done(at, now);
                }
            }
        }
        Ok(Accepted { reaction: mem::take(&mut self.reaction), counted })
    }

    /// Something was put to the URL of the handle `handle`. It is kept for a wait condition that begins later; a
    /// unique id that was seen before is a retransmission.
    pub fn document(&mut self, handle: &str, document: Document, now: Moment) -> Reaction {
        self.expire(now);
        if let Some(at) = self.index.get(handle).copied()
            && let Some(resource) = self.resources.get_mut(at)
        {
            let fresh = match &document {
                Document::Unparsable => true,
                Document::Signal { unique_id, .. } => resource.unique_ids.insert(unique_id.clone()),
            };
            if fresh {
                resource.documents.push(document);
                for waiting in resource.dependents.clone() {
                    self.count_documents(waiting, now);
                }
            }
        }
        mem::take(&mut self.reaction)
    }

    /// Time has passed.
    pub fn timer(&mut self, now: Moment) -> Reaction {
        self.expire(now);
        mem::take(&mut self.reaction)
    }

    /// When [`Self::timer`] has something to do next.
    #[must_use]
    pub fn deadline(&self) -> Option<Moment> {
        self.resources.iter().filter_map(Tracked::deadline).min()
    }

    /// How it ended; `None` until then.
    #[must_use]
    pub fn fate(&self) -> Option<Fate> {
        match self.state.as_ref()?.status {
            Status::CreateComplete => Some(Fate::Complete),
            Status::RollbackComplete => Some(Fate::RolledBack),
            _ => None,
        }
    }

    /// The stack's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The stack's ARN.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The stack's status, its reason and since when; `None` before the start.
    #[must_use]
    pub fn stack_status(&self) -> Option<(Status, Option<&str>, Moment)> {
        self.state.as_ref().map(|state| (state.status, state.reason.as_deref(), state.since))
    }

    /// The resources that the stack has begun with.
    pub fn resources(&self) -> impl Iterator<Item = ResourceView<'_>> {
        self.resources.iter().filter_map(|it| {
            let state = it.state.as_ref()?;
            Some(ResourceView {
                logical_id: &it.model.logical_id,
                physical_id: it.physical_id(),
                resource_type: &it.model.resource_type,
                status: state.status,
                reason: state.reason.as_deref(),
                since: state.since,
            })
        })
    }

    /// The resources that wait for signals.
    #[must_use]
    pub fn waiting(&self) -> Vec<Waiting> {
        let waiting = |it: &Tracked| {
            Some(Waiting {
                logical_id: it.model.logical_id.clone(),
                received: it.received,
                expected: it.expected(),
                since: it.started?,
                until: it.deadline()?,
            })
        };
        self.resources.iter().filter_map(waiting).collect()
    }

    /// Whether the stack has begun with an instance of this id: what `CFN_V1` calls a member.
    #[must_use]
    pub fn has_instance(&self, instance_id: &str) -> bool {
        self.resources.iter().any(|it| {
            matches!(it.model.role, model::Role::Instance { .. }) && it.physical_id() == Some(instance_id)
        })
    }

    /// The id of an instance that the stack has begun with.
    #[must_use]
    pub fn instance(&self, logical_id: &str) -> Option<&str> {
        let resource = self.resources.get(*self.index.get(logical_id)?)?;
        if matches!(resource.model.role, model::Role::Instance { .. }) {
            resource.physical_id()
        } else {
            None
        }
    }

    /// What was put to a handle, one document per unique id.
    #[must_use]
    pub fn documents(&self, handle: &str) -> &[Document] {
        self.index.get(handle).and_then(|at| self.resources.get(*at)).map_or(&[], |it| &it.documents)
    }

    fn signalled_resource(&self, logical_id: &str) -> Result<usize, SignalError> {
        let Some(state) = &self.state else { return Err(self.no_such(logical_id)) };
        if state.status != Status::CreateInProgress {
            return Err(SignalError::StackState { stack_id: self.id.clone(), status: state.status });
        }
        let Some(at) = self.index.get(logical_id).copied() else { return Err(self.no_such(logical_id)) };
        let Some(resource) = self.resources.get(at) else { return Err(self.no_such(logical_id)) };
        if !resource.takes_signals() {
            return Err(SignalError::TakesNoSignal {
                logical_id: logical_id.to_owned(),
                resource_type: resource.model.resource_type.clone(),
            });
        }
        match resource.status() {
            None => Err(self.no_such(logical_id)),
            Some(Status::CreateInProgress) => Ok(at),
            Some(status) => Err(SignalError::ResourceState { logical_id: logical_id.to_owned(), status }),
        }
    }

    fn no_such(&self, logical_id: &str) -> SignalError {
        SignalError::NoSuchResource { logical_id: logical_id.to_owned(), stack_name: self.name.clone() }
    }

    /// Begins with every resource whose dependencies are complete.
    fn begin_what_can_begin(&mut self, now: Moment) {
        let complete = |on: &String| {
            self.index
                .get(on)
                .and_then(|at| self.resources.get(*at))
                .is_none_or(|it| it.status() == Some(Status::CreateComplete))
        };
        let ready: Vec<_> = (0..self.resources.len())
            .filter(|at| {
                self.resources
                    .get(*at)
                    .is_some_and(|it| it.state.is_none() && it.model.dependencies.iter().all(complete))
            })
            .collect();
        for &at in &ready {
            self.set(at, Status::CreateInProgress, None, now);
            if let Some(resource) = self.resources.get_mut(at) {
                resource.started = Some(now);
                self.reaction.orders.push(Order::Create(resource.model.logical_id.clone()));
            }
            self.set(at, Status::CreateInProgress, Some("Resource creation Initiated".to_owned()), now);
        }
        for at in ready {
            self.count_documents(at, now);
        }
        if self.resources.is_empty() {
            self.set_stack(Status::CreateComplete, None, now);
        }
    }

    /// Counts what a handle has received, for the wait condition at `at`.
    fn count_documents(&mut self, at: usize, now: Moment) {
        let Some(resource) = self.resources.get(at) else { return };
        let super::resource::Need::Documents { handle, .. } = &resource.need else { return };
        if !resource.in_progress() {
            return;
        }
        let documents = self.documents(handle);
        let failure = documents.iter().find_map(failure_reason);
        let received = u32::try_from(documents.len()).unwrap_or(u32::MAX);
        if let Some(reason) = failure {
            self.fail(at, reason, now);
        } else if let Some(resource) = self.resources.get_mut(at) {
            resource.received = received;
            self.complete_if_done(at, now);
        }
    }

    /// Fails what has waited too long. The first failure cancels the rest.
    fn expire(&mut self, now: Moment) {
        let expired = (0..self.resources.len())
            .filter_map(|at| Some((self.resources.get(at)?.deadline()?, at)))
            .filter(|(deadline, _)| *deadline <= now)
            .min();
        if let Some((_, at)) = expired
            && let Some(resource) = self.resources.get(at)
        {
            let reason = resource.timeout_reason();
            self.fail(at, reason, now);
        }
    }

    fn complete_if_done(&mut self, at: usize, now: Moment) {
        let Some(resource) = self.resources.get(at) else { return };
        if !(resource.in_progress() && resource.created && resource.satisfied()) {
            return;
        }
        self.set(at, Status::CreateComplete, None, now);
        if self.resources.iter().all(|it| it.status() == Some(Status::CreateComplete)) {
            self.set_stack(Status::CreateComplete, None, now);
        } else {
            self.begin_what_can_begin(now);
        }
    }

    /// The resource at `at` has failed: so have those in progress, and the stack rolls back.
    fn fail(&mut self, at: usize, reason: String, now: Moment) {
        self.set(at, Status::CreateFailed, Some(reason), now);
        let mut failed = vec![at];
        failed.extend(
            (0..self.resources.len()).filter(|it| self.resources.get(*it).is_some_and(Tracked::in_progress)),
        );
        for &cancelled in failed.iter().skip(1) {
            self.set(cancelled, Status::CreateFailed, Some("Resource creation cancelled".to_owned()), now);
        }
        let names: Vec<_> = failed
            .iter()
            .filter_map(|it| self.resources.get(*it))
            .map(|it| it.model.logical_id.as_str())
            .collect();
        let reason = format!(
            "The following resource(s) failed to create: [{}]. Rollback requested by user.",
            names.join(", ")
        );
        self.set_stack(Status::RollbackInProgress, Some(reason), now);
        self.delete_what_can_be_deleted(now);
    }

    /// Deletes, last created first, what nothing that still exists depends on.
    fn delete_what_can_be_deleted(&mut self, now: Moment) {
        let gone = |it: &Tracked| matches!(it.status(), None | Some(Status::DeleteComplete));
        let deletable = |it: &Tracked| {
            matches!(it.status(), Some(Status::CreateComplete | Status::CreateFailed))
                && it.dependents.iter().filter_map(|by| self.resources.get(*by)).all(gone)
        };
        let ready: Vec<_> = (0..self.resources.len())
            .rev()
            .filter(|at| self.resources.get(*at).is_some_and(deletable))
            .collect();
        for at in ready {
            self.set(at, Status::DeleteInProgress, None, now);
            if let Some(resource) = self.resources.get(at) {
                self.reaction.orders.push(Order::Delete(resource.model.logical_id.clone()));
            }
        }
        if self.resources.iter().all(gone) {
            self.set_stack(Status::RollbackComplete, None, now);
        }
    }

    fn set(&mut self, at: usize, status: Status, reason: Option<String>, now: Moment) {
        let Some(resource) = self.resources.get_mut(at) else { return };
        resource.state = Some(State { status, reason: reason.clone(), since: now });
        self.reaction.events.push(Event {
            at: now,
            logical_id: resource.model.logical_id.clone(),
            physical_id: resource.physical_id().map(str::to_owned),
            resource_type: resource.model.resource_type.clone(),
            status,
            reason,
            token: self.token.clone(),
        });
    }

    fn set_stack(&mut self, status: Status, reason: Option<String>, now: Moment) {
        self.state = Some(State { status, reason: reason.clone(), since: now });
        self.reaction.events.push(Event {
            at: now,
            logical_id: self.name.clone(),
            physical_id: Some(self.id.clone()),
            resource_type: STACK_TYPE.to_owned(),
            status,
            reason,
            token: self.token.clone(),
        });
    }
}
