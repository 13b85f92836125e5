//! Attributes that `Fn::GetAtt` does not give: the types of [`LIST`] have these and no others.

use std::collections::BTreeMap;

use super::{
    error::Fault,
    functions::Resolver,
    misses::Given,
    node::{Kind, Node},
    sections,
    sub::{self, Part},
    transforms,
};

#[cfg(test)]
mod tests;

/// A type on each line, and its attributes; the file says where it is from.
const LIST: &str = include_str!("returned/attributes.txt");

/// Types that CloudFormation makes by itself, whose attributes it knows when it reads a template.
const READ_EARLY: [&str; 3] = [
    "AWS::CloudFormation::Macro",
    "AWS::CloudFormation::WaitCondition",
    "AWS::CloudFormation::WaitConditionHandle",
];

/// The parts of a resource that are resolved when it is made.
const PARTS: [&str; 4] = ["Properties", "Metadata", "CreationPolicy", "UpdatePolicy"];

/// Refuses the first attribute that its resource has not, where the service refuses the template for it, in its words.
/// `text` is the template's source.
///
/// That was so for every type until about 2021. Types with a schema, all but a few, are taken since then, and what asks
/// for such an attribute fails when it is made: see [`of_resource`] and [`of_outputs`].
pub(super) fn check(root: &Node, text: &str) -> Result<(), Fault> {
    sections_of(root, &Walk { root, text, resolver: None, which: Which::ReadEarly })
}

/// The first attribute that its resource has not, whenever the service finds that out.
pub(super) fn check_all(root: &Node, text: &str) -> Result<(), Fault> {
    sections_of(root, &Walk { root, text, resolver: None, which: Which::All })
}

/// Why a resource fails once it is to be made: it asks for an attribute that there is not.
///
/// Sources, each a real stack's events: <https://github.com/dougmoscrop/serverless-plugin-log-subscription/issues/68>
/// (`CREATE_FAILED`, the resource that asks), <https://github.com/ministackorg/ministack/pull/1628>.
pub(super) fn of_resource(resolver: &Resolver<'_>, resource: &Node) -> Result<(), Fault> {
    let walk = Walk::late(resolver);
    if !transforms::leaves_as_written(resolver.root) {
        return Ok(());
    }
    PARTS.into_iter().filter_map(|part| resource.get(part)).try_for_each(|it| walk.node(it))
}

/// Why a resource fails once it is to be made: it asks for an output that a nested stack does not give.
/// The words are those of a public log of a real stack.
pub(super) fn of_nested<'t>(
    resolver: &Resolver<'t>,
    resource: &'t Node,
    given: &BTreeMap<String, Given>,
) -> Result<(), Fault> {
    let walk = Walk { which: Which::Outputs(given), ..Walk::late(resolver) };
    PARTS.into_iter().filter_map(|part| resource.get(part)).try_for_each(|it| walk.node(it))
}

/// Why a stack fails once all of its resources are made: an output asks for an attribute that there is not.
pub(super) fn of_outputs(resolver: &Resolver<'_>) -> Result<(), Fault> {
    if !transforms::leaves_as_written(resolver.root) {
        return Ok(());
    }
    outputs(resolver, &Walk::late(resolver))
}

/// The same of an output of a nested stack.
pub(super) fn of_outputs_of_nested(
    resolver: &Resolver<'_>,
    given: &BTreeMap<String, Given>,
) -> Result<(), Fault> {
    outputs(resolver, &Walk { which: Which::Outputs(given), ..Walk::late(resolver) })
}

fn outputs(resolver: &Resolver<'_>, walk: &Walk<'_, '_>) -> Result<(), Fault> {
    let outputs = resolver.root.get("Outputs").map(Node::entries).unwrap_or_default().iter();
    outputs
        .filter(|it| matches!(resolver.is_created(&it.value), Ok(true)))
        .filter_map(|it| it.value.get("Value"))
        .try_for_each(|it| walk.node(it))
}

fn sections_of(root: &Node, walk: &Walk<'_, '_>) -> Result<(), Fault> {
    // Macros may make another type of it.
    if !transforms::leaves_as_written(root) {
        return Ok(());
    }
    ["Resources", "Outputs"]
        .into_iter()
        .filter_map(|section| root.get(section))
        .try_for_each(|it| walk.node(it))
}

/// Attributes of which types are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which<'w> {
    All,
    ReadEarly,
    Late,
    /// Outputs of these nested stacks.
    Outputs(&'w BTreeMap<String, Given>),
}

struct Walk<'t, 'r> {
    root: &'t Node,
    text: &'t str,
    /// Says which branch is taken; without it all of them are looked at.
    resolver: Option<&'r Resolver<'t>>,
    which: Which<'r>,
}

impl<'t, 'r> Walk<'t, 'r> {
    fn late(resolver: &'r Resolver<'t>) -> Self {
        Self { root: resolver.root, text: resolver.text, resolver: Some(resolver), which: Which::Late }
    }

    fn node(&self, node: &Node) -> Result<(), Fault> {
        match (&node.kind, node.function()) {
            (Kind::Map(_), Some(("Fn::If", _))) if self.resolver.is_some() => {
                // Where it is not known which it is, neither is found fault with.
                let chosen = self.resolver.map_or(Ok(None), |resolver| resolver.chosen(node));
                chosen.ok().flatten().map_or(Ok(()), |chosen| self.node(chosen))
            }
            (Kind::List(items), _) => items.iter().try_for_each(|item| self.node(item)),
            (Kind::Map(_), Some((name, argument))) => self.function(node, name, argument),
            (Kind::Map(entries), None) => entries.iter().try_for_each(|entry| self.node(&entry.value)),
            _ => Ok(()),
        }
    }

    fn function(&self, node: &Node, name: &str, argument: &Node) -> Result<(), Fault> {
        match (name, argument.text(), argument.items()) {
            ("Fn::GetAtt", Some(text), _) => match text.split_once('.') {
                Some((logical_id, attribute)) => self.attribute(node, logical_id, attribute),
                None => Ok(()),
            },
            ("Fn::GetAtt", _, Some([logical_id, attribute])) => match (logical_id.text(), attribute.text()) {
                (Some(logical_id), Some(attribute)) => self.attribute(node, logical_id, attribute),
                _ => self.node(attribute),
            },
            ("Fn::Sub", Some(text), _) => self.string(argument, text, None),
            ("Fn::Sub", _, Some([string, map])) => {
                self.node(map)?;
                string.text().map_or(Ok(()), |text| self.string(string, text, Some(map)))
            }
            _ => self.node(argument),
        }
    }

    fn string(&self, node: &Node, text: &str, variables: Option<&Node>) -> Result<(), Fault> {
        sub::parts(text).into_iter().try_for_each(|part| {
            let Part::Variable { name, start } = part else { return Ok(()) };
            let own = variables.is_some_and(|map| map.get(name).is_some());
            match name.split_once('.').filter(|_| !own) {
                Some((logical_id, attribute)) => self
                    .attribute(node, logical_id, attribute)
                    .map_err(|fault| sub::within(self.text, fault, node, text, start, name)),
                None => Ok(()),
            }
        })
    }

    fn attribute(&self, node: &Node, logical_id: &str, attribute: &str) -> Result<(), Fault> {
        if let Which::Outputs(given) = self.which {
            return self.output(node, (logical_id, attribute), given);
        }
        let resource_type = sections::resource(self.root, logical_id).map(sections::type_of);
        let is_wanted = |it: &&str| match self.which {
            Which::All => true,
            Which::ReadEarly => READ_EARLY.contains(it),
            Which::Late | Which::Outputs(_) => !READ_EARLY.contains(it),
        };
        let resource_type = resource_type.filter(is_wanted);
        let Some(known) = resource_type.and_then(attributes) else { return Ok(()) };
        let gives = |known: &str| match known.strip_suffix(".*") {
            Some(open) => attribute.strip_prefix(open).is_some_and(|rest| rest.starts_with('.')),
            None => known == attribute,
        };
        if known.split(' ').any(gives) {
            return Ok(());
        }
        let resource_type = resource_type.unwrap_or_default();
        let few: Vec<&str> =
            known.split(' ').filter(|known| !known.is_empty() && !known.contains('.')).collect();
        let has = match few.as_slice() {
            [] => "it has none".to_owned(),
            few if few.len() <= 10 => format!("it has {}", few.join(", ")),
            _ => "its page in CloudFormation's reference has those it gives".to_owned(),
        };
        let problem = format!("{resource_type} has no attribute {attribute}; {has}");
        let message = if READ_EARLY.contains(&resource_type) {
            format!(
                "Template error: resource {logical_id} does not support attribute type {attribute} in Fn::GetAtt"
            )
        } else {
            format!("Requested attribute {attribute} does not exist in schema for {resource_type}")
        };
        Err(Fault::invalid(node, problem).in_words(message))
    }

    fn output(
        &self,
        node: &Node,
        (logical_id, attribute): (&str, &str),
        given: &BTreeMap<String, Given>,
    ) -> Result<(), Fault> {
        let Some((stack, output)) = given.get(logical_id).zip(attribute.strip_prefix("Outputs.")) else {
            return Ok(());
        };
        let supplied = self.resolver.map(|it| it.inputs.supplied);
        if stack.names.contains(output)
            || supplied.is_some_and(|it| it.attribute(logical_id, attribute).is_some())
        {
            return Ok(());
        }
        let problem = format!("the nested stack {logical_id} has no output {output}");
        let message = format!("Output '{output}' not found in stack '{}'", stack.stack_id);
        Err(Fault::invalid(node, problem).in_words(message))
    }
}

/// The attributes of a type, with blanks between them; none where the type is not known here.
fn attributes(resource_type: &str) -> Option<&'static str> {
    LIST.lines().find_map(|line| {
        let rest = line.strip_prefix(resource_type)?;
        if rest.is_empty() { Some("") } else { rest.strip_prefix(' ') }
    })
}
