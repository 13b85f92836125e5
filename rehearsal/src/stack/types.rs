//! The vocabulary of the state machine.

use std::fmt;

use crate::moment::Moment;

/// The status of a stack or of a resource.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
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
    /// A stack whose creation failed deletes what it created.
    RollbackInProgress,
    /// A stack whose creation failed has deleted what it created.
    RollbackComplete,
}

impl Status {
    /// The status as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreateInProgress => "CREATE_IN_PROGRESS",
            Self::CreateComplete => "CREATE_COMPLETE",
            Self::CreateFailed => "CREATE_FAILED",
            Self::DeleteInProgress => "DELETE_IN_PROGRESS",
            Self::DeleteComplete => "DELETE_COMPLETE",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackComplete => "ROLLBACK_COMPLETE",
        }
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

/// What whoever plays the other services is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Create this resource, then say [`super::Machine::created`].
    Create(String),
    /// Delete this resource, then say [`super::Machine::deleted`].
    Delete(String),
}

/// What the machine makes of what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaction {
    /// In the order in which they happened.
    pub events: Vec<Event>,
    /// To be carried out in any order.
    pub orders: Vec<Order>,
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

/// How a stack's creation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// `CREATE_COMPLETE`.
    Complete,
    /// `ROLLBACK_COMPLETE`.
    RolledBack,
}
