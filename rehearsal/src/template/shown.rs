//! What the API shows of a template: its description, what it needs leave for, and its outputs.

use super::{
    Template, TemplateError, error::Fault, functions::Resolver, inputs::Inputs, node::Entry, sections,
    transforms, value::Value,
};

/// Types that touch the account's permissions.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html> (`Capabilities`).
const IAM: [&str; 8] = [
    "AWS::IAM::AccessKey",
    "AWS::IAM::Group",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::UserToGroupAddition",
];

/// The property by which a resource of a type is given a name of the template's choice; others that have such a property name
/// somebody else by it.
const NAMES: [(&str, &str); 5] = [
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::User", "UserName"),
];

/// An output whose value can be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its name.
    pub key: String,
    /// What it gives.
    pub value: String,
    /// What its author says of it.
    pub description: Option<String>,
    /// The name under which other stacks import it.
    pub export_name: Option<String>,
}

/// Leave that the template needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capability {
    /// `CAPABILITY_IAM` or `CAPABILITY_NAMED_IAM`.
    pub name: &'static str,
    /// The types that need it.
    pub resource_types: Vec<String>,
}

impl Template {
    /// What its author says of it.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.root.get("Description")?.text()
    }

    /// Whether macros rewrite it, or a part of it, for which leave is needed.
    #[must_use]
    pub fn uses_macros(&self) -> bool {
        transforms::used(&self.root)
    }

    /// What its author says of a resource.
    #[must_use]
    pub fn resource_description(&self, logical_id: &str) -> Option<&str> {
        sections::resource(&self.root, logical_id)?.get("Description")?.text()
    }

    /// The leave it needs, if any.
    #[must_use]
    pub fn capability(&self) -> Option<Capability> {
        let declared = sections::declared(&self.root);
        let concerned = || declared.iter().filter(|entry| IAM.contains(&sections::type_of(&entry.value)));
        let named = |entry: &&Entry| {
            let kind = sections::type_of(&entry.value);
            let name = NAMES.iter().find(|(of, _)| *of == kind).map(|(_, name)| *name);
            let given = name.and_then(|name| entry.value.get("Properties")?.get(name));
            given.is_some()
        };
        let name = if concerned().any(named) { "CAPABILITY_NAMED_IAM" } else { "CAPABILITY_IAM" };
        let mut resource_types: Vec<_> =
            concerned().map(|entry| sections::type_of(&entry.value).to_owned()).collect();
        resource_types.sort_unstable();
        resource_types.dedup();
        (!resource_types.is_empty()).then_some(Capability { name, resource_types })
    }

    /// The outputs whose conditions hold and whose values can be known, in the template's order.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] for parameters that are missing or wrong. An output whose value cannot be known is left out.
    pub fn outputs(&self, inputs: &Inputs<'_>) -> Result<Vec<Output>, TemplateError> {
        let template = self.expanded(inputs)?;
        let resolver = template.resolver(inputs)?;
        let entries = template.root.get("Outputs").map(super::Node::entries).unwrap_or_default();
        Ok(entries.iter().filter_map(|entry| output(&resolver, entry).ok().flatten()).collect())
    }
}

fn output(resolver: &Resolver<'_>, entry: &Entry) -> Result<Option<Output>, Fault> {
    let Some(value) = entry.value.get("Value") else { return Ok(None) };
    if !resolver.is_created(&entry.value)? {
        return Ok(None);
    }
    let Value::Text(value) = resolver.value(value)? else { return Ok(None) };
    let export = entry.value.get("Export").and_then(|export| export.get("Name"));
    Ok(Some(Output {
        key: entry.key.clone(),
        value: resolver.inputs.supplied.shown(&value),
        description: entry.value.get("Description").and_then(super::Node::text).map(str::to_owned),
        export_name: export
            .map(|name| Ok::<_, Fault>(resolver.inputs.supplied.shown(&resolver.string(name)?)))
            .transpose()?,
    }))
}

#[cfg(test)]
mod tests;
