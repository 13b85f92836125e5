//! Properties as texts that an update can compare: equal texts mean that nothing changes.
//!
//! What can be resolved is resolved. A reference is a mention of what it refers to, by its physical id, so that it
//! changes when that is replaced; where what it gives changes with the other's properties too, it carries a digest of them.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use super::{
    functions::Resolver,
    inputs::Inputs,
    node::{Entry, Kind, Node},
    physical, sections,
    value::Value,
};
use crate::mention::{attribute as attribute_of, mention, reference, versioned};
use crate::stack::STACK_TYPE;

#[cfg(test)]
mod tests;

/// What a group's instances are launched from: a change makes those that run obsolete.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html>
const LAUNCH: [&str; 5] = [
    "LaunchConfigurationName",
    "LaunchTemplate",
    "MixedInstancesPolicy",
    "PlacementGroup",
    "VPCZoneIdentifier",
];

/// The properties of a resource, by name.
pub(super) type Properties = BTreeMap<String, String>;

/// Digests of the properties of the resources seen so far, by logical id.
pub(super) type Digests = RefCell<HashMap<String, String>>;

/// Runs `run` with a resolver for which every reference gives something.
pub(super) fn with_symbols<R>(
    resolver: &Resolver<'_>,
    digests: &Digests,
    run: impl FnOnce(&Resolver<'_>) -> R,
) -> R {
    let root = resolver.root;
    let type_of = |logical_id: &str| sections::resource(root, logical_id).map_or("", sections::type_of);
    let digest = |logical_id: &str| digests.borrow().get(logical_id).cloned().unwrap_or_default();
    let physical_id = |logical_id: &str, resource_type: &str| {
        // The name that the template gives is the id from the start.
        let named = sections::resource(root, logical_id)
            .and_then(|resource| physical::physical_id(resolver, logical_id, resource).ok());
        let id = || {
            let made = || (resolver.inputs.physical_id)(logical_id, resource_type);
            mention(logical_id, &named.clone().unwrap_or_else(made))
        };
        match resource_type {
            // Its URL is a secret, and changes with its logical id only.
            "AWS::CloudFormation::WaitConditionHandle" => reference(logical_id),
            // Any change replaces it, and with it its name.
            sections::LAUNCH_CONFIGURATION => versioned(&id(), &digest(logical_id)),
            _ => id(),
        }
    };
    let get_att = |logical_id: &str, attribute: &str| {
        let resource_type = type_of(logical_id);
        let id = physical_id(logical_id, resource_type);
        Some(match (resource_type, attribute) {
            // Any change makes another version.
            (sections::LAUNCH_TEMPLATE, "LatestVersionNumber" | "DefaultVersionNumber") => {
                attribute_of(&id, attribute, Some(&digest(logical_id)))
            }
            // What a nested stack gives may change with it.
            (STACK_TYPE, _) => {
                let now = (resolver.inputs.get_att)(logical_id, attribute);
                attribute_of(&id, attribute, now.as_deref())
            }
            _ => attribute_of(&id, attribute, None),
        })
    };
    let inputs = Inputs {
        stack_name: resolver.inputs.stack_name.clone(),
        stack_id: resolver.inputs.stack_id.clone(),
        region: resolver.inputs.region.clone(),
        account_id: resolver.inputs.account_id.clone(),
        parameters: resolver.inputs.parameters,
        physical_id: &physical_id,
        get_att: &get_att,
        supplied: resolver.inputs.supplied,
    };
    let mut symbols = Resolver::new(root, resolver.text, &inputs, resolver.parameters.clone());
    symbols.is_symbolic = true;
    symbols.notified = resolver.notified;
    let result = run(&symbols);
    resolver.imported.borrow_mut().extend(symbols.imported.take());
    result
}

/// A resource's properties; `resolver` is one [`with_symbols`]. To be called for every resource after those that it
/// depends on.
pub(super) fn properties(resolver: &Resolver<'_>, digests: &Digests, resource: &Entry) -> Properties {
    let mut found = Properties::new();
    let node = resource.value.get("Properties").and_then(|node| resolver.chosen(node).ok().flatten());
    for entry in node.map(Node::entries).unwrap_or_default() {
        if let Some(text) = text(resolver, &entry.value) {
            found.insert(entry.key.clone(), text);
        }
    }
    let mut hasher = DefaultHasher::new();
    found.hash(&mut hasher);
    digests.borrow_mut().insert(resource.key.clone(), format!("{:016x}", hasher.finish()));
    found
}

/// A resource's `Metadata`.
pub(super) fn metadata(resolver: &Resolver<'_>, resource: &Entry) -> Option<String> {
    text(resolver, resource.value.get("Metadata")?)
}

/// The outputs that are there, by name.
pub(super) fn outputs(resolver: &Resolver<'_>) -> BTreeMap<String, String> {
    let all = resolver.root.get("Outputs").map(Node::entries).unwrap_or_default();
    // One whose condition cannot be known is taken for one that is there.
    all.iter()
        .filter(|entry| resolver.is_created(&entry.value).unwrap_or(true))
        .filter_map(|entry| Some((format!("output {}", entry.key), text(resolver, &entry.value)?)))
        .collect()
}

/// What instances of a group with these properties are launched from.
pub(super) fn launch(properties: &Properties) -> String {
    let known = LAUNCH.iter().filter_map(|name| Some((*name, properties.get(*name)?)));
    known.map(|(name, text)| format!("{name}: {text}\n")).collect()
}

/// A value's text; none for `AWS::NoValue`.
fn text(resolver: &Resolver<'_>, node: &Node) -> Option<String> {
    let node = match resolver.chosen(node) {
        Ok(Some(node)) => node,
        Ok(None) => return None,
        // An Fn::If whose condition cannot be known is both.
        Err(_) => return Some(structure(resolver, node)),
    };
    if node.function().is_none() {
        return Some(structure(resolver, node));
    }
    if let Some(("Fn::Base64", argument)) = node.function() {
        // As it is before: what refers to a replaced resource has to be found in it.
        return text(resolver, argument).map(|text| format!("{{\"Fn::Base64\":{text}}}"));
    }
    match resolver.value(node) {
        Ok(Value::Absent) => None,
        Ok(value) => Some(shown(&value)),
        Err(_) => Some(structure(resolver, node)),
    }
}

/// A node by its parts.
fn structure(resolver: &Resolver<'_>, node: &Node) -> String {
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => string(node.text().unwrap_or_default()),
        Kind::List(items) => listed(items.iter().filter_map(|item| text(resolver, item))),
        Kind::Map(entries) => {
            let mut texts: Vec<(&str, String)> = entries
                .iter()
                .filter_map(|entry| Some((entry.key.as_str(), text(resolver, &entry.value)?)))
                .collect();
            if let Some(("Ref", name)) = node.function()
                && let Some(default) = stored_at(resolver, name)
            {
                texts.push(("Default", default));
            }
            texts.sort_unstable();
            let texts: Vec<_> = texts.iter().map(|(key, text)| format!("{}:{text}", string(key))).collect();
            format!("{{{}}}", texts.join(","))
        }
    }
}

/// The default of a parameter without a value: where the value is stored.
fn stored_at(resolver: &Resolver<'_>, name: &Node) -> Option<String> {
    let declared = resolver.root.get("Parameters")?.get(name.text()?)?;
    declared.get("Default")?.text().map(string)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => string(text),
        Value::List(values) => listed(values.iter().map(shown)),
        Value::Absent => "null".to_owned(),
    }
}

fn listed(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
