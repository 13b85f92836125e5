//! Groups that somebody has scaled before an update, or scales during it.

use std::str::FromStr;
use std::time::Duration;

use crate::model::{Group, Role, Stack};
use crate::stack::Scaling;

/// A group that had been scaled to so many instances when the update began, by a scaling policy or by hand:
/// `GROUP=N`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScaledTo {
    /// The group's logical id.
    pub group: String,
    /// Its desired capacity.
    pub instances: u32,
}

/// A scaling policy that asks for so many instances during the update: `GROUP=N@TIME`, such as `Web=8@30s`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScaleDuring {
    /// The group's logical id.
    pub group: String,
    /// The desired capacity it asks for; the group gets what its sizes allow at that moment.
    pub instances: u32,
    /// So long after the update began.
    pub after: Duration,
}

/// What is no [`ScaledTo`] and no [`ScaleDuring`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAScaling {
    /// No group and number.
    #[error("it is GROUP=N, a group's logical id and a whole number of instances, such as Web=6")]
    NotGroupAndNumber,
    /// No group, number and time.
    #[error(
        "it is GROUP=N@TIME, such as Web=8@30s: 30 seconds after the update began the group is scaled to 8"
    )]
    NotGroupNumberAndTime,
}

impl FromStr for ScaledTo {
    type Err = NotAScaling;

    fn from_str(text: &str) -> Result<Self, NotAScaling> {
        let (group, instances) = group_and_number(text).ok_or(NotAScaling::NotGroupAndNumber)?;
        Ok(Self { group, instances })
    }
}

impl FromStr for ScaleDuring {
    type Err = NotAScaling;

    fn from_str(text: &str) -> Result<Self, NotAScaling> {
        let parts = text.rsplit_once('@').and_then(|(what, when)| {
            Some((group_and_number(what)?, humantime::parse_duration(when.trim()).ok()?))
        });
        let ((group, instances), after) = parts.ok_or(NotAScaling::NotGroupNumberAndTime)?;
        Ok(Self { group, instances, after })
    }
}

fn group_and_number(text: &str) -> Option<(String, u32)> {
    let (group, number) = text.split_once('=')?;
    let good = !group.is_empty() && group.bytes().all(|it| it.is_ascii_alphanumeric());
    let number = number.trim();
    let digits = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
    if good && digits { Some((group.to_owned(), number.parse().ok()?)) } else { None }
}

/// Why a group cannot be scaled so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScaleError {
    /// No update is rehearsed.
    #[error(
        "{option} is about an update, and there is none: say with --update-from which template the stack has, or \
         serve the template and update its stack"
    )]
    NoUpdate {
        /// The option.
        option: &'static str,
    },
    /// The template has no such group.
    #[error("{option} {group}: {}", no_group(group, groups))]
    NoGroup {
        /// The option.
        option: &'static str,
        /// As given.
        group: String,
        /// Those that it has.
        groups: Vec<String>,
    },
    /// More or fewer than the group may have.
    #[error(
        "{option} {group}={asked}: Auto Scaling lets {group} have {least} to {most} instances, its MinSize and MaxSize"
    )]
    Sizes {
        /// The option.
        option: &'static str,
        /// As given.
        group: String,
        /// As given.
        asked: u32,
        /// `MinSize`.
        least: u32,
        /// `MaxSize`.
        most: u32,
    },
}

fn no_group(group: &str, groups: &[String]) -> String {
    match groups {
        [] => format!("the template has no Auto Scaling group {group}, nor any other"),
        groups => format!("the template has no Auto Scaling group {group}; it has {}", groups.join(", ")),
    }
}

/// Refuses what the stack before the update cannot have had.
pub(super) fn check_scaled(scaled: &[ScaledTo], before: &Stack) -> Result<(), ScaleError> {
    scaled.iter().try_for_each(|it| check("--scaled", &it.group, it.instances, before))
}

/// Refuses what no policy can ask the stack for.
pub(super) fn check_scale(scale: &[ScaleDuring], after: &Stack) -> Result<(), ScaleError> {
    scale.iter().try_for_each(|it| check("--scale", &it.group, it.instances, after))
}

/// What the state machine is told of a policy.
pub(super) fn scalings(scale: &[ScaleDuring]) -> Vec<Scaling> {
    scale
        .iter()
        .map(|it| Scaling { logical_id: it.group.clone(), asked: it.instances, after: it.after })
        .collect()
}

fn check(option: &'static str, group: &str, asked: u32, stack: &Stack) -> Result<(), ScaleError> {
    let groups = || {
        stack.resources.iter().filter_map(|it| match &it.role {
            Role::Group(sizes) => Some((it.logical_id.as_str(), sizes)),
            _ => None,
        })
    };
    let Some((_, Group { min_size, max_size, .. })) = groups().find(|(id, _)| *id == group) else {
        let groups = groups().map(|(id, _)| id.to_owned()).collect();
        return Err(ScaleError::NoGroup { option, group: group.to_owned(), groups });
    };
    let (least, most) = (*min_size, *max_size);
    if (least..=most).contains(&asked) {
        return Ok(());
    }
    Err(ScaleError::Sizes { option, group: group.to_owned(), asked, least, most })
}

#[cfg(test)]
mod tests;
