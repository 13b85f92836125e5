//! `Fn::Sub`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html>

use std::collections::HashMap;

use super::{
    error::{Fault, quoted},
    functions::{MAX_TEXT, Resolver, shape},
    node::Node,
    sections,
    value::Value,
};

#[cfg(test)]
mod tests;

/// A part of the string that is substituted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part<'s> {
    Literal(&'s str),
    /// `${!Literal}`: the text without its exclamation mark.
    Escaped(&'s str),
    /// `${Name}`.
    Variable {
        name: &'s str,
        /// Where its `${` is in the string, in bytes.
        start: usize,
    },
}

/// Takes a string apart. A `${` that nothing closes is literal.
pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inner, next)) = after.split_once('}') else {
            break;
        };
        if !before.is_empty() {
            parts.push(Part::Literal(before));
        }
        match inner.strip_prefix('!') {
            Some(literal) => parts.push(Part::Escaped(literal)),
            None => {
                let start = text.len() - rest.len() + before.len();
                parts.push(Part::Variable { name: inner.trim(), start });
            }
        }
        rest = next;
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    parts
}

/// The variables of an `Fn::Sub` with a map.
type Variables<'v> = HashMap<&'v str, Value>;

impl Resolver<'_> {
    pub(super) fn substitute(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        let mut variables = Variables::new();
        let (string, map) = match argument.items() {
            Some([string, map]) if map.is_map() => (string, Some(map)),
            Some([string]) => (string, None),
            Some(_) => return Err(shape(node, "Fn::Sub", "text, or [text, {Name: value}]")),
            None => (argument, None),
        };
        let Some(text) = string.text() else {
            // A macro's, which only the real service runs.
            if let Some(("Fn::Transform", _)) = string.function() {
                return self.value(string);
            }
            return Err(shape(node, "Fn::Sub", "text, or [text, {Name: value}]"));
        };
        for entry in map.map(Node::entries).unwrap_or_default() {
            variables.insert(&entry.key, self.value(&entry.value)?);
        }
        let mut result = String::new();
        for part in parts(text) {
            match part {
                Part::Literal(text) => result.push_str(text),
                Part::Escaped(text) => result.extend(["${", text, "}"]),
                Part::Variable { name, start } => {
                    let value = self
                        .variable(string, name, &variables)
                        .map_err(|fault| self.within(fault, string, text, start, name))?;
                    result.push_str(&value);
                }
            }
            if result.len() > MAX_TEXT {
                break;
            }
        }
        self.produce(node, result)
    }

    fn variable(&self, node: &Node, name: &str, variables: &Variables<'_>) -> Result<String, Fault> {
        let value = match (variables.get(name), name.split_once('.')) {
            (Some(value), _) => value.clone(),
            (None, attribute) => match (self.undefined_variable(node, name), attribute) {
                (Some(fault), _) => return Err(fault),
                (None, Some((logical_id, attribute))) => self.attribute(node, logical_id, attribute)?,
                (None, None) => self.reference(node, name)?,
            },
        };
        match value {
            Value::Text(text) => Ok(text),
            other => {
                let problem = format!(
                    "{} is {}, and Fn::Sub takes text only; use Fn::Join",
                    quoted(name),
                    other.described()
                );
                Err(Fault::invalid(node, problem))
            }
        }
    }

    /// What is wrong with a variable of `Fn::Sub` that nothing defines.
    pub(super) fn undefined_variable(&self, node: &Node, name: &str) -> Option<Fault> {
        let logical_id = name.split_once('.').map_or(name, |(logical_id, _)| logical_id);
        if self.is_value(name) || sections::resource(self.root, logical_id).is_some() {
            return None;
        }
        Some(undefined(node, name))
    }

    /// Whether a name is a parameter's or a pseudo parameter's.
    pub(super) fn is_value(&self, name: &str) -> bool {
        is_pseudo(name) || self.parameters.contains_key(name)
    }

    /// Moves a fault to the place of its variable inside the string's source, where that can be found.
    pub(super) fn within(&self, fault: Fault, node: &Node, text: &str, start: usize, name: &str) -> Fault {
        within(self.text, fault, node, text, start, name)
    }
}

/// Whether a name is a pseudo parameter's.
pub(crate) fn is_pseudo(name: &str) -> bool {
    const PSEUDO: [&str; 8] = [
        "AccountId",
        "NotificationARNs",
        "NoValue",
        "Partition",
        "Region",
        "StackId",
        "StackName",
        "URLSuffix",
    ];
    name.strip_prefix("AWS::").is_some_and(|name| PSEUDO.contains(&name))
}

/// What the service says of another name.
pub(super) const MALFORMED: &str = "Template error: variable names in Fn::Sub syntax must contain only alphanumeric \
                                    characters, underscores, periods, and colons";

/// Whether a variable may have the name.
pub(super) fn is_well_formed(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.:".contains(letter))
}

/// What is wrong with a variable that nothing defines.
pub(super) fn undefined(node: &Node, name: &str) -> Fault {
    let problem = format!(
        "{} is no parameter and no resource here; if it is meant for the shell, write {}",
        quoted(&format!("${{{name}}}")),
        quoted(&format!("${{!{name}}}"))
    );
    Fault::invalid(node, problem)
}

/// Moves a fault to the place of its variable inside the string's source, where that can be found.
pub(super) fn within(source: &str, fault: Fault, node: &Node, text: &str, start: usize, name: &str) -> Fault {
    let written = format!("${{{name}}}");
    let earlier = text.get(..start).unwrap_or_default().matches(&written).count();
    match node.find_in_source(source, &written, earlier) {
        Some(place) => fault.at(place),
        None => fault,
    }
}
