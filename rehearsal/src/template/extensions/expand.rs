//! The transform at work: loops are written out, then functions in the place of names are resolved.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::{loops, names};
use crate::template::{
    error::Fault,
    functions::Resolver,
    inputs::Inputs,
    node::{Kind, Node},
    parameters::{self, Values},
    sections,
    supplied::Supplied,
    value::Value,
};

/// Whether the transform has anything to do.
pub(crate) fn is_needed(root: &Node) -> bool {
    loops::has_loops(root) || names::has_any(root)
}

/// The template as it is for one stack. A fault comes with the tree that it is in, unless that is `root`.
pub(in crate::template) fn of_stack(
    root: &Node,
    text: &str,
    inputs: &Inputs<'_>,
    values: &Values<'_>,
) -> Result<Node, (Fault, Option<Node>)> {
    let resolver = Resolver::new(root, text, inputs, values.clone());
    let collection = |node: &Node| items(&resolver, node).map(Some);
    let written = loops::write_out(root, &collection).map_err(|fault| (fault, None))?;
    if !names::has_any(&written) {
        return Ok(written);
    }
    match names::resolved(&written, text, inputs, values) {
        Ok(node) => Ok(node),
        Err(fault) => Err((fault, Some(written))),
    }
}

/// A template as far as it can be told without a stack.
pub(crate) struct Known {
    pub(crate) root: Node,
    /// Whether every loop's collection is known. A loop over another has one turn, its variable as it is written.
    pub(crate) is_whole: bool,
}

/// The template as far as it can be told without a stack; none where the transform has nothing to do.
pub(crate) fn as_far_as_known(root: &Node, text: &str) -> Result<Option<Known>, Fault> {
    if !is_needed(root) {
        return Ok(None);
    }
    let (none, supplied) = (BTreeMap::new(), Supplied::default());
    let inputs = Inputs::of_no_stack(&none, &supplied);
    let declared = parameters::declared(root).unwrap_or_default();
    let values = parameters::values(root, &declared, &none, &supplied).unwrap_or_default();
    let resolver = Resolver::new(root, text, &inputs, values.clone());
    let is_whole = Cell::new(true);
    let known = |node: &Node| match is_without_pseudo(node).then(|| items(&resolver, node)) {
        Some(Err(fault)) if !fault.is_unresolved() => Err(fault),
        Some(Ok(items)) => Ok(Some(items)),
        _ => {
            is_whole.set(false);
            Ok(None)
        }
    };
    let written = loops::write_out(root, &known)?;
    let root = names::resolved(&written, text, &inputs, &values).unwrap_or_else(|_| written.clone());
    Ok(Some(Known { root, is_whole: is_whole.get() }))
}

/// What a loop goes over.
fn items(resolver: &Resolver<'_>, node: &Node) -> Result<Vec<String>, Fault> {
    refuse_resources(resolver, node)?;
    let value = resolver.afresh().value(node)?;
    let Value::List(values) = value else {
        let problem = format!("a loop goes over a list, and this gives {}", value.described());
        return Err(Fault::invalid(node, problem));
    };
    values
        .into_iter()
        .map(|value| match value {
            Value::Text(text) => Ok(text),
            other => Err(Fault::invalid(
                node,
                format!("a loop goes over texts, and {} is among them", other.described()),
            )),
        })
        .collect()
}

/// Loops are written out before there is anything to refer to.
fn refuse_resources(resolver: &Resolver<'_>, node: &Node) -> Result<(), Fault> {
    let refers = match node.function() {
        Some(("Ref", name)) => {
            let name = name.text().unwrap_or_default();
            !resolver.is_value(name) && sections::resource(resolver.root, name).is_some()
        }
        Some((name, _)) => name == "Fn::GetAtt",
        None => false,
    };
    if refers {
        let problem = "a loop cannot go over what a resource gives: it is written out before there are any";
        return Err(Fault::invalid(node, problem));
    }
    if matches!(node.function(), Some(("Fn::GetAZs", _))) {
        let problem = "Fn::GetAZs is needed here, and only the real service knows its value";
        return Err(Fault::unresolved(node, problem));
    }
    match &node.kind {
        Kind::List(items) => items.iter().try_for_each(|item| refuse_resources(resolver, item)),
        Kind::Map(entries) => entries.iter().try_for_each(|entry| refuse_resources(resolver, &entry.value)),
        _ => Ok(()),
    }
}

/// Whether a value hangs on nothing that only a stack knows, such as its region.
fn is_without_pseudo(node: &Node) -> bool {
    match &node.kind {
        Kind::Text(text) => !text.contains("AWS::"),
        Kind::List(items) => items.iter().all(is_without_pseudo),
        Kind::Map(entries) => entries.iter().all(|entry| is_without_pseudo(&entry.value)),
        _ => true,
    }
}
