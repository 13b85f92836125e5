//! What a signal and a policy may hold.

use alloc::borrow::ToOwned;
use alloc::format;

use super::types::{Policy, PrepareError, Signal};

/// The API's limit, in characters.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html>
const UNIQUE_ID_LIMIT: usize = 64;

/// Refuses a unique id that CloudFormation would refuse.
pub(super) fn check(signal: &Signal) -> Result<(), PrepareError> {
    let length = signal.unique_id.chars().count();
    if length == 0 {
        return Err(PrepareError::UniqueId("the unique id is empty".to_owned()));
    }
    if length > UNIQUE_ID_LIMIT {
        return Err(PrepareError::UniqueId(format!(
            "the unique id has {length} characters, and CloudFormation takes {UNIQUE_ID_LIMIT}"
        )));
    }
    Ok(())
}

/// The nearest policy whose values are in range.
pub(super) fn in_range(policy: Policy) -> Policy {
    let max_delay = policy.max_delay.max(1);
    Policy {
        max_attempts: policy.max_attempts.max(1),
        deadline: policy.deadline,
        spent: policy.spent,
        attempt_timeout: policy.attempt_timeout.max(1),
        connect_timeout: policy.connect_timeout.max(1),
        base_delay: policy.base_delay.clamp(1, max_delay),
        max_delay,
    }
}

#[cfg(test)]
mod tests;
