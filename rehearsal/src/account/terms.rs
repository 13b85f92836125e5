//! What is asked of a stack beside its template and what goes into it.

use crate::stack::{Failing, StackPolicy};

/// What a creation or an update is asked for besides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// `RoleARN`, which is shown; the one that the stack has unless given.
    pub role_arn: Option<String>,
    /// `RollbackConfiguration`, which is shown; the one that the stack has unless given. There are no alarms in a rehearsal.
    pub rollback: Option<RollbackConfiguration>,
    /// What becomes of an operation that fails.
    pub failing: Failing,
    /// `StackPolicyDuringUpdateBody`: what this update is held to in place of what the stack is.
    pub policy: Option<Protection>,
}

/// A stack policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Protection {
    /// As it was given, in JSON.
    pub text: String,
    /// What it says.
    pub rules: StackPolicy,
}

/// When alarms would have an operation go back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollbackConfiguration {
    /// How long they are watched after the end.
    pub minutes: Option<u32>,
    /// Alarms: their ARNs and types.
    pub triggers: Vec<(String, String)>,
}

/// What a stack's creation settles, and its updates may settle anew.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether what was done stays where the last operation fails.
    pub disable_rollback: bool,
    /// `RetainExceptOnCreate` of the last operation.
    pub drops_new: bool,
    /// `TimeoutInMinutes`.
    pub timeout_minutes: Option<u32>,
    /// `RoleARN`.
    pub role_arn: Option<String>,
    /// `RollbackConfiguration`.
    pub rollback: RollbackConfiguration,
}

impl Settings {
    /// An operation has begun that was asked for with `terms`.
    pub(super) fn take(&mut self, terms: Terms) {
        self.disable_rollback = terms.failing.keeps;
        self.drops_new = terms.failing.drops_new;
        self.role_arn = terms.role_arn.or(self.role_arn.take());
        self.rollback = terms.rollback.unwrap_or(std::mem::take(&mut self.rollback));
    }
}
