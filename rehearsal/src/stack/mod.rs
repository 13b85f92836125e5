//! What a stack does with signals: a state machine without I/O and without a clock.
//!
//! [`Machine`] takes what happens (a start, a resource created or deleted, a signal, time passing) and answers with
//! the events that CloudFormation would show and with orders for whoever plays the other services. Time is a
//! parameter; [`Machine::deadline`] says when the machine next wants to be told of it.
//!
//! Sources: the AWS documentation of
//! [`SignalResource`](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html), of the
//! [`CreationPolicy`](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html)
//! and of
//! [wait conditions](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html); texts
//! as public logs of the service show them.

mod error;
mod machine;
mod resource;
mod types;

pub use error::SignalError;
pub use machine::Machine;
pub use resource::{ResourceView, Waiting};
pub use types::{Accepted, Document, Event, Fate, Order, Outcome, Reaction, Signal, Status};

/// The type under which a stack appears in its own events.
pub const STACK_TYPE: &str = "AWS::CloudFormation::Stack";

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
