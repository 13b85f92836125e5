//! What a stack was asked to be: by its creation, and by each update.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::launches::{Launches, UserDataFrom};
use crate::model::{Role, Stack, Wait};
use crate::moment::Moment;
use crate::template::{Awaited, Template};

/// A template and what was given with it.
#[derive(Clone)]
pub struct Version {
    /// The template.
    pub template: Arc<Template>,
    /// Values given for parameters; the rest have their defaults.
    pub parameters: BTreeMap<String, String>,
    /// Names and values.
    pub tags: Vec<(String, String)>,
    /// Topics that would be told.
    pub notification_arns: Vec<String>,
    /// Leave that was given.
    pub capabilities: Vec<String>,
    /// Names of exports that it imports.
    pub(crate) imports: BTreeSet<String>,
    /// What is planned for the time being, until nested stacks give their outputs.
    pub(crate) awaited: Vec<Awaited>,
    /// Where its instances' user data comes from.
    pub(super) user_data: UserDataFrom,
    /// What instances are launched with.
    pub(super) launches: Arc<Launches>,
    /// The handle of each wait condition, by logical id.
    pub(super) waits: BTreeMap<String, String>,
}

/// The handle that each wait condition of a plan waits for.
pub(super) fn waits(plan: &Stack) -> BTreeMap<String, String> {
    let handle = |role: &Role| match role {
        Role::WaitCondition(Wait::Handle { handle, .. }) => Some(handle.clone()),
        _ => None,
    };
    plan.resources.iter().filter_map(|it| Some((it.logical_id.clone(), handle(&it.role)?))).collect()
}

/// The versions of a stack: an update that fails goes back to the one before.
pub(super) struct Versions {
    pub(super) current: Version,
    pub(super) previous: Option<Version>,
    /// What the last update asked for, where it went back.
    pub(super) failed: Option<Version>,
    /// Whether the last update failed and was left as it was.
    pub(super) left: bool,
    /// When the last update began.
    pub(super) updated: Option<Moment>,
}
