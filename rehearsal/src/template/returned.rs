//! Attributes that `Fn::GetAtt` does not give: the types of [`LIST`] have these and no others.

use super::{
    error::Fault,
    node::{Kind, Node},
    sections,
    sub::{self, Part},
    transforms,
};

#[cfg(test)]
mod tests;

/// A type on each line, and its attributes; the file says where it is from.
const LIST: &str = include_str!("returned/attributes.txt");

/// Refuses the first attribute that its resource has not, in the service's words. `text` is the template's source.
pub(super) fn check(root: &Node, text: &str) -> Result<(), Fault> {
    // Macros may make another type of it.
    if !transforms::leaves_as_written(root) {
        return Ok(());
    }
    let walk = Walk { root, text };
    ["Resources", "Outputs"]
        .into_iter()
        .filter_map(|section| root.get(section))
        .try_for_each(|it| walk.node(it))
}

struct Walk<'t> {
    root: &'t Node,
    text: &'t str,
}

impl Walk<'_> {
    fn node(&self, node: &Node) -> Result<(), Fault> {
        match (&node.kind, node.function()) {
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
        let resource_type = sections::resource(self.root, logical_id).map(sections::type_of);
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
        let message = format!(
            "Template error: resource {logical_id} does not support attribute type {attribute} in Fn::GetAtt"
        );
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
