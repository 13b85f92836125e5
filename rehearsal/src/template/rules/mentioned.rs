//! What a rule refers to.

use std::collections::BTreeSet;

use crate::template::node::{Kind, Node};
use crate::template::sub::{self, Part};

/// What stands in a rule's condition and in an assertion of it.
#[derive(Default)]
pub(super) struct Mentioned<'t> {
    names: BTreeSet<&'t str>,
    /// Types of which all parameters are meant.
    types: BTreeSet<&'t str>,
    /// Texts, in their order.
    pub(super) texts: Vec<String>,
}

impl<'t> Mentioned<'t> {
    pub(super) fn add(&mut self, node: &'t Node) {
        match (&node.kind, node.function()) {
            (Kind::Map(_), Some(("Ref", name))) => self.names.extend(name.text()),
            (Kind::Map(_), Some(("Fn::RefAll", kind))) => self.types.extend(kind.text()),
            (Kind::Map(_), Some(("Fn::ValueOf", of))) => {
                self.names.extend(of.items().and_then(|it| it.first()?.text()));
            }
            (Kind::Map(_), Some(("Fn::ValueOfAll", of))) => {
                self.types.extend(of.items().and_then(|it| it.first()?.text()));
            }
            (Kind::Map(_), Some(("Fn::Sub", argument))) if argument.text().is_some() => {
                let parts = sub::parts(argument.text().unwrap_or_default());
                self.names.extend(parts.into_iter().filter_map(|part| match part {
                    Part::Variable { name, .. } => Some(name),
                    _ => None,
                }));
            }
            (Kind::Map(entries), _) => entries.iter().for_each(|entry| self.add(&entry.value)),
            (Kind::List(items), _) => {
                items.iter().for_each(|item| self.add(item));
                // What a list may be: all that is written out.
                let texts: Option<Vec<&str>> = items.iter().map(Node::text).collect();
                self.texts.extend(texts.filter(|it| it.len() > 1).map(|it| it.join(",")));
            }
            _ => self.texts.extend(node.text().map(str::to_owned)),
        }
    }

    /// The names of the parameters.
    pub(super) fn parameters(&self, root: &Node) -> BTreeSet<String> {
        let declared = root.get("Parameters").map(Node::entries).unwrap_or_default();
        let is_meant = |name: &str, kind: &str| {
            let element = kind.strip_prefix("List<").and_then(|it| it.strip_suffix('>'));
            self.names.contains(name) || self.types.contains(element.unwrap_or(kind))
        };
        let meant = declared.iter().filter(|entry| {
            is_meant(&entry.key, entry.value.get("Type").and_then(Node::text).unwrap_or_default())
        });
        meant.map(|entry| entry.key.clone()).collect()
    }
}
