//! What CloudFormation refuses in a template as it is written, or with the defaults of its parameters.

use super::{
    by_default,
    error::{Fault, quoted},
    extensions, limits,
    node::{Kind, Node, Place},
    nulls, parameters, returned, sections, shapes, spelling, transforms, unresolved,
};

#[cfg(test)]
mod tests;

/// Refuses what makes it no template.
pub(super) fn check_form(root: &Node) -> Result<(), Fault> {
    nulls::check(root)?;
    sections::check(root)?;
    spelling::check(root)?;
    limits::check(root)
}

/// Refuses what its resources and outputs ask for in vain. `text` is the template's source.
pub(super) fn check(root: &Node, text: &str) -> Result<(), Fault> {
    removal(root)?;
    objects(root)?;
    outputs(root)?;
    unresolved::check(root, text)?;
    conditions(root)?;
    returned::check(root, text)?;
    shapes::check(root)
}

/// A refusal of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) place: Place,
    pub(crate) text: String,
}

/// Each of what there is to refuse, as far as one does not follow from another.
pub(crate) fn refusals(root: &Node, text: &str, is_whole: bool) -> Vec<Refusal> {
    if let Err(fault) = check_form(root) {
        // What only the service can tell it may take.
        return if fault.is_unsupported() { Vec::new() } else { vec![fault.into_refusal()] };
    }
    // What a loop over unknown things refers to, nobody knows yet.
    if !is_whole {
        return Vec::new();
    }
    let declared = parameters::declared(root).map(drop);
    let found: Vec<Refusal> = [
        declared,
        removal(root),
        objects(root),
        outputs(root),
        unresolved::check(root, text),
        conditions(root),
        returned::check_all(root, text),
        shapes::check(root),
    ]
    .into_iter()
    .filter_map(Result::err)
    .filter(|fault| !fault.is_unsupported())
    .map(Fault::into_refusal)
    .collect();
    // What a stack would be made of says the same again, and in other words.
    if found.is_empty() { by_default::refusals(root, text) } else { found }
}

/// Only a transform makes functions of what becomes of a resource.
fn removal(root: &Node) -> Result<(), Fault> {
    if transforms::extends_language(root) {
        return Ok(());
    }
    for resource in sections::resources(root) {
        for key in ["DeletionPolicy", "UpdateReplacePolicy"] {
            if let Some(node) = resource.value.get(key).filter(|node| node.text().is_none()) {
                let problem = format!(
                    "{key} is text; for functions in it the template needs \"Transform: AWS::LanguageExtensions\""
                );
                let message = format!("Template format error: Every {key} member must be a string.");
                return Err(Fault::invalid(node, problem).in_words(message));
            }
        }
    }
    Ok(())
}

/// A policy is written out, or chosen by `Fn::If`.
///
/// Source: <https://github.com/aws-cloudformation/cfn-lint/issues/4645>
fn objects(root: &Node) -> Result<(), Fault> {
    if extensions::has_others(root) {
        return Ok(());
    }
    for resource in sections::resources(root) {
        for key in ["CreationPolicy", "UpdatePolicy"] {
            resource.value.get(key).map_or(Ok(()), |node| object(node, key))?;
        }
    }
    Ok(())
}

fn object(node: &Node, key: &str) -> Result<(), Fault> {
    match node.function() {
        None => Ok(()),
        Some(("Fn::If", argument)) => {
            argument.items().unwrap_or_default().iter().skip(1).try_for_each(|branch| object(branch, key))
        }
        Some(("Ref", name)) if name.text() == Some("AWS::NoValue") => Ok(()),
        Some((name, _)) => {
            let problem = format!("{key} is a map, which no {name} gives; write it out, or choose by Fn::If");
            Err(Fault::invalid(node, problem).in_words("Template format error: Expected an object"))
        }
    }
}

/// Each output has a value.
fn outputs(root: &Node) -> Result<(), Fault> {
    let outputs = root.get("Outputs").filter(|_| !extensions::has_others(root));
    match outputs.map(Node::entries).unwrap_or_default().iter().find(|it| it.value.get("Value").is_none()) {
        Some(entry) => {
            let message = "Template format error: Every Outputs member must contain a Value object";
            Err(Fault::invalid(&entry.value, "the output has no Value").at(entry.place).in_words(message))
        }
        None => Ok(()),
    }
}

/// Refuses conditions that are not in the template, also those of what is not created.
fn conditions(root: &Node) -> Result<(), Fault> {
    if extensions::has_others(root) {
        return Ok(());
    }
    let is_there = |name: &str| root.get("Conditions").is_some_and(|it| it.get(name).is_some());
    let missing = |node: &Node, name: &str, message: String| {
        Fault::invalid(node, format!("the template has no condition {}", quoted(name))).in_words(message)
    };
    for section in ["Resources", "Outputs"] {
        let entries = root.get(section).map(Node::entries).unwrap_or_default();
        for entry in entries {
            if let Some((node, name)) = entry.value.get("Condition").and_then(|it| Some((it, it.text()?)))
                && !is_there(name)
            {
                let message = format!(
                    "Template format error: Unresolved condition dependency {name} in the {section} block of the template"
                );
                return Err(missing(node, name, message));
            }
        }
        let mut rest: Vec<&Node> = entries.iter().rev().map(|entry| &entry.value).collect();
        while let Some(node) = rest.pop() {
            if let Some(("Fn::If", argument)) = node.function()
                && let Some(condition) = argument.items().and_then(<[Node]>::first)
                && let Some(name) = condition.text()
                && !is_there(name)
            {
                let message = format!("Template error: unresolved condition dependency {name} in Fn::If");
                return Err(missing(condition, name, message));
            }
            match &node.kind {
                Kind::List(items) => rest.extend(items.iter().rev()),
                Kind::Map(entries) => rest.extend(entries.iter().rev().map(|entry| &entry.value)),
                _ => {}
            }
        }
    }
    Ok(())
}
