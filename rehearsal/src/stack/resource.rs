//! One resource of the stack: where it is, and what it still waits for.

use std::collections::HashSet;
use std::time::Duration;

use super::types::{Document, Outcome, Status};
use crate::model::{self, Role, Wait};
use crate::moment::Moment;

/// A resource as `DescribeStackResources` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceView<'a> {
    /// Its name in the template.
    pub logical_id: &'a str,
    /// Once there is one.
    pub physical_id: Option<&'a str>,
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: &'a str,
    /// Where it is.
    pub status: Status,
    /// Why, in the service's words.
    pub reason: Option<&'a str>,
    /// Since when.
    pub since: Moment,
}

/// A resource that waits for signals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its name in the template.
    pub logical_id: String,
    /// Signals that count, so far.
    pub received: u32,
    /// Signals it needs.
    pub expected: u32,
    /// The start of its creation.
    pub since: Moment,
    /// When it gives up.
    pub until: Moment,
}

/// Where a resource is; `None` before the stack begins with it.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) status: Status,
    pub(super) reason: Option<String>,
    pub(super) since: Moment,
}

/// What a resource's completion needs besides its creation.
#[derive(Clone, Debug)]
pub(super) enum Need {
    Nothing,
    /// `SignalResource`, where `own_id` is the only unique id that counts, if there is one.
    Signals {
        own_id: Option<String>,
        count: u32,
        timeout: Duration,
    },
    /// Documents at a handle.
    Documents {
        handle: String,
        count: u32,
        timeout: Duration,
    },
}

/// A resource and its history.
#[derive(Clone, Debug)]
pub(super) struct Tracked {
    pub(super) model: model::Resource,
    pub(super) need: Need,
    /// Logical ids of those that depend on it.
    pub(super) dependents: Vec<usize>,
    pub(super) state: Option<State>,
    /// The beginning of its creation.
    pub(super) started: Option<Moment>,
    /// Whether the service behind it has created it.
    pub(super) created: bool,
    /// Signals that count.
    pub(super) received: u32,
    /// Every unique id that has signalled it, counted or not.
    pub(super) unique_ids: HashSet<String>,
    /// What was put to it, if it is a handle: one per unique id.
    pub(super) documents: Vec<Document>,
}

impl Tracked {
    pub(super) fn new(model: model::Resource) -> Self {
        let need = match &model.role {
            Role::Instance { creation_policy: Some(policy) } => Need::Signals {
                own_id: Some(model.physical_id.clone()),
                count: policy.count,
                timeout: policy.timeout,
            },
            Role::WaitCondition(Wait::Signals(policy)) => {
                Need::Signals { own_id: None, count: policy.count, timeout: policy.timeout }
            }
            Role::WaitCondition(Wait::Handle { handle, count, timeout }) => {
                Need::Documents { handle: handle.clone(), count: *count, timeout: *timeout }
            }
            Role::Instance { creation_policy: None }
            | Role::Group(_)
            | Role::WaitConditionHandle
            | Role::Other => Need::Nothing,
        };
        Self {
            model,
            need,
            dependents: Vec::new(),
            state: None,
            started: None,
            created: false,
            received: 0,
            unique_ids: HashSet::new(),
            documents: Vec::new(),
        }
    }

    pub(super) fn status(&self) -> Option<Status> {
        self.state.as_ref().map(|state| state.status)
    }

    pub(super) fn in_progress(&self) -> bool {
        self.status() == Some(Status::CreateInProgress)
    }

    /// Whether its type takes `SignalResource`: an instance, whether it has a policy or not, and a wait condition
    /// without a handle.
    pub(super) fn takes_signals(&self) -> bool {
        matches!(self.model.role, Role::Instance { .. } | Role::WaitCondition(Wait::Signals(_)))
    }

    /// When it gives up waiting, while it waits.
    pub(super) fn deadline(&self) -> Option<Moment> {
        let (Need::Signals { timeout, .. } | Need::Documents { timeout, .. }) = &self.need else {
            return None;
        };
        (self.in_progress() && !self.satisfied()).then_some(self.started?.plus(*timeout))
    }

    /// Whether it has all the signals it needs.
    pub(super) fn satisfied(&self) -> bool {
        self.received >= self.expected()
    }

    pub(super) fn expected(&self) -> u32 {
        match &self.need {
            Need::Nothing => 0,
            Need::Signals { count, .. } | Need::Documents { count, .. } => *count,
        }
    }

    /// Whether a signal with this unique id counts.
    pub(super) fn counts(&self, unique_id: &str) -> bool {
        match &self.need {
            Need::Signals { own_id: Some(own_id), .. } => own_id == unique_id,
            Need::Signals { own_id: None, .. } => true,
            Need::Nothing | Need::Documents { .. } => false,
        }
    }

    /// The reason of its failure when its time is up.
    pub(super) fn timeout_reason(&self) -> String {
        match &self.need {
            Need::Documents { count, .. } => {
                format!(
                    "WaitCondition timed out. Received {} conditions when expecting {count}",
                    self.received
                )
            }
            Need::Nothing | Need::Signals { .. } => {
                let missing = self.expected().saturating_sub(self.received);
                format!("Failed to receive {missing} resource signal(s) within the specified duration")
            }
        }
    }

    /// Its physical id as the events show it: of a wait condition it is its stack's ARN with its handle's name.
    pub(super) fn physical_id(&self) -> Option<&str> {
        self.started.map(|_| self.model.physical_id.as_str())
    }
}

/// Bytes of a reason that the events show.
const REASON_SHOWN: usize = 1024;

/// The failure that a handle's document is for its wait condition, if it is one.
pub(super) fn failure_reason(document: &Document) -> Option<String> {
    match document {
        Document::Unparsable => Some("Unparsable WaitCondition data".to_owned()),
        Document::Signal { outcome: Outcome::Success, .. } => None,
        Document::Signal { outcome: Outcome::Failure, unique_id, reason, .. } => {
            let shown = reason.get(..reason.floor_char_boundary(REASON_SHOWN)).unwrap_or_default();
            Some(format!("WaitCondition received failed message: '{shown}' for uniqueId: {unique_id}"))
        }
    }
}
