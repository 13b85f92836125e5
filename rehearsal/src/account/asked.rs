//! What an account is asked for: stacks to be, and updates to be.

use std::collections::BTreeMap;

use super::deployed::Deployed;
use super::launches::UserDataFrom;
use super::nest::Lineage;
use super::planner::Planner;
use super::terms::Terms;
use super::version::Version;
use crate::stack::OnFailure;
use crate::template::{Planned, Template, TemplateError};

/// A stack to be created.
pub struct Creation {
    /// Its name.
    pub name: String,
    /// Its template.
    pub template: Template,
    /// Values for parameters.
    pub parameters: BTreeMap<String, String>,
    /// Names and values.
    pub tags: Vec<(String, String)>,
    /// Topics that would be told.
    pub notification_arns: Vec<String>,
    /// Leave that was given.
    pub capabilities: Vec<String>,
    /// `EnableTerminationProtection`.
    pub termination_protection: bool,
    /// What becomes of it where it fails.
    pub on_failure: OnFailure,
    /// What is asked for besides.
    pub terms: Terms,
    /// `TimeoutInMinutes`.
    pub timeout_minutes: Option<u32>,
    /// `ClientRequestToken`.
    pub token: Option<String>,
    /// Where its instances' user data comes from.
    pub user_data: UserDataFrom,
    /// Whether the stacks among its resources are made too; otherwise they are complete at once.
    pub plays_nested: bool,
    /// Whether a client asks for it: what it takes from others has to be there, as with the service.
    pub by_client: bool,
}

/// What an update asks for.
#[derive(Clone)]
pub struct Change {
    /// Another template; the one that the stack has unless given.
    pub template: Option<Template>,
    /// Every parameter's value that is not the template's default.
    pub parameters: BTreeMap<String, String>,
    /// Other tags; those that the stack has unless given.
    pub tags: Option<Vec<(String, String)>>,
    /// Topics that would be told; as they are unless given.
    pub notification_arns: Option<Vec<String>>,
    /// Leave that was given.
    pub capabilities: Vec<String>,
    /// `ClientRequestToken`.
    pub token: Option<String>,
    /// What is asked for besides.
    pub terms: Terms,
    /// Where its instances' user data comes from.
    pub user_data: UserDataFrom,
}

/// A stack to be, planned.
pub(crate) struct Draft {
    /// What it is to be.
    pub(crate) planned: Planned,
    /// Its instances whose user data is for Windows.
    pub(crate) windows: Vec<String>,
    pub(super) creation: Creation,
    pub(super) id: String,
    pub(super) planner: Planner,
    pub(super) lineage: Option<Lineage>,
}

impl Draft {
    /// Whether all user data can be known, once the nested stacks give what they give.
    pub(crate) fn check_user_data(&self) -> Result<(), TemplateError> {
        self.planner.check_user_data(&self.creation.template, &self.creation.parameters)
    }
}

/// An update to be, planned.
pub(crate) struct Revision {
    /// What the stack is to be.
    pub(crate) planned: Planned,
    /// What it is asked to be.
    pub(crate) version: Version,
    pub(super) token: Option<String>,
    pub(super) terms: Terms,
}

impl Revision {
    /// Whether all user data can be known, once the nested stacks of `deployed` give what they give.
    pub(crate) fn check_user_data(&self, deployed: &Deployed) -> Result<(), TemplateError> {
        deployed.planner.check_user_data(&self.version.template, &self.version.parameters)
    }
}
