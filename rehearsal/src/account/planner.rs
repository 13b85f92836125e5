//! One stack's templates, resolved with its names.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ACCOUNT_ID;
use super::handles::Handles;
use super::names::Names;
use crate::stack::STACK_TYPE;
use crate::template::{Inputs, NestedStack, Output, Planned, Supplied, Template, TemplateError};

/// What a handle's wait condition gives for `Data`, by the condition's logical id.
type Data<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(super) struct Planner {
    stack_name: String,
    stack_id: String,
    region: String,
    pub(super) names: Names,
    pub(super) supplied: Arc<Supplied>,
}

impl Planner {
    pub(super) fn new(
        stack_name: &str,
        stack_id: &str,
        region: &str,
        handles: Arc<Handles>,
        supplied: Arc<Supplied>,
    ) -> Self {
        Self {
            stack_name: stack_name.to_owned(),
            stack_id: stack_id.to_owned(),
            region: region.to_owned(),
            names: Names::new(stack_name, stack_id, region, handles),
            supplied,
        }
    }

    /// What a template asks for.
    pub(super) fn resolve(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Planned, TemplateError> {
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let template = &template.expanded(&self.inputs(parameters, &physical_id, &|_, _| None))?;
        let get_att = |logical_id: &str, name: &str| self.names.attribute(template, logical_id, name);
        template.resolve(&self.inputs(parameters, &physical_id, &get_att))
    }

    /// Whether all user data can be known, once the nested stacks give what they give.
    pub(super) fn check_user_data(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
    ) -> Result<(), TemplateError> {
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let template = &template.expanded(&self.inputs(parameters, &physical_id, &|_, _| None))?;
        let get_att = |logical_id: &str, name: &str| match template.resource_type(logical_id) {
            Some(STACK_TYPE) if name.starts_with("Outputs.") => Some(String::new()),
            _ => self.names.attribute(template, logical_id, name),
        };
        template.resolve(&self.inputs(parameters, &physical_id, &get_att))?.check_user_data(|_| true)
    }

    /// What the nested stack `logical_id` is made from.
    pub(super) fn nested(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        logical_id: &str,
    ) -> Result<NestedStack, TemplateError> {
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let template = &template.expanded(&self.inputs(parameters, &physical_id, &|_, _| None))?;
        let get_att = |logical_id: &str, name: &str| self.names.attribute(template, logical_id, name);
        template.nested(&self.inputs(parameters, &physical_id, &get_att), logical_id)
    }

    /// The outputs that can be known.
    pub(super) fn outputs(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        data: Data<'_>,
    ) -> Vec<Output> {
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let bare = self.inputs(parameters, &physical_id, &|_, _| None);
        let Ok(template) = &template.expanded(&bare) else { return Vec::new() };
        let get_att = |logical_id: &str, name: &str| match name {
            "Data" => data(logical_id),
            _ => self.names.attribute(template, logical_id, name),
        };
        template.outputs(&self.inputs(parameters, &physical_id, &get_att)).unwrap_or_default()
    }

    fn inputs<'a>(
        &'a self,
        parameters: &'a BTreeMap<String, String>,
        physical_id: &'a dyn Fn(&str, &str) -> String,
        get_att: &'a dyn Fn(&str, &str) -> Option<String>,
    ) -> Inputs<'a> {
        Inputs {
            stack_name: self.stack_name.clone(),
            stack_id: self.stack_id.clone(),
            region: self.region.clone(),
            account_id: ACCOUNT_ID.to_owned(),
            parameters,
            physical_id,
            get_att,
            supplied: &self.supplied,
        }
    }
}
