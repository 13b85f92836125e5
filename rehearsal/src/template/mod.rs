//! From a template to what it asks for: [`Template::plan`] gives the stack's resources in the order of their creation,
//! with the policies that wait for signals; [`Template::user_data`] gives what an instance runs at its first boot.
//!
//! Templates are YAML, with short and long functions, or JSON. Values are resolved as far as signals and user data need
//! them: an image id that only the real service knows does not stand in the way. What is needed and cannot be known
//! is an error with its place, never a guess.

mod attributes;
mod canonical;
mod cidr;
mod conditions;
pub(crate) mod error;
mod extensions;
mod functions;
mod inputs;
mod instance_role;
mod launch;
pub(crate) mod node;
mod order;
mod parameters;
mod physical;
mod plan;
mod policy;
mod references;
mod removal;
mod rules;
mod sections;
mod shown;
pub(crate) mod sub;
mod unresolved;
mod user_data;
mod value;
pub(crate) mod yaml;

#[cfg(test)]
mod tests;

use std::path::Path;

pub(crate) use self::inputs::partition;
use self::{error::Fault, functions::Resolver, node::Node};
pub use self::{
    error::{Location, TemplateError},
    inputs::Inputs,
    node::Place,
    parameters::Parameter,
    shown::{Capability, Output},
};
use crate::model::Stack;

/// A CloudFormation template.
#[derive(Clone, Debug)]
pub struct Template {
    name: String,
    text: String,
    root: Node,
    parameters: Vec<Parameter>,
}

impl Template {
    /// Reads a template from a file.
    ///
    /// # Errors
    ///
    /// [`TemplateError::Unreadable`] where the file is, and whatever [`Template::parse`] says of its text.
    pub fn load(path: &Path) -> Result<Self, TemplateError> {
        Self::parse(&read_text(path)?, &path.display().to_string())
    }

    /// Reads a template from its text; `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// [`TemplateError::Syntax`] where it is neither YAML nor JSON, [`TemplateError::Invalid`] where its sections are
    /// not those of a template, and [`TemplateError::Unsupported`] where macros have yet to write its resources.
    pub fn parse(text: &str, name: &str) -> Result<Self, TemplateError> {
        let root = yaml::read(text).map_err(|fault| fault.into_error(name, None))?;
        let parameters = sections::check(&root)
            .and_then(|()| parameters::declared(&root))
            .map_err(|fault| fault.into_error(name, Some(&root)))?;
        Ok(Self { name: name.to_owned(), text: text.to_owned(), root, parameters })
    }

    /// The text it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parameters, in the template's order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Every resource's logical id, in the template's order, conditions not considered.
    pub fn resource_ids(&self) -> impl Iterator<Item = &str> {
        sections::resources(&self.root).map(|entry| entry.key.as_str())
    }

    /// A resource's type, such as `AWS::EC2::Instance`.
    #[must_use]
    pub fn resource_type(&self, logical_id: &str) -> Option<&str> {
        sections::resource(&self.root, logical_id).map(sections::type_of)
    }

    /// What the stack asks for, as far as signals go: the resources whose conditions hold, each after those it depends
    /// on and else in the template's order, and their policies. Properties are compared as texts in which a reference
    /// is a physical id: to compare two plans of one stack, give both the same ones.
    ///
    /// # Errors
    ///
    /// [`TemplateError`], of any kind but the unreadable: parameters are missing or wrong, resources depend on each
    /// other or on none that exists, a policy is not one.
    pub fn plan(&self, inputs: &Inputs<'_>) -> Result<Stack, TemplateError> {
        let resolver = self.resolver(inputs)?;
        rules::check(&resolver).and_then(|()| plan::plan(&resolver)).map_err(|fault| self.error(fault))
    }

    /// The user data of an `AWS::EC2::Instance`, or of the instances of an `AWS::AutoScaling::AutoScalingGroup`: its
    /// own, its launch template's or its launch configuration's, decoded as the instance sees it; none where it has
    /// none.
    ///
    /// # Errors
    ///
    /// [`TemplateError::UnknownResource`], [`TemplateError::Unresolved`] where it needs what only the real service
    /// knows, such as a launch template that is not in the template, and [`TemplateError::Invalid`] where EC2 would
    /// refuse it.
    pub fn user_data(&self, logical_id: &str, inputs: &Inputs<'_>) -> Result<Option<Vec<u8>>, TemplateError> {
        let Some(resource) = sections::resource(&self.root, logical_id) else {
            return Err(TemplateError::UnknownResource {
                file: self.name.clone(),
                logical_id: logical_id.to_owned(),
                instances: self.instances(),
            });
        };
        let resolver = self.resolver(inputs)?;
        user_data::user_data(&resolver, resource).map_err(|fault| self.error(fault))
    }

    /// The name of the role whose credentials such an instance gets: that of its instance profile, where both are in the
    /// template and can be known.
    #[must_use]
    pub fn instance_role(&self, logical_id: &str, inputs: &Inputs<'_>) -> Option<String> {
        let resource = sections::resource(&self.root, logical_id)?;
        let resolver = self.resolver(inputs).ok()?;
        instance_role::instance_role(&resolver, resource).ok().flatten()
    }

    fn instances(&self) -> Vec<String> {
        sections::resources(&self.root)
            .filter(|entry| sections::boots(&entry.value))
            .map(|entry| entry.key.clone())
            .collect()
    }

    fn resolver<'a>(&'a self, inputs: &'a Inputs<'a>) -> Result<Resolver<'a>, TemplateError> {
        let unknown: Vec<String> = inputs
            .parameters
            .keys()
            .filter(|name| !self.parameters.iter().any(|parameter| parameter.name == **name))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            let known = self.parameters.iter().map(|parameter| parameter.name.clone()).collect();
            return Err(TemplateError::UnknownParameters { file: self.name.clone(), unknown, known });
        }
        let names = parameters::missing(&self.parameters, inputs.parameters);
        if !names.is_empty() {
            return Err(TemplateError::MissingParameters { file: self.name.clone(), names });
        }
        let values = parameters::values(&self.root, &self.parameters, inputs.parameters)
            .map_err(|fault| self.error(fault))?;
        Ok(Resolver::new(&self.root, &self.text, inputs, values))
    }

    fn error(&self, fault: Fault) -> TemplateError {
        fault.into_error(&self.name, Some(&self.root))
    }
}

/// Reads a template's text from a file.
pub(crate) fn read_text(path: &Path) -> Result<String, TemplateError> {
    let name = path.display().to_string();
    let unreadable = |problem: String| TemplateError::Unreadable { file: name.clone(), problem };
    let bytes = read_bounded(path).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    String::from_utf8(bytes).map_err(|_| unreadable("is not text in UTF-8, so no template".to_owned()))
}

/// Reads no more than it takes to see that a file is too long.
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;

    let mut bytes = Vec::new();
    let most = u64::try_from(yaml::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(4);
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
