//! The vocabulary of the state machine.

use std::fmt;
use std::time::Duration;

use crate::moment::Moment;

/// The status of a stack or of a resource.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// A stack that a change set is to make, once somebody has looked at that.
    ReviewInProgress,
    /// Being created.
    CreateInProgress,
    /// Created, and signalled where it waits for that.
    CreateComplete,
    /// Could not be created, or was not signalled in time.
    CreateFailed,
    /// Being deleted.
    DeleteInProgress,
    /// Deleted.
    DeleteComplete,
    /// Could not be deleted.
    DeleteFailed,
    /// A resource that stays although its stack has no more use for it.
    DeleteSkipped,
    /// A stack whose creation failed deletes what it created.
    RollbackInProgress,
    /// A stack whose creation failed has deleted what it created.
    RollbackComplete,
    /// A stack whose creation failed could not delete all that it created.
    RollbackFailed,
    /// Being updated.
    UpdateInProgress,
    /// Updated.
    UpdateComplete,
    /// A resource that could not be updated, or was not signalled in time.
    UpdateFailed,
    /// A stack that is updated deletes what it no longer needs.
    UpdateCompleteCleanupInProgress,
    /// A stack whose update failed restores what was.
    UpdateRollbackInProgress,
    /// A stack that could not restore what was.
    UpdateRollbackFailed,
    /// A stack that has restored what was deletes what the update created.
    UpdateRollbackCompleteCleanupInProgress,
    /// A stack whose update failed is as it was before.
    UpdateRollbackComplete,
}

impl Status {
    /// The status as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReviewInProgress => "REVIEW_IN_PROGRESS",
            Self::CreateInProgress => "CREATE_IN_PROGRESS",
            Self::CreateComplete => "CREATE_COMPLETE",
            Self::CreateFailed => "CREATE_FAILED",
            Self::DeleteInProgress => "DELETE_IN_PROGRESS",
            Self::DeleteComplete => "DELETE_COMPLETE",
            Self::DeleteFailed => "DELETE_FAILED",
            Self::DeleteSkipped => "DELETE_SKIPPED",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackComplete => "ROLLBACK_COMPLETE",
            Self::RollbackFailed => "ROLLBACK_FAILED",
            Self::UpdateInProgress => "UPDATE_IN_PROGRESS",
            Self::UpdateComplete => "UPDATE_COMPLETE",
            Self::UpdateFailed => "UPDATE_FAILED",
            Self::UpdateCompleteCleanupInProgress => "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            Self::UpdateRollbackInProgress => "UPDATE_ROLLBACK_IN_PROGRESS",
            Self::UpdateRollbackFailed => "UPDATE_ROLLBACK_FAILED",
            Self::UpdateRollbackCompleteCleanupInProgress => "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
            Self::UpdateRollbackComplete => "UPDATE_ROLLBACK_COMPLETE",
        }
    }

    /// Whether something failed: `…_FAILED`, and any kind of rollback.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(
            self,
            Self::CreateFailed
                | Self::UpdateFailed
                | Self::DeleteFailed
                | Self::RollbackInProgress
                | Self::RollbackComplete
                | Self::RollbackFailed
                | Self::UpdateRollbackInProgress
                | Self::UpdateRollbackFailed
                | Self::UpdateRollbackCompleteCleanupInProgress
                | Self::UpdateRollbackComplete
        )
    }

    /// Whether signals are taken: of a stack and of a resource alike.
    #[must_use]
    pub const fn takes_signals(self) -> bool {
        matches!(self, Self::CreateInProgress | Self::UpdateInProgress | Self::UpdateRollbackInProgress)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One line of a stack's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Moment,
    /// The resource's logical id, or the stack's name.
    pub logical_id: String,
    /// Once there is one.
    pub physical_id: Option<String>,
    /// Such as `AWS::EC2::Instance`.
    pub resource_type: String,
    /// Its status from now on.
    pub status: Status,
    /// The service's text on why.
    pub reason: Option<String>,
    /// The `ClientRequestToken` of the operation, where it had one.
    pub token: Option<String>,
}

impl Event {
    /// Whether it is about the stack of this name itself: a resource that is a stack of its own has the same type.
    #[must_use]
    pub fn is_of_stack(&self, name: &str) -> bool {
        self.resource_type == super::STACK_TYPE && self.logical_id == name
    }
}

/// What whoever plays the other services is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Create this resource, then say [`super::Machine::created`].
    Create {
        /// Its name in the template.
        logical_id: String,
    },
    /// Create another in the place of this one, then say [`super::Machine::replaced`].
    Replace {
        /// Its name in the template.
        logical_id: String,
        /// Such as `AWS::EC2::Instance`: what the new one's physical id looks like.
        resource_type: String,
    },
    /// Change this resource as it is, then say [`super::Machine::updated`].
    Update {
        /// Its name in the template.
        logical_id: String,
    },
    /// Launch instances of a group, then say [`super::Machine::launched`].
    Launch {
        /// The group's name in the template.
        logical_id: String,
        /// How many; at least one.
        count: u32,
    },
    /// Launch instances that a scaling policy asks for, then say [`super::Machine::scaled_out`].
    ScaleOut {
        /// The group's name in the template.
        logical_id: String,
        /// How many; at least one.
        count: u32,
    },
    /// Terminate instances of a group, then say [`super::Machine::terminated`] of all of them at once.
    Terminate {
        /// The group's name in the template.
        logical_id: String,
        /// Such as `i-0123456789abcdef0`; at least one.
        instance_ids: Vec<String>,
    },
    /// Delete what has this physical id, then say [`super::Machine::deleted`].
    Delete {
        /// Its name in the template.
        logical_id: String,
        /// After an update there may be two of a name for a while.
        physical_id: String,
    },
}

/// What the machine makes of what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    /// In the order in which they happened.
    pub events: Vec<Event>,
    /// To be carried out in any order.
    pub orders: Vec<Order>,
    /// Scaling policies that acted, or could not.
    pub scalings: Vec<Scaled>,
    /// How large groups are from now on, in the order in which that changed.
    pub capacities: Vec<Capacity>,
}

/// A scaling policy that is to act during an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaling {
    /// The group's name in the template.
    pub logical_id: String,
    /// The instances it asks for.
    pub asked: u32,
    /// So long after the update began.
    pub after: Duration,
}

/// A scaling policy that acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// When.
    pub at: Moment,
    /// The group's name in the template.
    pub logical_id: String,
    /// The instances it asked for.
    pub asked: u32,
    /// What came of it.
    pub outcome: ScaleOutcome,
}

/// What comes of a scaling policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleOutcome {
    /// The desired capacity is another: as many as the group's sizes allow.
    Set {
        /// Before.
        from: u32,
        /// From now on.
        to: u32,
    },
    /// The update has `AlarmNotification` suspended.
    Suspended,
    /// There was no such group at that moment.
    NoGroup,
    /// The update was over before its time came.
    Over,
}

/// How large a group is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Since when.
    pub at: Moment,
    /// The group's name in the template.
    pub logical_id: String,
    /// Instances that run.
    pub instances: u32,
    /// Of those, the ones that can be counted on: what has to signal counts once it has.
    pub in_service: u32,
    /// `DesiredCapacity` as Auto Scaling has it now; an update raises it for a while.
    pub desired: u32,
    /// What the template, or a scaling policy since, wants.
    pub wanted: u32,
    /// `MinInstancesInService` of the rolling update under way.
    pub kept: Option<u32>,
}

/// Whether a signal says that all is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// `SUCCESS`.
    Success,
    /// `FAILURE`.
    Failure,
}

impl Outcome {
    /// As the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
        }
    }

    /// From the API's spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "SUCCESS" => Some(Self::Success),
            "FAILURE" => Some(Self::Failure),
            _ => None,
        }
    }
}

/// A `SignalResource`. It has no reason and no data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The resource it is for.
    pub logical_id: String,
    /// Whom it is from.
    pub unique_id: String,
    /// What it says.
    pub outcome: Outcome,
}

/// What was put to a wait handle's URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// A document as CloudFormation expects it.
    Signal {
        /// A second document with the same one is a retransmission.
        unique_id: String,
        /// What it says.
        outcome: Outcome,
        /// Shown in the events when it is a failure.
        reason: String,
        /// What `Fn::GetAtt Data` gives for this unique id.
        data: String,
    },
    /// Anything else; it fails the wait condition.
    Unparsable,
}

/// A signal that the API answered with success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What came of it.
    pub reaction: Reaction,
    /// Whether the resource counts it: an instance counts its own id only, and the API does not tell.
    pub counted: bool,
}

/// What becomes of a stack whose creation fails: `OnFailure`.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// `ROLLBACK`: what was created is deleted, and the stack stays as a record.
    #[default]
    Rollback,
    /// `DELETE`: the stack goes as well.
    Delete,
    /// `DO_NOTHING`, which is `DisableRollback`: everything stays as it is.
    DoNothing,
}

/// What becomes of a stack whose update fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failing {
    /// `DisableRollback`: what is done stays, and what has failed is as it was.
    pub keeps: bool,
    /// `RetainExceptOnCreate`: what the operation has made goes with it, also where it is to be retained.
    pub drops_new: bool,
}

/// How an operation on a stack ended. The next one decides anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// `CREATE_COMPLETE`.
    Complete,
    /// `ROLLBACK_COMPLETE`, or `ROLLBACK_FAILED` where something could not be deleted.
    RolledBack,
    /// `CREATE_FAILED`: nothing was undone.
    Failed,
    /// `DELETE_COMPLETE` because the creation failed.
    FailedAndDeleted,
    /// `UPDATE_COMPLETE`.
    Updated,
    /// `UPDATE_FAILED`: nothing was undone.
    UpdateFailed,
    /// `UPDATE_ROLLBACK_COMPLETE`.
    UpdateRolledBack,
    /// `UPDATE_ROLLBACK_FAILED`.
    UpdateRollbackFailed,
    /// `DELETE_COMPLETE` because somebody asked for it.
    Deleted,
    /// `DELETE_FAILED`: something could not be deleted.
    DeleteFailed,
}

impl Fate {
    /// Whether it is what was asked for.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Complete | Self::Updated | Self::Deleted)
    }
}
