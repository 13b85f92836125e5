//! What instances are launched with.

use std::collections::HashMap;
use std::sync::Arc;

use crate::template::{LaunchPlan, Planned, TemplateError};

/// Where instances' user data comes from.
#[derive(Clone, Debug, Default)]
pub enum UserDataFrom {
    /// The template; what cannot be known of it is not there.
    #[default]
    Template,
    /// It was given, for all of them.
    Given(Arc<[u8]>),
}

/// What the instances of each resource are launched with, by logical id.
pub(super) type Launches = HashMap<String, LaunchedWith>;

/// What a resource's instances are launched with, as far as it can be known.
#[derive(Clone, Default)]
pub(super) struct LaunchedWith {
    /// What they run at their first boot.
    pub(super) user_data: Option<Arc<[u8]>>,
    /// Why that cannot be known.
    pub(super) unknown: Option<TemplateError>,
    /// The role of their profile.
    pub(super) role: Option<String>,
}

/// What every instance is launched with, as far as it can be known.
pub(super) fn launches(planned: &Planned, from: &UserDataFrom) -> Launches {
    let user_data = |launch: &LaunchPlan| match from {
        UserDataFrom::Given(given) => Some(Arc::clone(given)),
        UserDataFrom::Template => launch.user_data.as_ref().ok()?.as_deref().map(Arc::from),
    };
    let unknown = |launch: &LaunchPlan| match from {
        UserDataFrom::Given(_) => None,
        UserDataFrom::Template => launch.user_data.as_ref().err().cloned(),
    };
    let with = |it: &LaunchPlan| LaunchedWith {
        user_data: user_data(it),
        unknown: unknown(it),
        role: it.role.clone(),
    };
    planned.launches.iter().map(|(logical_id, it)| (logical_id.clone(), with(it))).collect()
}
