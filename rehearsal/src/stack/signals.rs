//! What comes from outside: signals through the API, and documents at the URLs of handles.

use super::SignalError;
use super::machine::Machine;
use super::resource::Work;
use super::tally::Verdict;
use super::types::{Accepted, Document, Outcome, Reaction, Signal};
use super::wait::{Waits, failure_reason};
use crate::moment::Moment;

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
        let member = self.members.contains_key(&signal.unique_id);
        let verdict = match self.resources.get_mut(at).map(|it| &mut it.waits) {
            Some(Waits::Signals(tally)) => tally.take(&signal.unique_id, signal.outcome, member),
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

    /// Something was put to the URL of the handle `handle`. It is kept for a wait condition that begins later; a
    /// unique id that was seen before is a retransmission.
    pub fn document(&mut self, handle: &str, document: Document, now: Moment) -> Reaction {
        self.expire(now);
        let waiting: Vec<_> = (0..self.resources.len()).filter(|at| self.waits_at(*at, handle)).collect();
        let wanted = waiting
            .iter()
            .filter_map(|at| self.resources.get(*at))
            .map(|it| usize::try_from(it.waits.expected()).unwrap_or(usize::MAX))
            .max()
            .unwrap_or_default();
        if let Some(resource) = self.place(handle).and_then(|at| self.resources.get_mut(at))
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
    pub(super) fn count_documents(&mut self, at: usize, now: Moment) {
        let Some(resource) = self.resources.get(at) else { return };
        let Waits::Documents { handle, .. } = &resource.waits else { return };
        let documents = self.documents(handle);
        let failure = documents.iter().find_map(failure_reason);
        let count = u32::try_from(documents.len()).unwrap_or(u32::MAX);
        if let Some(reason) = failure {
            self.fail(at, reason, now);
        } else if let Some(Waits::Documents { received, .. }) =
            self.resources.get_mut(at).map(|it| &mut it.waits)
        {
            *received = count;
            self.complete_if_done(at, now);
        }
    }

    fn waits_at(&self, at: usize, handle: &str) -> bool {
        let waits = self.resources.get(at).map(|it| &it.waits);
        matches!(waits, Some(Waits::Documents { handle: its, .. }) if its == handle)
    }

    /// A signal that counts has an event of its own, unless it is itself the failure of its resource.
    fn counted(&mut self, at: usize, signal: &Signal, now: Moment) {
        let text = format!("Received {} signal with UniqueId {}", signal.outcome.as_str(), signal.unique_id);
        let Some(resource) = self.resources.get(at) else { return };
        let Waits::Signals(tally) = &resource.waits else { return };
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
                self.set_due(at, due);
            }
        }
    }

    fn signalled_resource(&self, logical_id: &str) -> Result<usize, SignalError> {
        let Some(status) = self.phase() else { return Err(self.no_such(logical_id)) };
        if !status.takes_signals() {
            return Err(SignalError::StackState { stack_id: self.id.clone(), status });
        }
        let Some(at) = self.place(logical_id) else { return Err(self.no_such(logical_id)) };
        let Some(resource) = self.resources.get(at) else { return Err(self.no_such(logical_id)) };
        if !resource.takes_signals() {
            return Err(SignalError::TakesNoSignal {
                logical_id: logical_id.to_owned(),
                resource_type: resource.model.resource_type.clone(),
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
