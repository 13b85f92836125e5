//! Why a signal is refused, in the service's words.

use super::Status;

/// The API's `ValidationError`s for a signal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignalError {
    /// The stack is not being created or updated (any more).
    #[error("Stack {stack_id} is in {status} state and cannot be signaled")]
    StackState {
        /// The stack's ARN.
        stack_id: String,
        /// Where it is.
        status: Status,
    },
    /// The stack has no such resource, or has not begun with it.
    #[error("Resource {logical_id} does not exist for stack {stack_name}")]
    NoSuchResource {
        /// As given.
        logical_id: String,
        /// The stack's name.
        stack_name: String,
    },
    /// No resource of this type takes signals.
    #[error("Resource {logical_id} is of type {resource_type} and cannot be signaled")]
    TakesNoSignal {
        /// As given.
        logical_id: String,
        /// Such as `AWS::S3::Bucket`.
        resource_type: String,
    },
    /// The resource is not being created (any more). That it is refused is known; its wording is not, and follows the
    /// stack's.
    #[error("Resource {logical_id} is in {status} state and cannot be signaled")]
    ResourceState {
        /// As given.
        logical_id: String,
        /// Where it is.
        status: Status,
    },
    /// Two spaces after the full stop, as the service writes it.
    #[error(
        "Signal with ID {unique_id} for resource {logical_id} already exists.  Signals may only be updated with a \
         FAILURE status."
    )]
    Repeated {
        /// As given.
        unique_id: String,
        /// As given.
        logical_id: String,
    },
}

/// The API's `ValidationError`s for an update.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// Another operation is under way, or has left the stack in a state that no update leads out of.
    #[error("Stack:{stack_id} is in {status} state and can not be updated.")]
    StackState {
        /// The stack's ARN.
        stack_id: String,
        /// Where it is.
        status: Status,
    },
    /// An operation has failed and was left as it is: what follows has to be left so too, or goes back.
    #[error(
        "This stack is currently in a non-terminal [{status}] state. To update the stack from this state, please use the \
         disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack \
         API"
    )]
    LeftAsItFailed {
        /// Where it is.
        status: Status,
    },
    /// Nothing has begun with the stack.
    #[error("Stack [{stack_name}] does not exist")]
    NotBegun {
        /// The stack's name.
        stack_name: String,
    },
    /// Nothing changes. A policy alone is no change.
    #[error("No updates are to be performed.")]
    NoUpdates,
    /// A logical id keeps its type.
    #[error(
        "Update of resource type is not permitted. The new template modifies resource type of the following resources: \
         [{}]", logical_ids.join(", ")
    )]
    TypeChanged {
        /// Those that have another.
        logical_ids: Vec<String>,
    },
}

/// The API's `ValidationError` for a deletion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeleteError {
    /// An update is under way.
    #[error("Stack [{stack_id}] cannot be deleted while in status {status}")]
    StackState {
        /// The stack's ARN.
        stack_id: String,
        /// Where it is.
        status: Status,
    },
}

/// The API's `ValidationError`s for going back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RollbackError {
    /// No update is under way.
    #[error("CancelUpdateStack cannot be called from current stack status")]
    NothingToCancel,
    /// It is not in a state that can be rolled back.
    #[error("Stack [{stack_id}] cannot be rolled back while in status {}", status.map_or("REVIEW_IN_PROGRESS", Status::as_str))]
    NothingToRollBack {
        /// The stack's ARN.
        stack_id: String,
        /// Where it is.
        status: Option<Status>,
    },
    /// No rollback has failed. The name is the service's.
    #[error("RollbackUpdatedStack cannot be called from current stack status")]
    NothingToContinue,
    /// What is to be skipped has not failed.
    #[error("ResourcesToSkip takes resources that are UPDATE_FAILED in this stack: [{}] is not", logical_ids.join(", "))]
    NotSkipped {
        /// As given.
        logical_ids: Vec<String>,
    },
}
