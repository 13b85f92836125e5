//! One stack's templates, resolved with its names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use super::Stored;
use super::handles::Handles;
use super::names::Names;
use crate::secrets::Secrets;
use crate::stack::STACK_TYPE;
use crate::template::{Inputs, NestedStack, Output, Planned, Supplied, Template, TemplateError};

/// What a handle's wait condition gives for `Data`, by the condition's logical id.
type Data<'a> = &'a dyn Fn(&str) -> Option<String>;

pub(super) struct Planner {
    stack_name: String,
    stack_id: String,
    region: String,
    account_id: String,
    pub(super) names: Names,
    /// What was given beside parameters.
    given: Arc<Supplied>,
    /// The same, what other stacks export, and what Systems Manager keeps.
    supplied: RwLock<Arc<Supplied>>,
    /// What is not to be shown.
    secrets: Secrets,
}

impl Planner {
    pub(super) fn new(
        stack_name: &str,
        stack_id: &str,
        (region, account_id): (&str, &str),
        handles: Arc<Handles>,
        supplied: Arc<Supplied>,
        secrets: Secrets,
    ) -> Self {
        Self {
            stack_name: stack_name.to_owned(),
            stack_id: stack_id.to_owned(),
            region: region.to_owned(),
            account_id: account_id.to_owned(),
            names: Names::new(stack_name, stack_id, region, handles),
            given: Arc::clone(&supplied),
            supplied: RwLock::new(supplied),
            secrets,
        }
    }

    /// Other stacks export these by now, and Systems Manager keeps these. What was given for an import stays.
    pub(super) fn learn(&self, exports: BTreeMap<String, String>, stored: BTreeMap<String, Stored>) {
        let mut supplied = Supplied::clone(&self.given);
        supplied.imports = exports;
        supplied.imports.extend(self.given.imports.clone());
        for (name, it) in &stored {
            supplied.keep(name, &it.value, it.is_secret());
            for (version, value) in &it.past {
                supplied.keep(&format!("{name}:{version}"), value, it.is_secret());
            }
        }
        *self.supplied.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(supplied);
    }

    /// What is given beside parameters, and what other stacks export.
    pub(super) fn supplied(&self) -> Arc<Supplied> {
        Arc::clone(&self.supplied.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a template asks for.
    pub(super) fn resolve(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Planned, TemplateError> {
        let supplied = self.supplied();
        self.secrets.learn(template.secrets(parameters, &supplied));
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let template = &template.expanded(&self.inputs(parameters, &supplied, &physical_id, &|_, _| None))?;
        let get_att = |logical_id: &str, name: &str| self.names.attribute(template, logical_id, name);
        let inputs = self.inputs(parameters, &supplied, &physical_id, &get_att);
        let mut planned = template.resolve(&inputs)?;
        let given = self.names.given();
        let (mut misses, of_outputs) =
            if given.is_empty() { Default::default() } else { template.misses(&inputs, &given)? };
        planned.stack.refusal = planned.stack.refusal.take().or(of_outputs);
        for resource in planned.stack.resources.iter_mut().filter(|it| it.refusal.is_none()) {
            resource.refusal = misses.remove(&resource.logical_id);
        }
        Ok(planned)
    }

    /// The names of a template's outputs; none where only the real service can tell.
    pub(super) fn gives(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
    ) -> Option<BTreeSet<String>> {
        let supplied = self.supplied();
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        template.gives(&self.inputs(parameters, &supplied, &physical_id, &|_, _| None))
    }

    /// A template as its language extensions leave it.
    pub(super) fn processed(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
    ) -> Result<String, TemplateError> {
        let supplied = self.supplied();
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let inputs = self.inputs(parameters, &supplied, &physical_id, &|_, _| None);
        Ok(template.expanded(&inputs)?.processed())
    }

    /// Whether all user data can be known, once the nested stacks give what they give.
    pub(super) fn check_user_data(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
    ) -> Result<(), TemplateError> {
        let supplied = self.supplied();
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let template = &template.expanded(&self.inputs(parameters, &supplied, &physical_id, &|_, _| None))?;
        let get_att = |logical_id: &str, name: &str| match template.resource_type(logical_id) {
            Some(STACK_TYPE) if name.starts_with("Outputs.") => Some(String::new()),
            _ => self.names.attribute(template, logical_id, name),
        };
        template
            .resolve(&self.inputs(parameters, &supplied, &physical_id, &get_att))?
            .check_user_data(|_| true)
    }

    /// What the nested stack `logical_id` is made from.
    pub(super) fn nested(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        logical_id: &str,
    ) -> Result<NestedStack, TemplateError> {
        let supplied = self.supplied();
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let template = &template.expanded(&self.inputs(parameters, &supplied, &physical_id, &|_, _| None))?;
        let get_att = |logical_id: &str, name: &str| self.names.attribute(template, logical_id, name);
        template.nested(&self.inputs(parameters, &supplied, &physical_id, &get_att), logical_id)
    }

    /// A resource's `Metadata`, as far as it can be known.
    pub(super) fn metadata(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        logical_id: &str,
    ) -> Option<serde_json::Value> {
        let supplied = self.supplied();
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let bare = self.inputs(parameters, &supplied, &physical_id, &|_, _| None);
        let template = &template.expanded(&bare).ok()?;
        let get_att = |logical_id: &str, name: &str| self.names.attribute(template, logical_id, name);
        let inputs = self.inputs(parameters, &supplied, &physical_id, &get_att);
        template.resource_metadata(&inputs, logical_id).ok().flatten()
    }

    /// The outputs that can be known.
    pub(super) fn outputs(
        &self,
        template: &Template,
        parameters: &BTreeMap<String, String>,
        data: Data<'_>,
    ) -> Vec<Output> {
        let supplied = self.supplied();
        let physical_id = |logical_id: &str, kind: &str| self.names.physical_id(logical_id, kind);
        let bare = self.inputs(parameters, &supplied, &physical_id, &|_, _| None);
        let Ok(template) = &template.expanded(&bare) else { return Vec::new() };
        let get_att = |logical_id: &str, name: &str| match name {
            "Data" => data(logical_id),
            _ => self.names.attribute(template, logical_id, name),
        };
        template.outputs(&self.inputs(parameters, &supplied, &physical_id, &get_att)).unwrap_or_default()
    }

    fn inputs<'a>(
        &'a self,
        parameters: &'a BTreeMap<String, String>,
        supplied: &'a Supplied,
        physical_id: &'a dyn Fn(&str, &str) -> String,
        get_att: &'a dyn Fn(&str, &str) -> Option<String>,
    ) -> Inputs<'a> {
        Inputs {
            stack_name: self.stack_name.clone(),
            stack_id: self.stack_id.clone(),
            region: self.region.clone(),
            account_id: self.account_id.clone(),
            parameters,
            physical_id,
            get_att,
            supplied,
        }
    }
}
