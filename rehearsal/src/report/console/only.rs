//! `--only`: of many events those that are asked for.

use clap::ValueEnum;

use super::super::phase::{Phase, Progress};
use crate::stack::{Event, STACK_TYPE};

/// A kind of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Events of what has failed, and of what the stack does about it
    Failed,
    /// Events of what can wait for signals: instances, groups, wait conditions
    Waits,
    /// Events of the stack itself, and of stacks within it
    Stack,
    /// What user data prints, that it runs and how it ends
    Output,
}

/// Whether an event is of any of these kinds.
pub(super) fn wanted(kinds: &[Kind], event: &Event) -> bool {
    kinds.iter().any(|kind| match kind {
        Kind::Failed => {
            let rolls_back = event.resource_type == STACK_TYPE && event.status.is_failure();
            Phase::of(event.status).progress == Progress::Failed || rolls_back
        }
        Kind::Waits => waits(&event.resource_type),
        Kind::Stack => event.resource_type == STACK_TYPE,
        Kind::Output => false,
    })
}

fn waits(resource_type: &str) -> bool {
    ["AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup", "AWS::CloudFormation::WaitCondition"]
        .contains(&resource_type)
}
