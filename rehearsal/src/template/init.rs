//! A resource's `Metadata`, which `cfn-init` reads, its functions resolved as far as the template can.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html>

use serde_json::{Map, Value as Json};

use super::{
    functions::Resolver,
    node::{Kind, Node},
    value::Value,
};

/// The key of the metadata that `cfn-init` reads.
const INIT: &str = "AWS::CloudFormation::Init";

/// The whole metadata of a resource that has some for `cfn-init`.
pub(super) fn metadata<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> Option<Json> {
    let metadata = written(resolver, resource)?;
    metadata.get(INIT)?;
    json(resolver.afresh(), metadata)
}

/// The whole metadata of a resource, whatever it is for.
pub(super) fn whole<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> Option<Json> {
    json(resolver.afresh(), written(resolver, resource)?)
}

fn written<'n>(resolver: &Resolver<'n>, resource: &'n Node) -> Option<&'n Node> {
    resolver.chosen(resource.get("Metadata")?).ok().flatten()
}

/// What a value gives; where that cannot be known, its function as it is written. None for `AWS::NoValue`.
fn json(resolver: &Resolver<'_>, node: &Node) -> Option<Json> {
    let node = match resolver.chosen(node) {
        Ok(chosen) => chosen?,
        Err(_) => node,
    };
    if node.function().is_some()
        && let Ok(value) = resolver.value(node)
    {
        return given(value);
    }
    Some(match &node.kind {
        Kind::Null => Json::Null,
        Kind::Bool(it) => Json::Bool(*it),
        Kind::Text(text) => Json::from(text.as_str()),
        Kind::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| Json::from(text.as_str())),
        Kind::List(items) => items.iter().filter_map(|item| json(resolver, item)).collect(),
        Kind::Map(entries) => {
            let entries = entries.iter().filter_map(|it| Some((it.key.clone(), json(resolver, &it.value)?)));
            Json::Object(entries.collect::<Map<_, _>>())
        }
    })
}

fn given(value: Value) -> Option<Json> {
    match value {
        Value::Text(text) => Some(Json::from(text)),
        Value::List(values) => Some(values.into_iter().filter_map(given).collect()),
        Value::Absent => None,
    }
}

#[cfg(test)]
mod tests;
