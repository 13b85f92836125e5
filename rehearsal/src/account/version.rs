//! What a stack was asked to be: by its creation, and by each update.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fleet::Launches;
use crate::moment::Moment;
use crate::template::Template;

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
    /// What instances are launched with.
    pub(super) launches: Arc<Launches>,
    pub(super) user_data_from: UserDataFrom,
}

/// Where instances' user data comes from.
#[derive(Clone, Debug, Default)]
pub enum UserDataFrom {
    /// The template; what cannot be known of it is not there.
    #[default]
    Template,
    /// It was given, for all of them.
    Given(Arc<[u8]>),
}

/// The versions of a stack: an update that fails goes back to the one before.
pub(super) struct Versions {
    pub(super) current: Version,
    pub(super) previous: Option<Version>,
    /// When the last update began.
    pub(super) updated: Option<Moment>,
}
