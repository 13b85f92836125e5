//! What a resource that is a stack of its own is made from.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html>

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Template, TemplateError,
    error::{Fault, quoted},
    functions::Resolver,
    inputs::Inputs,
    launch::child,
    node::Node,
    sections,
    value::Value,
};
use crate::stack::STACK_TYPE;

#[cfg(test)]
mod tests;

/// A nested stack, as far as it can be known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NestedStack {
    /// `TemplateURL`; none where only the real service knows it.
    pub(crate) url: Option<String>,
    /// The file beside its parent's that the URL will stand for: the CDK writes that into the resource's metadata.
    pub(crate) asset: Option<String>,
    /// `Parameters`.
    pub(crate) parameters: BTreeMap<String, String>,
    /// Parameters that have a value which only the real service knows.
    pub(crate) unknown: BTreeSet<String>,
    /// `TimeoutInMinutes`.
    pub(crate) timeout_minutes: Option<u32>,
    /// `Tags`.
    pub(crate) tags: Vec<(String, String)>,
    /// `NotificationARNs`.
    pub(crate) notification_arns: Vec<String>,
}

/// A value that is given, or is given and cannot be known.
enum Given {
    Known(Value),
    Unknown,
}

impl Template {
    /// What the nested stack `logical_id` is made from.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] where its properties are none.
    pub(crate) fn nested(&self, inputs: &Inputs<'_>, logical_id: &str) -> Result<NestedStack, TemplateError> {
        let template = self.expanded(inputs)?;
        let resolver = template.resolver(inputs)?;
        let Some(resource) = sections::resource(&template.root, logical_id) else {
            return Ok(NestedStack::default());
        };
        read(&resolver, resource).map_err(|fault| template.error(fault))
    }

    /// The parameters of these names have values that cannot be known.
    pub(crate) fn with_unknown(self, unknown: BTreeSet<String>) -> Self {
        Self { unknown, ..self }
    }

    /// Whoever makes its stack has these topics told.
    pub(crate) fn notifying(self, notified: Vec<String>) -> Self {
        Self { notified, ..self }
    }

    /// The `TemplateURL`s of nested stacks that are written out, or the files that they will stand for.
    pub(crate) fn nested_urls(&self) -> Vec<&str> {
        let url =
            |resource| asset(resource).or_else(|| resource.get("Properties")?.get("TemplateURL")?.text());
        sections::declared(&self.root)
            .into_iter()
            .filter(|entry| sections::type_of(&entry.value) == STACK_TYPE)
            .filter_map(|entry| url(&entry.value))
            .collect()
    }
}

fn read<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> Result<NestedStack, Fault> {
    let mut stack = NestedStack::default();
    let properties = child(resolver, resource, "Properties")?.unwrap_or(resource);
    let Some(url) = child(resolver, properties, "TemplateURL")? else {
        let fault = Fault::invalid(resource, "a nested stack needs a TemplateURL");
        return Err(fault.in_words("Property TemplateURL cannot be empty.".to_owned()));
    };
    stack.asset = asset(resource).map(str::to_owned);
    if let Some(Given::Known(value)) = given(resolver, url)? {
        let Value::Text(text) = value else {
            return Err(Fault::invalid(url, format!("TemplateURL is text, this is {}", value.described())));
        };
        stack.url = Some(text);
    }
    for entry in child(resolver, properties, "Parameters")?.map(Node::entries).unwrap_or_default() {
        match given(resolver, &entry.value)? {
            Some(Given::Known(value)) => {
                stack.parameters.insert(entry.key.clone(), joined(&entry.value, value)?);
            }
            Some(Given::Unknown) => {
                stack.unknown.insert(entry.key.clone());
            }
            None => {}
        }
    }
    if let Some(node) = child(resolver, properties, "TimeoutInMinutes")?
        && let Some(Given::Known(value)) = given(resolver, node)?
    {
        let text = joined(node, value)?;
        let Some(minutes) = text.parse().ok().filter(|minutes| *minutes > 0) else {
            let problem = format!("{} is no TimeoutInMinutes: a number from 1", quoted(&text));
            return Err(Fault::invalid(node, problem));
        };
        stack.timeout_minutes = Some(minutes);
    }
    for tag in child(resolver, properties, "Tags")?.and_then(Node::items).unwrap_or_default() {
        let Some(tag) = resolver.chosen(tag)? else { continue };
        let part = |name: &str| match child(resolver, tag, name)? {
            Some(node) => match given(resolver, node)? {
                Some(Given::Known(value)) => joined(node, value).map(Some),
                _ => Ok(None),
            },
            None => Ok(None),
        };
        stack.tags.extend(part("Key")?.zip(part("Value")?));
    }
    if let Some(node) = child(resolver, properties, "NotificationARNs")?
        && let Some(Given::Known(Value::List(values))) = given(resolver, node)?
    {
        stack.notification_arns = values.into_iter().filter_map(text).collect();
    }
    Ok(stack)
}

/// Source: <https://docs.aws.amazon.com/cdk/v2/guide/assets.html>
fn asset(resource: &Node) -> Option<&str> {
    let metadata = resource.get("Metadata")?;
    let is_template = metadata.get("aws:asset:property")?.text() == Some("TemplateURL");
    if is_template { metadata.get("aws:asset:path")?.text() } else { None }
}

/// A value; none for `AWS::NoValue`.
fn given(resolver: &Resolver<'_>, node: &Node) -> Result<Option<Given>, Fault> {
    match resolver.afresh().value(node) {
        Ok(Value::Absent) => Ok(None),
        Ok(value) => Ok(Some(Given::Known(shown(resolver, value)))),
        Err(fault) if fault.is_unresolved() => Ok(Some(Given::Unknown)),
        Err(fault) => Err(fault),
    }
}

/// With what its dynamic references stand for.
fn shown(resolver: &Resolver<'_>, value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(resolver.inputs.supplied.shown(&text)),
        Value::List(values) => Value::List(values.into_iter().map(|it| shown(resolver, it)).collect()),
        other => other,
    }
}

/// A parameter's value: a list is written with commas.
fn joined(node: &Node, value: Value) -> Result<String, Fault> {
    match value {
        Value::List(values) => {
            let texts: Vec<String> = values.into_iter().filter_map(text).collect();
            Ok(texts.join(","))
        }
        other => text(other).ok_or_else(|| Fault::invalid(node, "a value is needed here")),
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
