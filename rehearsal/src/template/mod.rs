//! From a template to what it asks for: [`Template::resolve`] gives the stack's resources in the order of their creation,
//! with the policies that wait for signals, and what instances run at their first boot.
//!
//! Templates are YAML, with short and long functions, or JSON. Values are resolved as far as signals and user data need
//! them: an image id that only the real service knows does not stand in the way. What is needed and cannot be known
//! is an error with its place, never a guess.

mod address;
mod attributes;
mod awaited;
mod by_default;
mod canonical;
mod cidr;
mod conditions;
pub(crate) mod error;
pub(crate) mod extensions;
mod forms;
mod functions;
mod init;
mod inputs;
mod instance_role;
mod keys;
mod launch;
mod limits;
mod lists;
mod made_up;
mod metadata_options;
mod misses;
mod nested;
pub(crate) mod node;
mod notes;
mod nulls;
mod order;
mod parameters;
mod particulars;
mod pattern;
mod physical;
mod plan;
mod planned;
mod policy;
mod processed;
mod references;
mod removal;
mod returned;
mod rules;
mod secrets;
mod sections;
mod shapes;
mod shown;
mod spelling;
pub(crate) mod sub;
mod supplied;
mod transforms;
mod unknown;
mod unresolved;
mod user_data;
mod value;
mod wants;
pub(crate) mod written;
pub(crate) mod yaml;
mod zones;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

pub(crate) use self::{
    address::{Address, host},
    awaited::Awaited,
    inputs::Inputs,
    made_up::MadeUp,
    metadata_options::MetadataOptions,
    misses::Given,
    nested::NestedStack,
    parameters::Parameter,
    particulars::{Named, Particulars},
    pattern::matches_pattern,
    planned::{LaunchPlan, Planned, leave_out},
    rules::Unmet,
    shown::Output,
    supplied::{OWN, PATH, Supplied, resource_of},
};
use self::{error::Fault, functions::Resolver, node::Node, parameters::Values, secrets::Secrets};
pub use self::{
    error::{Location, TemplateError, Unreadable},
    node::Place,
    notes::Note,
};
use crate::shelf::{Found, Origin};

/// A CloudFormation template.
#[derive(Clone, Debug)]
pub struct Template {
    name: String,
    text: String,
    root: Node,
    parameters: Vec<Parameter>,
    notes: Vec<Note>,
    origin: Origin,
    /// Parameters that have a value which cannot be known.
    unknown: BTreeSet<String>,
    /// What `AWS::NotificationARNs` gives.
    notified: Vec<String>,
}

impl Template {
    /// Reads a template from a file.
    ///
    /// # Errors
    ///
    /// [`TemplateError::Unreadable`] or [`TemplateError::NotText`] where the file is, and whatever [`Template::parse`] says of its text.
    pub fn load(path: &Path) -> Result<Self, TemplateError> {
        let template = Self::parse(&read_text(path)?, &path.display().to_string())?;
        Ok(Self { origin: Origin::beside(path), ..template })
    }

    /// Reads a template that was named by a URL.
    ///
    /// # Errors
    ///
    /// What [`Template::parse`] says of its text.
    pub(crate) fn found(found: &Found) -> Result<Self, TemplateError> {
        let template = Self::parse(&found.text, &found.name)?;
        Ok(Self { origin: found.origin.clone(), ..template })
    }

    /// Where it comes from.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Reads a template from its text; `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// [`TemplateError::Syntax`] where it is neither YAML nor JSON, [`TemplateError::Invalid`] where its sections are
    /// not those of a template, and [`TemplateError::Unsupported`] where macros have yet to write its resources.
    pub fn parse(text: &str, name: &str) -> Result<Self, TemplateError> {
        let document = yaml::document(text).map_err(|fault| fault.into_error(name, None))?;
        let root = document.root;
        let notes = document.repeated.iter().map(|repeated| repeated.note(name)).collect();
        let parameters = written::check_form(&root)
            .and_then(|()| parameters::declared(&root))
            .map_err(|fault| fault.into_error(name, Some(&root)))?;
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            root,
            parameters,
            notes,
            origin: Origin::Nowhere,
            unknown: BTreeSet::new(),
            notified: Vec::new(),
        })
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

    /// Whether a parameter takes a value.
    pub(crate) fn takes(&self, parameter: &Parameter, value: &str) -> bool {
        parameters::takes(&self.root, parameter, value)
    }

    /// What an SSM-typed parameter stands for, where its value is `given` or its default; none where that cannot be known.
    pub(crate) fn stands_for(
        &self,
        parameter: &Parameter,
        given: &BTreeMap<String, String>,
        supplied: &Supplied,
    ) -> Option<String> {
        parameters::stands_for(parameter, given, supplied)
    }

    /// What is not to be shown of a stack that is given these values.
    pub(crate) fn secrets(&self, given: &BTreeMap<String, String>, supplied: &Supplied) -> Vec<String> {
        secrets::values(&self.parameters, given, supplied)
    }

    /// What a parameter's declaration says, such as its `AllowedPattern`.
    pub(crate) fn said_of(&self, parameter: &str, key: &str) -> Option<&str> {
        self.root.get("Parameters")?.get(parameter)?.get(key)?.text()
    }

    /// Every resource's logical id as it is written, in the template's order, conditions not considered.
    pub fn resource_ids(&self) -> impl Iterator<Item = &str> {
        sections::resources(&self.root).map(|entry| entry.key.as_str())
    }

    /// Whether something can be told of a resource: it is there, or macros may write it.
    pub(crate) fn may_have(&self, logical_id: &str) -> bool {
        extensions::has_others(&self.root)
            || extensions::is_needed(&self.root)
            || sections::resource(&self.root, logical_id).is_some()
    }

    /// What errors call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The types of its resources, those in loops included.
    pub fn resource_types(&self) -> impl Iterator<Item = &str> {
        sections::declared(&self.root).into_iter().map(|entry| sections::type_of(&entry.value))
    }

    /// A resource's type, such as `AWS::EC2::Instance`.
    #[must_use]
    pub fn resource_type(&self, logical_id: &str) -> Option<&str> {
        sections::resource(&self.root, logical_id).map(sections::type_of)
    }

    /// Whether CloudFormation would take it, as far as that depends on no parameter.
    ///
    /// # Errors
    ///
    /// [`TemplateError::Invalid`].
    pub fn check(&self) -> Result<(), TemplateError> {
        // What loops make is checked once they are written out.
        if extensions::is_needed(&self.root) {
            return Ok(());
        }
        written::check(&self.root, &self.text).map_err(|fault| self.error(fault))
    }

    /// What the template asks for, for one stack. Properties are compared as texts in which a reference is a physical
    /// id: to compare two plans of one stack, give both the same ones.
    ///
    /// # Errors
    ///
    /// [`TemplateError`], of any kind but the unreadable: parameters are missing or wrong, resources depend on each
    /// other or on none that exists, a policy is not one. User data that cannot be known is an error of the resource
    /// that runs it.
    pub(crate) fn resolve(&self, inputs: &Inputs<'_>) -> Result<Planned, TemplateError> {
        let secrets = Secrets::of(&self.parameters, inputs);
        self.check().map_err(|error| secrets.hidden(error))?;
        let template = self.expanded(inputs).map_err(|error| secrets.hidden(error))?;
        let resolver = template.resolver(inputs).map_err(|error| secrets.hidden(error))?;
        let mut stack = rules::check(&resolver)
            .and_then(|()| plan::plan(&resolver))
            .map_err(|fault| secrets.hidden(template.error(fault)))?;
        let made_up = secrets.none_of(resolver.take_made_up());
        let launches = stack
            .launching()
            .filter_map(|it| {
                sections::resource(&template.root, &it.logical_id).map(|node| (&it.logical_id, node))
            })
            .map(|(id, node)| (id.clone(), template.launch(&resolver, id, node, &secrets)))
            .collect();
        let init = stack.resources.iter().filter_map(|it| {
            let node = sections::resource(&template.root, &it.logical_id)?;
            Some((it.logical_id.clone(), init::metadata(&resolver, node)?))
        });
        let init = init.collect();
        let refusals = stack.resources.iter_mut().map(|it| &mut it.refusal).chain([&mut stack.refusal]);
        refusals.flatten().for_each(|it| *it = secrets.without(it));
        let imports = resolver.imported.take();
        let awaiting = resolver.awaiting.take().into_iter();
        let awaited: Vec<_> =
            awaiting.map(|it| it.awaited(|fault| secrets.hidden(template.error(fault)))).collect();
        for it in &awaited {
            if let Some(resource) = stack.resources.iter_mut().find(|one| one.logical_id == it.logical_id) {
                resource.refusal = Some(it.refusal());
            }
        }
        let notes =
            resolver.notes.take().into_iter().map(|fault| fault.into_note(&self.name, &template.root));
        let notes = self.notes.iter().cloned().chain(notes).collect();
        Ok(Planned { file: self.name.clone(), init, stack, launches, notes, imports, awaited, made_up })
    }

    /// The template as its language extensions make it for one stack; itself where it has none.
    ///
    /// # Errors
    ///
    /// [`TemplateError`]: parameters are missing or wrong, or a loop cannot be written out.
    pub(crate) fn expanded(&self, inputs: &Inputs<'_>) -> Result<Cow<'_, Self>, TemplateError> {
        if !extensions::is_needed(&self.root) {
            return Ok(Cow::Borrowed(self));
        }
        let values = self.values(inputs)?;
        let root =
            extensions::of_stack(&self.root, &self.text, inputs, &values).map_err(|(fault, root)| {
                fault.into_error(&self.name, Some(root.as_ref().unwrap_or(&self.root)))
            })?;
        written::check_form(&root)
            .and_then(|()| written::check(&root, &self.text))
            .map_err(|fault| fault.into_error(&self.name, Some(&root)))?;
        Ok(Cow::Owned(Self { root, ..self.clone() }))
    }

    /// A resource's `Metadata`, its functions resolved as far as they can be; none where it has none.
    ///
    /// # Errors
    ///
    /// [`TemplateError`]: parameters are missing or wrong, or a loop cannot be written out.
    pub(crate) fn resource_metadata(
        &self,
        inputs: &Inputs<'_>,
        logical_id: &str,
    ) -> Result<Option<serde_json::Value>, TemplateError> {
        let template = self.expanded(inputs)?;
        let resolver = template.resolver(inputs)?;
        Ok(sections::resource(&template.root, logical_id).and_then(|it| init::whole(&resolver, it)))
    }

    fn launch<'n>(
        &self,
        resolver: &Resolver<'n>,
        logical_id: &str,
        resource: &'n Node,
        secrets: &Secrets,
    ) -> LaunchPlan {
        let user_data = user_data::user_data(resolver.afresh(), logical_id, resource)
            .map_err(|fault| secrets.hidden(self.error(fault)));
        let made_up = secrets.none_of(resolver.take_made_up());
        let role = instance_role::instance_role(resolver.afresh(), resource).ok().flatten();
        let address = address::of_instance(resolver.afresh(), logical_id, resource);
        let metadata = metadata_options::of_instances(resolver.afresh(), resource);
        let particulars = particulars::of_instances(resolver.afresh(), logical_id, resource);
        resolver.take_made_up();
        LaunchPlan { user_data, role, address, metadata, particulars, made_up }
    }

    fn resolver<'a>(&'a self, inputs: &'a Inputs<'a>) -> Result<Resolver<'a>, TemplateError> {
        let values = self.values(inputs)?;
        let mut resolver = Resolver::new(&self.root, &self.text, inputs, values);
        resolver.notified = &self.notified;
        Ok(resolver)
    }

    fn values(&self, inputs: &Inputs<'_>) -> Result<Values<'_>, TemplateError> {
        let unknown: Vec<String> = inputs
            .parameters
            .keys()
            .chain(&self.unknown)
            .filter(|name| !self.parameters.iter().any(|parameter| parameter.name == **name))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            let known = self.parameters.iter().map(|parameter| parameter.name.clone()).collect();
            return Err(TemplateError::UnknownParameters { file: self.name.clone(), unknown, known });
        }
        let mut missing = parameters::missing(&self.parameters, inputs.parameters);
        missing.retain(|it| !self.unknown.contains(&it.name));
        if !missing.is_empty() {
            let names = missing.iter().map(|it| it.name.clone()).collect();
            let described = missing.iter().map(|it| it.described()).collect();
            return Err(TemplateError::MissingParameters { file: self.name.clone(), names, described });
        }
        let mut values = parameters::values(&self.root, &self.parameters, inputs.parameters, inputs.supplied)
            .map_err(|fault| self.error(fault))?;
        for (name, value) in &mut values {
            if self.unknown.contains(*name) {
                *value = None;
            }
        }
        Ok(values)
    }

    fn error(&self, fault: Fault) -> TemplateError {
        fault.into_error(&self.name, Some(&self.root))
    }
}

/// Reads a template's text from a file.
pub(crate) fn read_text(path: &Path) -> Result<String, TemplateError> {
    let file = path.display().to_string();
    match read_bounded(path).map(String::from_utf8) {
        Ok(Ok(text)) => Ok(text),
        Ok(Err(_)) => Err(TemplateError::NotText { file }),
        Err(error) => Err(Unreadable { file, error: Arc::new(error) }.into()),
    }
}

/// Reads no more than it takes to see that a file is too long.
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;

    let mut bytes = Vec::new();
    let most = u64::try_from(yaml::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(4);
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
