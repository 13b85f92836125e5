//! Functions where only a name may stand otherwise: in `Ref`, `Fn::GetAtt`, `DependsOn` and `Condition`. They are
//! resolved before anything is referred to.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html>

use super::is_extended;
use crate::template::{
    error::Fault,
    functions::Resolver,
    inputs::Inputs,
    node::{Entry, Kind, Node},
    parameters::Values,
    value::Value,
};

/// Sections whose entries refer to something, by function and by attribute; each may need those before it.
const SECTIONS: [&str; 3] = ["Conditions", "Resources", "Outputs"];

/// Whether there is any function in a name's place.
pub(super) fn has_any(root: &Node) -> bool {
    let is_function = |node: &Node| node.function().is_some();
    let in_attributes = |entry: &Entry| attributes(&entry.value).any(is_function);
    let mut sections = SECTIONS.iter().filter_map(|name| root.get(name));
    is_extended(root)
        && sections
            .any(|section| section.entries().iter().any(|it| in_attributes(it) || has_named(&it.value)))
}

/// The names in the attributes of a resource or an output.
fn attributes(node: &Node) -> impl Iterator<Item = &Node> {
    let depends_on = node.get("DependsOn").map(|node| node.items().unwrap_or(std::slice::from_ref(node)));
    depends_on.unwrap_or_default().iter().chain(node.get("Condition"))
}

fn has_named(node: &Node) -> bool {
    match (&node.kind, node.function()) {
        (_, Some(("Ref", name))) if name.function().is_some() => true,
        (_, Some(("Fn::GetAtt", argument)))
            if argument.items().and_then(<[Node]>::first).unwrap_or(argument).function().is_some() =>
        {
            true
        }
        (Kind::List(items), _) => items.iter().any(has_named),
        (Kind::Map(entries), _) => entries.iter().any(|entry| has_named(&entry.value)),
        _ => false,
    }
}

/// The template, its names resolved.
pub(super) fn resolved(
    root: &Node,
    text: &str,
    inputs: &Inputs<'_>,
    values: &Values<'_>,
) -> Result<Node, Fault> {
    let mut current = root.clone();
    for name in SECTIONS {
        let resolver = Resolver::new(&current, text, inputs, values.clone());
        let Some(mut section) = current.get(name).cloned() else { continue };
        if let Kind::Map(entries) = &mut section.kind {
            entries.iter_mut().try_for_each(|entry| entry_resolved(&resolver, &mut entry.value))?;
        }
        let mut next = current.clone();
        if let Kind::Map(sections) = &mut next.kind {
            sections.iter_mut().filter(|it| it.key == name).for_each(|it| it.value = section.clone());
        }
        current = next;
    }
    Ok(current)
}

/// A resource or an output.
fn entry_resolved(resolver: &Resolver<'_>, node: &mut Node) -> Result<(), Fault> {
    let Kind::Map(attributes) = &node.kind else { return Ok(()) };
    let mut made = Vec::with_capacity(attributes.len());
    for entry in attributes {
        let value = match (entry.key.as_str(), entry.value.items()) {
            ("Condition" | "DependsOn", None) => name(resolver, &entry.value)?,
            ("DependsOn", Some(items)) => {
                let items = items.iter().filter_map(|item| name(resolver, item).transpose());
                Some(Node { kind: Kind::List(items.collect::<Result<_, _>>()?), ..entry.value })
            }
            _ => Some(value_resolved(resolver, &entry.value)?),
        };
        made.extend(value.map(|value| Entry { key: entry.key.clone(), place: entry.place, value }));
    }
    node.kind = Kind::Map(made);
    Ok(())
}

fn value_resolved(resolver: &Resolver<'_>, node: &Node) -> Result<Node, Fault> {
    let below = |node: &Node| value_resolved(resolver, node);
    resolver.deeper(node, || {
        let kind = match (&node.kind, node.function()) {
            (Kind::List(items), _) => Kind::List(items.iter().map(below).collect::<Result<_, _>>()?),
            (_, Some((function @ ("Ref" | "Fn::GetAtt"), argument))) => {
                let value = match argument.items() {
                    Some([first, rest @ ..]) => {
                        let first = name(resolver, first)?.into_iter().map(Ok);
                        let items = first.chain(rest.iter().map(below));
                        Node { kind: Kind::List(items.collect::<Result<_, _>>()?), ..*argument }
                    }
                    _ => name(resolver, argument)?.unwrap_or_else(|| argument.clone()),
                };
                Kind::Map(vec![Entry { key: function.to_owned(), place: node.place, value }])
            }
            (Kind::Map(entries), _) => {
                let one = |entry: &Entry| Ok(Entry { value: below(&entry.value)?, ..entry.clone() });
                Kind::Map(entries.iter().map(one).collect::<Result<_, _>>()?)
            }
            (other, _) => other.clone(),
        };
        Ok(Node { kind, ..*node })
    })
}

/// A name; none for `AWS::NoValue`.
fn name(resolver: &Resolver<'_>, node: &Node) -> Result<Option<Node>, Fault> {
    if node.function().is_none() {
        return Ok(Some(node.clone()));
    }
    match resolver.value(node)? {
        Value::Text(text) => Ok(Some(Node { kind: Kind::Text(text), ..*node })),
        Value::Absent => Ok(None),
        Value::List(_) => Err(Fault::invalid(node, "a name is needed here, not a list")),
    }
}
