//! One stack's templates, resolved with its names.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ACCOUNT_ID;
use super::fleet::{Outfit, UserData};
use super::names::Names;
use super::version::UserDataFrom;
use crate::model::{Role, Stack};
use crate::server::Handles;
use crate::template::{Inputs, Output, Template, TemplateError};

/// What a handle's wait condition gives for `Data`, by the condition's logical id.
type Data<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(super) struct Planner {
    stack_name: String,
    stack_id: String,
    region: String,
    pub(super) names: Names,
}

impl Planner {
    pub(super) fn new(stack_name: &str, stack_id: &str, region: &str, handles: Arc<Handles>) -> Self {
        Self {
            stack_name: stack_name.to_owned(),
            stack_id: stack_id.to_owned(),
            region: region.to_owned(),
            names: Names::new(stack_name, stack_id, region, handles),
        }
    }

    pub(super) fn plan(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Stack, TemplateError> {
        self.with_inputs(template, parameters, &|_| None, |inputs| template.plan(inputs))
    }

    /// What the instances of `logical_id` run.
    pub(super) fn user_data(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        logical_id: &str,
    ) -> Result<Option<Vec<u8>>, TemplateError> {
        self.with_inputs(template, parameters, &|_| None, |inputs| template.user_data(logical_id, inputs))
    }

    /// What every instance runs, as far as it can be known.
    pub(super) fn all_user_data(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        stack: &Stack,
        from: &UserDataFrom,
    ) -> UserData {
        let user_data = |logical_id: &str| match from {
            UserDataFrom::Given(given) => Some(Arc::clone(given)),
            UserDataFrom::Template => {
                self.user_data(template, parameters, logical_id).ok().flatten().map(Arc::from)
            }
        };
        let role = |logical_id: &str| {
            self.with_inputs(template, parameters, &|_| None, |inputs| {
                template.instance_role(logical_id, inputs)
            })
        };
        launching(stack)
            .map(|it| (it.to_owned(), Outfit { user_data: user_data(it), role: role(it) }))
            .collect()
    }

    /// The outputs that can be known.
    pub(super) fn outputs(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        data: Data<'_>,
    ) -> Vec<Output> {
        self.with_inputs(template, parameters, data, |inputs| template.outputs(inputs)).unwrap_or_default()
    }

    fn with_inputs<T>(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        data: Data<'_>,
        with: impl FnOnce(&Inputs<'_>) -> T,
    ) -> T {
        let physical_id =
            |logical_id: &str, resource_type: &str| self.names.physical_id(logical_id, resource_type);
        let get_att = |logical_id: &str, attribute: &str| match attribute {
            "Data" => data(logical_id),
            _ => self.names.attribute(template, logical_id, attribute),
        };
        with(&Inputs {
            stack_name: self.stack_name.clone(),
            stack_id: self.stack_id.clone(),
            region: self.region.clone(),
            account_id: ACCOUNT_ID.to_owned(),
            parameters,
            physical_id: &physical_id,
            get_att: &get_att,
        })
    }
}

/// The resources that launch instances.
pub(super) fn launching(stack: &Stack) -> impl Iterator<Item = &str> {
    stack
        .resources
        .iter()
        .filter(|it| matches!(it.role, Role::Instance { .. } | Role::Group(_)))
        .map(|it| it.logical_id.as_str())
}
