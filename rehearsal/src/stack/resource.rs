//! One resource of the stack: where it is, and what it still waits for.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::rolling::Rolling;
use super::sizes::Sizes;
use super::tally::{Counts, Tally};
use super::types::{Capacity, Status};
use super::wait::Waits;
use crate::model::{self, Role, Wait};
use crate::moment::Moment;
use crate::stack::Document;

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

/// An instance of the stack, alone or in a group.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceView<'a> {
    /// Its name in the template, or its group's.
    pub logical_id: &'a str,
    /// Such as `i-0123456789abcdef0`.
    pub instance_id: &'a str,
    /// Whether the logical id is a group's.
    pub in_group: bool,
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
    /// The start of its creation, or of its batch.
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

/// How far the operation under way is with a resource.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// It has not begun with it.
    Pending,
    /// The service behind it creates it, or has.
    Creating(Made),
    /// The service behind it creates another in its place, or has.
    Replacing(Made),
    /// The service behind it changes it.
    Updating,
    /// A group that has changed brings its instances up to date.
    Rolling(Box<Rolling>),
    /// It has done with it.
    Done,
}

/// How far the service behind a resource is with its creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// It is ordered.
    Ordered,
    /// A group exists, and its instances are ordered.
    Launching,
    /// Everything exists.
    Whole,
}

/// What an update has made of a resource so far, and what it was before.
#[derive(Clone, Debug)]
pub(super) enum Touch {
    /// Nothing.
    None,
    /// It was not there.
    Created,
    /// Nothing but its policies.
    Kept(Box<Former>),
    /// The update was refused before anything happened.
    Refused(Box<Former>),
    /// It was changed as it is.
    Updated(Box<Former>),
    /// Another stands in its place, and this one still exists.
    Replaced(Box<Former>),
}

/// What a resource was before an update.
#[derive(Clone, Debug)]
pub(super) struct Former {
    pub(super) model: model::Resource,
    pub(super) launch: Arc<str>,
    /// Of a group that was replaced.
    pub(super) members: Vec<Member>,
    pub(super) sizes: Sizes,
    pub(super) wanted: u32,
    pub(super) coming: u32,
}

impl Former {
    /// What a resource is but for its `model`, which was that.
    pub(super) fn of(resource: &Tracked, model: model::Resource) -> Self {
        let Tracked { sizes, wanted, coming, .. } = *resource;
        Self { model, launch: Arc::clone(&resource.launch), members: Vec::new(), sizes, wanted, coming }
    }
}

/// An instance of a group, in service.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) id: String,
    /// What it was launched from: the same as its group's, or it is obsolete.
    pub(super) launch: Arc<str>,
    /// Whether it can be counted on: one that has to signal can once it has.
    pub(super) serves: bool,
}

/// A resource and its history.
#[derive(Clone, Debug)]
pub(super) struct Tracked {
    pub(super) model: model::Resource,
    /// During an update: what it is to be; `None` for what is to go.
    pub(super) target: Option<model::Resource>,
    pub(super) touch: Touch,
    /// During an update: whether the new template has no such resource.
    pub(super) removed: bool,
    pub(super) state: Option<State>,
    pub(super) work: Work,
    pub(super) waits: Waits,
    /// The beginning of what it waits for.
    pub(super) started: Option<Moment>,
    /// A group's.
    pub(super) members: Vec<Member>,
    /// A group's, as they are now.
    pub(super) sizes: Sizes,
    /// Of those the desired capacity that is wanted, not what an update sets for a while.
    pub(super) wanted: u32,
    /// Instances that a scaling policy has asked for and that do not exist yet.
    pub(super) coming: u32,
    /// What was last told of that.
    pub(super) told: Option<Capacity>,
    /// What a group launches from now: shared with the instances that are up to date.
    pub(super) launch: Arc<str>,
    /// What was put to it, if it is a handle: one per unique id.
    pub(super) documents: Vec<Document>,
    pub(super) document_ids: HashSet<String>,
}

impl Tracked {
    pub(super) fn new(model: model::Resource) -> Self {
        let launch = launch(&model);
        Self {
            model,
            target: None,
            touch: Touch::None,
            removed: false,
            state: None,
            work: Work::Pending,
            waits: Waits::Nothing,
            started: None,
            members: Vec::new(),
            sizes: Sizes::default(),
            wanted: 0,
            coming: 0,
            told: None,
            launch,
            documents: Vec::new(),
            document_ids: HashSet::new(),
        }
    }

    /// The instances that it is or has.
    pub(super) fn instance_ids(&self) -> impl Iterator<Item = &str> {
        let alone =
            matches!(self.model.role, Role::Instance { .. }).then_some(self.model.physical_id.as_str());
        self.members.iter().map(|it| it.id.as_str()).chain(alone)
    }

    pub(super) fn status(&self) -> Option<Status> {
        self.state.as_ref().map(|state| state.status)
    }

    /// Whether the operation has begun with it and has not done with it.
    pub(super) fn in_progress(&self) -> bool {
        !matches!(self.work, Work::Pending | Work::Done)
    }

    pub(super) fn done(&self) -> bool {
        matches!(self.work, Work::Done)
    }

    /// Whether an update has to make it: it was never begun with, or could not be made.
    pub(super) fn is_to_be_made(&self) -> bool {
        matches!(self.status(), None | Some(Status::CreateFailed))
    }

    /// Whether the operation under way has failed with it.
    pub(super) fn has_failed(&self) -> bool {
        let failed = matches!(self.status(), Some(Status::CreateFailed | Status::UpdateFailed));
        failed && self.done() && !self.removed
    }

    /// Whether its type takes `SignalResource`: an instance and a group, whether they have a policy or not, and a wait
    /// condition without a handle.
    pub(super) fn takes_signals(&self) -> bool {
        matches!(
            self.model.role,
            Role::Instance { .. } | Role::Group(_) | Role::WaitCondition(Wait::Signals(_))
        )
    }

    /// Its physical id as the events show it: of a wait condition it is its stack's ARN with its handle's name.
    pub(super) fn physical_id(&self) -> Option<&str> {
        self.started.map(|_| self.model.physical_id.as_str())
    }

    /// Waits for what its creation needs besides its existence, from now on.
    pub(super) fn wait_for_creation(&mut self, now: Moment) {
        self.started = Some(now);
        self.waits = match &self.model.role {
            Role::Instance { creation_policy: Some(policy) } => {
                let own = Counts::Only(self.model.physical_id.clone());
                Waits::Signals(Tally::new(own, policy.count))
            }
            Role::Group(model::Group { creation_policy: Some(policy), .. }) => {
                let (count, share) = (policy.signal.count, policy.min_successful);
                Waits::Signals(Tally::share(Counts::InstanceIds, count, share))
            }
            Role::WaitCondition(Wait::Signals(policy)) => {
                Waits::Signals(Tally::new(Counts::Any, policy.count))
            }
            Role::WaitCondition(Wait::Handle { handle, count, .. }) => {
                Waits::Documents { handle: handle.clone(), count: *count, received: 0 }
            }
            Role::Instance { creation_policy: None } | Role::Group(_) => Waits::Signals(Tally::idle()),
            Role::WaitConditionHandle | Role::Other => Waits::Nothing,
        };
    }

    /// When its creation gives up, if it waits for anything.
    pub(super) fn creation_deadline(&self) -> Option<Moment> {
        let timeout = match &self.model.role {
            Role::Instance { creation_policy } => creation_policy.as_ref()?.timeout,
            Role::Group(group) => group.creation_policy.as_ref()?.signal.timeout,
            Role::WaitCondition(Wait::Signals(policy)) => policy.timeout,
            Role::WaitCondition(Wait::Handle { timeout, .. }) => *timeout,
            Role::WaitConditionHandle | Role::Other => return None,
        };
        Some(self.started?.plus(timeout))
    }

    /// Waits for nothing. Signals may still be taken.
    pub(super) fn wait_for_nothing(&mut self) {
        self.waits = if self.takes_signals() { Waits::Signals(Tally::idle()) } else { Waits::Nothing };
    }

    /// A group's size and policy.
    pub(super) fn group(&self) -> Option<&model::Group> {
        match &self.model.role {
            Role::Group(group) => Some(group),
            _ => None,
        }
    }

    /// A group's instances that run, or will before long.
    pub(super) fn running(&self) -> u32 {
        u32::try_from(self.members.len()).unwrap_or(u32::MAX).saturating_add(self.coming)
    }

    /// Whether its instances have to signal before they can be counted on.
    pub(super) fn awaits_signals(&self) -> bool {
        match &self.work {
            Work::Creating(_) | Work::Replacing(_) => self.waits.expected() > 0,
            Work::Rolling(rolling) => rolling.policy.is_some_and(|policy| policy.wait_on_resource_signals),
            Work::Pending | Work::Updating | Work::Done => false,
        }
    }

    /// Its type's status while the operation is at work on it.
    pub(super) fn progress_status(&self) -> Status {
        match self.work {
            Work::Creating(_) => Status::CreateInProgress,
            _ => Status::UpdateInProgress,
        }
    }
}

/// A resource that is in no stack.
pub(super) fn nobody() -> Tracked {
    Tracked::new(model::Resource {
        logical_id: String::new(),
        resource_type: String::new(),
        physical_id: String::new(),
        dependencies: Vec::new(),
        role: Role::Other,
        refusal: None,
        properties: BTreeMap::new(),
        metadata: None,
        deletion_policy: model::Removal::default(),
        update_replace_policy: model::Removal::default(),
    })
}

pub(super) fn launch(model: &model::Resource) -> Arc<str> {
    match &model.role {
        Role::Group(group) => Arc::from(group.launch.as_str()),
        _ => Arc::from(""),
    }
}
