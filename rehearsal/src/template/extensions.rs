//! The functions of the transform `AWS::LanguageExtensions`.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html>

mod expand;
mod loops;
mod names;
mod variables;

pub(super) use expand::of_stack;
pub(crate) use expand::{as_far_as_known, is_needed};
pub(super) use loops::{is_loop, written};
pub(crate) use loops::{lines as loop_lines, with_names};

use super::{
    error::Fault,
    functions::{Resolver, shape},
    node::{Entry, Kind, Node},
    value::Value,
};

#[cfg(test)]
mod tests;

pub(super) const TRANSFORM: &str = "AWS::LanguageExtensions";

/// Calls a macro, or includes a snippet, in place of itself.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros-overview.html>
pub(super) const CALL: &str = "Fn::Transform";

/// Whether the template has the transform.
pub(super) fn is_extended(root: &Node) -> bool {
    transforms(root).contains(&TRANSFORM)
}

/// Whether macros write parts of the template that nobody here can write: any transform but this one.
pub(crate) fn has_others(root: &Node) -> bool {
    transforms(root).iter().any(|name| *name != TRANSFORM) || calls(root)
}

/// Whether a macro of one's own, or a snippet that is included, may write what is missing in a section.
pub(super) fn writes_sections(root: &Node) -> bool {
    super::transforms::has_own(root) || calls(root)
}

/// Whether a section is partly written by a macro that is called in it, or a resource is.
fn calls(root: &Node) -> bool {
    let called = |node: &Node| node.get(CALL).is_some();
    root.entries().iter().any(|section| called(&section.value))
        || root.get("Resources").map(Node::entries).unwrap_or_default().iter().any(|it| called(&it.value))
}

/// The names of the template's transforms; one that is written otherwise is an empty name.
fn transforms(root: &Node) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest: Vec<&Node> = root.get("Transform").into_iter().collect();
    while let Some(node) = rest.pop() {
        match node.items() {
            Some(items) => rest.extend(items),
            None => names.push(node.text().unwrap_or_default()),
        }
    }
    names
}

impl Resolver<'_> {
    /// Refuses what the template's transforms do not allow.
    pub(super) fn extended(&self, node: &Node, what: &str) -> Result<(), Fault> {
        if is_extended(self.root) {
            return Ok(());
        }
        Err(Fault::invalid(node, format!("{what} needs \"Transform: {TRANSFORM}\" in the template")))
    }

    pub(super) fn length(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        self.extended(node, "Fn::Length")?;
        // How long a list is can be known where its values cannot.
        let count = match argument.items() {
            Some(items) => items.iter().try_fold(0, |count, item| {
                Ok::<usize, Fault>(count + usize::from(self.chosen(item)?.is_some()))
            })?,
            None => match self.value(argument)? {
                Value::List(items) => items.len(),
                _ => return Err(shape(node, "Fn::Length", "a list")),
            },
        };
        self.produce(node, count.to_string())
    }

    pub(super) fn to_json_string(&self, node: &Node, argument: &Node) -> Result<Value, Fault> {
        self.extended(node, "Fn::ToJsonString")?;
        let json = match (&argument.kind, argument.function()) {
            (_, Some(_)) | (Kind::List(_) | Kind::Map(_), None) => self.json(argument)?,
            _ => return Err(shape(node, "Fn::ToJsonString", "a map or a list")),
        };
        self.produce(node, json.unwrap_or_default())
    }

    /// A value as JSON, in the template's order and with its numbers as they are written; none for `AWS::NoValue`.
    fn json(&self, node: &Node) -> Result<Option<String>, Fault> {
        let Some(node) = self.chosen(node)? else { return Ok(None) };
        self.deeper(node, || {
            Ok(match &node.kind {
                Kind::Map(entries) if node.function().is_none() => {
                    let one = |entry: &Entry| {
                        let value = self.json(&entry.value)?;
                        Ok(value.map(|value| format!("{}:{value}", string(&entry.key))))
                    };
                    let entries: Result<Vec<_>, Fault> =
                        entries.iter().filter_map(|entry| one(entry).transpose()).collect();
                    Some(format!("{{{}}}", entries?.join(",")))
                }
                Kind::List(items) => {
                    let values: Result<Vec<_>, Fault> =
                        items.iter().filter_map(|item| self.json(item).transpose()).collect();
                    Some(format!("[{}]", values?.join(",")))
                }
                Kind::Bool(value) => Some(value.to_string()),
                Kind::Number(text) => Some(text.clone()),
                _ => as_json(&self.value(node)?),
            })
        })
    }
}

fn as_json(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(string(text)),
        Value::List(values) => {
            let values: Vec<_> = values.iter().filter_map(as_json).collect();
            Some(format!("[{}]", values.join(",")))
        }
        Value::Absent => None,
    }
}

fn string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
