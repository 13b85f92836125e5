//! Which parameters each action takes: what is taken is honoured or shown, and whatever is not is refused by its name.

use super::super::answer::ApiError;
use super::Call;

#[cfg(test)]
mod tests;

/// Actions and what they take.
const TAKEN: &str = include_str!("taken/parameters.txt");

/// Parameters that any request may have: of the protocol, and of a signature in the query.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonParameters.html>
const COMMON: [&str; 10] = [
    "Action",
    "Version",
    "ContentType",
    "AWSAccessKeyId",
    "Expires",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "Timestamp",
];

/// Whether the action takes everything that it is given.
pub(super) fn check(call: &Call<'_>, action: &str) -> Result<(), ApiError> {
    let Some(taken) = taken(action) else { return Ok(()) };
    let unknown = |name: &str| !is_common(name) && !taken.contains(&name);
    match call.parameters.names().find(|name| unknown(name)) {
        Some(name) => Err(ApiError::validation(format!("{action} takes no parameter {name} in a rehearsal"))),
        None => Ok(()),
    }
}

/// Whether any request may have it, whatever it asks for.
pub(super) fn is_common(name: &str) -> bool {
    COMMON.contains(&name) || name.starts_with("X-Amz-")
}

/// What an action takes; none for an action that there is not.
fn taken(action: &str) -> Option<Vec<&'static str>> {
    let mut lines = TAKEN.lines().filter(|line| !line.starts_with('#')).map(str::split_whitespace);
    lines.find_map(|mut words| (words.next() == Some(action)).then(|| words.collect()))
}
