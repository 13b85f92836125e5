//! What a stack does with signals: a state machine without I/O and without a clock.
//!
//! [`Machine`] takes what happens (a start, an update, a deletion, a resource created, instances launched, a signal, time
//! passing) and answers with the events that CloudFormation would show and with orders for whoever plays the other
//! services. Time is a parameter; [`Machine::deadline`] says when the machine next wants to be told of it.
//!
//! An operation is known by the stack's status. It goes over the resources in the order of their dependencies
//! (`machine::creation`, `machine::update`); a failure sends it back (`machine::update`, `machine::deletion`). Whose signals count, and when they are
//! enough, is `tally`'s; a group's batches are `rolling`'s.
//!
//! Sources: the AWS documentation of
//! [`SignalResource`](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html), of the
//! [`CreationPolicy`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html),
//! of the
//! [`UpdatePolicy`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html)
//! and of
//! [wait conditions](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html); texts
//! as public logs of the service show them.

mod changes;
mod demolition;
mod error;
mod invariant;
mod machine;
mod past;
mod plan;
mod preview;
mod protection;
mod resource;
mod rolling;
mod sizes;
mod slots;
mod tally;
mod types;
mod wait;

pub use changes::Difference;
pub use error::{DeleteError, RollbackError, SignalError, UpdateError};
pub use machine::Machine;
pub use past::Past;
pub use preview::{Action, Attributes, Preview, Replacement};
pub use protection::StackPolicy;
pub use resource::{ResourceView, Waiting};
pub use types::{
    Capacity, Document, Event, Failing, Fate, OnFailure, Order, Outcome, Reaction, ScaleOutcome, Scaled,
    Scaling, Signal, Status,
};

/// The type under which a stack appears in its own events.
pub const STACK_TYPE: &str = "AWS::CloudFormation::Stack";

#[cfg(test)]
mod played;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
