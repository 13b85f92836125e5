//! What comes from outside: signals through the API, and documents at the URLs of handles.

use super::Machine;
use crate::model::Role;
use crate::moment::Moment;
use crate::stack::SignalError;
use crate::stack::invariant::broken;
use crate::stack::resource::Work;
use crate::stack::slots::Slot;
use crate::stack::tally::Verdict;
use crate::stack::types::{Accepted, Document, Outcome, Reaction, Signal};
use crate::stack::wait::{Waits, failure_reason};

/// What the service calls the type of a handle when somebody signals it.
const HANDLE_TYPE: &str = "AWS_CLOUDFORMATION_WAIT_CONDITION_HANDLE_V3";

/// Documents that are kept of each handle beyond those that are waited for.
const KEPT: usize = 1000;

impl Machine {
    /// A `SignalResource`. Whatever it brings about is in the answer, a timeout that came first included; after a
    /// refusal [`Self::timer`] hands that out.
    ///
    /// # Errors
    ///
    /// Refused as the service refuses it; the stack stays as it is.
    pub fn signal(&mut self, signal: &Signal, now: Moment) -> Result<Accepted, SignalError> {
        self.expire(now);
        let at = self.signalled_resource(&signal.logical_id)?;
        let sender = self.members.sender(&signal.unique_id, at, &self.resources[at]);
        if signal.outcome == Outcome::Success {
            self.serves(at, &signal.unique_id, now);
        }
        let verdict = match &mut self.resources[at].waits {
            Waits::Signals(tally) => tally.take(&signal.unique_id, signal.outcome, sender),
            _ => Verdict::Uncounted,
        };
        match verdict {
            Verdict::Repeated => {
                return Err(SignalError::Repeated {
                    unique_id: signal.unique_id.clone(),
                    logical_id: signal.logical_id.clone(),
                });
            }
            Verdict::Uncounted => {}
            Verdict::Counted => self.counted(at, signal, now),
        }
        Ok(Accepted { reaction: self.hand_out(), counted: verdict == Verdict::Counted })
    }

    /// An instance of another stack is no more: what it still sends is nobody's here.
    pub fn lose(&mut self, instance_id: &str) {
        self.members.lose(instance_id);
    }

    /// Whether an instance was there, in this stack or another, and is no more.
    #[must_use]
    pub fn has_lost(&self, instance_id: &str) -> bool {
        self.members.has_lost(instance_id)
    }

    /// Something was put to the URL of the handle `handle`. It is kept for a wait condition that begins later; a
    /// unique id that was seen before is a retransmission.
    pub fn document(&mut self, handle: &str, document: Document, now: Moment) -> Reaction {
        self.expire(now);
        let waiting: Vec<_> = self.resources.slots().filter(|at| self.waits_at(*at, handle)).collect();
        let wanted = waiting
            .iter()
            .map(|at| usize::try_from(self.resources[*at].waits.expected()).unwrap_or(usize::MAX))
            .max()
            .unwrap_or_default();
        if let Some(resource) = self.resources.named_mut(handle)
            && resource.documents.len() < wanted.saturating_add(KEPT)
        {
            let fresh = match &document {
                Document::Unparsable => true,
                Document::Signal { unique_id, .. } => resource.document_ids.insert(unique_id.clone()),
            };
            if fresh {
                resource.documents.push(document);
                for at in waiting {
                    self.count_documents(at, now);
                }
            }
        }
        self.hand_out()
    }

    /// Counts what a handle has received, for the wait condition at `at`.
    pub(super) fn count_documents(&mut self, at: Slot, now: Moment) {
        let resource = &self.resources[at];
        let Waits::Documents { handle, .. } = &resource.waits else { return };
        let documents = self.documents(handle);
        let failure = documents.iter().find_map(failure_reason);
        let count = u32::try_from(documents.len()).unwrap_or(u32::MAX);
        if let Some(reason) = failure {
            self.fail(at, reason, now);
        } else if let Waits::Documents { received, .. } = &mut self.resources[at].waits {
            *received = count;
            self.complete_if_done(at, now);
        }
    }

    fn waits_at(&self, at: Slot, handle: &str) -> bool {
        matches!(&self.resources[at].waits, Waits::Documents { handle: its, .. } if its == handle)
    }

    /// A signal that counts has an event of its own, unless it is itself the failure of its resource.
    fn counted(&mut self, at: Slot, signal: &Signal, now: Moment) {
        let text = format!("Received {} signal with UniqueId {}", signal.outcome.as_str(), signal.unique_id);
        let resource = &self.resources[at];
        let Waits::Signals(tally) = &resource.waits else {
            return broken("a signal counts where it is waited for");
        };
        if matches!(resource.work, Work::Rolling(_)) {
            self.progress(at, text, now);
            self.roll_signalled(at, now);
            return;
        }
        match (signal.outcome, tally.failure_reason(), tally.hopeless()) {
            (Outcome::Success, ..) => {
                self.progress(at, text, now);
                self.complete_if_done(at, now);
            }
            (Outcome::Failure, None, _) => self.fail(at, text, now),
            (Outcome::Failure, Some(reason), true) => {
                self.progress(at, text, now);
                self.fail(at, reason, now);
            }
            (Outcome::Failure, Some(_), false) => {
                // It may have taken back a success that had ended the wait.
                let due = if tally.satisfied() { None } else { resource.creation_deadline() };
                self.progress(at, text, now);
                self.deadlines.set(at, due);
                // Whose time is up by now.
                self.expire(now);
            }
        }
    }

    fn signalled_resource(&self, logical_id: &str) -> Result<Slot, SignalError> {
        let Some(status) = self.phase() else { return Err(self.no_such(logical_id)) };
        if !status.takes_signals() {
            return Err(SignalError::StackState { stack_id: self.id.clone(), status });
        }
        let Some(at) = self.resources.find(logical_id) else { return Err(self.no_such(logical_id)) };
        let resource = &self.resources[at];
        if !resource.takes_signals() {
            return Err(SignalError::TakesNoSignal {
                logical_id: logical_id.to_owned(),
                resource_type: match &resource.model.role {
                    Role::WaitConditionHandle => HANDLE_TYPE.to_owned(),
                    _ => resource.model.resource_type.clone(),
                },
            });
        }
        match resource.status() {
            None => Err(self.no_such(logical_id)),
            Some(_) if resource.in_progress() => Ok(at),
            Some(status) => Err(SignalError::ResourceState { logical_id: logical_id.to_owned(), status }),
        }
    }

    fn no_such(&self, logical_id: &str) -> SignalError {
        SignalError::NoSuchResource { logical_id: logical_id.to_owned(), stack_name: self.name.clone() }
    }
}

#[cfg(test)]
mod tests;
